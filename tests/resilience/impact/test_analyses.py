"""Two people, one year: what is in force is derived from any order of steps."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from panshi.governance.persons import pair_defect
from panshi.model.bodies.continuity import (
    DECISION,
    PROPOSAL,
    ImpactDecision,
    ImpactProposal,
    ImpactRuling,
)
from panshi.model.observation import Observation, ObservationId, Sealed
from panshi.model.zone import day_of
from panshi.resilience.impact.analyses import AnalysisState, fold
from tests.simulators.two_site_bank import LEND, PAY, entry

BEGAN = datetime(2026, 1, 5, 4, tzinfo=UTC)
PEOPLE = ("lin.yating", "wang.xiaoming", "Ｌin.Yating")
SERVICES = (PAY, LEND)


def sealed(position, at, body, service):
    return Sealed(
        id=ObservationId(f"{position:032x}"),
        position=position,
        received_at=at,
        observation=Observation(
            kind=PROPOSAL if isinstance(body, ImpactProposal) else DECISION,
            subject="institution:x",
            facet=service,
            observed_at=at,
            collector="test",
            body=body,
        ),
    )


class Life(RuleBasedStateMachine):
    """People propose, approve and refuse as they like while days pass."""

    def __init__(self):
        super().__init__()
        self.steps, self.now, self.mtpd = [], BEGAN, 100.0
        self.forced = {}
        "Service → (MTPD, approved at), kept by hand."
        self.waiting = {}
        "Service → (proposal, MTPD, by)."

    def seal(self, body, service):
        step = sealed(len(self.steps), self.now, body, service)
        self.steps.append(step)
        return step.id

    @rule(days=st.integers(1, 200))
    def wait(self, days):
        self.now += timedelta(days=days)

    @rule(service=st.sampled_from(SERVICES), by=st.sampled_from(PEOPLE))
    def propose(self, service, by):
        self.mtpd += 1
        body = ImpactProposal(entry=entry(service=service, mtpd=self.mtpd), proposed_by=by)
        self.waiting[service] = (self.seal(body, service), self.mtpd, by)

    @precondition(lambda self: self.waiting)
    @rule(
        data=st.data(),
        by=st.sampled_from(PEOPLE),
        ruling=st.sampled_from(ImpactRuling),
        why=st.sampled_from(("", "說明")),
    )
    def decide(self, data, by, ruling, why):
        service = data.draw(st.sampled_from(sorted(self.waiting)))
        proposal, mtpd, author = self.waiting[service]
        body = ImpactDecision(proposal=proposal, ruling=ruling, decided_by=by, why=why)
        self.seal(body, service)
        if ruling is ImpactRuling.REFUSE:
            if why:
                del self.waiting[service]
        elif not pair_defect(by, author):
            del self.waiting[service]
            self.forced[service] = (mtpd, self.now)

    @rule(proposal=st.integers(0, 60), by=st.sampled_from(PEOPLE))
    def approve_something_else(self, proposal, by):
        known = {each for each, _, _ in self.waiting.values()}
        name = f"{proposal:032x}"
        if name not in known:
            body = ImpactDecision(proposal=name, ruling=ImpactRuling.APPROVE, decided_by=by)
            self.seal(body, PAY)

    @invariant()
    def what_is_in_force_is_what_two_people_agreed_on_within_a_year(self):
        known, today = fold(self.steps, two_people=pair_defect), day_of(self.now)
        for service in SERVICES:
            held, expected = known.in_force(service, today), self.forced.get(service)
            if expected is None or day_of(expected[1]) + timedelta(days=365) < today:
                assert held is None
            else:
                assert held is not None
                assert held.entry.mtpd == expected[0]
                assert not pair_defect(held.proposed_by, held.decided_by)
            waiting = known.open(service, today)
            assert (waiting.sealed.id if waiting else None) == (
                self.waiting[service][0] if service in self.waiting else None
            )

    @invariant()
    def nothing_is_in_force_twice(self):
        today = day_of(self.now)
        for each in fold(self.steps, two_people=pair_defect).by_service.values():
            states = [one.state(today) for one in each]
            assert states.count(AnalysisState.IN_FORCE) <= 1
            assert states.count(AnalysisState.PROPOSED) <= 1


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)

"""What is in force follows from sealed steps by two people, whatever comes into the log."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from panshi.governance.persons import pair_defect
from panshi.model.bodies.vex import DECISION, VexDecision, VexStep, VexTrust
from panshi.model.observation import Observation, ObservationId, Sealed
from panshi.model.supply_chain.vex import VexStatus
from panshi.model.zone import day_of
from panshi.protection.supply_chain.vex import Asked, Statements, Voice
from panshi.protection.supply_chain.vex.proposals import statement_of
from panshi.protection.supply_chain.vex.steps import AffairState, fold, proposal_defect

START = datetime(2026, 3, 1, 4, tzinfo=UTC)
LONGEST = 180


def proposal(**changes):
    said = {
        "step": VexStep.PROPOSED,
        "by": "amy",
        "vulnerability": "CVE-2026-1",
        "purl": "pkg:pypi/x@1.5",
        "status": VexStatus.NOT_AFFECTED,
        "justification": "vulnerable_code_not_present",
        "impact": "built without it",
        "expires": date(2026, 6, 1),
    }
    return VexDecision(**(said | changes))


class Log:
    """Steps as the log would give them."""

    def __init__(self):
        self.sealed = []

    def add(self, number, body, at=START, received=None):
        position = len(self.sealed)
        seen = Observation(
            kind=DECISION,
            subject="institution:x",
            facet=number,
            observed_at=at,
            collector="t",
            body=body,
        )
        made = Sealed(
            id=ObservationId(f"{position:032x}"),
            position=position,
            received_at=received or at,
            observation=seen,
        )
        self.sealed.append(made)
        return made

    def erase(self, position):
        held = self.sealed[position]
        seen = held.observation
        bare = object.__new__(Observation)
        for name in Observation.__dataclass_fields__:
            object.__setattr__(bare, name, getattr(seen, name))
        object.__setattr__(bare, "body", None)
        self.sealed[position] = Sealed(
            id=held.id,
            position=position,
            received_at=held.received_at,
            observation=bare,
            erased=True,
        )

    def fold(self):
        return {
            each.number: each
            for each in fold(
                self.sealed, VexDecision, two_people=pair_defect, longest=lambda _at: LONGEST
            )
        }

    def step(self, number, step, by, at=START, why="because", about=None, **more):
        if about is None:
            about = next(
                (each.id for each in self.sealed if each.observation.facet == number), "none"
            )
        return self.add(number, VexDecision(step=step, by=by, why=why, about=about), at, **more)


@pytest.fixture
def log():
    return Log()


def test_one_proposes_another_approves_and_it_ends_on_its_day(log):
    log.add("VEX-1", proposal())
    assert log.fold()["VEX-1"].state(date(2026, 3, 1)) is AffairState.PROPOSED
    log.step("VEX-1", VexStep.APPROVED, "ben")
    held = log.fold()["VEX-1"]
    assert held.state(date(2026, 6, 1)) is AffairState.IN_FORCE
    assert held.state(date(2026, 6, 2)) is AffairState.EXPIRED
    log.step("VEX-1", VexStep.WITHDRAWN, "amy")
    assert log.fold()["VEX-1"].state(date(2026, 3, 1)) is AffairState.WITHDRAWN


@pytest.mark.parametrize(
    "step",
    [
        {"by": "amy"},
        {"by": "Ａmy"},
        {"by": "a.m.y"},
        {"by": "аmy"},
        {"by": ""},
        {"by": "ben", "about": "f" * 32},
        {"by": "ben", "at": datetime(2026, 6, 3, tzinfo=UTC)},
        {"by": "ben", "received": START + timedelta(days=3)},
    ],
)
def test_an_approval_that_breaks_a_rule_counts_for_nothing_and_is_told(log, step):
    log.add("VEX-1", proposal())
    log.step("VEX-1", VexStep.APPROVED, **step)
    held = log.fold()["VEX-1"]
    assert held.approved_at is None
    assert len(held.flaws) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"expires": None}, "no last day"),
        ({"expires": date(2026, 2, 28)}, "over"),
        ({"expires": date(2026, 3, 1) + timedelta(days=LONGEST + 1)}, "further off"),
        ({"by": " "}, "nobody"),
        ({"vulnerability": ""}, "vulnerability"),
        ({"aliases": ("a b",)}, "vulnerability"),
        ({"purl": "jinja2"}, "no package URL"),
        ({"purl": "pkg:pypi/x"}, "which versions"),
        ({"versions": "vers:pypi/>=1"}, "not both"),
        ({"purl": "pkg:pypi/x", "versions": ">=1"}, "no vers range"),
        (
            {"purl": "pkg:pypi/x", "versions": "vers:pypi/*", "status": VexStatus.FIXED},
            "not every version",
        ),
        ({"status": None}, "no status"),
        ({"justification": "trust me"}, "takes one of"),
        ({"impact": " "}, "says why"),
        ({"status": VexStatus.AFFECTED}, "what is to be done"),
        ({"status": VexStatus.FIXED, "impact": ""}, "says how"),
        ({"impact": "x" * 4_001}, "longer"),
        ({"why": "x" * 4_001}, "longer"),
    ],
)
def test_a_proposal_that_says_too_little_never_stands(log, changes, told):
    body = proposal(**changes)
    assert told in proposal_defect(body, START, lambda _at: LONGEST)
    log.add("VEX-1", body)
    log.step("VEX-1", VexStep.APPROVED, "ben")
    assert log.fold() == {}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ""),
        ({"author": " "}, "nobody"),
        ({"precedence": 0}, "rank"),
        ({"precedence": 10}, "rank"),
        ({"why": ""}, "rests on"),
        ({"packages": ("npm/x",)}, "no package URL"),
        ({"keys": ("k",) * 51}, "more than"),
    ],
)
def test_trust_says_whom_and_why(changes, told):
    said = {
        "step": VexStep.PROPOSED,
        "by": "amy",
        "author": "Acme",
        "why": "contract",
        "expires": date(2026, 6, 1),
    }
    found = proposal_defect(VexTrust(**(said | changes)), START, lambda _at: LONGEST)
    assert told in found
    assert bool(found) is bool(told)


def test_where_a_step_was_erased_the_whole_counts_for_nothing(log):
    # Given a decision that was approved and withdrawn
    log.add("VEX-1", proposal())
    log.step("VEX-1", VexStep.APPROVED, "ben")
    log.step("VEX-1", VexStep.WITHDRAWN, "amy")
    # When the withdrawal is erased, then the decision does not come back
    log.erase(2)
    assert log.fold()["VEX-1"].state(date(2026, 3, 2)) is AffairState.VOID


def test_a_refused_or_lapsed_proposal_cannot_be_approved(log):
    log.add("VEX-1", proposal())
    log.step("VEX-1", VexStep.REFUSED, "ben")
    log.step("VEX-1", VexStep.APPROVED, "cat")
    held = log.fold()["VEX-1"]
    assert held.state(date(2026, 3, 1)) is AffairState.REFUSED
    assert held.flaws == ("approved: it is refused",)


PEOPLE = ("amy", "ben", "Ａmy", "")
NUMBERS = ("VEX-1", "VEX-2")
VERSIONS = ("1.5", "1.6", "2.0")


class Statement(RuleBasedStateMachine):
    """Propose, approve, refuse, withdraw, erase, upgrade and let time pass, in any order."""

    def __init__(self):
        super().__init__()
        self.log = Log()
        self.at = START
        self.model = {}
        "What ought to be, kept by hand: number → proposal, proposer, approved, ended."
        self.version = "1.5"

    @rule(
        number=st.sampled_from(NUMBERS),
        by=st.sampled_from(PEOPLE),
        days=st.integers(-1, 200),
        span=st.sampled_from(("", "vers:pypi/>=1.5|<2")),
    )
    def propose(self, number, by, days, span):
        expires = day_of(self.at) + timedelta(days=days)
        purl = "pkg:pypi/x" if span else "pkg:pypi/x@1.5"
        made = self.log.add(
            number, proposal(by=by, expires=expires, purl=purl, versions=span), self.at
        )
        if number not in self.model and by.strip() and 0 <= days <= LONGEST:
            self.model[number] = {
                "id": made.id,
                "by": by,
                "expires": expires,
                "versions": ("1.5", "1.6") if span else ("1.5",),
                "approved": None,
                "ended": False,
            }

    @rule(
        number=st.sampled_from(NUMBERS),
        by=st.sampled_from(PEOPLE),
        forged=st.booleans(),
        late=st.booleans(),
    )
    def approve(self, number, by, forged, late):
        held = self.model.get(number)
        about = "0" * 31 + "x" if forged or held is None else held["id"]
        received = self.at + timedelta(days=1) if late else None
        self.log.step(number, VexStep.APPROVED, by, self.at, about=about, received=received)
        if (
            held is not None
            and not forged
            and not late
            and not held["ended"]
            and held["approved"] is None
            and {by, held["by"]} in ({"amy", "ben"}, {"ben", "Ａmy"})
            and day_of(self.at) <= held["expires"]
        ):
            held["approved"] = day_of(self.at)

    @rule(
        number=st.sampled_from(NUMBERS), step=st.sampled_from((VexStep.REFUSED, VexStep.WITHDRAWN))
    )
    def end(self, number, step):
        held = self.model.get(number)
        self.log.step(number, step, "ben", self.at, about=held["id"] if held else "none")
        if held is None or day_of(self.at) > held["expires"]:
            return
        if step is VexStep.WITHDRAWN or held["approved"] is None:
            held["ended"] = True

    @rule(chance=st.integers(0, 1 << 16))
    def erase(self, chance):
        if self.log.sealed:
            number = self.log.sealed[chance % len(self.log.sealed)].observation.facet
            position = chance % len(self.log.sealed)
            held = self.model.get(number)
            if held is None or self.log.sealed[position].position < int(held["id"], 16):
                return
            if self.log.sealed[position].id == held["id"]:
                return
            self.log.erase(position)
            held["ended"] = True

    @rule(days=st.integers(1, 90))
    def wait(self, days):
        self.at += timedelta(days=days)

    @rule(version=st.sampled_from(VERSIONS))
    def upgrade(self, version):
        self.version = version

    @invariant()
    def only_what_keeps_every_rule_counts(self):
        today = day_of(self.at)
        voices = []
        for number, each in self.log.fold().items():
            issued = (each.approved_at or START).isoformat()
            state = each.state(today)
            voices.append(
                Voice(
                    statement_of(each.said, author="us", document="d", issued=issued),
                    own=True,
                    number=number,
                    barred="" if state is AffairState.IN_FORCE else str(state),
                )
            )
        asked = Asked(f"pkg:pypi/x@{self.version}")
        found = Statements(voices).rule(("CVE-2026-1",), asked, today)
        ought = [
            number
            for number, held in self.model.items()
            if held["approved"] is not None
            and not held["ended"]
            and today <= held["expires"]
            and self.version in held["versions"]
        ]
        assert (found is not None) == bool(ought)
        assert found is None or found.voice.number in ought


TestStatement = Statement.TestCase
TestStatement.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)

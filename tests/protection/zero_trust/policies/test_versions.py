"""What is in force follows from sealed steps by two people, whatever comes into the log."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from panshi.governance import persons
from panshi.model.bodies.zero_trust_policies import ZeroTrustPolicyStep
from panshi.model.observation import Observation, ObservationId, Sealed
from panshi.protection.zero_trust.policies.versions import (
    KIND,
    REVIEW_WITHIN,
    State,
    history_of,
)

NOW = datetime(2026, 9, 1, tzinfo=UTC)
SHIPPED = "0" * 64


class Log:
    """Steps as the log would give them."""

    def __init__(self):
        self.sealed = []

    def add(self, step, number, version, by, base="", why="because", **more):
        at = NOW + timedelta(hours=len(self.sealed))
        body = ZeroTrustPolicyStep(
            number=number,
            step=step,
            policy_version=version,
            by=by,
            base_version=base,
            why=why,
            **more,
        )
        seen = Observation(
            kind=KIND,
            subject="institution:x",
            facet=number,
            observed_at=at,
            collector="t",
            body=body,
        )
        position = len(self.sealed)
        self.sealed.append(
            Sealed(
                id=ObservationId(f"{position:032x}"),
                position=position,
                received_at=at,
                observation=seen,
            )
        )
        return self.history()

    def history(self):
        return history_of(self.sealed, shipped=SHIPPED, people=persons)


def test_one_person_alone_puts_nothing_in_force():
    # Given a proposal by one person
    log = Log()
    log.add("submit", "1", "a", "ana", base=SHIPPED)
    # When the same person approves it, under another spelling too
    for name in ("ana", "Ana", "A n a", ""):
        found = log.add("approve", "1", "a", name)
    # Then it still waits
    assert found.version == SHIPPED
    assert found.waiting[0].steps[-1].void
    # And another person puts it in force
    found = log.add("approve", "1", "a", "bo")
    assert (found.version, found.proposals[0].approved_by) == ("a", "bo")


def test_whoever_wrote_it_does_not_approve_what_somebody_else_hands_in():
    log = Log()
    log.add("submit", "1", "a", "ana", base=SHIPPED, written_by=("ana", "cy"))
    assert log.add("approve", "1", "a", "cy").version == SHIPPED
    assert log.add("approve", "1", "a", "bo").version == "a"


def test_approval_is_of_what_was_handed_in():
    log = Log()
    log.add("submit", "1", "a", "ana", base=SHIPPED)
    assert log.add("approve", "1", "b", "bo").version == SHIPPED


def test_what_was_written_against_an_older_set_is_overtaken():
    log = Log()
    log.add("submit", "1", "a", "ana", base=SHIPPED)
    log.add("submit", "2", "b", "ana", base=SHIPPED)
    found = log.add("approve", "1", "a", "bo")
    assert found.proposal("2").state is State.OVERTAKEN
    assert log.add("approve", "2", "b", "bo").version == "a"
    assert log.add("submit", "3", "b", "ana", base=SHIPPED).proposal("3").state is State.VOID


def test_one_person_restores_only_what_two_once_published_and_another_looks_at_it():
    # Given a set two people replaced
    log = Log()
    for number, version, base in (("1", "a", SHIPPED), ("2", "b", "a")):
        log.add("submit", number, version, "ana", base=base)
        log.add("approve", number, version, "bo")
    # When one restores what nobody published, nothing happens
    assert log.add("restore", "3", "c", "ana", base="b").version == "b"
    # When one restores the older set, it is in force at once and awaits a second look
    found = log.add("restore", "4", "a", "ana", base="b")
    one = found.proposal("4")
    assert (found.version, one.emergency, one.review_due) == ("a", True, one.at + REVIEW_WITHIN)
    assert one.overdue(one.at + REVIEW_WITHIN + timedelta(seconds=1))
    assert log.add("review", "4", "a", "ana").proposal("4").review_due is not None
    assert log.add("review", "4", "a", "bo").proposal("4").review_due is None


def test_an_upgrade_of_the_program_changes_no_history():
    log = Log()
    log.add("submit", "1", "a", "ana", base=SHIPPED)
    log.add("approve", "1", "a", "bo")
    later = history_of(log.sealed, shipped="f" * 64, people=persons)
    assert later.version == "a"
    assert SHIPPED in later.restorable


NAMES = st.sampled_from(["ana", "ANA", "bo", "cy", "", "\u0430na"])
VERSIONS = st.sampled_from([SHIPPED, "a", "b", "c"])
NUMBERS = st.sampled_from(["1", "2", "3"])


class AnySteps(RuleBasedStateMachine):
    """Whatever steps come, in whatever order."""

    def __init__(self):
        super().__init__()
        self.log = Log()

    @rule(
        step=st.sampled_from(["submit", "approve", "reject", "withdraw", "restore", "review", "x"]),
        number=NUMBERS, version=VERSIONS, by=NAMES, base=VERSIONS, why=st.sampled_from(["", "why"]),
        writers=st.lists(NAMES, max_size=2).map(tuple),
    )  # fmt: skip
    def step(self, **parts):
        self.log.add(
            parts["step"], parts["number"], parts["version"], parts["by"],
            base=parts["base"], why=parts["why"], written_by=parts["writers"],
        )  # fmt: skip

    @invariant()
    def two_people_stand_behind_what_is_in_force(self):
        found = self.log.history()
        in_force = [each for each in found.proposals if each.state is State.IN_FORCE]
        assert len(in_force) <= 1
        assert found.version == (in_force[0].version if in_force else SHIPPED)
        for each in found.published:
            if each.emergency:
                assert each.version in found.restorable
            else:
                assert not any(persons.pair_defect(one, each.approved_by) for one in each.authors)


AnySteps.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=25)
TestAnySteps = AnySteps.TestCase

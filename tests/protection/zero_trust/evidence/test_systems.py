"""What decisions and withdrawals prove about a system."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.decisions.records import DecisionRecord
from panshi.protection.zero_trust.evidence.systems import (
    Grant,
    Withdrawal,
    by_system,
    system_of,
)

STANDING = {"core": 0, "other": 0}
DYNAMIC = {"context.trust.level": 80}
STATIC = {"principal.department": "ops"}


def record(system="core", *, allowed=True, attributes=STATIC, obligations=(), number=1):
    return DecisionRecord(
        number=number, time=0.0, request_id="", subject='User::"amy"', action='Action::"read"',
        resource=f'System::"{system}"', allowed=allowed, policies=("p",), errors=(), epoch=1,
        attributes=attributes, session="", obligations=obligations,
    )  # fmt: skip


def test_shares_are_of_what_was_decided_for_the_system_alone():
    # Given three decisions of one system, one of them by something that changes, and another system
    found = by_system(
        [
            record(),
            record(attributes=DYNAMIC),
            record(attributes={"context.device.known": True, "context.session.age_s": 5}),
            record("other"),
        ],
        [],
        [],
        STANDING,
    )
    # Then
    core = found["core"]
    assert core.decisions == 3
    assert core.dynamic_share == 2 / 3
    assert core.device_share == core.data_reverified_share == 1 / 3
    assert found["other"].dynamic_share == 0
    assert not core.revocation_tested


def test_a_sampled_permit_stands_for_all_it_stands_for():
    # Given one plain permit of ten kept, and denials kept whole
    found = by_system(
        [record(attributes=DYNAMIC), record(allowed=False), record(obligations=("notification",))],
        [],
        [],
        STANDING,
        sample_permits=10,
    )["core"]
    # Then
    assert found.decisions == 12
    assert found.dynamic_share == 10 / 12


def test_taking_back_counts_where_something_was_taken():
    withdrawals = [
        Withdrawal(cause="signal", what="device_compliance false", systems=("core",), seconds=0.2),
        Withdrawal(cause="signal", what="behaviour", systems=("other",), seconds=9.0),
        Withdrawal(cause="leaver", what="", systems=("unknown",), seconds=1.0),
    ]
    found = by_system([record(), record("other")], withdrawals, [], STANDING)
    assert set(found) == {"core", "other"}
    assert found["core"].revocation_tested
    assert found["core"].isolation_tested
    assert not found["core"].abnormal_revoked
    assert found["core"].revocation_seconds == 0.2
    assert found["other"].abnormal_revoked
    assert not found["other"].isolation_tested


def test_what_is_not_known_is_not_spoken_of():
    # Given systems nobody decided about, and one of which the privileges are not known
    assert by_system([record("x")], [], [], STANDING) == {}
    assert by_system([], [], [], STANDING) == {}


def privileged(session, time, person="amy"):
    return record()._replace(
        action='Action::"administer"', session=session, time=time, subject=f'User::"{person}"'
    )


def test_a_privileged_session_counts_as_just_in_time_while_a_grant_covers_all_of_it():
    # Given one session within its grant, one that outlives it, one of somebody without
    records = [
        privileged("s1", 10), privileged("s1", 19),
        privileged("s2", 15), privileged("s2", 20),
        privileged("s3", 12, person="bob"),
        privileged("s4", 12)._replace(allowed=False),
    ]  # fmt: skip
    grants = [Grant(person="amy", system="core", since=10, until=20)]
    # Then
    found = by_system(records, [], grants, {"core": 2})["core"]
    assert found.privileged_sessions == 3
    assert found.just_in_time_share == 1 / 3
    assert found.standing_privileges == 2


@given(st.text(max_size=40))
def test_names_come_back_as_they_were(name):
    assert system_of(str(Uid("System", name))) == name
    assert system_of(str(Uid("Service", name))) == ""


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50))
def test_the_percentile_is_one_of_the_values_and_not_below_most(seconds):
    withdrawals = [Withdrawal(cause="signal", what="", systems=("core",), seconds=s)
                   for s in seconds]  # fmt: skip
    found = by_system([record()], withdrawals, [], STANDING)["core"].revocation_seconds
    assert sum(s <= found + 1e-6 for s in seconds) >= 0.95 * len(seconds)
    assert min(seconds) - 1e-6 <= found <= max(seconds) + 1e-6

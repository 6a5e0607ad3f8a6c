"""A flooding member empties its own buckets and nobody else's."""

from dataclasses import replace

import pytest

from panshi.alliance.members.quotas import Allowances
from panshi.model.alliance.member import Quotas, Reason
from tests.alliance.members.members_at_hand import active

QUOTAS = Quotas(
    requests_per_second=10, bytes_per_minute=6_000, body_bytes=1_000, batch=5, at_once=3
)


def named(name, **changed):
    member = active().members["bank-017"]
    return replace(member, id=name, quotas=replace(QUOTAS, **changed))


def taken(allowances, member, size=0, now=0.0):
    refused = allowances.take(member, size, now)
    if refused is None:
        allowances.give_back(member, size, now)
    return refused


def test_a_flood_is_told_when_to_come_again_and_harms_no_other():
    # Given two members
    allowances, loud, quiet = Allowances(), named("loud"), named("quiet")
    # When one floods
    answers = [taken(allowances, loud) for _ in range(1_000)]
    # Then it gets four seconds' worth, then refusals that say when, and the other is heard
    assert sum(each is None for each in answers) == 40
    assert answers[-1].reason is Reason.TOO_FAST
    assert answers[-1].retry_after == 1.0
    assert taken(allowances, quiet) is None
    # And after that second it is heard again
    assert taken(allowances, loud, now=1.0) is None


def test_bytes_are_counted_over_a_minute():
    allowances, member = Allowances(), named("loud")
    for _ in range(6):
        assert taken(allowances, member, 1_000) is None
    refused = taken(allowances, member, 1_000)
    assert refused.reason is Reason.TOO_MANY_BYTES
    assert refused.retry_after == 10.0
    assert taken(allowances, member, 1_000, now=10.0) is None


def test_a_body_larger_than_the_quota_is_refused_at_once():
    refused = taken(Allowances(), named("loud"), 100 * 1024**2)
    assert refused.reason is Reason.TOO_LARGE


def test_what_is_in_hand_is_bounded_per_member_and_over_all():
    allowances = Allowances(most_in_hand=4)
    loud, quiet = named("loud"), named("quiet")
    for _ in range(3):
        assert allowances.take(loud, 0, 0.0) is None
    assert allowances.take(loud, 0, 0.0).reason is Reason.TOO_MANY_AT_ONCE
    assert allowances.take(quiet, 0, 0.0) is None
    refused = allowances.take(quiet, 0, 0.0)
    assert refused.reason is Reason.BUSY
    assert refused.retry_after > 0
    allowances.give_back(loud, 0, 0.0)
    assert allowances.take(quiet, 0, 0.0) is None


def test_no_member_holds_more_than_its_share_of_the_room():
    allowances = Allowances(room=4_000)
    loud, quiet = named("loud"), named("quiet")
    assert allowances.take(loud, 1_000, 0.0) is None
    assert allowances.take(loud, 1, 0.0).reason is Reason.TOO_MANY_AT_ONCE
    assert allowances.take(quiet, 1_000, 0.0) is None


def test_bytes_that_did_not_come_are_given_back():
    allowances, member = Allowances(), named("loud", bytes_per_minute=1_000)
    assert allowances.take(member, 1_000, 0.0) is None
    allowances.settle(member, 1_000, 10, 0.0)
    allowances.give_back(member, 1_000, 0.0)
    assert taken(allowances, member, 900) is None


@pytest.mark.parametrize("times", [2, 5])
def test_giving_back_twice_gives_nothing_more(times):
    allowances, member = Allowances(), named("loud")
    assert allowances.take(member, 0, 0.0) is None
    for _ in range(times):
        allowances.give_back(member, 0, 0.0)
    for _ in range(3):
        assert allowances.take(member, 0, 0.0) is None
    assert allowances.take(member, 0, 0.0) is not None

"""Points for shared intelligence: who earns, who does not, and why."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.reward.claims import Standing
from panshi.alliance.reward.events import Contribution, Echo, EchoKind, Participant, Period
from panshi.alliance.reward.settling import Why, settle
from panshi.alliance.reward.terms import Terms, terms_of

START = datetime(2026, 7, 1, tzinfo=UTC)
PERIOD = Period(
    name="2026Q3",
    begins=START,
    ends=START + timedelta(days=92),
    until=START + timedelta(days=120),
)
BANKS = tuple(Participant(member=f"bank-{number:02d}") for number in range(1, 21))
TERMS = Terms()


def told(member, value="evil.example", *, hours=0.0, number=1, kind="domain-name"):
    at = START + timedelta(days=1, hours=hours)
    return Contribution(
        id=f"{member}-{value}-{number}",
        member=member,
        kind=kind,
        value=value,
        at=at,
        published=at + timedelta(hours=1),
    )


def said(member, value="evil.example", *, kind=EchoKind.SIGHTED, hours=5.0, **more):
    at = START + timedelta(days=1, hours=hours)
    return Echo(member=member, kind=kind, about="domain-name", value=value, at=at, **more)


def others(many, start=2):
    return [each.member for each in BANKS[start - 1 : start - 1 + many]]


def test_the_first_report_that_others_confirm_earns_by_independent_voices():
    # Given one report, seen by more and more members
    points = []
    for many in (0, 1, 3, 6, 12):
        found = settle(
            BANKS, [told("bank-01")], [said(each) for each in others(many)], TERMS, PERIOD
        )
        points.append(found.of("bank-01").points)

    # Then nothing is earned unseen, each voice adds, and the twelfth adds less than the third
    assert points[0] == 0
    assert points == sorted(points)
    assert points[2] == pytest.approx(5.0)
    assert points[4] < TERMS.unit
    assert points[4] - points[3] < points[2] - points[1]


def test_a_copy_earns_nothing_however_it_is_written_or_split():
    # Given a report everybody confirms, and copies of it after it could be read
    copies = [
        told("bank-19", hours=2),
        told("bank-19", "WWW.evil.example.", hours=3),
        told("bank-20", "https://evil.example/?a=1", hours=3, kind="url"),
    ]

    # When the quarter is settled, the copiers confirming each other
    echoes = [*map(said, others(8)), *(said("bank-20"), said("bank-19"))]
    found = settle(BANKS, [told("bank-01"), *copies], echoes, TERMS, PERIOD)

    # Then the copies stand as known or derived, and only the first earns
    standing = [each.claim.standing for each in found.of("bank-19").awards]
    assert standing == [Standing.KNOWN, Standing.REPEATED]
    assert found.of("bank-19").points == 0
    assert found.of("bank-20").awards[0].claim.standing is Standing.DERIVED
    assert found.of("bank-20").points == 0
    assert found.of("bank-01").points > 8


def test_two_who_found_it_independently_share_by_time():
    # Given a second report half an hour later, before the first could be read
    pair = [told("bank-01"), told("bank-02", hours=0.5)]

    found = settle(BANKS, pair, [said(each) for each in others(6, 3)], TERMS, PERIOD)

    # Then both are credited, the first with more, and nobody confirms their own
    first, second = found.of("bank-01"), found.of("bank-02")
    assert second.awards[0].claim.standing is Standing.INDEPENDENT
    assert first.points > second.points > 0
    assert {each.voice for each in first.awards[0].voices}.isdisjoint({"bank-01", "bank-02"})


def test_an_outside_source_is_known_first_and_earns_nothing():
    found = settle(
        BANKS,
        [told("", hours=-10), told("bank-01")],
        [said(each) for each in others(6)],
        TERMS,
        PERIOD,
    )

    assert found.of("bank-01").awards[0].why is Why.KNOWN
    assert found.of("bank-01").points == 0


def test_a_late_report_that_others_name_as_the_one_that_helped_earns_a_tenth():
    late = told("bank-02", hours=30)
    echoes = [said(each, contribution=late.id, hours=40) for each in others(6, 3)]

    found = settle(BANKS, [told("bank-01"), late], echoes, TERMS, PERIOD)

    award = found.of("bank-02").awards[0]
    assert award.why is Why.HELPED
    assert 0 < award.points <= TERMS.unit * TERMS.derived_share


def test_a_wrong_report_costs_and_a_contested_one_waits_for_a_ruling():
    wrong = [said(each, kind=EchoKind.FALSE_POSITIVE) for each in others(3)]
    right = [said(each) for each in others(5, 8)]

    # Then three who call it wrong cost points
    lost = settle(BANKS, [told("bank-01")], wrong, TERMS, PERIOD).of("bank-01")
    assert lost.awards[0].why is Why.WRONG
    assert lost.points < 0

    # And where many confirm it as well, nothing is earned or lost until two analysts ruled
    held = settle(BANKS, [told("bank-01")], [*wrong, *right], TERMS, PERIOD).of("bank-01")
    assert (held.awards[0].why, held.points) == (Why.CONTESTED, 0)
    for ruling, sign in ((EchoKind.UPHELD, 1), (EchoKind.REFUTED, -1)):
        ruled = [*wrong, *right, said("", kind=ruling, hours=50)]
        after = settle(BANKS, [told("bank-01")], ruled, TERMS, PERIOD).of("bank-01")
        assert after.points * sign > 0


def test_members_of_one_group_are_one_voice_and_share_one_knee():
    # Given a group that splits itself into five members
    group = [Participant(member=f"arm-{number}", voice="group") for number in range(5)]
    values = [f"v{number}.example" for number in range(200)]
    alone = [told("bank-01", each) for each in values]
    split = [told(f"arm-{place % 5}", each) for place, each in enumerate(values)]
    echoes = [said(each, value) for value in values for each in others(8, 5)]

    # When the same reports come from one member, and split over the group
    one = settle(BANKS, alone, echoes, TERMS, PERIOD).of("bank-01").points
    found = settle([*BANKS, *group], split, echoes, TERMS, PERIOD)

    # Then splitting gains nothing, and a member of the group confirms nothing of its own group
    together = sum(found.of(each.member).points for each in group)
    assert together == pytest.approx(one, rel=0.05)
    assert one > TERMS.knee
    own = settle([*BANKS, *group], [told("arm-0")], [said("arm-1")], TERMS, PERIOD)
    assert own.of("arm-0").points == 0


def test_who_sits_outside_the_membership_confirms_nothing():
    found = settle(BANKS, [told("bank-01")], [said(f"sybil-{n}") for n in range(50)], TERMS, PERIOD)

    assert found.of("bank-01").awards[0].why is Why.UNCONFIRMED


def test_every_point_can_be_added_up_from_its_reasons():
    # Given a few reports of one member
    values = [f"v{number}.example" for number in range(6)]
    echoes = [said(each, value) for value in values for each in others(6)]

    standing = settle(BANKS, [told("bank-01", each) for each in values], echoes, TERMS, PERIOD)

    # Then the sum is that of the awards, and each award follows from its voices
    mine = standing.of("bank-01")
    assert mine.earned == pytest.approx(sum(each.points for each in mine.awards))
    for award in mine.awards:
        weight = sum(each.weight for each in award.voices)
        worth = weight**2 / (weight**2 + TERMS.half_voices**2)
        assert award.points == pytest.approx(TERMS.unit * worth)


def test_terms_are_taken_from_the_governed_parameters():
    assert terms_of({"reward_knee": 7.0, "confidence": 0.9}) == Terms(knee=7.0)


@given(st.permutations([told("bank-01"), told("bank-02", hours=0.5), told("bank-03", hours=9)]))
def test_the_order_in_which_things_are_read_decides_nothing(order):
    echoes = [said(each) for each in others(6, 5)]

    found = settle(BANKS, order, echoes, TERMS, PERIOD)

    assert [(each.member, round(each.points, 9)) for each in found.members] == [
        (each.member, round(each.points, 9))
        for each in settle(
            BANKS, sorted(order, key=lambda one: one.at), echoes, TERMS, PERIOD
        ).members
    ]

"""Decisions: the table, unknown inputs, clocks and the later listing in KEV."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.node.supply_chain.priority_content import shipped_clocks, shipped_tree
from panshi.protection.supply_chain.findings.finding import Ssvc
from panshi.protection.supply_chain.priority.deciding import URGENCY, decide, due_on, priority
from panshi.protection.supply_chain.priority.points import (
    ANY_AUTOMATABLE,
    ANY_EXPLOITATION,
    ANY_EXPOSURE,
    ANY_MISSION,
    ANY_TECHNICAL,
    Around,
    Automatable,
    Exploitation,
    Exposure,
    Impact,
    Mission,
    Side,
    Technical,
)
from panshi.protection.supply_chain.priority.policy import Policy

POLICY = Policy(tree=shipped_tree(), clocks=shipped_clocks())
SEEN = date(2026, 11, 2)


def side(
    exploitation: Exploitation = Exploitation.NONE,
    automatable: Automatable = Automatable.NO,
    technical: Technical = Technical.PARTIAL,
    *,
    kev: bool = False,
) -> Side:
    return Side((exploitation,), (automatable,), (technical,), kev)


def around(
    exposure: Exposure = Exposure.CONTROLLED, mission: Mission = Mission.HIGH, tier: int = 0
) -> Around:
    return Around((exposure,), (mission,), tier)


@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        (("none", "small", "no", "low"), "track"),
        (("none", "open", "yes", "very_high"), "attend"),
        (("none", "open", "yes", "high"), "track*"),
        (("poc", "controlled", "yes", "very_high"), "attend"),
        (("poc", "open", "yes", "high"), "attend"),
        (("poc", "controlled", "no", "low"), "track"),
        (("active", "small", "no", "medium"), "track*"),
        (("active", "small", "yes", "medium"), "attend"),
        (("active", "open", "no", "high"), "attend"),
        (("active", "open", "no", "very_high"), "act"),
        (("active", "open", "yes", "high"), "act"),
    ],
)
def test_the_shipped_table_is_the_deployer_tree(case: tuple[str, ...], wanted: str) -> None:
    exploitation, exposure, automatable, impact = case
    # Given a case of CERT/CC's table, when it is looked up, then it is decided as they decide it.
    found = POLICY.tree.table[
        Exploitation(exploitation), Exposure(exposure), Automatable(automatable), Impact(impact)
    ]
    assert found == wanted


def test_the_tree_only_ever_rises() -> None:
    # Given any two cases of which one is at least as bad in every input,
    order = {
        point: i
        for kind in (Exploitation, Exposure, Automatable, Impact)
        for i, point in enumerate(kind)
    }
    cases = list(product(Exploitation, Exposure, Automatable, Impact))
    for one, other in product(cases, cases):
        if all(order[a] <= order[b] for a, b in zip(one, other, strict=True)):
            # then its decision is at least as urgent.
            table = POLICY.tree.table
            assert URGENCY.index(table[other]) <= URGENCY.index(table[one]), (one, other)


def some(values: tuple[object, ...]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.sets(st.sampled_from(values), min_size=1).map(
        lambda chosen: tuple(each for each in values if each in chosen)
    )


SIDES = st.builds(
    Side, some(ANY_EXPLOITATION), some(ANY_AUTOMATABLE), some(ANY_TECHNICAL), st.booleans()
)
AROUNDS = st.builds(Around, some(ANY_EXPOSURE), some(ANY_MISSION), st.integers(0, 4))


@given(SIDES, AROUNDS)
def test_what_is_not_known_never_lowers(given_side: Side, given_around: Around) -> None:
    # Given inputs of which some are not known, when it is decided,
    outcome = decide(given_side, given_around, POLICY)
    # then no way the unknown may turn out is more urgent or due earlier.
    for parts in product(
        given_side.exploitation,
        given_side.automatable,
        given_side.technical,
        given_around.exposure,
        given_around.mission,
    ):
        sure = decide(
            Side((parts[0],), (parts[1],), (parts[2],), given_side.kev),
            Around((parts[3],), (parts[4],), given_around.supplier_tier),
            POLICY,
        )
        assert URGENCY.index(outcome.ssvc) <= URGENCY.index(sure.ssvc)
        assert outcome.days <= sure.days
    assert outcome.days <= outcome.days_before_kev


def test_known_exploited_and_reachable_is_three_days() -> None:
    # Given a vulnerability in KEV on an internet-facing system of a critical service,
    found = priority(
        side(Exploitation.ACTIVE, Automatable.YES, Technical.TOTAL, kev=True),
        around(Exposure.OPEN, Mission.CRITICAL),
        POLICY,
        first_seen=SEEN,
        kev_since=SEEN,
    )
    # then it is acted on within three days.
    assert (found.ssvc, found.due, found.rule) == (Ssvc.ACT, date(2026, 11, 5), "kev-open")
    assert found.sure


def test_unknown_exposure_takes_the_shortest_clock_that_may_be_meant() -> None:
    # Given KEV, and an estate that says nothing of exposure,
    silent = Around(ANY_EXPOSURE, (Mission.CRITICAL,))
    outcome = decide(side(Exploitation.ACTIVE, Automatable.YES, kev=True), silent, POLICY)
    # then three days hold, and the decision says that it is not sure.
    assert (outcome.days, outcome.rule, outcome.sure) == (3, "kev-open", False)


def test_a_later_listing_never_gives_more_time() -> None:
    outcome = decide(
        side(Exploitation.ACTIVE, Automatable.YES, Technical.TOTAL, kev=True),
        around(Exposure.OPEN, Mission.CRITICAL),
        POLICY,
    )
    clocks = POLICY.clocks
    # Given a finding whose calm clock has run out, when KEV lists it afterwards,
    late = due_on(outcome, clocks, first_seen=SEEN, kev_since=date(2027, 6, 1))
    # then it stays overdue;
    assert late == date(2026, 11, 16)
    # and where it is listed early, three days from the listing hold.
    soon = due_on(outcome, clocks, first_seen=SEEN, kev_since=date(2026, 11, 6))
    assert soon == date(2026, 11, 9)


def test_a_supplier_of_the_first_tier_has_less_time() -> None:
    pressing = side(Exploitation.POC, Automatable.YES, Technical.TOTAL)
    for tier, days in ((0, 14), (1, 10), (2, 14)):
        outcome = decide(pressing, around(Exposure.OPEN, Mission.CRITICAL, tier), POLICY)
        assert (outcome.ssvc, outcome.days) == (Ssvc.ATTEND, days)


def test_working_days_leave_out_weekends_and_holidays() -> None:
    clocks = replace(POLICY.clocks, working=True, holidays=frozenset({date(2026, 11, 9)}))
    # Given a Friday, when three working days pass over a weekend and a holiday on Monday,
    # then the last is Thursday.
    assert clocks.after(date(2026, 11, 6), 3) == date(2026, 11, 12)
    assert POLICY.clocks.after(date(2026, 11, 6), 3) == date(2026, 11, 9)


def test_escalation_names_the_highest_that_is_due() -> None:
    offices = [POLICY.clocks.escalation(late) for late in (0, 1, 7, 29, 30, 400)]
    assert [each and each.office for each in offices] == [
        None, "owner", "ciso", "ciso", "board", "board",
    ]  # fmt: skip

"""Pages of any order, one after the other, are the whole sorted list, however often values tie."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.protection.supply_chain.findings.finding import Sort, State
from panshi.protection.supply_chain.findings.querying import (
    LARGEST_FIRST,
    Facts,
    Place,
    Wanted,
    choose,
    due_day,
)
from panshi.protection.supply_chain.findings.rows import EVER, Rows

VULNERABILITIES, SYSTEMS, KEYS = 4, 4, 5
FACTS = Facts(
    epss=np.array([-1, 0.5, 0.5, 0.9], dtype=np.float32),
    kev=np.array([False, True, False, True]),
    kev_day=np.array([0, 5, 0, 40], dtype=np.int32),
    severity=np.array([9.8, -1, 5.0, 5.0], dtype=np.float32),
    urgency_of=np.array([0, 1, 0, 1], dtype=np.uint16),
    critical=np.array([False, True, True, False]),
    exposure_of=np.array([0, 1, 1, 0], dtype=np.uint16),
    ssvc=np.array([[3, 2], [1, 0]], dtype=np.int8),
    days=np.array([[90, 30], [14, 3]], dtype=np.int32),
    days_before_kev=np.array([[90, 60], [30, 20]], dtype=np.int32),
    working=None,
    rank=lambda sort: np.arange(VULNERABILITIES + KEYS)[::-1] % (2 + len(sort)),
)
rows = st.lists(
    st.tuples(
        st.integers(0, VULNERABILITIES - 1),
        st.integers(0, SYSTEMS - 1),
        st.integers(0, KEYS - 1),
        st.integers(0, 4),
        st.integers(0, 50 * 86_400),
        st.booleans(),
    ),
    unique_by=lambda each: each[:3],
    max_size=60,
)


def columns(given_: list[tuple[Any, ...]]) -> Rows:
    """Make columns of rows."""
    parts = list(zip(*given_, strict=True)) if given_ else [()] * 6
    vulnerability, system, key, status, since, gone = parts
    return Rows(
        system=np.array(system, dtype=np.uint32),
        key=np.array(key, dtype=np.uint32),
        package=np.array(key, dtype=np.uint32),
        vulnerability=np.array(vulnerability, dtype=np.uint32),
        status=np.array(status, dtype=np.uint8),
        since=np.array(since, dtype=np.uint32),
        until=np.array([60 * 86_400 if each else int(EVER) for each in gone], dtype=np.uint32),
    )


def value(row: tuple[Any, ...], sort: Sort) -> float:
    """Give what one row is sorted by, the plain way."""
    vulnerability, system, key, status, since, _ = row
    names = FACTS.rank(sort)
    pair = FACTS.urgency_of[vulnerability], FACTS.exposure_of[system]
    return float(
        {
            Sort.EPSS: FACTS.epss[vulnerability],
            Sort.KEV: FACTS.kev[vulnerability],
            Sort.SEVERITY: FACTS.severity[vulnerability],
            Sort.SSVC: FACTS.ssvc[pair],
            Sort.DUE: due(row),
            Sort.SYSTEM: names[system],
            Sort.CRITICALITY: FACTS.critical[system],
            Sort.SUPPLIER: names[system],
            Sort.PACKAGE: names[key],
            Sort.VULNERABILITY: names[vulnerability],
            Sort.FIRST_SEEN: since,
            Sort.STATUS: status,
        }[sort]
    )


def due(row: tuple[Any, ...]) -> int:
    """Give the last day, as the decision about one finding counts it."""
    vulnerability, system, _, _, since, _ = row
    pair = FACTS.urgency_of[vulnerability], FACTS.exposure_of[system]
    first, listed = (since + 8 * 3600) // 86_400, int(FACTS.kev_day[vulnerability])
    if listed <= first:
        return first + int(FACTS.days[pair])
    return min(listed + int(FACTS.days[pair]), first + int(FACTS.days_before_kev[pair]))


def in_state(row: tuple[Any, ...], state: State) -> bool:
    """Tell whether one row is in a part of its life."""
    status, gone = row[3], row[5]
    return {
        State.OPEN: not gone and status < 3,
        State.QUIET: not gone and status >= 3,
        State.GONE: gone,
        State.ALL: True,
    }[state]


@pytest.mark.parametrize("sort", list(Sort))
@given(rows, st.booleans(), st.integers(1, 7), st.sampled_from(list(State)))
@settings(max_examples=25, deadline=None)
def test_pages_are_the_sorted_list(
    sort: Sort,
    given_: list[tuple[Any, ...]],
    reverse: bool,
    limit: int,
    state: State,
) -> None:
    # Given rows in no order, with many equal values,
    table = columns(given_)
    wanted = Wanted(state=state)
    sign = -1 if (sort in LARGEST_FIRST) != reverse else 1
    expected = sorted(
        (each for each in given_ if in_state(each, state)),
        key=lambda each: (sign * value(each, sort), each[:3]),
    )
    # When they are paged through,
    found: list[tuple[Any, ...]] = []
    after: Place | None = None
    while True:
        page = choose(table, FACTS, wanted, sort, reverse=reverse, after=after, limit=limit)
        assert page.total == len(expected)
        found += [given_[each] for each in page.rows]
        after = page.last
        if after is None:
            break
    # Then nothing is missing, doubled or out of order.
    assert found == expected


@given(rows, st.lists(st.booleans(), min_size=9, max_size=9), st.integers(0, 60))
@settings(max_examples=50, deadline=None)
def test_filters_keep_what_fits_all_of_them(
    given_: list[tuple[Any, ...]], masks: list[bool], day: int
) -> None:
    # Given filters by vulnerability, system, and last day,
    wanted = Wanted(
        state=State.ALL,
        vulnerabilities=np.array(masks[:4]),
        systems=np.array(masks[4:8]),
        ssvc=(0, 1) if masks[8] else (),
        due_until=day,
    )
    page = choose(columns(given_), FACTS, wanted, Sort.DUE, reverse=False, after=None, limit=1_000)
    # Then a row is shown exactly where it fits every one.
    assert {given_[each] for each in page.rows} == {
        each
        for each in given_
        if masks[each[0]]
        and masks[4 + each[1]]
        and due(each) <= day
        and (not masks[8] or value(each, Sort.SSVC) < 2)
    }


def test_working_days_are_counted_over_holidays() -> None:
    # Given a calendar in which only every second day is worked,
    working = np.arange(400) % 2 == 0
    facts = Facts(
        **{name: getattr(FACTS, name) for name in Facts.__dataclass_fields__} | {"working": working}
    )
    table = columns([(0, 0, 0, 0, 0, False)])
    # Then 90 of them last twice as long.
    assert due_day(table, facts, np.array([0])).tolist() == [180]

"""Filter, sort and page over columns of findings; every total is exact.

Scores belong to vulnerabilities and names to systems and packages, so a filter is first asked per
vulnerability, system or package and only then carried over to rows. A page goes on after the last
finding by its value and identity, so that what arrives in between moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from panshi.protection.supply_chain.findings.finding import Sort, State
from panshi.protection.supply_chain.findings.rows import EVER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from panshi.protection.supply_chain.findings.rows import Rows

    type Mask = NDArray[np.bool_]
    type Column = NDArray[Any]

DAY = 86_400
ZONE_AHEAD = 8 * 3_600
"Seconds the institution's zone is ahead of UTC."
QUIET_FROM = 3
"Status codes from here on ask nothing of anybody."
LARGEST_FIRST = frozenset({Sort.EPSS, Sort.KEV, Sort.SEVERITY, Sort.CRITICALITY, Sort.FIRST_SEEN})
BITS = 21
"An identity holds vulnerability, system and key in 63 bits."


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of vulnerabilities, systems, packages and keys, by their numbers."""

    epss: Column
    "Per vulnerability; -1 where there is none."
    kev: Mask
    kev_day: Column
    "Day it was listed, counted since 1970; 0 where it is not."
    severity: Column
    "CVSS base score; -1 where there is none."
    urgency_of: Column
    "Per vulnerability the row of `ssvc` and `days`."
    critical: Mask
    "Per system."
    exposure_of: Column
    "Per system the column of `ssvc` and `days`."
    ssvc: Column
    "Code of the decision per class of vulnerability and class of system."
    days: Column
    "Days until it is due, likewise."
    days_before_kev: Column
    "Days there would be without the listing in KEV, likewise."
    working: Mask | None
    "Per day since 1970 whether people work; None where every day counts."
    rank: Callable[[Sort], Column]
    "Gives the order of names, per system (also of suppliers), package or vulnerability."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A question to columns: what rows must be, per vulnerability, system and package."""

    state: State = State.OPEN
    vulnerabilities: Mask | None = None
    systems: Mask | None = None
    packages: Mask | None = None
    keys: Mask | None = None
    text: tuple[Mask, Mask] | None = None
    "Vulnerabilities and packages of which either will do."
    statuses: Sequence[int] = ()
    ssvc: Sequence[int] = ()
    due_until: int | None = None
    "Day since 1970, included."
    since: int | None = None
    "First seen at or after."
    until: int | None = None
    "First seen before."


class Place(NamedTuple):
    """Where a page ended."""

    value: float
    identity: int


class Chosen(NamedTuple):
    """Rows of one page."""

    rows: NDArray[np.intp]
    total: int
    last: Place | None
    "Where to go on; None on the last page."


def choose(
    rows: Rows,
    facts: Facts,
    wanted: Wanted,
    sort: Sort,
    *,
    reverse: bool,
    after: Place | None,
    limit: int,
) -> Chosen:
    """Give the rows of one page in their order."""
    chosen = np.flatnonzero(fitting(rows, facts, wanted))
    total = len(chosen)
    values = value_of(rows, facts, sort, chosen)
    if (sort in LARGEST_FIRST) != reverse:
        values = -values
    if after is not None:
        rest = values >= after.value
        chosen, values = chosen[rest], values[rest]
        tied = np.flatnonzero(values == after.value)
        keep = np.ones(len(chosen), dtype=bool)
        keep[tied] = identity(rows, chosen[tied]) > after.identity
        chosen, values = chosen[keep], values[keep]
    left = len(chosen)
    if left > limit:
        chosen, values = _first(rows, chosen, values, limit)
    order = np.lexsort((identity(rows, chosen), values))
    chosen, values = chosen[order], values[order]
    more = left > limit
    last = Place(float(values[-1]), int(identity(rows, chosen[-1:])[0])) if more and limit else None
    return Chosen(chosen, total, last)


def _first(
    rows: Rows, chosen: NDArray[np.intp], values: Column, limit: int
) -> tuple[NDArray[np.intp], Column]:
    """Narrow to the first `limit`; of equal values those with the lowest identity."""
    edge = np.partition(values, limit - 1)[limit - 1]
    before = np.flatnonzero(values < edge)
    tied = np.flatnonzero(values == edge)
    missing = limit - len(before)
    if len(tied) > missing:
        identities = identity(rows, chosen[tied])
        tied = tied[np.argpartition(identities, missing - 1)[:missing]]
    kept = np.concatenate((before, tied))
    return chosen[kept], values[kept]


def identity(rows: Rows, at: NDArray[np.intp]) -> NDArray[np.int64]:
    """Tell findings apart by one number each."""
    high = rows.vulnerability[at].astype(np.int64) << np.int64(2 * BITS)
    middle = rows.system[at].astype(np.int64) << np.int64(BITS)
    return high | middle | rows.key[at].astype(np.int64)


def fitting(rows: Rows, facts: Facts, wanted: Wanted) -> Mask:
    """Tell which rows fit."""
    mask = _in_state(rows, wanted.state)
    for column, allowed in (
        (rows.vulnerability, wanted.vulnerabilities),
        (rows.system, wanted.systems),
        (rows.package, wanted.packages),
        (rows.key, wanted.keys),
    ):
        if allowed is not None:
            mask &= allowed[column]
    if wanted.text is not None:
        mask &= wanted.text[0][rows.vulnerability] | wanted.text[1][rows.package]
    if wanted.statuses:
        mask &= np.isin(rows.status, np.asarray(wanted.statuses, dtype=rows.status.dtype))
    if wanted.since is not None:
        mask &= rows.since >= np.uint32(wanted.since)
    if wanted.until is not None:
        mask &= rows.since < np.uint32(wanted.until)
    if wanted.ssvc:
        mask &= np.isin(ssvc_of(rows, facts, slice(None)), np.asarray(wanted.ssvc))
    if wanted.due_until is not None:
        mask &= due_day(rows, facts, slice(None)) <= wanted.due_until
    return mask


def _in_state(rows: Rows, state: State) -> Mask:
    mask: Mask
    match state:
        case State.OPEN:
            mask = (rows.until == EVER) & (rows.status < QUIET_FROM)
        case State.QUIET:
            mask = (rows.until == EVER) & (rows.status >= QUIET_FROM)
        case State.GONE:
            mask = rows.until != EVER
        case State.ALL:
            mask = np.ones(len(rows), dtype=bool)
    return mask


def value_of(rows: Rows, facts: Facts, sort: Sort, at: NDArray[np.intp]) -> Column:
    """Give what rows are sorted by."""
    own: dict[Sort, Callable[[], Column]] = {
        Sort.SSVC: lambda: ssvc_of(rows, facts, at).astype(np.int8),
        Sort.DUE: lambda: due_day(rows, facts, at),
        Sort.PACKAGE: lambda: facts.rank(sort)[rows.package[at]],
        Sort.FIRST_SEEN: lambda: rows.since[at].astype(np.int64),
        Sort.STATUS: lambda: rows.status[at].astype(np.int8),
        Sort.EPSS: lambda: facts.epss[rows.vulnerability[at]],
        Sort.KEV: lambda: facts.kev.astype(np.int8)[rows.vulnerability[at]],
        Sort.SEVERITY: lambda: facts.severity[rows.vulnerability[at]],
        Sort.VULNERABILITY: lambda: facts.rank(sort)[rows.vulnerability[at]],
        Sort.SYSTEM: lambda: facts.rank(sort)[rows.system[at]],
        Sort.SUPPLIER: lambda: facts.rank(sort)[rows.system[at]],
        Sort.CRITICALITY: lambda: facts.critical.astype(np.int8)[rows.system[at]],
    }
    return own[sort]()


def ssvc_of(rows: Rows, facts: Facts, at: slice | NDArray[np.intp]) -> Column:
    """Give the code of the decision about each row."""
    return facts.ssvc[facts.urgency_of[rows.vulnerability[at]], facts.exposure_of[rows.system[at]]]


def due_day(rows: Rows, facts: Facts, at: slice | NDArray[np.intp]) -> Column:
    """Give the day by which each row must be repaired, counted since 1970.

    The clock begins on the day a finding is first seen, in the institution's zone. A later listing
    in KEV begins a shorter one; the earlier end counts (as `priority.deciding.due_on`).
    """
    first = ((rows.since[at] + np.uint32(ZONE_AHEAD)) // np.uint32(DAY)).astype(np.int32)
    vulnerability = rows.vulnerability[at]
    pair = facts.urgency_of[vulnerability], facts.exposure_of[rows.system[at]]
    due = _after(facts, first, facts.days[pair])
    listed = facts.kev_day[vulnerability]
    later = np.flatnonzero(listed > first)
    if len(later):
        slower = _after(facts, first[later], facts.days_before_kev[pair][later])
        due[later] = np.minimum(_after(facts, listed[later], facts.days[pair][later]), slower)
    return due


def _after(facts: Facts, first: Column, days: Column) -> Column:
    if facts.working is None:
        return first + days
    counted = np.cumsum(facts.working)
    return np.searchsorted(counted, counted[first] + days).astype(np.int32)

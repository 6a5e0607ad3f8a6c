"""From an advisory as its source wrote it to intervals of places, per package.

Ranges are read as the OSV schema evaluates them (schema 1.7, "Evaluation"): events in order of
their versions, those at one version as written; `introduced` opens, `fixed` closes before,
`last_affected` closes behind; a `limit` cuts off what lies behind the highest. `introduced: 0` lies
below every version. Versions named one by one are kept only where no interval holds them. A bound
without a place in the ecosystem's order is a defect and leaves its range open: what the rest does
not decide is then unknown, never passed over. Ranges of commits decide about the commits they name;
where there is nothing else, versions are unknown too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from panshi.model.supply_chain.advisory import Advisory, Affected, AffectedRange
from panshi.model.supply_chain.bom import Defect
from panshi.model.supply_chain.compiled import Compiled, Entry, PackageKey, Told
from panshi.model.supply_chain.names import vulnerability_of
from panshi.protection.supply_chain.matching.distributions import RELEASES
from panshi.protection.supply_chain.matching.intervals import Interval, merged
from panshi.protection.supply_chain.matching.package_keys import (
    Unmatchable,
    named,
    order_of,
    placed_in,
    subject,
)
from panshi.protection.supply_chain.versions.sortable import HIGHEST, LOWEST, after

ORDERED = frozenset({"ECOSYSTEM", "SEMVER"})
BROKEN = frozenset({"introduced", "last_affected"})


class _Read(NamedTuple):
    """What the ranges of one package come down to."""

    intervals: list[Interval]
    unplaced: list[str]
    fixed: list[str]
    commits: list[tuple[str, str]]


def compile_advisory(advisory: Advisory) -> Compiled:
    """Make an advisory ready; one that is withdrawn speaks of nothing."""
    if advisory.withdrawn:
        return Compiled(advisory.id, ())
    per_package: dict[PackageKey, list[Affected]] = {}
    defects: list[Defect] = []
    for place, affected in enumerate(advisory.affected):
        key = key_of(affected)
        if key is None:
            defects.append(Defect(f"{advisory.id}, affected[{place}]", "names no package"))
            continue
        per_package.setdefault(key, []).append(affected)
    entries: list[tuple[PackageKey, Entry]] = []
    for key, parts in per_package.items():
        entry = _entry(advisory, key, parts)
        entries.append((key, entry))
        defects += (
            Defect(
                f"{advisory.id}, {key.ecosystem} {key.name}",
                f"{bound[:80]!r} has no place in the order of its ecosystem",
            )
            for bound in entry.told.unplaced
        )
    return Compiled(advisory.id, (*entries, *_any_release(entries)), tuple(defects))


def key_of(affected: Affected) -> PackageKey | None:
    """Give the key of a package an advisory names."""
    if affected.ecosystem and affected.name:
        return named(affected.ecosystem, affected.name)
    if affected.purl:
        found = subject(affected.purl)
        return None if isinstance(found, Unmatchable) else found.keys[0]
    return None


def _entry(advisory: Advisory, key: PackageKey, parts: list[Affected]) -> Entry:
    order = order_of(key)
    read = _Read([], [], [], [])
    for each in chain.from_iterable(part.ranges for part in parts):
        _read(order, each, read)
    intervals = merged(read.intervals)
    exact, literal = _named_one_by_one(order, parts, intervals)
    commits = {commit for event, commit in read.commits if event in BROKEN and commit != "0"}
    literal = tuple(sorted({*literal, *commits}))
    fixes, lost = _in_order(order, read.fixed)
    names = (advisory.id, *advisory.aliases)
    vulnerability = vulnerability_of(names, (advisory.id,))
    nothing = not (intervals or exact or {*literal} - commits)
    return Entry(
        starts=tuple(each.low for each in intervals),
        ends=tuple(each.high for each in intervals),
        exact=exact,
        literal=literal,
        open=bool(read.unplaced) or nothing,
        local=key.ecosystem == "PyPI" and _has_local(parts),
        unsure=False,
        told=Told(
            advisory=advisory.id,
            vulnerability=vulnerability,
            aliases=tuple(sorted({*names} - {vulnerability})),
            source=advisory.source,
            ranges=tuple(each.told for each in intervals),
            fixed=(*fixes.values(), *lost),
            fixed_at=tuple(fixes),
            unplaced=tuple(dict.fromkeys(read.unplaced)),
            commits=tuple(read.commits),
        ),
    )


def _read(order: str, given: AffectedRange, into: _Read) -> None:
    """Add what one range says."""
    match given.type:
        case "GIT":
            into.commits.extend(given.events)
        case "VERS":
            from panshi.protection.supply_chain.matching.vers_ranges import (  # noqa: PLC0415 -- rare, and a process that only matches needs none
                intervals_of,
            )

            for _, expression in given.events:
                into.intervals.extend(intervals_of(order, expression, into.unplaced))
        case kind if kind in ORDERED:
            _read_events(order, given, into)
        case kind:
            into.unplaced.append(f"range of type {kind}")


def _read_events(order: str, given: AffectedRange, into: _Read) -> None:
    placed: list[tuple[bytes, str, str]] = []
    limits: list[bytes] = []
    lost: list[str] = []
    for event, version in given.events:
        place = _bound(order, event, version)
        if place is None:
            lost.append(version)
        elif event == "limit":
            limits.append(place)
        else:
            placed.append((place, event, version))
        if event == "fixed":
            into.fixed.append(version)
    placed.sort(key=lambda each: each[0])
    limit = max(limits, default=HIGHEST)
    into.unplaced.extend(lost)
    for interval in _walk(given.type, placed):
        high = min(interval.high, limit)
        if interval.low < high and not (lost and interval.high == HIGHEST):
            into.intervals.append(interval._replace(high=high))


def _bound(order: str, event: str, version: str) -> bytes | None:
    if event == "introduced" and version == "0":
        return LOWEST
    if event == "limit" and version == "*":
        return HIGHEST
    return placed_in(order, version)


def _walk(kind: str, placed: list[tuple[bytes, str, str]]) -> Iterator[Interval]:
    low: tuple[bytes, str] | None = None
    for place, event, version in placed:
        if event == "introduced":
            low = low or (place, version)
        elif low is not None:
            inside = event == "last_affected"
            high = after(place) if inside else place
            yield Interval(low[0], high, (kind, low[1], version, inside))
            low = None
    if low is not None:
        yield Interval(low[0], HIGHEST, (kind, low[1], "", False))


def _named_one_by_one(
    order: str, parts: list[Affected], intervals: list[Interval]
) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    """Give places of versions no interval holds, and versions without a place."""
    exact: set[bytes] = set()
    literal: set[str] = set()
    for version in chain.from_iterable(part.versions for part in parts):
        place = placed_in(order, version)
        if place is None:
            literal.add(version)
        elif not any(each.low <= place < each.high for each in intervals):
            exact.add(place)
    return tuple(sorted(exact)), tuple(sorted(literal))


def _in_order(order: str, versions: list[str]) -> tuple[dict[bytes, str], list[str]]:
    """Give versions by their places, ascending, and those without one."""
    placed = {version: placed_in(order, version) for version in versions}
    known = sorted((place, version) for version, place in placed.items() if place is not None)
    return dict(known), [version for version, place in placed.items() if place is None]


def _has_local(parts: list[Affected]) -> bool:
    return any(
        "+" in version
        for part in parts
        for version in chain(
            part.versions, (bound for each in part.ranges for _, bound in each.events)
        )
    )


def _any_release(
    entries: list[tuple[PackageKey, Entry]],
) -> Iterator[tuple[PackageKey, Entry]]:
    """For packages whose release nobody says: inside any release's bounds is unknown."""
    together: dict[PackageKey, list[Entry]] = {}
    for key, entry in entries:
        distribution, colon, _ = key.ecosystem.partition(":")
        if colon and distribution in RELEASES:
            together.setdefault(PackageKey(distribution, key.name), []).append(entry)
    for key, several in together.items():
        intervals = merged(
            [
                Interval(low, high, told)
                for each in several
                for low, high, told in zip(each.starts, each.ends, each.told.ranges, strict=True)
            ]
        )
        first = several[0]
        yield (
            key,
            first._replace(
                starts=tuple(each.low for each in intervals),
                ends=tuple(each.high for each in intervals),
                exact=tuple(sorted({place for each in several for place in each.exact})),
                literal=tuple(sorted({version for each in several for version in each.literal})),
                open=any(each.open for each in several),
                unsure=True,
                told=first.told._replace(ranges=tuple(each.told for each in intervals)),
            ),
        )

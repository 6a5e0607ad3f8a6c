"""Whether an advisory reaches a component, and why.

A package's entries are bisected with the place of the component's version. Three answers, never
silence: affected, not, or unknown, where the version is missing, a placeholder such as `(devel)`,
or a bound cannot be placed. PyPI's local versions (`2.1.0+cpu`) are builds of the public version
(PEP 440) and judged as that one, unless the advisory itself tells builds apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from panshi.model.supply_chain.compiled import Compiled, Entry, PackageKey
from panshi.protection.supply_chain.matching.package_keys import (
    Subject,
    Unmatchable,
    order_of,
    placed_in,
    subject,
)
from panshi.protection.supply_chain.versions.sortable import sortable

AFFECTED, UNKNOWN = "affected", "unknown"
PUBLIC_ONLY = "PyPI"

type Lookup = Callable[[PackageKey], Sequence[Entry]]
"""Gives what is known against a package."""


class Match(NamedTuple):
    """One vulnerability of one component."""

    purl: str
    vulnerability: str
    aliases: tuple[str, ...]
    status: str
    "`affected` or `unknown`."
    why: str
    advisory: str
    fixed: tuple[str, ...]
    "Versions named as repaired that lie behind the component's."
    source: str = ""


class Hit[Package](NamedTuple):
    """One package an advisory reaches."""

    package: Package
    key: PackageKey
    entry: Entry
    status: str
    version: str


def judge(entry: Entry, version: str, place: bytes | None) -> str | None:
    """Answer `affected`, `unknown` or, where it is not reached, None."""
    if version in entry.literal and version:
        return UNKNOWN if entry.unsure else AFFECTED
    if place is None:
        return None if ("fixed", version) in entry.told.commits else UNKNOWN
    if entry.local and "+" in version:
        full = sortable(PUBLIC_ONLY, version)
        inside = _inside(entry, full or place) or _among(entry.exact, place)
    else:
        inside = _inside(entry, place)
    if inside:
        return UNKNOWN if entry.unsure else AFFECTED
    return UNKNOWN if entry.open else None


def match_purl(purl: str, lookup: Lookup) -> tuple[Match, ...]:
    """Give what is known against a component; of aliases one, the surest first."""
    found = subject(purl)
    if isinstance(found, Unmatchable):
        return ()
    return match_subject(purl, found, lookup)


def match_subject(purl: str, found: Subject, lookup: Lookup) -> tuple[Match, ...]:
    """Do the same for a component whose keys are known."""
    hits: dict[str, tuple[str, PackageKey, Entry]] = {}
    version, place = found.version, found.place
    for key in found.keys:
        for entry in lookup(key):
            status = judge(entry, version, place)
            if status is None:
                continue
            name = entry.told.vulnerability
            before = hits.get(name)
            if before is None or _better(status, entry, before):
                hits[name] = (status, key, entry)
    if not hits:
        return ()
    return tuple(_match(purl, found, *hits[name]) for name in sorted(hits))


def match_advisory[Package](
    compiled: Compiled,
    packages_of: Callable[[PackageKey], Iterable[tuple[Package, str, bytes | None]]],
) -> Iterator[Hit[Package]]:
    """Give the packages an advisory reaches: the same judgement from the other side."""
    for key, entry in compiled.entries:
        for package, version, place in packages_of(key):
            status = judge(entry, version, place)
            if status is not None:
                yield Hit(package, key, entry, status, version)


def explain(key: PackageKey, entry: Entry, version: str, place: bytes | None) -> str:
    """Say which range, event and source an answer rests on."""
    told = entry.told
    by = f"{told.advisory}" + (f" ({told.source})" if told.source else "")
    package = f"{key.ecosystem} {key.name}"
    if entry.unsure:
        return f"{by}: {package} is reached in some release, and the component names none"
    if version in entry.literal and version:
        return f"{by} names version {version} of {package}"
    if place is None:
        shown = f"version {version!r} has no place in order" if version else "no version is said"
        return f"{by} speaks of {package}, but {shown}"
    at = _interval(entry, place)
    if at is not None:
        kind, low, high, inside = told.ranges[at]
        end = f"{'last affected' if inside else 'fixed'} {high}" if high else "no fix named"
        return f"{by}: {version} of {package} lies in {kind} introduced {low}, {end}"
    if _among(entry.exact, place) or not entry.open:
        return f"{by} names version {version} of {package}"
    if told.unplaced:
        return f"{by} speaks of {package} with a bound {told.unplaced[0]!r} that has no order"
    if told.commits:
        return f"{by} names only commits of {package}, and no version"
    return f"{by} names {package} without any version"


def later_fixes(entry: Entry, key: PackageKey, place: bytes | None) -> tuple[str, ...]:
    """Give the versions named as repaired that lie behind a place, the next first."""
    if place is None:
        return entry.told.fixed
    order = order_of(key)
    placed = ((placed_in(order, each), each) for each in entry.told.fixed)
    behind = sorted((there, each) for there, each in placed if there is not None and there > place)
    return tuple(each for _, each in behind)


def _match(purl: str, found: Subject, status: str, key: PackageKey, entry: Entry) -> Match:
    told = entry.told
    return Match(
        purl=purl,
        vulnerability=told.vulnerability,
        aliases=told.aliases,
        status=status,
        why=explain(key, entry, found.version, found.place),
        advisory=told.advisory,
        fixed=later_fixes(entry, key, found.place),
        source=told.source,
    )


def _better(status: str, entry: Entry, before: tuple[str, PackageKey, Entry]) -> bool:
    """Affected before unknown, then the advisory first by name: always the same one."""
    return (status != AFFECTED, entry.told.advisory) < (
        before[0] != AFFECTED,
        before[2].told.advisory,
    )


def _inside(entry: Entry, place: bytes) -> bool:
    return _interval(entry, place) is not None or _among(entry.exact, place)


def _interval(entry: Entry, place: bytes) -> int | None:
    at = bisect_right(entry.starts, place) - 1
    return at if at >= 0 and place < entry.ends[at] else None


def _among(places: tuple[bytes, ...], place: bytes) -> bool:
    at = bisect_left(places, place)
    return at < len(places) and places[at] == place

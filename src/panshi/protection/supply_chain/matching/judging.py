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
    subject,
)
from panshi.protection.supply_chain.versions.sortable import sortable

AFFECTED, UNKNOWN = "affected", "unknown"
PUBLIC_ONLY = "PyPI"

type Lookup = Callable[[PackageKey], Sequence[Entry]]
"""Gives what is known against a package."""


class Match(NamedTuple):
    """One vulnerability of one component; it explains itself when asked."""

    purl: str
    status: str
    "`affected` or `unknown`."
    key: PackageKey
    entry: Entry
    version: str
    place: bytes | None

    @property
    def vulnerability(self) -> str:
        """The name it goes by."""
        return self.entry.told.vulnerability

    @property
    def aliases(self) -> tuple[str, ...]:
        """Its other names, sorted."""
        return self.entry.told.aliases

    @property
    def advisory(self) -> str:
        """Id of the record."""
        return self.entry.told.advisory

    @property
    def source(self) -> str:
        """Name of the feed."""
        return self.entry.told.source

    @property
    def why(self) -> str:
        """Range, event and source."""
        return explain(self.key, self.entry, self.version, self.place)

    @property
    def why_zh(self) -> str:
        """The same in Chinese."""
        return explain_zh(self.key, self.entry, self.version, self.place)

    @property
    def fixed(self) -> tuple[str, ...]:
        """Versions named as repaired that lie behind the component's, the next first."""
        return later_fixes(self.entry, self.place)


class Hit[Package](NamedTuple):
    """One package an advisory reaches."""

    package: Package
    key: PackageKey
    entry: Entry
    status: str
    version: str


def judge(entry: Entry, version: str, place: bytes | None) -> str | None:
    """Answer `affected`, `unknown` or, where it is not reached, None."""
    starts, ends, exact, literal, left_open, local, unsure, told = entry
    if place is None:
        if version in literal and version:
            return UNKNOWN if unsure else AFFECTED
        return None if ("fixed", version) in told.commits else UNKNOWN
    if local and "+" in version:
        inside = _inside(entry, sortable(PUBLIC_ONLY, version) or place) or _among(exact, place)
    else:
        at = bisect_right(starts, place)
        inside = (at > 0 and place < ends[at - 1]) or (bool(exact) and _among(exact, place))
    if inside:
        return UNKNOWN if unsure else AFFECTED
    return UNKNOWN if left_open else None


def match_purl(purl: str, lookup: Lookup) -> tuple[Match, ...]:
    """Give what is known against a component; of aliases one, the surest first."""
    found = subject(purl)
    if isinstance(found, Unmatchable):
        return ()
    return match_subject(purl, found, lookup)


def match_subject(purl: str, found: Subject, lookup: Lookup) -> tuple[Match, ...]:
    """Do the same for a component whose keys are known."""
    version, place = found.version, found.place
    hits: dict[str, Match] = {}
    for key in found.keys:
        for entry in lookup(key):
            status = judge(entry, version, place)
            if status is None:
                continue
            name = entry.told.vulnerability
            before = hits.get(name)
            if before is None or _better(status, entry, before):
                hits[name] = Match(purl, status, key, entry, version, place)
    if len(hits) < 2:  # noqa: PLR2004 -- nothing to sort
        return tuple(hits.values())
    return tuple(hits[name] for name in sorted(hits))


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
    if place is None and version in entry.literal and version:
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


def explain_zh(key: PackageKey, entry: Entry, version: str, place: bytes | None) -> str:
    """Say in Chinese what `explain` says."""
    told = entry.told
    by = told.advisory + (f"（{told.source}）" if told.source else "")
    package = f"{key.ecosystem} {key.name}"
    if entry.unsure:
        return f"{by}：{package} 有受影響的版本，但元件未寫明發行版"
    if place is None and version in entry.literal and version:
        return f"{by} 列出 {package} 的 {version} 版"
    if place is None:
        shown = f"版本「{version}」無法排序" if version else "元件未寫版本"
        return f"{by} 談到 {package}，但{shown}"
    at = _interval(entry, place)
    if at is not None:
        _kind, low, high, inside = told.ranges[at]
        start = "自最初版本" if low == "0" else f"自 {low}"
        end = (
            (f"至 {high}（含）" if inside else f"至 {high} 修補前") if high else "起，尚無修補版本"
        )
        return f"{by}：{package} 的 {version} 在受影響範圍內（{start}{end}）"
    if _among(entry.exact, place) or not entry.open:
        return f"{by} 列出 {package} 的 {version} 版"
    if told.unplaced:
        return f"{by} 談到 {package}，但界限「{told.unplaced[0]}」無法排序"
    if told.commits:
        return f"{by} 只列出 {package} 的提交，未列版本"
    return f"{by} 提到 {package}，未列任何版本"


def later_fixes(entry: Entry, place: bytes | None) -> tuple[str, ...]:
    """Give the versions named as repaired that lie behind a place, the next first."""
    told = entry.told
    if place is None:
        return told.fixed
    return told.fixed[bisect_right(told.fixed_at, place) : len(told.fixed_at)]


def _better(status: str, entry: Entry, before: Match) -> bool:
    """Affected before unknown, then the advisory first by name: always the same one."""
    return (status != AFFECTED, entry.told.advisory) < (
        before.status != AFFECTED,
        before.advisory,
    )


def _inside(entry: Entry, place: bytes) -> bool:
    return _interval(entry, place) is not None or _among(entry.exact, place)


def _interval(entry: Entry, place: bytes) -> int | None:
    at = bisect_right(entry.starts, place) - 1
    return at if at >= 0 and place < entry.ends[at] else None


def _among(places: tuple[bytes, ...], place: bytes) -> bool:
    at = bisect_left(places, place)
    return at < len(places) and places[at] == place

"""Releases of a system, oldest first, and which evidence speaks of which.

Whatever names a release makes it known; its day is that of its artefacts, else of its provenance,
else of the first record that names it. Evidence that names a release counts for it alone. Evidence
that names none (a scan, a threat model) counts for a release where it was seen before it, no longer
ago than the fact allows; for the newest release also what was seen since. A system whose records
name no release is judged as it stands now, as one release without name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from panshi.model.bodies.secure_development import ARTIFACTS, PROVENANCE
from panshi.model.bodies.software import SbomDocument
from panshi.model.observation import Body, ObservationId

GRACE = timedelta(days=1)
"What is seen within a day of a release was part of making it."
_FIRST = (ARTIFACTS, PROVENANCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One conclusive observation of a system, whatever asset it was made of."""

    id: ObservationId
    kind: str
    facet: str
    at: datetime
    body: Body

    @property
    def release(self) -> str:
        """The release it names; empty where it names none."""
        if isinstance(self.body, SbomDocument):
            return self.body.subject_version
        return str(getattr(self.body, "release", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release of one system."""

    name: str
    "Empty for a system whose records name none."
    at: datetime
    newest: bool
    seen: tuple[Seen, ...]
    "All evidence of the system that may count for it."

    def of(self, kind: str, within_days: int, now: datetime) -> Iterator[Seen]:
        """Give the newest evidence of a kind per facet that counts for this release."""
        until = max(now, self.at) if self.newest else self.at + GRACE
        since = min(self.at, now) - timedelta(days=within_days)
        newest: dict[str, Seen] = {}
        for each in self.seen:
            if each.kind != kind:
                continue
            named = bool(self.name) and each.release == self.name
            counts = named or since <= each.at <= until
            if counts and (each.facet not in newest or newest[each.facet].at <= each.at):
                newest[each.facet] = each
        # What names the release speaks before what names none.
        named_ones = [each for each in newest.values() if each.release == self.name != ""]
        yield from named_ones or newest.values()


def releases(seen: Iterable[Seen], now: datetime) -> tuple[Release, ...]:
    """Give the releases of a system, oldest first; at least one."""
    every = tuple(sorted(seen, key=lambda each: each.at))
    days = _days(every)
    if not days:
        return (Release(name="", at=now, newest=True, seen=every),)
    ordered = sorted(days.items(), key=lambda item: (item[1], item[0]))
    return tuple(
        Release(
            name=name,
            at=at,
            newest=at == ordered[-1][1],
            seen=tuple(each for each in every if not _another(each, name, days)),
        )
        for name, at in ordered
    )


def _days(seen: tuple[Seen, ...]) -> dict[str, datetime]:
    """Give the day of every release that is named; bills alone make none."""
    found: dict[str, dict[int, datetime]] = {}
    for each in seen:
        if each.release and not isinstance(each.body, SbomDocument):
            rank = _FIRST.index(each.kind) if each.kind in _FIRST else len(_FIRST)
            found.setdefault(each.release, {}).setdefault(rank, each.at)
    return {name: ranks[min(ranks)] for name, ranks in found.items()}


def _another(each: Seen, name: str, days: Mapping[str, datetime]) -> bool:
    return bool(each.release) and each.release != name and each.release in days

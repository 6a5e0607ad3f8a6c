"""Figures of a period from what may be told, beside those of the period before.

    picture(told, begins, ends)

Every figure follows from the tickets of the period alone; a ticket belongs to the period in which
it was reported. Nothing is estimated: where fewer than `FEWEST` members stand behind a figure it
is told as fewer than that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from panshi.alliance.sector.told import Told, ToldCampaign, ToldTicket, ToldWarning

FEWEST = 3
"So many members must stand behind a number that is told of a part of the sector."
FOREMOST = 10
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often something was reported, by how many, and how often before."""

    name: str
    tickets: int
    reporters: int
    before: int

    @property
    def few(self) -> bool:
        """Whether too few members stand behind it to be told apart."""
        return 0 < self.reporters < FEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorCount:
    """How one sector stands."""

    sector: str
    tickets: int
    reporters: int
    members: int

    @property
    def few(self) -> bool:
        """Whether it is so small that a number would be a name, nought included."""
        return self.members < FEWEST or 0 < self.reporters < FEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatPicture:
    """The figures of one period."""

    begins: datetime
    ends: datetime
    tickets: int
    tickets_before: int
    reporters: int
    reporters_before: int
    members: int
    campaigns: tuple[ToldCampaign, ...]
    "Active in the period, the widest first."
    new: tuple[str, ...]
    "Ids of those that began in it."
    severities: tuple[Count, ...]
    categories: tuple[Count, ...]
    sectors: tuple[SectorCount, ...]
    techniques: tuple[Count, ...]
    cves: tuple[Count, ...]
    suppliers: tuple[Count, ...]
    hours_to_report: float | None
    "Median from detection to report; None where no ticket says when it was detected."
    timed: int
    "Tickets that say when they were detected."
    weeks: tuple[int, ...]
    "Tickets per week of the period, the first week first."
    warnings: tuple[ToldWarning, ...]

    @property
    def answered(self) -> int:
        """Warnings that were answered."""
        return sum(each.answered for each in self.warnings)

    @property
    def exposed(self) -> int:
        """Warnings whose recipient found itself exposed."""
        return sum(each.exposed for each in self.warnings)


def picture(told: Told, begins: datetime, ends: datetime) -> ThreatPicture:
    """Count what was told between two instants, the last one excluded."""
    length = ends - begins
    now = [each for each in told.tickets if begins <= each.reported_at < ends]
    before = [each for each in told.tickets if begins - length <= each.reported_at < begins]
    active = [each for each in told.campaigns if each.first_at < ends and each.last_at >= begins]
    waits = [
        (each.reported_at - each.detected_at).total_seconds() / 3600
        for each in now
        if each.detected_at is not None and each.detected_at <= each.reported_at
    ]
    return ThreatPicture(
        begins=begins,
        ends=ends,
        tickets=len(now),
        tickets_before=len(before),
        reporters=len({each.reporter for each in now}),
        reporters_before=len({each.reporter for each in before}),
        members=sum(count for _sector, count in told.members),
        campaigns=tuple(sorted(active, key=_width)),
        new=tuple(sorted(each.id for each in active if each.first_at >= begins)),
        severities=_counts(now, before, lambda each: (each.severity,)),
        categories=_counts(now, before, lambda each: (each.category,)),
        sectors=_sectors(now, told.members),
        techniques=_counts(now, before, lambda each: each.techniques)[:FOREMOST],
        cves=_counts(now, before, lambda each: each.cves)[:FOREMOST],
        suppliers=_counts(now, before, lambda each: each.suppliers)[:FOREMOST],
        hours_to_report=median(waits) if waits else None,
        timed=len(waits),
        weeks=_weeks(now, begins, ends),
        warnings=tuple(each for each in told.warnings if begins <= each.at < ends),
    )


def _width(campaign: ToldCampaign) -> tuple[int, int, str]:
    return -len(campaign.reporters), -campaign.tickets, campaign.id


def _counts(
    now: Sequence[ToldTicket],
    before: Iterable[ToldTicket],
    names: Callable[[ToldTicket], tuple[str, ...]],
) -> tuple[Count, ...]:
    """Count what tickets name, the most reported first; empty names are none."""
    seen: dict[str, list[str]] = defaultdict(list)
    earlier: dict[str, int] = defaultdict(int)
    for each in now:
        for name in dict.fromkeys(names(each)):
            if name:
                seen[name].append(each.reporter)
    for each in before:
        for name in dict.fromkeys(names(each)):
            earlier[name] += 1
    made = (
        Count(name=name, tickets=len(by), reporters=len(set(by)), before=earlier[name])
        for name, by in seen.items()
    )
    return tuple(sorted(made, key=lambda each: (-each.tickets, -each.reporters, each.name)))


def _sectors(
    now: Iterable[ToldTicket], members: Iterable[tuple[str, int]]
) -> tuple[SectorCount, ...]:
    by: dict[str, list[str]] = defaultdict(list)
    for each in now:
        by[each.sector].append(each.reporter)
    known = dict(members)
    return tuple(
        SectorCount(
            sector=sector,
            tickets=len(by.get(sector, ())),
            reporters=len(set(by.get(sector, ()))),
            members=known.get(sector, 0),
        )
        for sector in sorted(known.keys() | by.keys())
    )


def _weeks(now: Iterable[ToldTicket], begins: datetime, ends: datetime) -> tuple[int, ...]:
    whole = -(-(ends - begins) // WEEK)
    counted = [0] * whole
    for each in now:
        counted[(each.reported_at - begins) // WEEK] += 1
    return tuple(counted)

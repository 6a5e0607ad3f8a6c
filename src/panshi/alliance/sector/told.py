"""What may be told of tickets, campaigns and warnings once a release was decided for its reader.

Whoever makes these values has asked `may_see` for every ticket; nothing here can be asked who a
reporter is, since a reporter is a key that only serves to count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldTicket:
    """One ticket as far as its figures go."""

    key: str
    "Counts it once; never shown."
    reporter: str
    "Counts its member; never shown."
    sector: str
    "Banking, insurance, securities … as the member enrolled."
    severity: str
    category: str
    reported_at: datetime
    detected_at: datetime | None = None
    techniques: tuple[str, ...] = ()
    cves: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldValue:
    """An indicator a campaign has, with how many members saw it."""

    kind: str
    value: str
    reporters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCampaign:
    """One campaign as far as its reader may see it."""

    id: str
    name: str
    first_at: datetime
    last_at: datetime
    tickets: int
    reporters: frozenset[str]
    sectors: tuple[str, ...]
    severity: str
    category: str
    classification: str = ""
    priority: str = ""
    techniques: tuple[str, ...] = ()
    "In the order of the kill chain."
    cves: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    values: tuple[ToldValue, ...] = ()
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldWarning:
    """One early warning."""

    campaign: str
    at: datetime
    answered: bool
    "Its recipient said what came of it."
    exposed: bool
    "Its recipient found itself exposed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that may be told to one kind of reader."""

    tickets: tuple[ToldTicket, ...]
    campaigns: tuple[ToldCampaign, ...]
    warnings: tuple[ToldWarning, ...] = ()
    members: tuple[tuple[str, int], ...] = ()
    "Each sector with how many members it has."

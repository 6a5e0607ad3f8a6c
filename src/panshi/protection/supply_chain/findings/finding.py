"""Findings: one vulnerability of one package in one system, from the day it could be known.

A finding keeps its name over versions of the package and of the bill: whoever owns it, what was
stated about it and its clock survive an upgrade that does not help. It ends when a newer bill of
the system no longer has an affected version, never by a click.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

DIGITS = 24


class Status(StrEnum):
    """What is known of an affected package, statements on exploitability considered."""

    AFFECTED = "affected"
    UNKNOWN = "unknown"
    UNDER_INVESTIGATION = "under_investigation"
    FIXED = "fixed"
    NOT_AFFECTED = "not_affected"


STATUSES = tuple(Status)
"Their order is the order of sorting; the index is what columns hold."
QUIET = frozenset({Status.FIXED, Status.NOT_AFFECTED})
"Statuses a statement gives that ask nothing of anybody."


class State(StrEnum):
    """Which part of its life a finding is in."""

    OPEN = "open"
    "The system has the package, and nothing says that it does no harm."
    QUIET = "quiet"
    "The system has it, and a statement in force says that it does no harm."
    GONE = "gone"
    "A newer bill of the system has no affected version any more."
    ALL = "all"


class Sort(StrEnum):
    """By what a list is put in order; what is most urgent stands first."""

    EPSS = "epss"
    KEV = "kev"
    SEVERITY = "severity"
    SSVC = "ssvc"
    DUE = "due"
    SYSTEM = "system"
    CRITICALITY = "criticality"
    SUPPLIER = "supplier"
    PACKAGE = "package"
    VULNERABILITY = "vulnerability"
    FIRST_SEEN = "first_seen"
    STATUS = "status"


class Ssvc(StrEnum):
    """Decisions of stakeholder-specific vulnerability categorisation, most urgent first."""

    ACT = "act"
    ATTEND = "attend"
    TRACK_CLOSELY = "track*"
    TRACK = "track"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFilters:
    """Which findings a list shows; an empty part does not narrow."""

    state: State = State.OPEN
    vulnerability: str = ""
    "Exactly this CVE or advisory, by its name in findings or an alias."
    package: str = ""
    "A purl, with or without version, or `ecosystem/name`."
    text: str = ""
    "A part of the vulnerability's name or of the purl."
    systems: tuple[str, ...] = ()
    service: str = ""
    "Only systems this service rests on."
    supplier: str = ""
    statuses: tuple[Status, ...] = ()
    kev: bool | None = None
    epss_at_least: float | None = None
    severity_at_least: float | None = None
    "CVSS base score."
    ssvc: tuple[Ssvc, ...] = ()
    due_until: date | None = None
    first_seen_since: datetime | None = None
    first_seen_until: datetime | None = None
    critical: bool | None = None
    "Whether a critical service rests on the system."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One vulnerability of one package in one system."""

    id: str
    system: str
    document: str
    "SHA-256 of the newest bill of the system that lists the package."
    purl: str
    package: str
    "Ecosystem and normalised name: `PyPI/requests`."
    version: str
    vulnerability: str
    aliases: tuple[str, ...]
    status: Status
    why: str
    first_seen: datetime
    "The later of: the system first had an affected version; the advisory first reached us."
    last_seen: datetime
    "When the newest bill that lists it arrived."
    fixed_at: datetime | None
    "When a newer bill no longer listed an affected version."
    why_zh: str = ""
    "The reason in Chinese."
    fixed_in: tuple[str, ...] = ()
    "Versions the advisory names as repaired."
    advisory: str = ""
    kev: bool = False
    epss: float | None = None
    percentile: float | None = None
    severity: float | None = None
    "CVSS base score; None where no advisory gives one."
    ssvc: Ssvc | None = None
    due: date | None = None
    supplier: str = ""
    services: tuple[str, ...] = ()
    critical: bool = False

    @property
    def closed(self) -> bool:
        """Whether nothing is left to do: gone, or stated to do no harm."""
        return self.fixed_at is not None or self.status in QUIET


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some findings of a list, how many the list has, and how to go on."""

    items: tuple[Finding, ...]
    total: int
    "How many fit, exactly."
    next: str
    "Give it as `after` for the next page; empty on the last."


class Change(StrEnum):
    """What became of a finding."""

    OPENED = "opened"
    CLOSED = "closed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingChange:
    """One finding that opened, closed or changed, and because of what."""

    what: Change
    finding: Finding
    cause: str
    "`document:<sha256>`, `forgotten:<sha256>`, `advisory:<id>`, `rebuild`."
    sequence: int
    "Pass the last one seen to go on from there; several changes of one cause share it."
    at: datetime


def finding_id(system: str, package: str, vulnerability: str) -> str:
    """Name a finding: the same for every version of the package and every bill."""
    told = f"{system}\n{package}\n{vulnerability}"
    return sha256(told.encode()).hexdigest()[:DIGITS]

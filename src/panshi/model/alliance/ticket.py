"""The incident ticket (事件單): what a member tells the joint SOC of one incident.

A ticket is known by its member and the member's own number; what changes later is said in a new
version, never in place of the old one. The member fills what it knows; the hub fills `id`,
`member`, `accepted_at` and `digest` when it accepts. Fields are those that STIX 2.1 incident,
OCSF finding, IODEF v2 (RFC 7970) and FSB FIRE v1.0 share; categories are the Reference Security
Incident Taxonomy, severities those of OCSF 1.8.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from itertools import pairwise

from panshi.errors import BadInputError
from panshi.model.alliance.marking import Marking, Tlp

SCHEMA = "panshi.ticket/1"
"Name and version of the ticket's schema."

MAX_NUMBER = 128
MAX_TITLE = 500
MAX_TEXT = 256 * 1024
MAX_NAME = 1_000
MAX_ITEMS = 5_000
"Of one list: indicators, assets, and so on."
MAX_VERSION = 1_000_000
AMBER = Marking(tlp=Tlp.AMBER)
"What holds where a ticket says nothing else: the members who need it."
EARLIEST = 1990
"Years before this one are no times of incidents."

_TECHNIQUE = re.compile(r"T\d{4}(?:\.\d{3})?")
_CVE = re.compile(r"CVE-\d{4}-\d{4,10}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Severity(StrEnum):
    """How bad the reporter finds it (OCSF severity)."""

    UNKNOWN = "unknown"
    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Category(StrEnum):
    """What kind of incident it is (classes of the Reference Security Incident Taxonomy)."""

    ABUSIVE_CONTENT = "abusive-content"
    MALICIOUS_CODE = "malicious-code"
    INFORMATION_GATHERING = "information-gathering"
    INTRUSION_ATTEMPTS = "intrusion-attempts"
    INTRUSIONS = "intrusions"
    AVAILABILITY = "availability"
    INFORMATION_SECURITY = "information-content-security"
    FRAUD = "fraud"
    VULNERABLE = "vulnerable"
    OTHER = "other"
    TEST = "test"


class Status(StrEnum):
    """Where an incident stands: in a ticket as its member says, at a hub as its desk decides."""

    RECEIVED = "received"
    TRIAGED = "triaged"
    IN_HAND = "in-hand"
    CLOSED = "closed"


class Channel(StrEnum):
    """The way a ticket came in."""

    API = "api"
    MAIL = "mail"
    SHEET = "sheet"
    FILE = "file"
    WAZUH = "wazuh"
    ELASTIC = "elastic"
    SPLUNK = "splunk"


class Effect(StrEnum):
    """What suffers (FIRE disruption types, without trust)."""

    CONFIDENTIALITY = "confidentiality"
    INTEGRITY = "integrity"
    AVAILABILITY = "availability"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Observable:
    """One thing that was seen: an address, a name, a digest."""

    kind: str
    "As `panshi.alliance.extraction.Kind` spells it: ipv4, domain, url, sha256 …"
    value: str
    "Refanged, in normal form."

    def __post_init__(self) -> None:
        """Refuse what names nothing."""
        _check_text("indicator", self.kind, 1, 40)
        _check_text("indicator", self.value, 1, MAX_NAME * 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """How far it reaches, as far as is known; None where it is not."""

    effects: tuple[Effect, ...] = ()
    services: tuple[str, ...] = ()
    "Business services disturbed."
    customers: int | None = None
    "Customers touched."
    records: int | None = None
    "Records disclosed, altered or lost."
    accounts: int | None = None
    hosts: int | None = None
    downtime_minutes: int | None = None
    loss_twd: int | None = None
    "Direct loss in New Taiwan dollars."
    regions: tuple[str, ...] = ()
    "ISO 3166 codes."
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse numbers that count nothing."""
        for name in ("customers", "records", "accounts", "hosts", "downtime_minutes", "loss_twd"):
            count = getattr(self, name)
            if count is not None and not 0 <= count <= 10**15:
                raise BadInputError(f"impact.{name} is not a count: {count}", place="impact")
        _check_texts("impact.services", self.services)
        _check_texts("impact.regions", self.regions)
        _check_text("impact.note", self.note, 0, MAX_TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that belongs to a ticket, by digest; its text where it has one."""

    name: str
    media_type: str = "application/octet-stream"
    size: int = 0
    sha256: str = ""
    text: str = ""
    "What it says, for extraction; empty where it is not text."

    def __post_init__(self) -> None:
        """Refuse names and texts without bounds."""
        _check_text("attachment", self.name, 1, MAX_NAME)
        _check_text("attachment", self.media_type, 1, 200)
        _check_text("attachment", self.text, 0, MAX_TEXT)
        if self.size < 0 or (self.sha256 and not re.fullmatch(r"[0-9a-f]{64}", self.sha256)):
            raise BadInputError("size or sha256 is none", place=f"attachment {self.name[:40]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportItem:
    """One item of a report form by reference, where no field of the ticket says it."""

    item: str
    "Form, version and item, for example `fire/1.0:29`."
    value: str

    def __post_init__(self) -> None:
        """Refuse what names nothing."""
        _check_text("report item", self.item, 1, 80)
        _check_text("report item", self.value, 0, MAX_TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One version of an incident ticket."""

    number: str
    "The member's own number of the incident."
    title: str
    reported_at: datetime
    "When the member told it."
    version: int = 1
    "Counted by the member from 1; a version once accepted never changes."
    schema: str = SCHEMA
    id: str = ""
    "Given by the hub: the same for all versions of a member's number."
    member: str = ""
    "Id of the member; the hub sets it from the signature, never from what is written."
    text: str = ""
    "What happened, in Chinese or English."
    occurred_at: datetime | None = None
    detected_at: datetime | None = None
    contained_at: datetime | None = None
    closed_at: datetime | None = None
    accepted_at: datetime | None = None
    "When the hub accepted it; None before."
    severity: Severity = Severity.UNKNOWN
    category: Category = Category.OTHER
    status: Status = Status.RECEIVED
    indicators: tuple[Observable, ...] = ()
    techniques: tuple[str, ...] = ()
    "ATT&CK ids."
    phase: str = ""
    "Position on the kill chain: short name of the furthest ATT&CK tactic reached."
    cves: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    "Affected systems, products or hosts, as the member names them."
    suppliers: tuple[str, ...] = ()
    impact: Impact = field(default_factory=Impact)
    detected_by: str = ""
    "How it was found, in the reporter's words."
    cause: str = ""
    actions: tuple[str, ...] = ()
    "What was done."
    contact: str = ""
    "Where the member's desk is reached; never leaves the hub."
    related: tuple[str, ...] = ()
    "Numbers of the member's other tickets of the same incident."
    attachments: tuple[Attachment, ...] = ()
    report_items: tuple[ReportItem, ...] = ()
    marking: Marking = AMBER
    "How far it may travel; the hub names the member as its originator."
    channel: Channel = Channel.API
    digest: str = ""
    "SHA-256 over the canonical JSON of what the member said, set by the hub; binds the receipt."

    def __post_init__(self) -> None:
        """Fail closed: what no reader could use is refused, with the field named."""
        if self.schema != SCHEMA:
            raise BadInputError(
                f"tickets of schema {self.schema[:40]!r} are not read", remedy=f"write {SCHEMA}"
            )
        if not 1 <= self.version <= MAX_VERSION:
            raise BadInputError(f"version {self.version} is none", remedy="count from 1")
        self._check_texts()
        self._check_times()

    def _check_texts(self) -> None:
        _check_text("number", self.number, 1, MAX_NUMBER)
        _check_text("title", self.title, 1, MAX_TITLE)
        _check_text("text", self.text, 0, MAX_TEXT)
        for name in ("id", "member", "phase", "detected_by", "cause", "contact", "digest"):
            if text := getattr(self, name):
                _check_text(name, text, 0, MAX_NAME * 4)
        for name in ("assets", "suppliers", "actions", "related"):
            if texts := getattr(self, name):
                _check_texts(name, texts)
        for name in ("indicators", "attachments", "report_items"):
            _check_count(name, getattr(self, name))
        _check_pattern("techniques", self.techniques, _TECHNIQUE, "T1566 or T1566.001")
        _check_pattern("cves", self.cves, _CVE, "CVE-2024-3094")

    def _check_times(self) -> None:
        named = {
            "occurred_at": self.occurred_at,
            "detected_at": self.detected_at,
            "contained_at": self.contained_at,
            "closed_at": self.closed_at,
            "reported_at": self.reported_at,
            "accepted_at": self.accepted_at,
        }
        for name, moment in named.items():
            if moment is None:
                continue
            if moment.tzinfo is None:
                raise BadInputError(
                    f"{name} has no time zone", place=name, remedy="2026-09-30T12:00:00+08:00"
                )
            if moment.year < EARLIEST:
                raise BadInputError(f"{name} is before {EARLIEST}", place=name)
        order = ("occurred_at", "detected_at", "closed_at")
        known = [(name, named[name]) for name in order]
        for (before, first), (after, second) in pairwise([each for each in known if each[1]]):
            if first is not None and second is not None and second < first:
                raise BadInputError(
                    f"{after} is before {before}", place=after, remedy="see clocks and zones"
                )

    @property
    def key(self) -> tuple[str, str, int]:
        """What a version is known by: member, number, version."""
        return (self.member, self.number, self.version)


class Taking(StrEnum):
    """What became of one ticket of a batch."""

    ACCEPTED = "accepted"
    KNOWN = "known"
    "The same version with the same content was accepted before; the first receipt stands."
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the hub answers to one ticket; signed, so that the member can prove it was told."""

    taking: Taking
    member: str
    number: str
    version: int
    ticket: str = ""
    "Id the hub gave; empty where refused."
    digest: str = ""
    "SHA-256 of what was accepted."
    position: int = 0
    "Place in the order of acceptance, from 1; 0 where refused."
    accepted_at: datetime | None = None
    problem: str = ""
    place: str = ""
    remedy: str = ""
    key: str = ""
    "Id of the hub's key."
    signature: str = ""
    "Ed25519 over the receipt's canonical JSON without this field, base64."


def ticket_id(member: str, number: str, secret: bytes = b"") -> str:
    """Give the id all versions of a member's ticket share.

    With the hub's secret nobody else can find out whose it is by trying members and numbers.
    """
    name = f"{len(member)}:{member}:{number}".encode()
    digits = blake2b(name, key=secret, digest_size=16).hexdigest()
    # A UUID of version 5 and the usual variant (RFC 9562), as STIX and IODEF tools expect of ids.
    variant = "89ab"[int(digits[16], 16) & 3]
    return (
        f"ticket--{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}"
        f"-{digits[20:]}"
    )


def _check_text(name: str, text: str, least: int, most: int) -> None:
    if not least <= len(text) <= most:
        raise BadInputError(f"{name} has {len(text)} characters, not {least} to {most}", place=name)
    if _CONTROL.search(text):
        raise BadInputError(f"{name} holds a control character", place=name)


def _check_texts(name: str, texts: Sequence[str]) -> None:
    _check_count(name, texts)
    for text in texts:
        _check_text(name, text, 1, MAX_NAME)


def _check_count(name: str, items: Sequence[object]) -> None:
    if len(items) > MAX_ITEMS:
        raise BadInputError(f"{name} has more than {MAX_ITEMS:,} items", place=name)


def _check_pattern(name: str, texts: Sequence[str], pattern: re.Pattern[str], example: str) -> None:
    _check_count(name, texts)
    for text in texts:
        if not pattern.fullmatch(text):
            raise BadInputError(
                f"{name}: {text[:40]!r} is none", place=name, remedy=f"for example {example}"
            )

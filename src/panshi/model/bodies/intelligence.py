"""What people do with intelligence: from whom it is pulled, where it was looked for, what was told.

Bodies name objects, extracts and values' digests, never the intelligence itself, since what is
sealed is read by more people than what is marked. Whether an allowed value counts on a day is
derived from its steps (`panshi.alliance.intelligence.allowed_steps`); the facet of each is the
number, the name or the digest of what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

SOURCE = "intelligence.source/1"
PULL = "intelligence.pull/1"
MATCH = "intelligence.match/1"
REPORT = "intelligence.report/1"
ALLOW = "intelligence.allow/1"
NEED = "intelligence.need/1"


class AllowStep(StrEnum):
    """What somebody does with a value that is to bind nothing."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@observation_kind(SOURCE, "情資來源", "Source of intelligence", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class IntelligenceSource(Body):
    """A source was added, changed or forgotten; no credential is in it."""

    host: str
    reliability: str
    "Letter of the Admiralty code."
    by: str
    forgotten: bool = False


@observation_kind(PULL, "情資取回", "Pull of intelligence", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class IntelligencePull(Body):
    """One collection was pulled to its end, or as far as it went."""

    collection: str
    objects: int
    new: int
    newer: int
    "Newer versions of what was known."
    refused: int
    pages: int
    digest: str
    "SHA-256 chained over the pages as they came."
    resumed: bool
    "It went on where an earlier pull broke off."
    complete: bool
    by: str


@observation_kind(MATCH, "情資比對", "Intelligence looked for in an extract", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class IntelligenceMatch(Body):
    """An extract of telemetry was searched for all that was looked for."""

    file: str
    sha256: str
    lines_read: int
    watched: int
    "Values, or sets of them, that were looked for."
    found: int
    "Of these, those that stand in the extract."
    by: str


@observation_kind(REPORT, "目擊回報", "Sighting told to a source", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class IntelligenceReport(Body):
    """A sighting was told to the source whose intelligence was seen."""

    sighting: str
    "Id of the STIX object that was sent."
    sight: str
    "Id of what was found."
    source: str
    named: bool
    "It says who we are; false: it does not."
    denial: bool
    "It says that what was seen is harmless."
    by: str


@observation_kind(ALLOW, "情資允許清單", "Value that binds nothing", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class IntelligenceAllow(Body):
    """One step; only the proposal says which value, the others name it by its evidence id."""

    step: AllowStep
    by: str
    why: str = ""
    about: str = ""
    "Evidence id of the proposal."
    value_kind: str = ""
    value: str = ""
    expires: date | None = None
    "Last day on which it counts."


@observation_kind(NEED, "情資訂閱", "Subscription to intelligence", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class IntelligenceNeed(Body):
    """What a member needs to be told of; the newest of a series counts."""

    member: str
    headline: str
    sectors: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    vulnerabilities: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    least: int = 0
    over: bool = False
    by: str

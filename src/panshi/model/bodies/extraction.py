"""What people decide about what was read out of free text, and what they hold to be internal."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

DECISION = "record.extraction_decision/1"
DEIDENTIFIED = "record.deidentification/1"
OWN_NAMES = "record.own_names/1"


@observation_kind(DECISION, "情資擷取判斷", "Decision on a found technique", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionDecision(Body):
    """An analyst says whether a span of text shows a technique; learned from the next time."""

    technique: str
    accepted: bool
    passage: str
    "The span of text, de-identified."
    score: float
    "What the model gave it; 0 where the analyst found it alone."
    found_by: str
    "`id`, `name`, `cue`, `model`, `cue+model`; `analyst` where it was not found."
    decided_by: str


@observation_kind(DEIDENTIFIED, "去識別化覆核", "De-identification reviewed", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Deidentified(Body):
    """A person reviewed what was replaced in a text before it is shared; never what stood there."""

    shared_sha256: str
    "Digest of the text as it may be shared."
    replaced: tuple[str, ...]
    "`kind: count`, by kind."
    kept: int
    "How many values the reviewer let stand."
    purpose: str
    reviewed_by: str


@observation_kind(OWN_NAMES, "內部名稱清單", "List of internal names", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNames(Body):
    """What the institution holds to be its own beside what its estate names."""

    hosts: tuple[str, ...]
    users: tuple[str, ...]
    persons: tuple[str, ...]
    customers: tuple[str, ...]
    organisation: tuple[str, ...]
    domains: tuple[str, ...]
    declared_by: str

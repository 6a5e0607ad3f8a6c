"""The nouns of trust inference: what a signal is, of whom it speaks and in which state it is.

The six states are kept apart, since each asks for another answer: old news is not bad news, and no
news is neither (NIST SP 800-207, section 3.3.1, on missing and contradicting inputs).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

WITHDRAWN = "withdrawn"
"The weight class by which a source takes back what it said."


SIGN_IN_GRADES = {1: "weak", 2: "aal1", 3: "aal2", 4: "aal3"}
"How levels of assurance of ISO/IEC 29115 are graded as evidence (NIST SP 800-63B-4 names)."


class SubjectKind(StrEnum):
    """Of what a signal speaks."""

    USER = "user"
    DEVICE = "device"
    CREDENTIAL = "credential"
    SESSION = "session"
    ADDRESS = "address"


class Subject(NamedTuple):
    """Whom or what a signal concerns."""

    kind: SubjectKind
    id: str


class SignalState(StrEnum):
    """In which state the evidence of one kind is."""

    FRESH = "fresh"
    "Said lately enough, and favourable or neutral."
    FALSE = "false"
    "Said, and unfavourable; it counts whatever its age."
    STALE = "stale"
    "Favourable once, not renewed in time: it no longer counts."
    MISSING = "missing"
    "Never said by anybody."
    UNAVAILABLE = "unavailable"
    "The source that would say it has fallen silent."
    CONFLICTING = "conflicting"
    "Sources disagree; the least favourable one counts."


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing a source says about one subject; the newest of a source and kind counts."""

    kind: str
    "Which evidence it is, as the trust model names it: `device.compliance`."
    subject: Subject
    value: bool | int | float | str
    "What the source said, for people; log-odds where the model takes a ratio."
    weight_class: str
    "The grade of the trust model it falls in: `compliant`; `withdrawn` takes it back."
    observed_at: float
    "When the source saw it, in seconds since 1970."
    received_at: float
    source: str
    fresh_for_s: float = 0.0
    "How long a favourable word counts; 0: as the model says. Never longer than that."

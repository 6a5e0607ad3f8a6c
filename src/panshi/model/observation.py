"""Observations: what a collector saw, when, and whether it saw at all (design, section 3).

An observation is bitemporal: `period` and `observed_at` speak of the world, `received_at`
(on the sealed form) of when the node learned it. A failed look is an observation too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NewType

from panshi.errors import BadInputError

ObservationId = NewType("ObservationId", str)
"""32 hexadecimal digits: the first half of the leaf hash, so that an id commits to its content."""


class Outcome(StrEnum):
    """How the look ended."""

    SEEN = "seen"
    ABSENT = "absent"
    UNREACHABLE = "unreachable"
    FAILED = "failed"

    @property
    def conclusive(self) -> bool:
        """Whether the look says something about the subject (seen, or surely absent)."""
        return self in {Outcome.SEEN, Outcome.ABSENT}


class Body:
    """Marker of the frozen dataclasses that carry what was seen; one per observation kind."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one collector saw of one subject."""

    kind: str
    "Dotted name with a version, for example `tls.endpoint/1`; a key of `bodies.KINDS`."
    subject: str
    "Asset id or one of an asset's identifiers."
    observed_at: datetime
    "When the look ended, with time zone."
    collector: str
    "Tool and version, for example `nmap 7.93`."
    outcome: Outcome = Outcome.SEEN
    facet: str = ""
    "Tells apart looks that do not replace each other: a scan profile, a course, a rule set."
    reason: str = ""
    "Why the look was not conclusive; empty otherwise."
    body: Body | None = None
    "What was seen; present exactly when the outcome is `seen`."
    period_start: datetime | None = None
    "Begin of the period spoken about; None where it is the instant `observed_at`."

    def __post_init__(self) -> None:
        """Fail closed: no naive times, no body without a sight, no silence without a reason."""
        if self.observed_at.tzinfo is None or (
            self.period_start is not None and self.period_start.tzinfo is None
        ):
            raise BadInputError("a time without zone", remedy="give times with an offset")
        if self.period_start is not None and self.period_start > self.observed_at:
            raise BadInputError("the period begins after it ends")
        if (self.body is None) == (self.outcome is Outcome.SEEN):
            raise BadInputError(f"outcome {self.outcome} and body do not fit")
        if not self.outcome.conclusive and not self.reason:
            raise BadInputError("a look that was not conclusive needs a reason")
        if not self.subject or not self.kind:
            raise BadInputError("an observation needs a kind and a subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An observation in the evidence log."""

    id: ObservationId
    position: int
    "Index of the leaf in the Merkle tree, from 0."
    received_at: datetime
    observation: Observation
    "With `body` None and `erased` True where the body was redacted."
    erased: bool = False


def utc(moment: datetime) -> datetime:
    """Give the same instant in UTC."""
    return moment.astimezone(UTC)

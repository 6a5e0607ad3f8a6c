"""Decision records and the chain that holds them.

    line(n)  = JSON array of the record's fields, in the order of `DecisionRecord`
    head(0)  = SHA-256 of the opening line of the segment
    head(n)  = SHA-256(head(n-1) ‖ line(n))

A segment is a text file of lines. Head lines (`#` and JSON) stand in it every so often: number of
records so far, time and head, so that nothing above can be altered or left out unseen. A segment's
opening line names the last head of the one before. Decisions are FSC stage 3 evidence (guide of
2024-07-15: event logs hold dynamic attributes and what the policy did with them).

No secret is recorded: only attributes that policies read, and of those none whose name says that it
is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

ALGORITHM = "sha256"
FORMAT = "panshi.decisions/1"
MASK = "•••"
_SECRET = re.compile(
    r"(?:^|[^a-z])(?:pass|otp|pin)(?:$|[^a-z])|password|passphrase|passcode|secret|token|cookie|"
    r"authori[sz]ation|api.?key|private.?key",
    re.IGNORECASE,
)


class DecisionRecord(NamedTuple):
    """One decision, as it is kept."""

    number: int
    """Counts up without a gap within a segment chain."""
    time: float
    """Seconds since 1970."""
    request_id: str
    subject: str
    """`Type::"id"`."""
    action: str
    resource: str
    allowed: bool
    policies: tuple[str, ...]
    """Names of the policies that determined it."""
    errors: tuple[str, ...]
    """Policies that could not be evaluated."""
    epoch: int
    """Of policies and entities."""
    attributes: Mapping[str, object]
    """Values the policies read."""
    session: str
    """Live session, or empty."""
    obligations: tuple[str, ...]
    """Types of what was asked of the enforcement point."""


def next_head(head: bytes, line: bytes) -> bytes:
    """Chain one line."""
    return sha256(head + line).digest()


def first_head(opening: bytes) -> bytes:
    """Start a segment."""
    return sha256(opening).digest()


def is_secret(name: str) -> bool:
    """Whether a name says that its value is a secret."""
    return _SECRET.search(name) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionBatch:
    """What a closed part of the log amounts to; sealed as evidence."""

    first_number: int
    last_number: int
    since: float
    """Time of the first decision in it, seconds since 1970."""
    until: float
    """Time of the last."""
    allowed: int
    denied: int
    errors: int
    """Decisions in which some policy could not be evaluated."""
    obliged: int
    """Decisions that obliged the enforcement point to something."""
    by_action: tuple[tuple[str, int, int], ...]
    """Action, allowed, denied; sorted by name."""
    by_resource_type: tuple[tuple[str, int, int], ...]
    """Type of the resource, allowed, denied; sorted by name."""
    first_head: str
    """Head before the first record, hexadecimal."""
    last_head: str
    """Head after the last record."""
    sample_permits: int
    """One of so many permits is kept; denials and obliged permits always are."""
    permits_not_kept: int
    """Permits that were counted and not kept."""
    policy_version: str
    """Version of the policy set in force at the end."""
    segment: str
    """File the records stand in."""


class Counting:
    """Counts of a batch while it is open; permits that are not kept count too."""

    __slots__ = ("allowed", "by_action", "by_type", "denied", "errors", "kept_away", "obliged")

    def __init__(self) -> None:
        self.allowed = 0
        self.denied = 0
        self.errors = 0
        self.obliged = 0
        self.kept_away = 0
        self.by_action: dict[str, list[int]] = {}
        self.by_type: dict[str, list[int]] = {}

    def count(self, action: str, resource_type: str, *, allowed: bool) -> None:
        """Count one decision."""
        place = 0 if allowed else 1
        if allowed:
            self.allowed += 1
        else:
            self.denied += 1
        try:
            self.by_action[action][place] += 1
        except KeyError:
            self.by_action[action] = [int(allowed), int(not allowed)]
        try:
            self.by_type[resource_type][place] += 1
        except KeyError:
            self.by_type[resource_type] = [int(allowed), int(not allowed)]

    @property
    def total(self) -> int:
        """All decisions counted."""
        return self.allowed + self.denied


def sorted_counts(counts: Mapping[str, Iterable[int]]) -> tuple[tuple[str, int, int], ...]:
    """Give counts as rows."""
    return tuple((name, *each) for name, each in sorted(counts.items()))  # type: ignore[misc]

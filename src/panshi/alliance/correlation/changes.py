"""What happens to campaigns: each change an event, each joined ticket with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import exp

NONE = -1
"Place of no ticket, number of no campaign."


class ChangeKind(StrEnum):
    """What became of campaigns."""

    FORMED = "formed"
    "Two tickets that belonged to none make one."
    GREW = "grew"
    MERGED = "merged"
    "The tickets of one went to another; its number stays known and leads there."
    LEFT = "left"
    "A ticket fits no longer."
    SPLIT = "split"
    UNDONE = "undone"
    PINNED = "pinned"
    "A person decided where a ticket belongs."
    RENEWED = "renewed"
    "A newer version of a ticket takes the place of the older one."
    REVIEWED = "reviewed"
    "It has doubled; who fits was looked at again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One thing two sides share, or differ in, and what it counts."""

    kind: str
    "Kind of the value; `time` and `differs:<family>` beside those of the method."
    trait: int
    "Packed trait; 0 where it is no value."
    weight: float
    "Natural logarithm of odds."
    value: str = ""
    "The value in words, where it is known."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a ticket belongs to a campaign."""

    total: float
    "Logarithm of the odds."
    prior: float
    "Of any ticket for a campaign of this size."
    parts: tuple[Shared, ...]
    partner: int
    "Place of the ticket of the campaign that shares most with it."
    passed_over: int = 0
    "Candidates that the bound of work left out."

    @property
    def probability(self) -> float:
        """The chance that it belongs there."""
        return 1 / (1 + exp(-max(min(self.total, 50.0), -50.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One ticket goes from one campaign to another; `NONE` is no campaign."""

    place: int
    "The ticket's place in the order of acceptance."
    before: int
    after: int
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignChange:
    """One event in the life of campaigns."""

    kind: ChangeKind
    campaign: int
    "Number of the campaign it happened to."
    at_place: int
    "Place of the ticket that brought it about."
    other: int = NONE
    "The campaign merged into it, or split from it."
    moves: tuple[Move, ...] = ()
    by: str = ""
    "Person who decided it; empty where the method did. What a person moved stays."
    why: str = ""
    apart: int = 0
    "1: campaign and other are kept apart from now on; -1: no longer."
    undoes: int = 0
    "Number of the change that this one takes back."

"""Steps in the life of a collection of intelligence; the facet is the collection's id.

How a collection stands (who reads and writes it, how it reads what bears no marking) is derived
from these steps by `panshi.alliance.intelligence.collections`: what narrows counts at once, what
widens after another person said so.
"""

from __future__ import annotations

from dataclasses import dataclass

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

COLLECTION = "record.hub_collection/1"
DECISION = "record.hub_collection_decision/1"


@observation_kind(COLLECTION, "情資集合", "Collection of intelligence", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class HubCollection(Body):
    """How somebody wants a collection to be, from its first day to its last."""

    title: str
    alias: str = ""
    description: str = ""
    readers: tuple[str, ...] = ()
    "Members, `community:<name>`, `members` or `partners`."
    writers: tuple[str, ...] = ()
    unmarked: str
    "Colour by which what bears none is read."
    retired: bool = False
    asked_by: str
    why: str


@observation_kind(DECISION, "情資集合核定", "Decision on a collection", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class HubCollectionDecision(Body):
    """Another person approves or refuses what would widen a collection."""

    asked: str
    "Evidence id of what was asked for."
    approved: bool
    decided_by: str
    why: str = ""

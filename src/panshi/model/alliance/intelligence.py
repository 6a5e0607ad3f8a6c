"""Intelligence at rest: collections of STIX 2.1 objects, who may use them, what became of an add.

Names follow TAXII 2.1 (OASIS standard of 10 June 2021): API root, collection, status resource.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from panshi.model.alliance.marking import Marking, Tlp

MEDIA_STIX = "application/stix+json;version=2.1"
"Of every object (TAXII 2.1, 1.6.4)."


class Outcome(StrEnum):
    """What became of one object of an add (TAXII 2.1, 4.3.1)."""

    SUCCESS = "success"
    FAILURE = "failure"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A TAXII collection and who may use it."""

    id: str
    "UUID."
    title: str
    root: str = "sector"
    "API root it is offered under."
    alias: str = ""
    description: str = ""
    readers: tuple[str, ...] = ()
    "Members, `community:<name>`, `members` or `public`; the hub's staff always reads."
    writers: tuple[str, ...] = ()
    "As readers; the hub's staff always writes."
    unmarked: Tlp = Tlp.AMBER_STRICT
    "How an object without a marking is read here."
    retired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectHead:
    """What a store and a filter must know of one STIX object; the rest stays bytes."""

    id: str
    type: str
    spec_version: str
    version: datetime | None
    "`modified`, else `created`; None for what has neither, such as most observables."
    created_by: str = ""
    marking: Marking
    digest: str
    "SHA-256 of the bytes as they came."


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectStatus:
    """What became of one object of an add."""

    id: str
    version: str
    outcome: Outcome
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddStatus:
    """What became of an add (TAXII status resource)."""

    id: str
    "UUID."
    collection: str
    asked_at: datetime
    complete: bool
    objects: tuple[ObjectStatus, ...] = ()

    def of(self, outcome: Outcome) -> tuple[ObjectStatus, ...]:
        """Objects with one outcome."""
        return tuple(each for each in self.objects if each.outcome is outcome)

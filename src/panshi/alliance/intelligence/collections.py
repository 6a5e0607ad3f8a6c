"""Collections as they stand: folded from sealed steps, four eyes on whatever widens.

A step that takes away (readers, writers, a broader reading of what is unmarked, the collection
itself) counts at once. A step that gives more waits until another person approves exactly it; a
later step about the same collection makes it void.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid5

from panshi.model.alliance.intelligence import Collection
from panshi.model.alliance.marking import COMMUNITY, Reader, ReaderRole, Tlp
from panshi.model.bodies.hub_collections import HubCollection, HubCollectionDecision

MEMBERS, PARTNERS = "members", "partners"
ROOT = "sector"
"Name of the one API root."
TAXII = "/taxii2/"
"Where the TAXII server begins."
_NAMESPACE = UUID("0f0b7a0e-6a1f-5a55-9a3c-5d3d1b0f6c11")

SHARING = Collection(
    id=str(uuid5(_NAMESPACE, "sharing")),
    title="Sector sharing 聯防情資共享",
    alias="sharing",
    description="What members share with the hub and, as their markings allow, with each other.",
    readers=(MEMBERS, PARTNERS),
    writers=(MEMBERS, PARTNERS),
)
BULLETINS = Collection(
    id=str(uuid5(_NAMESPACE, "bulletins")),
    title="Hub bulletins 樞紐公告",
    alias="bulletins",
    description="Warnings and reports of the hub.",
    readers=(MEMBERS, PARTNERS),
    unmarked=Tlp.AMBER,
)
FIRST = (SHARING, BULLETINS)
"What every hub has from its first day."

type TwoPeople = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One sealed step."""

    id: str
    collection: str
    at: datetime
    body: HubCollection | HubCollectionDecision | None
    "None where it was erased."


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What was asked for and widens."""

    asked: str
    "Evidence id of the step."
    collection: Collection
    by: str
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Every collection, and what waits for a second person."""

    collections: Mapping[str, Collection] = field(
        default_factory=lambda: {each.id: each for each in FIRST}
    )
    waiting: Mapping[str, Waiting] = field(default_factory=dict)
    "By collection."

    def found(self, name: str) -> Collection | None:
        """Give a collection by id or alias; a retired one is none."""
        for each in self.collections.values():
            if name and name in {each.id, each.alias} and not each.retired:
                return each
        return None


def new_id(alias: str) -> str:
    """Give the id of a new collection: the same alias, the same id."""
    return str(uuid5(_NAMESPACE, alias))


def address(collection: Collection) -> str:
    """Give the path of a collection's TAXII resource."""
    return f"{TAXII}{collection.root}/collections/{collection.alias}/"


def fold(steps: Iterable[Step], *, two_people: TwoPeople) -> Shelf:
    """Fold steps, oldest first."""
    shelf = Shelf()
    for step in steps:
        shelf = _after(shelf, step, two_people)
    return shelf


def defect(shelf: Shelf, step: Step, *, two_people: TwoPeople) -> str:
    """Say why a decision would count for nothing; empty where it would count."""
    if not isinstance(step.body, HubCollectionDecision):
        return ""
    waiting = shelf.waiting.get(step.collection)
    if waiting is None or waiting.asked != step.body.asked:
        return "nothing of the kind waits for a decision"
    return two_people(waiting.by, step.body.decided_by)


def widens(before: Collection | None, after: Collection) -> bool:
    """Whether somebody could read or write more afterwards."""
    if after.retired:
        return False
    if before is None or before.retired:
        return bool(after.readers or after.writers)
    return (
        not set(after.readers) <= set(before.readers)
        or not set(after.writers) <= set(before.writers)
        or after.unmarked.breadth > before.unmarked.breadth
    )


def may_read(collection: Collection, reader: Reader) -> bool:
    """Whether the collection is open to a reader; what of it is decided object by object."""
    return reader.role == ReaderRole.HUB or _among(collection.readers, reader)


def may_write(collection: Collection, reader: Reader) -> bool:
    """Whether a reader may add objects."""
    return reader.role == ReaderRole.HUB or _among(collection.writers, reader)


def _among(named: tuple[str, ...], reader: Reader) -> bool:
    if reader.member is None or reader.role not in {ReaderRole.MEMBER, ReaderRole.PARTNER}:
        return False
    own = {reader.member, *(f"{COMMUNITY}{each}" for each in reader.communities)}
    own.add(MEMBERS if reader.role == ReaderRole.MEMBER else PARTNERS)
    return not own.isdisjoint(named)


def _after(shelf: Shelf, step: Step, two_people: TwoPeople) -> Shelf:
    match step.body:
        case HubCollection():
            return _asked(shelf, step, step.body)
        case HubCollectionDecision():
            if defect(shelf, step, two_people=two_people):
                return shelf
            waiting = dict(shelf.waiting)
            decided = waiting.pop(step.collection)
            if not step.body.approved:
                return replace(shelf, waiting=waiting)
            found = {**shelf.collections, step.collection: decided.collection}
            return Shelf(collections=found, waiting=waiting)
        case None:
            return shelf


def _asked(shelf: Shelf, step: Step, body: HubCollection) -> Shelf:
    wanted = Collection(
        id=step.collection,
        title=body.title,
        root=ROOT,
        alias=body.alias,
        description=body.description,
        readers=body.readers,
        writers=body.writers,
        unmarked=Tlp(body.unmarked),
        retired=body.retired,
    )
    waiting = {name: each for name, each in shelf.waiting.items() if name != step.collection}
    if not widens(shelf.collections.get(step.collection), wanted):
        found = {**shelf.collections, step.collection: wanted}
        return Shelf(collections=found, waiting=waiting)
    waiting[step.collection] = Waiting(
        asked=step.id, collection=wanted, by=body.asked_by, at=step.at, why=body.why
    )
    return replace(shelf, waiting=waiting)

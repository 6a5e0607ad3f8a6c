"""STIX objects in a hub's collections: added, paged, removed, each as the reader may see it.

`objects_in` opens an envelope, judges each object, reads how it is marked, and puts it on the
shelves of those who may receive it; what is answered is on disk. `page` gives bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

import msgspec

from panshi.alliance.intelligence.collections import may_read, may_write
from panshi.alliance.intelligence.release import STAFF, shelves, shelves_of
from panshi.alliance.stix.envelope import Opened, head_of, opened
from panshi.alliance.stix.markings import DEFINITION, STANDARD, definition_of, marking_of, refs_of
from panshi.errors import BadInputError, ForbiddenError, MissingError
from panshi.model.alliance.intelligence import (
    AddStatus,
    Collection,
    ObjectStatus,
    Outcome,
)
from panshi.model.alliance.marking import Marking, Reader, ReaderRole
from panshi.node.alliance.feeds import file_needed, unfile
from panshi.node.alliance.hub import check_hub
from panshi.node.alliance.validating import validator
from panshi.node.node import Node
from panshi.store.stix_objects import Status, StixObjects, open_stix_objects
from panshi.store.stix_objects.adding import STAFF_OWNER, Added, Incoming
from panshi.store.stix_objects.reading import ALL, Kept, Page, Wanted

MOST_OBJECTS = 10_000
"In one add."
MOST_BYTES = 16 * 1024 * 1024
"In one add; told as max_content_length."

_open: WeakKeyDictionary[Node, StixObjects] = WeakKeyDictionary()
_lock = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Whoever asks: as a reader of marked things, and by name in the trail."""

    reader: Reader
    actor: str

    @property
    def owner(self) -> str:
        """Who the objects it adds belong to."""
        staff = self.reader.role == ReaderRole.HUB
        return STAFF_OWNER if staff else self.reader.member or ""


def staff(actor: str) -> Party:
    """Give a person or program of the hub itself."""
    return Party(reader=Reader(member=None, role=ReaderRole.HUB), actor=actor)


def store(node: Node) -> StixObjects:
    """Give the objects of a hub's node, opened when first asked for."""
    with _lock:
        found = _open.get(node)
        if found is None:
            check_hub(node)
            found = _open[node] = open_stix_objects(node.home.path, node.home.database)
        return found


def objects_in(
    node: Node, collection: Collection, raw: bytes | Sequence[bytes], party: Party
) -> AddStatus:
    """Add the objects of an envelope; each has its own outcome, told and kept."""
    if not may_write(collection, party.reader):
        raise ForbiddenError("this collection is not open for adding", place=collection.alias)
    if not isinstance(raw, bytes):
        raw = b'{"objects":[' + b",".join(raw) + b"]}"
    found = opened(raw, validator(), most=MOST_OBJECTS)
    right = [each.value for each in found if not each.flaws]
    definitions = definitions_for(node, collection, right, party.owner)
    reading = _Reading(collection, definitions, party)
    incoming = [reading.incoming(each) for each in found if not each.flaws]
    now = node.clock()
    kept: list[AddStatus] = []

    def told(added: tuple[Added, ...]) -> Status:
        status = AddStatus(
            id=str(uuid4()),
            collection=collection.id,
            asked_at=now,
            complete=True,
            objects=tuple(_outcomes(found, iter(added))),
        )
        kept.append(status)
        return Status(id=status.id, owner=_status_owner(party), body=msgspec.json.encode(status))

    made = store(node).add(collection.id, incoming, owner=party.owner, now=_stamp(now), told=told)
    taken = [
        each for each, its in zip(incoming, made, strict=True) if its.outcome is Outcome.SUCCESS
    ]
    file_needed(node, store(node), collection, taken, owner=party.owner, now=_stamp(now))
    return kept[-1]


def page(node: Node, collection: Collection, wanted: Wanted, party: Party) -> Page:
    """Give one page of what the party may see."""
    if not may_read(collection, party.reader):
        raise ForbiddenError("this collection is not open for reading", place=collection.alias)
    return store(node).page(collection.id, shelves_of(party.reader), wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How much a collection holds."""

    objects: int = 0
    "Each once, whatever its versions."
    newest: datetime | None = None
    "When the last version was added."


def held(node: Node, found: Iterable[Collection]) -> dict[str, Held]:
    """Count what collections hold, by their ids."""
    counted = store(node).holdings(tuple(each.id for each in found), STAFF)
    return {
        name: Held(objects=each.objects, newest=_moment(each.newest) if each.newest else None)
        for name, each in counted.items()
    }


def remove(node: Node, collection: Collection, object_id: str, wanted: Wanted, party: Party) -> int:
    """Remove versions of an object; a member removes its own only. Give how many went."""
    if not may_write(collection, party.reader):
        raise ForbiddenError("this collection is not open for removing", place=collection.alias)
    seen: tuple[Kept, ...] = page(node, collection, wanted, party).objects
    if not seen:
        raise MissingError("there is no such object", place=object_id[:80])
    if party.owner != STAFF_OWNER and any(each.owner != party.owner for each in seen):
        raise ForbiddenError(
            "the object belongs to another sender", place=object_id[:80], remedy="ask the hub"
        )
    store(node).remove(collection.id, object_id, {each.seq for each in seen})
    unfile(node, store(node), object_id, frozenset(each.version for each in seen))
    node.audit(party.actor, "taxii.delete", collection.id, detail=object_id[:120])
    return len(seen)


def status_of(node: Node, status_id: str, party: Party) -> AddStatus:
    """Give what became of an add, to whoever asked for it."""
    raw = store(node).status(status_id, _status_owner(party))
    if raw is None:
        raise MissingError("there is no such status", place=status_id[:80])
    return msgspec.json.decode(raw, type=AddStatus)


def moment_text(stamp: int) -> str:
    """Write microseconds since 1970 as TAXII does; as precise as they are, at least to the ms."""
    at = _moment(stamp)
    micros = at.microsecond
    fraction = f"{micros // 1000:03d}" if micros % 1000 == 0 else f"{micros:06d}"
    return f"{at.replace(tzinfo=None).isoformat(timespec='seconds')}.{fraction}Z"


def _moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp // 1_000_000, UTC).replace(microsecond=stamp % 1_000_000)


def _status_owner(party: Party) -> str:
    return party.owner or f"staff:{party.actor}"


def _stamp(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def _outcomes(found: Sequence[Opened], added: Iterator[Added]) -> Iterator[ObjectStatus]:
    """Give the outcome of every object in the order they came."""
    for each in found:
        if each.flaws:
            yield _failed(each)
            continue
        its = next(added)
        yield ObjectStatus(
            id=its.id,
            version=moment_text(its.version),
            outcome=its.outcome,
            message=its.message,
        )


def _failed(each: Opened) -> ObjectStatus:
    flaws = "; ".join(f"{flaw.place} {flaw.problem}".strip() for flaw in each.flaws[:3])
    told = each.value.get("modified") or each.value.get("created") or ""
    return ObjectStatus(
        id=each.id,
        version=told if isinstance(told, str) else "",
        outcome=Outcome.FAILURE,
        message=flaws[:500],
    )


class _Reading:
    """How the objects of one add are marked; most bear the same few markings."""

    def __init__(
        self, collection: Collection, definitions: Mapping[str, Marking], party: Party
    ) -> None:
        self._unmarked = collection.unmarked
        self._definitions = definitions
        self._originator = party.owner
        self._read: dict[tuple[str, ...], tuple[Marking, frozenset[str]]] = {}

    def incoming(self, each: Opened) -> Incoming:
        itself = each.id if each.id in STANDARD else ""
        marks = (itself, *refs_of(each.value))
        found = self._read.get(marks)
        if found is None:
            marking = marking_of(
                each.value,
                self._definitions,
                unmarked=self._unmarked,
                originator=self._originator,
            )
            found = self._read[marks] = (marking, shelves(marking) | {STAFF})
        return Incoming(head=head_of(each, found[0]), body=each.body, shelves=found[1])


def definitions_for(
    node: Node, collection: Collection, values: Sequence[Mapping[str, Any]], owner: str
) -> dict[str, Marking]:
    """Read the marking definitions a sender may rely on: its own, the hub's, and those it sends."""
    wanted = {each for value in values for each in refs_of(value)}
    missing = tuple(sorted(wanted - STANDARD.keys()))
    known: dict[str, Marking] = {}
    if not missing:
        return known
    if len(missing) > MOST_OBJECTS:
        raise BadInputError("more marking definitions than objects")
    kept = store(node).page(
        collection.id, {STAFF}, Wanted(ids=missing, versions=(ALL,), limit=len(missing))
    )
    for held in kept.objects:
        if held.owner in {STAFF_OWNER, owner}:
            known[held.id] = definition_of(msgspec.json.decode(held.body))
    taken = {held.id for held in kept.objects}
    for value in values:
        if value["type"] == DEFINITION and value["id"] not in taken:
            known.setdefault(value["id"], definition_of(value))
    return known

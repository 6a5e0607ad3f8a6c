"""MISP feeds: a folder of events into a collection, a collection as a folder of events."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import msgspec

from panshi.alliance.intelligence.release import may_see
from panshi.alliance.misp.reading import read_event
from panshi.alliance.misp.writing import MANIFEST, Feed, Marked, feed_of
from panshi.alliance.stix.markings import marking_of
from panshi.errors import BadInputError, StoreError, UsageError
from panshi.model.alliance.intelligence import Collection, ObjectStatus, Outcome
from panshi.model.alliance.marking import PUBLIC, Reader, ReaderRole
from panshi.node.alliance.hub import hub_name
from panshi.node.alliance.members import member, reader_of
from panshi.node.alliance.objects import MOST_OBJECTS, definitions_for, objects_in, page, staff
from panshi.node.node import Node
from panshi.observe.reading.files import open_source
from panshi.observe.reading.limits import Limits
from panshi.store.stix_objects.reading import Kept, Wanted

EVENT = Limits(max_bytes=64 * 1024 * 1024)
MAX_EVENTS = 100_000
MOST_FAILURES = 100
EVERYBODY, MEMBERS = "public", "members"


@dataclass(slots=True, kw_only=True)
class Imported:
    """What came of a feed."""

    events: int = 0
    objects: int = 0
    "Added, or held already."
    failures: list[ObjectStatus] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    "Attributes that are not carried, by their type."
    unread: list[str] = field(default_factory=list)
    "Events that could not be read, with why."


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What a feed holds."""

    folder: str
    events: int
    attributes: int
    left_out: dict[str, int]


def import_feed(node: Node, collection: Collection, folder: Path, *, actor: str) -> Imported:
    """Take every event of a feed, or one event file; an event that cannot be read is told."""
    found = Imported()
    for path in _events(folder):
        try:
            event = read_event(_read(path), place=str(path))
        except BadInputError as error:
            if path == folder:
                raise
            found.unread.append(str(error)[:300])
            continue
        found.events += 1
        found.left_out += event.left_out
        bodies = [msgspec.json.encode(each) for each in event.objects]
        for start in range(0, len(bodies), MOST_OBJECTS):
            part = bodies[start : start + MOST_OBJECTS]
            status = objects_in(node, collection, part, staff(actor))
            found.objects += len(status.of(Outcome.SUCCESS))
            room = MOST_FAILURES - len(found.failures)
            found.failures += status.of(Outcome.FAILURE)[:room]
    node.audit(actor, "misp.import", collection.id, detail=f"{found.events} events")
    return found


def export_feed(
    node: Node, collection: Collection, folder: Path, *, to: str, actor: str
) -> Exported:
    """Write what a reader may see as a feed into a folder."""
    reader = reader_named(node, to)
    made = feed_of(
        _marked(node, collection, reader),
        title=collection.title,
        organisation=hub_name(node),
        known=UUID(collection.id),
        at=node.clock(),
    )
    _write(folder, made)
    node.audit(actor, "misp.export", collection.id, detail=f"for {to}")
    return Exported(
        folder=str(folder),
        events=len(made.files) - 2,
        attributes=made.attributes,
        left_out=dict(made.left_out),
    )


def reader_named(node: Node, to: str) -> Reader:
    """Give whom a feed is for: everybody, any member, or one member."""
    if to == EVERYBODY:
        return PUBLIC
    if to == MEMBERS:
        return Reader(member=None, role=ReaderRole.MEMBER)
    return reader_of(member(node, to))


def _marked(node: Node, collection: Collection, reader: Reader) -> Iterator[Marked]:
    """Give what the reader may see, asked once more of each object itself."""
    after, everything = 0, staff("misp")
    while True:
        found = page(node, collection, Wanted(after=after), everything)
        for each in _read_markings(node, collection, found.objects):
            if may_see(each.marking, reader, unmarked=collection.unmarked):
                yield each
        after = found.next
        if not found.more:
            return


def _read_markings(node: Node, collection: Collection, kept: tuple[Kept, ...]) -> Iterator[Marked]:
    for each in kept:
        value = msgspec.json.decode(each.body, type=dict[str, object])
        definitions = definitions_for(node, collection, (value,), each.owner)
        marking = marking_of(
            value, definitions, unmarked=collection.unmarked, originator=each.owner
        )
        yield Marked(value=value, marking=marking)


def _events(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    manifest = folder / MANIFEST
    try:
        listed = msgspec.json.decode(_read(manifest), type=dict[UUID, msgspec.Raw])
    except msgspec.MsgspecError as error:
        raise BadInputError(f"no manifest of a MISP feed: {error}", place=str(manifest)) from error
    if len(listed) > MAX_EVENTS:
        raise BadInputError(f"more than {MAX_EVENTS:,} events", place=str(manifest))
    return [folder / f"{known}.json" for known in listed]


def _read(path: Path) -> bytes:
    with open_source(path, EVENT) as source:
        return b"".join(iter(source.read, b""))


def _write(folder: Path, made: Feed) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).exists():
        raise UsageError("the folder holds other things", place=str(folder), remedy="an empty one")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for gone in folder.glob("*-*.json"):
            if gone.name not in made.files:
                gone.unlink()
        for name in sorted(made.files, key=lambda each: each == MANIFEST):
            partial = folder / f".{name}.{os.getpid()}"
            partial.write_bytes(made.files[name])
            partial.replace(folder / name)
    except OSError as error:
        raise StoreError(f"cannot write: {error.strerror}", place=str(folder)) from error

"""Feeds of a hub: what each member subscribed to, filed when it comes in, polled as a collection.

    file_needed(node, objects, collection, incoming, owner=…, now=…)

A feed is a collection of its own that only its member reads. An object is filed in it where it
meets the need, the member may read the collection it came in, and may see the object itself; on
the feed it lies on the same shelves, so that the poll asks once more. Needs are compiled once per
state of the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from uuid import UUID, uuid5
from weakref import WeakKeyDictionary

import msgspec

from panshi.alliance.intelligence.collections import may_read
from panshi.alliance.intelligence.features import Topic, spoken
from panshi.alliance.intelligence.needs import Need, Needs
from panshi.alliance.intelligence.release import STAFF, may_see
from panshi.model.alliance.intelligence import Collection
from panshi.model.alliance.member import Member, MemberId
from panshi.model.bodies.intelligence import NEED, IntelligenceNeed
from panshi.node.alliance.members import reader_of, register
from panshi.node.node import Node
from panshi.store.stix_objects import StixObjects
from panshi.store.stix_objects.adding import Incoming
from panshi.store.stix_objects.reading import ALL, Wanted

PREFIX = "feed-"
_NAMESPACE = UUID("5b1c5f6e-0c58-5f0b-9a61-0d9a3f1f7c22")

_kept: WeakKeyDictionary[Node, tuple[object, Feeds]] = WeakKeyDictionary()
_lock = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """Every need in force, compiled, and its collection."""

    needs: Needs
    collections: tuple[Collection, ...]


def feeds(node: Node) -> Feeds:
    """Give the needs in force; the newest record of each counts."""
    stamp = (node.log.kinds().get(NEED, 0), node.judging.erasures)
    with _lock:
        kept = _kept.get(node)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    newest: dict[str, IntelligenceNeed | None] = {}
    for sealed in node.log.records(NEED):
        body = sealed.observation.body
        newest[sealed.observation.facet] = body if isinstance(body, IntelligenceNeed) else None
    needs = [need_of(name, body) for name, body in newest.items() if body and not body.over]
    made = Feeds(
        needs=Needs.compiled(needs), collections=tuple(_collection(each) for each in needs)
    )
    with _lock:
        _kept[node] = (stamp, made)
    return made


def feed_id(need: str) -> str:
    """Give the id of a need's collection."""
    return str(uuid5(_NAMESPACE, need))


def file_needed(
    node: Node,
    objects: StixObjects,
    collection: Collection,
    incoming: Sequence[Incoming],
    *,
    owner: str,
    now: int,
) -> None:
    """File what was just added with whoever needs it and may see it."""
    if feeds(node).needs.all:
        filed(node, objects, collection, incoming, feeds(node).needs, owner=owner, now=now)


def filed(
    node: Node,
    objects: StixObjects,
    collection: Collection,
    incoming: Iterable[Incoming],
    needs: Needs,
    *,
    owner: str,
    now: int,
) -> int:
    """File objects of a collection with the needs they meet; count them."""
    members = register(node).members
    wanted: dict[str, list[Incoming]] = {}
    for each in incoming:
        thing = msgspec.json.decode(each.body)
        met = needs.met(spoken(thing), kind=each.head.type, confidence=_confidence(thing))
        for need in met:
            member = members.get(MemberId(need.member))
            if member is not None and _may(member, collection, each):
                wanted.setdefault(need.id, []).append(each)
    for name, found in wanted.items():
        objects.add(feed_id(name), found, owner=owner, now=now)
    return sum(map(len, wanted.values()))


def unfile(node: Node, objects: StixObjects, object_id: str, versions: frozenset[int]) -> None:
    """Take versions of an object that was removed from every feed; the hub's staff asks all."""
    for each in feeds(node).collections:
        held = objects.page(each.id, {STAFF}, Wanted(ids=(object_id,), versions=(ALL,)))
        gone = {one.seq for one in held.objects if one.version in versions}
        if gone:
            objects.remove(each.id, object_id, gone)


def _may(member: Member, collection: Collection, each: Incoming) -> bool:
    reader = reader_of(member)
    return may_read(collection, reader) and may_see(each.head.marking, reader)


def _confidence(thing: dict[str, object]) -> int | None:
    found = thing.get("confidence")
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def need_of(name: str, body: IntelligenceNeed) -> Need:
    """Give a need as it is evaluated; refused where it asks for too much."""
    topics = {
        Topic.SECTOR: body.sectors,
        Topic.TECHNOLOGY: body.technologies,
        Topic.SUPPLIER: body.suppliers,
        Topic.TECHNIQUE: body.techniques,
        Topic.VULNERABILITY: body.vulnerabilities,
    }
    return Need(
        id=name,
        member=body.member,
        title=body.headline,
        topics={topic: values for topic, values in topics.items() if values},
        types=body.types,
        least=body.least,
    )


def _collection(need: Need) -> Collection:
    return Collection(
        id=feed_id(need.id),
        title=need.title or need.id,
        alias=f"{PREFIX}{need.id}",
        description="What meets this subscription, filed when it came.",
        readers=(need.member,),
    )

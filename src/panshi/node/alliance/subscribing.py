"""Subscriptions of members: asked for by the member or the hub's liaison, ended the same way.

    name = subscribe(node, Asked(member="bank-017", suppliers=("…",)), actor=…)

What lies in the collections the member reads is filed at once; from then on what comes in is.
Nothing is opened by a subscription: it only picks out of what the member may see anyway.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

import msgspec

from panshi.alliance.intelligence.collections import may_read
from panshi.alliance.intelligence.needs import Needs
from panshi.alliance.intelligence.release import STAFF, shelves, shelves_of
from panshi.alliance.stix.envelope import Opened, head_of
from panshi.alliance.stix.markings import DEFINITION, definition_of, marking_of
from panshi.errors import MissingError, UsageError
from panshi.model.alliance.intelligence import Collection
from panshi.model.alliance.marking import Marking, Reader
from panshi.model.bodies.intelligence import NEED, IntelligenceNeed
from panshi.node.alliance.collections import collections
from panshi.node.alliance.feeds import PREFIX, feed_id, feeds, filed, need_of
from panshi.node.alliance.hub import SUBJECT
from panshi.node.alliance.members import member, reader_of
from panshi.node.alliance.objects import store
from panshi.node.node import Node
from panshi.node.records import record
from panshi.store.stix_objects.adding import STAFF_OWNER, Incoming
from panshi.store.stix_objects.reading import ALL, Kept, Wanted

PAGE = 1_000
MOST_NEEDS = 100
"Subscriptions of one member."
MOST_BEGUN = 200
"Subscriptions one member begins within a day; each looks through all it may read."
_PART = re.compile(r"[^\x00-\x1f]{1,200}")
_numbering = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribing:
    """What a member asks to be told of; within a part any fits, between parts all must."""

    title: str = ""
    sectors: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    vulnerabilities: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    least: int = 0
    "Confidence, in percent, an object must state; one that states none passes."


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One subscription and its feed."""

    id: str
    member: str
    asked: Subscribing
    collection: str
    alias: str
    since: datetime


def subscriptions(node: Node, name: str = "") -> tuple[Subscription, ...]:
    """Give the subscriptions in force, of one member or of all."""
    since: dict[str, datetime] = {}
    bodies: dict[str, IntelligenceNeed] = {}
    for sealed in node.log.records(NEED):
        body = sealed.observation.body
        if isinstance(body, IntelligenceNeed):
            since.setdefault(sealed.observation.facet, sealed.received_at)
            bodies[sealed.observation.facet] = body
    return tuple(
        Subscription(
            id=need.id,
            member=need.member,
            asked=_asked(bodies[need.id]),
            collection=feed_id(need.id),
            alias=f"{PREFIX}{need.id}",
            since=since[need.id],
        )
        for need in feeds(node).needs.all
        if name in {"", need.member}
    )


def subscribe(node: Node, name: str, asked: Subscribing, *, actor: str) -> Subscription:
    """Begin a subscription; what lies here already is filed at once."""
    one = member(node, name)
    for part in asdict(asked).values():
        for text in part if isinstance(part, tuple) else ():
            if not _PART.fullmatch(text):
                raise UsageError(f"{text[:40]!r} is nothing to ask for")
    with _numbering:
        need = _next(node, one.id)
        body = _body(need, one.id, asked, actor)
        need_of(need, body)
        _seal(node, need, body, actor=actor)
    _file_held(node, need, reader_of(one))
    return next(each for each in subscriptions(node, one.id) if each.id == need)


def _next(node: Node, name: str) -> str:
    """Give the id of a member's next subscription; refuse where there are too many."""
    if len(subscriptions(node, name)) >= MOST_NEEDS:
        raise UsageError(f"a member has at most {MOST_NEEDS} subscriptions", remedy="end one")
    begun: dict[str, datetime] = {}
    for sealed in node.log.records(NEED):
        if sealed.observation.facet.rpartition("-")[0] == name:
            begun.setdefault(sealed.observation.facet, sealed.received_at)
    since = node.clock() - timedelta(days=1)
    if sum(at > since for at in begun.values()) >= MOST_BEGUN:
        raise UsageError(
            f"a member begins at most {MOST_BEGUN} subscriptions a day",
            remedy="come again tomorrow",
        )
    return f"{name}-{max((int(each.rpartition('-')[2]) for each in begun), default=0) + 1}"


def _body(need: str, name: str, asked: Subscribing, actor: str) -> IntelligenceNeed:
    return IntelligenceNeed(
        member=name,
        headline=asked.title.strip()[:200] or need,
        sectors=asked.sectors,
        technologies=asked.technologies,
        suppliers=asked.suppliers,
        techniques=asked.techniques,
        vulnerabilities=asked.vulnerabilities,
        types=asked.types,
        least=asked.least,
        by=actor,
    )


def end_subscription(node: Node, need: str, *, actor: str, of: str = "") -> None:
    """End one; its feed is no collection any more."""
    found = next((each for each in subscriptions(node, of) if each.id == need), None)
    if found is None:
        raise MissingError(
            f"there is no subscription {need[:60]!r}", remedy="`panshi intel subscribe` lists them"
        )
    newest = [
        sealed.observation.body
        for sealed in node.log.records(NEED)
        if sealed.observation.facet == need
    ][-1]
    if isinstance(newest, IntelligenceNeed):
        _seal(node, need, replace(newest, over=True, by=actor), actor=actor)


def _file_held(node: Node, need: str, reader: Reader) -> None:
    only = Needs.compiled(each for each in feeds(node).needs.all if each.id == need)
    now = round(node.clock().timestamp() * 1_000_000)
    for each in collections(node):
        if each.alias.startswith(PREFIX) or not may_read(each, reader):
            continue
        definitions = _definitions(node, each)
        after = 0
        while True:
            page = store(node).page(
                each.id, shelves_of(reader), Wanted(after=after, limit=PAGE, versions=(ALL,))
            )
            owned = defaultdict(list)
            for kept in page.objects:
                owned[kept.owner].append(_incoming(kept, each, definitions))
            for owner, found in owned.items():
                filed(node, store(node), each, found, only, owner=owner, now=now)
            if not page.more:
                break
            after = page.next


def _definitions(node: Node, one: Collection) -> dict[tuple[str, str], Marking]:
    """Read the marking definitions of a collection, by owner and id."""
    found: dict[tuple[str, str], Marking] = {}
    after = 0
    while True:
        wanted = Wanted(after=after, limit=PAGE, types=(DEFINITION,), versions=(ALL,))
        page = store(node).page(one.id, {STAFF}, wanted)
        for kept in page.objects:
            found[kept.owner, kept.id] = definition_of(msgspec.json.decode(kept.body))
        if not page.more:
            return found
        after = page.next


def _incoming(kept: Kept, one: Collection, definitions: dict[tuple[str, str], Marking]) -> Incoming:
    value = msgspec.json.decode(kept.body)
    usable = {
        name: marking
        for (owner, name), marking in definitions.items()
        if owner in {STAFF_OWNER, kept.owner}
    }
    marking = marking_of(value, usable, unmarked=one.unmarked, originator=kept.owner)
    head = head_of(Opened(body=kept.body, value=value, id=kept.id), marking)
    return Incoming(head=head, body=kept.body, shelves=shelves(marking) | {STAFF})


def _asked(body: IntelligenceNeed) -> Subscribing:
    return Subscribing(
        title=body.headline,
        sectors=body.sectors,
        technologies=body.technologies,
        suppliers=body.suppliers,
        techniques=body.techniques,
        vulnerabilities=body.vulnerabilities,
        types=body.types,
        least=body.least,
    )


def _seal(node: Node, need: str, body: IntelligenceNeed, *, actor: str) -> None:
    at = max(node.clock(), node.log.learned_until() or node.clock())
    node.log.append((record(NEED, body, subject=SUBJECT, facet=need, at=at),), at)
    node.checkpoint()
    node.audit(actor, NEED, need)

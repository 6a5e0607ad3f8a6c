"""Collections of a hub: how they stand, and the steps people take about them."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

from panshi.alliance.intelligence.collections import (
    MEMBERS,
    PARTNERS,
    Shelf,
    Step,
    Waiting,
    defect,
    fold,
    new_id,
)
from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.persons import acting_person, pair_defect
from panshi.model.alliance.intelligence import Collection
from panshi.model.alliance.marking import COMMUNITY, Tlp
from panshi.model.bodies.hub_collections import (
    COLLECTION,
    DECISION,
    HubCollection,
    HubCollectionDecision,
)
from panshi.model.observation import Body
from panshi.node.alliance.feeds import PREFIX, feeds
from panshi.node.alliance.hub import SUBJECT, check_hub
from panshi.node.node import Node
from panshi.node.records import record

WORDS = "`panshi intel collections list` shows them"
ALIAS = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
NAMED = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MOST_TITLE = 200
MOST_TEXT = 2_000
MOST_NAMED = 1_000

_kept: WeakKeyDictionary[Node, tuple[object, Shelf]] = WeakKeyDictionary()
_lock = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What of a collection is to be otherwise; None leaves a part as it stands."""

    title: str | None = None
    description: str | None = None
    readers: tuple[str, ...] | None = None
    writers: tuple[str, ...] | None = None
    unmarked: Tlp | None = None
    retired: bool = False


def shelf(node: Node) -> Shelf:
    """Give every collection as it stands, and what waits."""
    check_hub(node)
    counts = node.log.kinds()
    stamp = (counts.get(COLLECTION, 0), counts.get(DECISION, 0), node.judging.erasures)
    with _lock:
        kept = _kept.get(node)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    made = fold(_steps(node), two_people=pair_defect)
    with _lock:
        _kept[node] = (stamp, made)
    return made


def collections(node: Node) -> tuple[Collection, ...]:
    """Give the collections in use, by alias; the feeds of subscriptions too."""
    found = (*shelf(node).collections.values(), *feeds(node).collections)
    return tuple(sorted((each for each in found if not each.retired), key=lambda it: it.alias))


def collection(node: Node, name: str) -> Collection:
    """Give one collection by id or alias."""
    subscribed = (each for each in feeds(node).collections if name in {each.id, each.alias})
    found = shelf(node).found(name) or next(subscribed, None)
    if found is None:
        raise MissingError(f"there is no collection {name[:60]!r}", remedy=WORDS)
    return found


def steps_of(node: Node, known: str) -> tuple[Step, ...]:
    """Give the sealed steps about one collection, oldest first."""
    check_hub(node)
    return tuple(each for each in _steps(node) if each.collection == known)


def ask(node: Node, alias: str, change: Change, *, actor: str, why: str) -> Waiting | None:
    """Make a collection, or change it; give what now waits for another person, if anything does."""
    check_hub(node)
    person = acting_person(actor)
    if not ALIAS.fullmatch(alias):
        raise UsageError(
            f"{alias[:60]!r} is no name of a collection",
            remedy="up to 40 lower-case letters, digits and hyphens",
        )
    if alias.startswith(PREFIX):
        raise UsageError(
            f"{alias!r} would be taken for the feed of a subscription",
            remedy=f"a name that does not begin with {PREFIX}",
        )
    if not why.strip():
        raise UsageError("a change of a collection has a reason", remedy="--why")
    standing = shelf(node)
    before = standing.found(alias)
    known = before.id if before else new_id(alias)
    now = before or Collection(id=known, title=alias, alias=alias)
    body = HubCollection(
        title=_text(now.title if change.title is None else change.title, MOST_TITLE),
        alias=now.alias,
        description=_text(
            now.description if change.description is None else change.description, MOST_TEXT
        ),
        readers=_named(now.readers if change.readers is None else change.readers),
        writers=_named(now.writers if change.writers is None else change.writers),
        unmarked=(change.unmarked or now.unmarked).value,
        retired=change.retired,
        asked_by=person,
        why=_text(why, MOST_TEXT),
    )
    _seal(node, COLLECTION, known, body, actor=actor)
    return shelf(node).waiting.get(known)


def decide(
    node: Node, name: str, *, approved: bool, actor: str, why: str = ""
) -> Collection | None:
    """Approve or refuse what waits, as another person; give the collection where it stands."""
    standing = shelf(node)
    waiting = next(
        (each for key, each in standing.waiting.items() if name in {key, each.collection.alias}),
        None,
    )
    if waiting is None:
        raise MissingError(f"nothing waits about a collection {name[:60]!r}", remedy=WORDS)
    body = HubCollectionDecision(
        asked=waiting.asked,
        approved=approved,
        decided_by=acting_person(actor),
        why=_text(why, MOST_TEXT),
    )
    known = waiting.collection.id
    tried = Step(id="", collection=known, at=node.clock(), body=body)
    flaw = defect(standing, tried, two_people=pair_defect)
    if flaw:
        node.audit(actor, DECISION, known, allowed=False, detail=flaw[:200])
        raise ForbiddenError(flaw, place=name, remedy="another person decides")
    _seal(node, DECISION, known, body, actor=actor)
    return shelf(node).collections.get(known)


def _seal(node: Node, kind: str, known: str, body: Body, *, actor: str) -> None:
    at = max(node.clock(), node.log.learned_until() or node.clock())
    node.log.append((record(kind, body, subject=SUBJECT, facet=known, at=at),), at)
    node.checkpoint()
    node.audit(actor, kind, known)


def _steps(node: Node) -> Iterator[Step]:
    rivers = (node.log.records(COLLECTION), node.log.records(DECISION))
    for sealed in heapq.merge(*rivers, key=lambda each: each.position):
        body = sealed.observation.body
        yield Step(
            id=sealed.id,
            collection=sealed.observation.facet,
            at=sealed.received_at,
            body=body if isinstance(body, HubCollection | HubCollectionDecision) else None,
        )


def _text(text: str, most: int) -> str:
    if len(text) > most or any(ord(each) < ord(" ") and each != "\n" for each in text):
        raise UsageError(f"a text of up to {most:,} characters", place=text[:40])
    return text.strip()


def _named(names: tuple[str, ...]) -> tuple[str, ...]:
    """Check who is named, each once."""
    wrong = [
        each
        for each in names
        if each not in {MEMBERS, PARTNERS} and not NAMED.fullmatch(each.removeprefix(COMMUNITY))
    ]
    if wrong or len(names) > MOST_NAMED:
        raise UsageError(
            f"{wrong[0][:60]!r} names nobody" if wrong else f"more than {MOST_NAMED:,} names",
            remedy=f"a member, {COMMUNITY}<name>, {MEMBERS} or {PARTNERS}",
        )
    return tuple(sorted(set(names)))

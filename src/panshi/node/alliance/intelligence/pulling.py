"""Pulling intelligence over TAXII 2.1: everything once, then what was added since.

    for each in pull(node, ("f-isac",), actor=…): each.new

Each page and how far it reaches are written in one transaction. A pull that was killed goes on
with the cursor on disk; where the server knows it no longer, it asks anew from the moment the last
complete pull ended, and what is known is not taken twice. A moment's overlap is asked for, so that
what a server added within the same instant as the last object of a pull is not missed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from panshi.alliance.intelligence.pieces import incoming
from panshi.errors import BadInputError, PanshiError, UsageError
from panshi.model.alliance.pulled import Incoming, Progress, SourcePlace
from panshi.model.bodies.intelligence import PULL, IntelligencePull
from panshi.node.alliance.intelligence.markings import Markings
from panshi.node.alliance.intelligence.sealing import seal
from panshi.node.alliance.intelligence.sources import pulled, source, sources
from panshi.node.node import Node
from panshi.observe.feeds.exchange import place_of
from panshi.observe.taxii import Access, RemoteCollection, TaxiiClient
from panshi.observe.taxii.client import CursorLostError
from panshi.store.pulled_intelligence import PulledIntelligence

LIMIT = 1_000
OVERLAP = timedelta(seconds=1)
MOST_PAGES = 1_000_000

type Taken = Callable[[str, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What one collection brought."""

    source: str
    collection: str
    title: str = ""
    objects: int = 0
    new: int = 0
    newer: int = 0
    refused: int = 0
    "Objects that are none; told, not kept."
    pages: int = 0
    resumed: bool = False
    complete: bool = False
    digest: str = ""
    problem: str = ""
    remedy: str = ""
    evidence: str = ""


def access_of(place: SourcePlace) -> Access:
    """Give how a source is reached."""
    return Access(
        url=place.url,
        token=place.token,
        user=place.user,
        password=place.password,
        ca_file=place.ca_file,
    )


def pull(
    node: Node,
    names: tuple[str, ...] = (),
    *,
    actor: str,
    anew: bool = False,
    limit: int = LIMIT,
    taken: Taken = lambda _collection, _count: None,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Pulled]:
    """Pull from the sources named, or from all; yield what each collection brought."""
    wanted = [source(node, each) for each in names] if names else list(sources(node))
    if not wanted:
        raise UsageError(
            "no source of intelligence is known", remedy="panshi intel pull https://…/taxii2/"
        )
    for place in wanted:
        try:
            with TaxiiClient(access_of(place), pause) as client, pulled(node) as store:
                for each in collections_of(client, place):
                    yield _pulled(
                        _Pull(node, store, client, place, each, actor, limit, taken), anew
                    )
        except PanshiError as error:
            yield Pulled(
                source=place.name, collection="", problem=error.problem, remedy=error.remedy
            )


def collections_of(client: TaxiiClient, place: SourcePlace) -> tuple[RemoteCollection, ...]:
    """Give the collections a source is pulled from; refuse one that is named and not there."""
    readable = tuple(each for each in client.collections() if each.can_read)
    if not place.collections:
        return readable
    chosen = []
    for name in place.collections:
        found = [each for each in readable if name in {each.id, each.alias, each.title}]
        if not found:
            raise BadInputError(
                f"offers us no collection {name[:60]!r}",
                place=place_of(place.url),
                remedy="`panshi intel sources --remote` lists those it offers",
            )
        chosen += found
    return tuple(dict.fromkeys(chosen))


@dataclass(slots=True)
class _Pull:
    """One collection while it is pulled."""

    node: Node
    store: PulledIntelligence
    client: TaxiiClient
    place: SourcePlace
    remote: RemoteCollection
    actor: str
    limit: int
    taken: Taken
    markings: Markings = field(default_factory=Markings)
    new: int = 0
    newer: int = 0
    refused: int = 0


def _pulled(one: _Pull, anew: bool) -> Pulled:  # noqa: FBT001 -- handed on
    name = one.place.name
    started = Progress() if anew else one.store.progress(name, one.remote.id)
    resumed = bool(started.cursor)
    at = started if resumed else replace(started, pages=0, objects=0, digest="", cursor="")
    problem = remedy = ""
    try:
        at = _pages(one, at)
    except PanshiError as error:
        problem, remedy = error.problem, error.remedy
        at = one.store.progress(name, one.remote.id)
    made = Pulled(
        source=name,
        collection=one.remote.id,
        title=one.remote.title,
        objects=at.objects,
        new=one.new,
        newer=one.newer,
        refused=one.refused,
        pages=at.pages,
        resumed=resumed,
        complete=not problem,
        digest=at.digest,
        problem=problem,
        remedy=remedy,
    )
    if not (made.new or made.newer or made.refused or problem or resumed):
        return made
    body = IntelligencePull(
        collection=made.collection,
        objects=made.objects,
        new=made.new,
        newer=made.newer,
        refused=made.refused,
        pages=made.pages,
        digest=made.digest,
        resumed=resumed,
        complete=made.complete,
        by=one.actor,
    )
    return replace(made, evidence=seal(one.node, PULL, body, facet=name, actor=one.actor))


def _pages(one: _Pull, at: Progress) -> Progress:
    """Take page after page; each is on disk before the next is asked for."""
    for _page in range(MOST_PAGES):
        after = _overlapped(at.since)
        try:
            page = one.client.page(
                one.remote.url, added_after=after, cursor=at.cursor, limit=one.limit
            )
        except CursorLostError:
            at = replace(at, cursor="")
            continue
        now = one.node.clock()
        read = list(_read(one, page.objects, now))
        seen_last = max(at.seen_last, page.added_last)
        if page.more and page.next in {"", at.cursor}:
            raise BadInputError("says there is more and not where", place=place_of(one.remote.url))
        ended = not page.more
        at = Progress(
            since=seen_last if ended else at.since,
            cursor=page.next,
            pages=at.pages + 1,
            objects=at.objects + len(page.objects),
            digest=hashlib.sha256(at.digest.encode() + page.raw).hexdigest(),
            seen_last=seen_last,
        )
        new, newer = one.store.take(one.place.name, one.remote.id, read, at, now=now)
        one.new, one.newer = one.new + new, one.newer + newer
        one.taken(one.remote.title or one.remote.id, at.objects)
        if ended:
            return at
    raise BadInputError(f"has more than {MOST_PAGES:,} pages", place=place_of(one.remote.url))


def _read(one: _Pull, objects: tuple[bytes, ...], now: datetime) -> Iterator[Incoming]:
    things: list[tuple[bytes, Mapping[str, object]]] = []
    for raw in objects:
        try:
            thing = msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            one.refused += 1
            continue
        if not isinstance(thing, dict):
            one.refused += 1
            continue
        one.markings.learn(thing)
        things.append((raw, thing))
    for raw, thing in things:
        try:
            yield incoming(thing, raw, one.markings.of(thing), source=one.place.name, now=now)
        except BadInputError:
            one.refused += 1


def _overlapped(since: str) -> str:
    """Give a moment earlier than what is here, in the form TAXII takes."""
    if not since:
        return ""
    try:
        moment = datetime.fromisoformat(since) - OVERLAP
    except (ValueError, OverflowError):
        return since
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

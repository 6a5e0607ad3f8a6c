"""Feeds: what is publicly known of vulnerabilities comes in; where from, how old, what was refused.

    import_feeds(node, (Path("data"),), actor=…)     files somebody brought
    add_place(node, "kev", actor=…)                  whom this node may ask, from now on
    feed_ages(node)                                  how old what answers rest on is

Each feed that brought something is sealed as `feed.state/1`. Nothing here asks the network; that is
`feed_sync`, when a person or the watch says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from panshi.errors import BadInputError, MissingError, UsageError
from panshi.evidence.log import Filter
from panshi.model.bodies.supply_chain_feeds import STATE, FeedState
from panshi.model.observation import Observation, Outcome, Sealed
from panshi.node.node import Node
from panshi.node.supply_chain.feed_content import feed_content
from panshi.node.supply_chain.feed_marks import (
    FeedAge,
    Mark,
    ages_of,
    mark_of,
    marks_of,
    parsed,
    put_mark,
    written,
)
from panshi.node.supply_chain.feed_reading import Taken, Taking, take, told
from panshi.observe.feeds.exchange import checked_url
from panshi.observe.feeds.found import find
from panshi.observe.feeds.records import FeedFile, Kind, LeftAlone
from panshi.protection.supply_chain.matching import compile_advisory
from panshi.store.advisories import PLACE, AdvisoryStore
from panshi.store.feed_places import LARGEST_MIB, SETTINGS, Fare, FeedPlace, FeedPlaces

SEAL_AGAIN = timedelta(hours=24)
"A feed that brings nothing is sealed that often nevertheless, so that its age is proven."

type Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of an import."""

    feeds: tuple[Taken, ...]
    left_alone: tuple[LeftAlone, ...]

    @property
    def failed(self) -> bool:
        """Whether a feed could not be taken."""
        return any(each.problem for each in self.feeds)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStanding:
    """One feed as people see it: where from, how old, how it fares."""

    name: str
    kind: Kind
    url: str
    "Where it is asked for; empty where files are brought."
    configured: bool
    age: FeedAge | None
    "None where it never brought anything."
    mark: Mark
    fare: Fare
    next_at: str
    "When the watch asks next; empty where it does not."

    @property
    def state(self) -> str:
        """`never`, `failing`, `stale` or `fresh`, in the order of what to do something about."""
        if self.age is None:
            return "failing" if self.fare.problem else "never"
        if self.fare.problem:
            return "failing"
        return "stale" if self.age.stale else "fresh"


@contextmanager
def advisories(node: Node, *, readonly: bool = False) -> Iterator[AdvisoryStore]:
    """Open the advisory snapshot of the node's home."""
    with AdvisoryStore.open(node.home.path, readonly=readonly, compiler=compile_advisory) as store:
        yield store


def import_feeds(
    node: Node,
    paths: Collection[Path],
    *,
    actor: str,
    allow_removals: bool = False,
    progress: Progress = lambda _feed, _count: None,
) -> Imported:
    """Take every feed in files and folders; one that cannot be taken does not stop the others."""
    files, left = find(paths)
    taken: list[Taken] = []
    with advisories(node) as store:
        for file in files:
            taking = Taking(
                store=store,
                now=node.clock(),
                via="import",
                progress=_counting(progress, file),
                allow_removals=allow_removals,
                stale_after_hours=_limit(node, file.feed),
            )
            try:
                one = take(taking, file)
            except BadInputError as error:
                one = Taken(
                    feed=file.feed, kind=file.kind, source=str(file.path), problem=str(error)
                )
            seal(node, store, one, via="import", actor=actor)
            taken.append(one)
    if files:
        node.audit(actor, "feed.import", ", ".join(each.feed for each in files)[:200])
        node.checkpoint()
    return Imported(feeds=tuple(taken), left_alone=left)


def seal(node: Node, store: AdvisoryStore, taken: Taken, *, via: str, actor: str) -> None:
    """Seal what a feed brought; what brought nothing and was sealed lately is not sealed again."""
    now = node.clock()
    mark = mark_of(store, taken.feed)
    last = parsed(mark.sealed_at) if mark else None
    idle = not taken.problem and not taken.brought and not taken.refused
    if idle and last is not None and now - last < SEAL_AGAIN:
        return
    newest = parsed(mark.as_of) if mark else None
    body = FeedState(
        feed=taken.feed,
        feed_kind=taken.kind,
        via=via,
        source=taken.source,
        newest=taken.newest,
        age_hours=int((now - newest).total_seconds() // 3_600) if newest else 0,
        records=taken.records,
        new=taken.new,
        changed=taken.changed,
        withdrawn=taken.withdrawn,
        refused=len(taken.refused),
        refusals=tuple(told(taken.refused)),
        sha256=taken.sha256,
        sealed_by=actor,
    )
    made = Observation(
        kind=STATE,
        subject=f"feed:{taken.feed}",
        facet=taken.feed,
        observed_at=now,
        collector="panshi feeds",
        outcome=Outcome.FAILED if taken.problem else Outcome.SEEN,
        reason=taken.problem[:500],
        body=None if taken.problem else body,
    )
    node.log.append((made,), now)
    if mark is not None and not taken.problem:
        put_mark(store, taken.feed, msgspec.structs.replace(mark, sealed_at=written(now)))


def feed_ages(node: Node) -> tuple[FeedAge, ...]:
    """Give how old what answers rest on is, feed by feed; none where nothing was ever imported."""
    if not (node.home.path / PLACE).is_dir():
        return ()
    with advisories(node, readonly=True) as store:
        return ages_of(store, node.clock())


def standings(node: Node) -> tuple[FeedStanding, ...]:
    """Give every feed that is asked or brought something, by name."""
    marks: dict[str, Mark] = {}
    ages: dict[str, FeedAge] = {}
    if (node.home.path / PLACE).is_dir():
        with advisories(node, readonly=True) as store:
            marks = marks_of(store)
            ages = {each.feed: each for each in ages_of(store, node.clock())}
    with FeedPlaces(node.home.path) as places:
        configured = {each.name: each for each in places.places()}
        fares = places.fares()
    return tuple(
        _standing(name, configured.get(name), marks.get(name), ages.get(name), fares.get(name))
        for name in sorted({*configured, *marks})
    )


def _standing(
    name: str, place: FeedPlace | None, mark: Mark | None, age: FeedAge | None, fare: Fare | None
) -> FeedStanding:
    fare = fare or Fare()
    following = ""
    if place is not None:
        asked = parsed(fare.asked_at)
        due = asked + timedelta(seconds=place.every_seconds) if asked else None
        following = fare.next_at or (written(due) if due else "")
    return FeedStanding(
        name=name,
        kind=Kind(place.kind if place else mark.kind if mark else Kind.OSV),
        url=place.url if place else "",
        configured=place is not None,
        age=age,
        mark=mark or Mark(stale_after_hours=place.stale_after_hours if place else 0),
        fare=fare,
        next_at=following,
    )


def history(node: Node, name: str, limit: int = 20) -> tuple[Sealed, ...]:
    """Give what was sealed of a feed, newest first."""
    return node.log.page(Filter(kind=STATE, subject=f"feed:{name}"), limit=limit)


# -- whom this node may ask ------------------------------------------------------------------


def places_of(node: Node) -> tuple[FeedPlace, ...]:
    """Give the places the institution added."""
    with FeedPlaces(node.home.path) as places:
        return places.places()


def place_named(node: Node, name: str) -> FeedPlace:
    """Give one place, or say which there are."""
    with FeedPlaces(node.home.path) as places:
        found = places.place(name)
    if found is None:
        raise MissingError(
            f"no place {name!r} was added",
            remedy=f"`panshi feeds add {name}`; `panshi feeds list` shows the official ones",
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """A place to be added; what is left out is as officially known, or as usual for its kind."""

    name: str
    kind: str = ""
    url: str = ""
    hosts: tuple[str, ...] = ()
    "Other hosts it may point to."
    every_seconds: int = 0
    stale_after_hours: int = 0
    max_mib: int = 0


def add_place(node: Node, new: NewPlace, *, actor: str) -> FeedPlace:
    """Allow this node to ask a place: an official one by name, or the institution's own."""
    content = feed_content()
    official = content.places.get(new.name)
    if official is None and not (new.kind and new.url):
        content.official(new.name)
    try:
        wanted = Kind(new.kind or (official.kind if official else ""))
        limits = content.kinds[wanted]
    except ValueError as error:
        raise UsageError(
            f"no feed is of kind {new.kind!r}", remedy="osv, kev, epss or csaf"
        ) from error
    if wanted is Kind.OWN or (official is not None and wanted is not official.kind):
        raise UsageError(f"{new.name} cannot be of kind {wanted}")
    address = checked_url(new.url or (official.url if official else "")).geturl()
    if wanted is Kind.OSV and not address.endswith("/"):
        address += "/"
    place = FeedPlace(
        name=new.name,
        kind=wanted,
        url=address,
        hosts=tuple(each.lower() for each in new.hosts),
        every_seconds=new.every_seconds or limits.every_seconds,
        stale_after_hours=new.stale_after_hours or limits.stale_after_hours,
        max_mib=new.max_mib or LARGEST_MIB,
        added_by=actor,
    )
    with FeedPlaces(node.home.path) as places:
        places.keep(place)
    node.audit(actor, "feed.change", new.name, detail=f"ask {place.url}"[:200])
    _age_by(node, place)
    return place


def remove_place(node: Node, name: str, *, actor: str) -> None:
    """Ask a place no more; what it brought stays and ages."""
    place_named(node, name)
    with FeedPlaces(node.home.path) as places:
        places.drop(name)
    node.audit(actor, "feed.change", name, detail="ask no more")


def set_way(node: Node, name: str, value: str, *, actor: str) -> None:
    """Set how the network is reached: `proxy` or `ca-file`; an empty value takes it back."""
    if name not in SETTINGS:
        raise UsageError(f"there is no setting {name!r}", remedy=" or ".join(SETTINGS))
    if name == "ca-file" and value and not Path(value).is_file():
        raise BadInputError("there is no such file", place=value, remedy="name a PEM file")
    if name == "proxy" and value:
        parts = urlsplit(value)
        if parts.scheme != "http" or not parts.hostname or parts.path.strip("/"):
            raise BadInputError("is no proxy", place=value[:80], remedy="http://proxy:3128")
    with FeedPlaces(node.home.path) as places:
        places.set(name, value)
    node.audit(actor, "feed.change", name, detail="set" if value else "taken back")


def _age_by(node: Node, place: FeedPlace) -> None:
    """Let a limit that was changed hold at once for what is here already."""
    if not (node.home.path / PLACE).is_dir():
        return
    with advisories(node) as store:
        mark = mark_of(store, place.name)
        if mark is not None and mark.stale_after_hours != place.stale_after_hours:
            changed = msgspec.structs.replace(mark, stale_after_hours=place.stale_after_hours)
            put_mark(store, place.name, changed)


def _limit(node: Node, feed: str) -> int:
    try:
        return place_named(node, feed).stale_after_hours
    except MissingError:
        return 0


def _counting(progress: Progress, file: FeedFile) -> Callable[[int], None]:
    return lambda count: progress(file.feed, count)

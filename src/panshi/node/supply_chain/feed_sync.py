"""Ask the places the institution added what changed, and take it: `panshi feeds sync`, the watch.

    for each in sync(node, (), actor=…): each.brought

One process at a time asks a place; a second one waits or passes it by. What broke off is gone on
with the next time. A place that fails is told and sealed, its feed ages, and the watch asks it less
often until it answers again; the other places are asked all the same.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin

import msgspec.structs

from panshi.errors import PanshiError
from panshi.model.supply_chain.advisory import Advisory, Withdrawn
from panshi.node.node import Node
from panshi.node.supply_chain.feed_marks import Mark, mark_of, parsed, written
from panshi.node.supply_chain.feed_reading import (
    Taken,
    Taking,
    csaf_reads,
    still,
    take,
    take_records,
)
from panshi.node.supply_chain.feeds import advisories, place_named, places_of, seal
from panshi.node.supply_chain.vex_receiving import hear_trusted
from panshi.observe.feeds import csaf_places, osv_bucket
from panshi.observe.feeds.download import Download, Validators, fetch_small
from panshi.observe.feeds.exchange import Way
from panshi.observe.feeds.osv import LARGEST_RECORD, read_osv
from panshi.observe.feeds.records import FeedFile, Kind, Read, Refused, moment, refused
from panshi.observe.spool.folder import HeldElsewhereError, held_alone
from panshi.store.advisories import AdvisoryStore
from panshi.store.feed_places import Fare, FeedPlace, FeedPlaces
from panshi.store.place import ready_directory

FOLDER = Path("supply_chain") / "feeds"
"Where downloads rest until they are taken."
MOST_ONE_BY_ONE = 200
"Changed records fetched singly; beyond, the whole is fetched."
MOST_DOCUMENTS = 1_000
"CSAF documents of one round; the next goes on."
SIDE_BY_SIDE = 4
WHOLE_EVERY = timedelta(hours=24)
"The whole is looked at that often: it shows what a list of changes does not, records taken away."
LONGEST_PAUSE_S = 6 * 3_600
_HELD_S = 600.0

type Progress = Callable[[str, int], None]
type Pause = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """One place while it is asked."""

    node: Node
    store: AdvisoryStore
    place: FeedPlace
    way: Way
    folder: Path
    mark: Mark
    pause: Pause
    progress: Callable[[int], None]
    allow_removals: bool = False

    @property
    def taking(self) -> Taking:
        """How what it brings is taken."""
        return Taking(
            store=self.store,
            now=self.node.clock(),
            via="sync",
            allow_removals=self.allow_removals,
            stale_after_hours=self.place.stale_after_hours,
        )

    @property
    def empty(self) -> Taken:
        """Nothing taken yet."""
        return Taken(feed=self.place.name, kind=Kind(self.place.kind), source=self.place.url)

    def edition(self, url: str) -> Validators:
        """Give by what the edition of an address is known that was taken last."""
        etag, modified = self.mark.editions.get(url, ("", ""))
        return Validators(etag=etag, last_modified=modified)

    def small(
        self, url: str, *, conditional: bool = False, missing_ok: bool = False
    ) -> tuple[bytes | None, Validators]:
        """Fetch a list."""
        kept = self.edition(url) if conditional else None
        return fetch_small(url, self.way, kept=kept, missing_ok=missing_ok, pause=self.pause)


def sync(
    node: Node,
    names: Collection[str] = (),
    *,
    actor: str,
    only_due: bool = False,
    wait: bool = True,
    allow_removals: bool = False,
    progress: Progress = lambda _feed, _count: None,
    pause: Pause = time.sleep,
) -> Iterator[Taken]:
    """Ask places, all or those named, and yield what each brought, as it is taken."""
    wanted = [place_named(node, each) for each in names] if names else list(places_of(node))
    for place in wanted:
        if only_due and not _is_due(node, place):
            continue
        try:
            with _alone(node, place, wait=wait, pause=pause):
                taken = _asked(node, place, actor, allow_removals, progress, pause)
        except HeldElsewhereError:
            taken = Taken(feed=place.name, kind=Kind(place.kind), source=place.url, known=True)
            taken.problem = "another process is asking it" if wait else ""
        yield taken


def _is_due(node: Node, place: FeedPlace) -> bool:
    with FeedPlaces(node.home.path) as places:
        fare = places.fares().get(place.name, Fare())
    now, asked, after = node.clock(), parsed(fare.asked_at), parsed(fare.next_at)
    if after is not None and now < after:
        return False
    return asked is None or now - asked >= timedelta(seconds=place.every_seconds - 1)


@contextmanager
def _alone(node: Node, place: FeedPlace, *, wait: bool, pause: Pause) -> Iterator[None]:
    folder = ready_directory(node.home.path / FOLDER)
    lock = folder / f"{_plain(place.name)}.lock"
    until = time.monotonic() + _HELD_S
    while True:
        try:
            with held_alone(lock):
                yield
                return
        except HeldElsewhereError:
            if not wait or time.monotonic() > until:
                raise
        pause(0.2)


def _asked(
    node: Node,
    place: FeedPlace,
    actor: str,
    allow_removals: bool,  # noqa: FBT001 -- handed on
    progress: Progress,
    pause: Pause,
) -> Taken:
    folder = ready_directory(node.home.path / FOLDER / _plain(place.name))
    with advisories(node) as store, FeedPlaces(node.home.path) as places:
        asking = _Asking(
            node=node,
            store=store,
            place=place,
            way=Way(
                hosts=frozenset(place.hosts),
                ca_file=places.setting("ca-file"),
                proxy=places.setting("proxy"),
            ),
            folder=folder,
            mark=mark_of(store, place.name) or Mark(),
            pause=pause,
            progress=lambda count: progress(place.name, count),
            allow_removals=allow_removals,
        )
        try:
            taken = _taken(asking)
        except PanshiError as error:
            taken = replace(asking.empty, problem=str(error))
        before = places.fares().get(place.name, Fare())
        places.keep_fare(place.name, _fare(node.clock(), place, before, taken.problem))
        if not taken.problem or taken.problem != before.problem:
            seal(node, store, taken, via="sync", actor=actor)
    return taken


def _fare(now: datetime, place: FeedPlace, before: Fare, problem: str) -> Fare:
    if not problem:
        return Fare(asked_at=written(now))
    failures = before.failures + 1
    pause = min(place.every_seconds * 2 ** min(failures, 10), LONGEST_PAUSE_S)
    return Fare(
        asked_at=written(now),
        problem=problem[:500],
        failures=failures,
        since=before.since or written(now),
        next_at=written(now + timedelta(seconds=pause)),
    )


def _taken(asking: _Asking) -> Taken:
    match Kind(asking.place.kind):
        case Kind.OSV:
            return _osv(asking)
        case Kind.CSAF:
            return _csaf(asking)
        case _:
            return _file(asking, asking.place.url, "")


def _file(asking: _Asking, url: str, cursor: str) -> Taken:
    """Fetch one file if it changed, and take it whole."""
    fetched = Download(
        url=url,
        folder=asking.folder,
        way=asking.way,
        kept=asking.edition(url),
        most=asking.place.max_mib << 20,
        pause=asking.pause,
        progress=asking.progress,
    ).run()
    now = written(asking.node.clock())
    if fetched.path is None:
        return still(
            asking.taking, asking.empty, msgspec.structs.replace(asking.mark, whole_at=now)
        )
    editions = {**asking.mark.editions, url: _pair(fetched.validators)}
    kept = Mark(cursor=_earlier(cursor, fetched.validators), editions=editions, whole_at=now)
    kind = Kind(asking.place.kind)
    file = FeedFile(feed=asking.place.name, kind=kind, path=fetched.path)
    try:
        return take(asking.taking, file, kept=kept, source=url)
    finally:
        fetched.path.unlink(missing_ok=True)


def _earlier(cursor: str, edition: Validators) -> str:
    """Stand no later in the list of changes than the whole was written, with an hour to spare."""
    at = moment(cursor)
    try:
        made = parsedate_to_datetime(edition.last_modified) - timedelta(hours=1)
    except ValueError:
        return cursor
    return made.isoformat() if at and made.tzinfo and made < at else cursor


# -- the OSV bucket --------------------------------------------------------------------------


def _osv(asking: _Asking) -> Taken:
    """Take single changes where there are few, else, and once a day, the whole.

    A mirror without a list of changes is asked for the whole, if it changed, every time.
    """
    url = urljoin(asking.place.url, osv_bucket.CHANGES)
    whole_at = parsed(asking.mark.whole_at)
    raw, edition = asking.small(url, conditional=bool(asking.mark.cursor), missing_ok=True)
    if whole_at is None or asking.node.clock() - whole_at >= WHOLE_EVERY or not asking.mark.cursor:
        return _osv_whole(asking, raw, url, edition)
    if raw is None:
        return still(asking.taking, asking.empty, asking.mark)
    changed = osv_bucket.changed_since(raw, asking.mark.cursor, most=MOST_ONE_BY_ONE, place=url)
    if changed.more:
        return _osv_whole(asking, raw, url, edition)
    taken = asking.empty
    editions = {**asking.mark.editions, url: _pair(edition)}
    kept = msgspec.structs.replace(asking.mark, cursor=changed.newest, editions=editions)
    take_records(asking.taking, taken, _one_by_one(asking, changed.ids), kept)
    return taken


def _osv_whole(asking: _Asking, raw: bytes | None, url: str, edition: Validators) -> Taken:
    """Take the whole; the cursor is that of the list read before, so that nothing is skipped."""
    cursor = asking.mark.cursor
    if raw is not None:
        cursor = osv_bucket.changed_since(raw, "", most=0, place=url).newest
    with_list = {**asking.mark.editions, url: _pair(edition)}
    mark = msgspec.structs.replace(asking.mark, cursor=cursor, editions=with_list)
    return _file(replace(asking, mark=mark), urljoin(asking.place.url, osv_bucket.WHOLE), cursor)


def _one_by_one(asking: _Asking, names: tuple[str, ...]) -> Iterator[Read | Withdrawn]:
    def fetched(name: str) -> Read | Withdrawn:
        url = osv_bucket.record_url(asking.place.url, name)
        raw, _edition = fetch_small(
            url, asking.way, most=LARGEST_RECORD, missing_ok=True, pause=asking.pause
        )
        if raw is None:
            return Withdrawn(name)
        read = read_osv(raw, feed=asking.place.name, name=name)
        if isinstance(read, Advisory) and read.id != name:
            return refused(name, f"its record calls itself {read.id[:80]}")
        return read

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for count, read in enumerate(pool.map(fetched, names), 1):
            asking.progress(count)
            yield read


# -- providers of CSAF -----------------------------------------------------------------------


def _csaf(asking: _Asking) -> Taken:
    """Take the documents a provider lists as changed since we last looked."""
    raw, _edition = asking.small(asking.place.url)
    provider = csaf_places.read_provider(raw or b"", url=asking.place.url)
    listed: dict[str, csaf_places.Listed] = {}
    editions = dict(asking.mark.editions)
    lists = [(url, csaf_places.read_rolie) for url in provider.rolie] or [
        (urljoin(url, csaf_places.CHANGES), csaf_places.read_changes)
        for url in provider.directories
    ]
    for url, read in lists:
        text, edition = asking.small(url, conditional=True)
        if text is not None:
            listed |= {each.url: each for each in read(text, url=url)}
            editions[url] = _pair(edition)
    since = moment(asking.mark.cursor) or datetime(1, 1, 1, tzinfo=UTC)
    changed = sorted(
        (each for each in listed.values() if each.updated >= since),
        key=lambda each: (each.updated, each.url),
    )
    if len(changed) > MOST_DOCUMENTS:  # the lists must come again, so their editions are not kept
        changed, editions = changed[:MOST_DOCUMENTS], dict(asking.mark.editions)
    cursor = changed[-1].updated if changed else since
    taken, again = asking.empty, list[datetime]()
    reads = list(_documents(asking, changed, again))
    if again:  # what did not hash as it should is asked for again, and what came after it too
        cursor, editions = min(again), dict(asking.mark.editions)
    kept = msgspec.structs.replace(asking.mark, cursor=cursor.isoformat(), editions=editions)
    take_records(asking.taking, taken, reads, kept)
    return taken


def _documents(
    asking: _Asking, listed: list[csaf_places.Listed], again: list[datetime]
) -> Iterator[Read]:
    def fetched(each: csaf_places.Listed) -> tuple[str, bytes | Refused]:
        name = each.url.rpartition("/")[2]
        raw, _edition = fetch_small(each.url, asking.way, missing_ok=True, pause=asking.pause)
        if raw is None:
            return name, refused(name, "is listed and not there")
        if each.hash_url:
            text, _edition = fetch_small(
                each.hash_url, asking.way, most=4_096, missing_ok=True, pause=asking.pause
            )
            if text is not None:
                said = csaf_places.read_hash(text, url=each.hash_url)
                if hashlib.sha256(raw).hexdigest() != said:
                    again.append(each.updated)
                    return name, refused(name, "does not hash to the SHA-256 beside it")
        return name, raw

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for count, (name, got) in enumerate(pool.map(fetched, listed), 1):
            asking.progress(count)
            if isinstance(got, Refused):
                yield got
            else:
                yield from csaf_reads(got, feed=asking.place.name, name=name)
                hear_trusted(asking.node, got, name=name, actor=asking.place.name)


def _pair(edition: Validators) -> tuple[str, str]:
    return edition.etag, edition.last_modified


def _plain(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:24]

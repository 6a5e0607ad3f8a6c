"""Take feeds into the advisory snapshot: one feed, one transaction, told record by record.

    taken = take(store, file, now=…)

The records of a feed and what is remembered of it are written together, so that a crash leaves the
feed as it was, and importing again ends where an undisturbed import would have. An unchanged file
is known by its digest and not read again. A whole that lacks far too many records is refused: half
an upload at the publisher must not close findings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import assert_never

import msgspec

from panshi.errors import BadInputError
from panshi.model.supply_chain.advisory import Advisory, Withdrawn
from panshi.node.supply_chain.feed_content import feed_content
from panshi.node.supply_chain.feed_marks import Mark, mark_of, put_mark, written
from panshi.observe.feeds.epss import read_epss
from panshi.observe.feeds.kev import read_kev
from panshi.observe.feeds.osv import read_osv, read_osv_yaml
from panshi.observe.feeds.packs import read_pack
from panshi.observe.feeds.records import CVE, FeedFile, Kind, Read, Refused, moment, refused
from panshi.observe.vex.reading import read_vex
from panshi.store.advisories import AdvisoryStore

EDITION = "1"
"Of the readers; a new one reads files again that are known by digest."
TOLD = 20
"Refusals kept with the mark and the seal; `--json` gives all of them."
MOST_REMOVED_SHARE = 0.1
FEW_REMOVED = 50
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_YAML = {".yaml", ".yml"}

type Progress = Callable[[int], None]


@dataclass(slots=True, kw_only=True)
class Taken:
    """What became of one feed."""

    feed: str
    kind: Kind
    source: str
    records: int = 0
    "Records it holds now."
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    newest: str = ""
    as_of: str = ""
    sha256: str = ""
    known: bool = False
    "The same file was taken before and was not read again."
    refused: list[Refused] = field(default_factory=list)
    unplaced: int = 0
    "Bounds and packages of its records that cannot be placed; they match as unknown."
    problem: str = ""
    "Why nothing was taken; empty where it was."

    @property
    def brought(self) -> int:
        """Records that are not as they were."""
        return self.new + self.changed + self.withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """How feeds are taken."""

    store: AdvisoryStore
    now: datetime
    via: str
    progress: Progress = lambda _count: None
    allow_removals: bool = False
    stale_after_hours: int = 0
    "0: what holds for feeds of its kind."


def take(taking: Taking, file: FeedFile, *, kept: Mark | None = None, source: str = "") -> Taken:
    """Take one feed from a file; `kept` is what to remember beside, such as its edition."""
    taken = Taken(feed=file.feed, kind=file.kind, source=source or str(file.path))
    before = mark_of(taking.store, file.feed)
    taken.sha256 = "" if file.members else _digest(file.path)
    if before and taken.sha256 and before.sha256 == f"{EDITION}:{taken.sha256}":
        taken.known, taken.records = True, before.records
        taken.newest, taken.unchanged = before.newest, before.records
        _remember(taking, taken, replace_mark(before, kept))
        return taken
    match file.kind:
        case Kind.OSV | Kind.OWN:
            _take_advisories(taking, file, taken, before, kept)
        case Kind.CSAF:
            take_records(taking, taken, _csaf_files(file.members), kept)
        case Kind.KEV:
            _take_kev(taking, file, taken, before, kept)
        case Kind.EPSS:
            _take_epss(taking, file, taken, kept)
        case _:
            assert_never(file.kind)
    return taken


def take_records(
    taking: Taking, taken: Taken, reads: Iterable[Read | Withdrawn], kept: Mark | None
) -> None:
    """Take single records of a feed: what it held before stays."""
    before = mark_of(taking.store, taken.feed)
    batch, newest = _gathered(taking, taken, reads)
    _apply(taking, taken, batch, kept, max(newest, _newest(before)), before)


def still(taking: Taking, taken: Taken, mark: Mark) -> Taken:
    """Remember that what we have of a feed holds now."""
    taken.known, taken.newest = True, mark.newest
    taken.records = taken.unchanged = mark.records
    taken.sha256 = mark.sha256.partition(":")[2]
    _remember(taking, taken, mark)
    return taken


def replace_mark(mark: Mark, kept: Mark | None) -> Mark:
    """Put what a sync learned of editions and cursors into a mark."""
    if kept is None:
        return mark
    return msgspec.structs.replace(
        mark, cursor=kept.cursor, editions=kept.editions, whole_at=kept.whole_at
    )


def _take_advisories(
    taking: Taking, file: FeedFile, taken: Taken, before: Mark | None, kept: Mark | None
) -> None:
    reads = (
        _members(file)
        if file.members
        else read_pack(file.path, feed=file.feed, progress=taking.progress)
    )
    batch, newest = _gathered(taking, taken, reads)
    if file.members:
        _apply(taking, taken, batch, kept, max(newest, _newest(before)), before)
        return
    gone = _gone(taking, taken, batch)
    _apply(taking, taken, [*batch, *gone], kept, newest, None)


def _gathered(
    taking: Taking, taken: Taken, reads: Iterable[Read | Withdrawn]
) -> tuple[list[Advisory | Withdrawn], datetime]:
    batch: list[Advisory | Withdrawn] = []
    newest = _FIRST
    for each in reads:
        if isinstance(each, Refused):
            taken.refused.append(each)
            continue
        batch.append(each)
        if isinstance(each, Advisory):
            # A time to come would keep the feed young for ever; some feeds state no time of change.
            for at in (moment(each.modified), moment(each.published)):
                if at and newest < at <= taking.now:
                    newest = at
    return batch, newest


def _gone(taking: Taking, taken: Taken, batch: list[Advisory | Withdrawn]) -> list[Withdrawn]:
    """Give the records a whole no longer holds; those of several ecosystems stay."""
    held = set(taking.store.ids(taken.feed))
    here = {each.id for each in batch} | {each.name for each in taken.refused}
    gone = [
        Withdrawn(name) for name in sorted(held - here) if _is_only_of(taking, name, taken.feed)
    ]
    if len(gone) > max(FEW_REMOVED, MOST_REMOVED_SHARE * len(held)) and not taking.allow_removals:
        raise BadInputError(
            f"lacks {len(gone):,} of {len(held):,} records it had before",
            place=taken.source,
            remedy="if its publisher really took them back, import it with --allow-removals",
        )
    return gone


def _is_only_of(taking: Taking, name: str, feed: str) -> bool:
    advisory = taking.store.advisory(name)
    ecosystem = feed.partition("/")[2]
    return advisory is not None and all(
        each.ecosystem.partition(":")[0] == ecosystem for each in advisory.affected
    )


def _apply(
    taking: Taking,
    taken: Taken,
    batch: list[Advisory | Withdrawn],
    kept: Mark | None,
    newest: datetime,
    before: Mark | None,
) -> None:
    if newest > _FIRST:
        taken.newest = written(newest)

    def work() -> None:
        applied = taking.store.apply(batch, feed=taken.feed, at=taking.now)
        taken.new, taken.changed = applied.new, applied.changed
        taken.unchanged, taken.withdrawn = applied.unchanged, applied.withdrawn
        taken.unplaced = len(applied.defects)
        taken.records = (
            sum(isinstance(each, Advisory) for each in batch)
            if before is None
            else max(before.records + applied.new - applied.withdrawn, 0)
        )
        _remember(taking, taken, kept)

    taking.store.together(work)


def _take_kev(
    taking: Taking, file: FeedFile, taken: Taken, before: Mark | None, kept: Mark | None
) -> None:
    catalogue = read_kev(file.path)
    taken.refused += catalogue.refused
    if before and written(catalogue.released) < before.newest:
        raise BadInputError(
            f"was released at {written(catalogue.released)}, before the one at hand",
            place=taken.source,
            remedy="bring the newest catalogue",
        )
    taken.newest = written(min(catalogue.released, taking.now))
    names = (each.name for each in catalogue.refused if CVE.fullmatch(each.name))
    left = (taking.store.kev(name) for name in names)
    entries = [*catalogue.entries, *(each for each in left if each is not None)]
    taken.records = len(entries)

    def work() -> None:
        taken.changed = taking.store.put_kev(entries, taking.now)
        taken.unchanged = max(len(entries) - taken.changed, 0)
        _remember(taking, taken, kept)

    taking.store.together(work)


def _take_epss(taking: Taking, file: FeedFile, taken: Taken, kept: Mark | None) -> None:
    day = read_epss(file.path)
    taken.refused += day.refused
    scored = datetime.combine(day.scored, time(), UTC)
    before = mark_of(taking.store, taken.feed)
    if before and written(scored) < before.newest:
        raise BadInputError(
            f"holds the scores of {day.scored}, before those at hand",
            place=taken.source,
            remedy="bring the newest scores",
        )
    taken.newest = written(min(scored, taking.now))
    left = [
        (each.name, held.score, held.percentile)
        for each in day.refused
        if CVE.fullmatch(each.name) and (held := taking.store.epss(each.name)) is not None
    ]
    known = {name for name, _score, _percentile in day.scores}
    scores = [*day.scores, *(each for each in left if each[0] not in known)]
    taken.records = len(scores)

    def work() -> None:
        taken.changed = taking.store.put_epss(scores, day.scored, taking.now)
        taken.unchanged = max(len(scores) - taken.changed, 0)
        _remember(taking, taken, kept)

    taking.store.together(work)


def _remember(taking: Taking, taken: Taken, kept: Mark | None) -> None:
    """Keep the mark; a sync knows that what it fetched holds now, a file only what it says."""
    before = mark_of(taking.store, taken.feed)
    content = feed_content().kinds[taken.kind]
    asked = taking.via in {"sync", "own"} and taken.kind is not Kind.EPSS  # scores are of a day
    as_of = written(taking.now) if asked else taken.newest
    taken.as_of = max(as_of, before.as_of if before else "")
    mark = Mark(
        kind=taken.kind,
        source=taken.source,
        via=taking.via,
        newest=taken.newest,
        as_of=taken.as_of,
        brought_at=written(taking.now) if taken.brought or not before else before.brought_at,
        changed=taken.brought if taken.brought or not before else before.changed,
        records=taken.records,
        refused=before.refused if taken.known and before else len(taken.refused),
        refusals=before.refusals if taken.known and before else tuple(told(taken.refused)),
        sha256=f"{EDITION}:{taken.sha256}" if taken.sha256 else "",
        stale_after_hours=taking.stale_after_hours or content.stale_after_hours,
        sealed_at=before.sealed_at if before else "",
    )
    put_mark(taking.store, taken.feed, replace_mark(mark, kept))


def told(refusals: list[Refused]) -> Iterator[str]:
    """Give the first refusals in words."""
    for each in refusals[:TOLD]:
        yield f"{each.name}: {each.problem}"


def csaf_reads(raw: bytes, *, feed: str, name: str) -> Iterator[Read]:
    """Give the advisories one CSAF document yields, or why it is refused."""
    try:
        document = read_vex(raw, name=name)
    except BadInputError as error:
        yield refused(name, error.problem)
        return
    if document.refused:
        yield refused(name, document.refused)
        return
    for each in document.advisories:
        yield each._replace(source=feed)


def _csaf_files(members: tuple[Path, ...]) -> Iterator[Read]:
    for path in members:
        try:
            raw = path.read_bytes()
        except OSError as error:
            yield refused(path.name, f"cannot be read: {error.strerror}")
            continue
        yield from csaf_reads(raw, feed=f"csaf/{path.parent.name}", name=path.name)


def _members(file: FeedFile) -> Iterator[Read]:
    for path in file.members:
        try:
            raw = path.read_bytes()
        except OSError as error:
            yield refused(path.name, f"cannot be read: {error.strerror}")
            continue
        read = read_osv_yaml if path.suffix in _YAML else read_osv
        yield read(raw, feed=file.feed, name=path.name)


def _newest(mark: Mark | None) -> datetime:
    return (moment(mark.newest) if mark else None) or _FIRST


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", place=str(path)) from error

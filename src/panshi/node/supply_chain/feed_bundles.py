"""Feeds across an air gap: write a signed bundle here, take it there, in order and without gaps.

    made = write(node, Path("feeds.bundle"), since=20_000, actor=…)
    receive(node, Path("feeds.bundle"), (key,), actor=…)

The node that writes has the network; its journal of changes gives what a delta holds. The node that
takes remembers how far it is in that journal: what begins later would leave a gap, what ends
earlier was there before or is a step back; both are refused. A bundle is taken in one transaction.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import msgspec

from panshi.errors import BadInputError, IntegrityError, UsageError
from panshi.evidence.checkpoint import VerifierKey
from panshi.model.supply_chain.advisory import Advisory, KnownExploited, Withdrawn
from panshi.node.node import Node
from panshi.node.supply_chain.feed_marks import Mark, mark_of, marks_of, parsed, put_mark, written
from panshi.node.supply_chain.feed_reading import Taken
from panshi.node.supply_chain.feeds import advisories, seal
from panshi.observe.feeds.bundle import BundleHead, read_head, read_lines, write_bundle
from panshi.observe.feeds.records import Kind
from panshi.store.advisories import AdvisoryStore
from panshi.store.advisory_snapshot import Snapshot

_OUT, _IN = ".bundle-out", ".bundle-in:"
_SCORES_A_LINE = 5_000
_CHANGES_A_READ = 10_000


class _Received(msgspec.Struct, frozen=True, kw_only=True):
    """How far we are in another node's journal."""

    stream: str
    upto: int
    made_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A bundle that was written."""

    path: str
    since: int
    upto: int
    "The next delta begins here."
    advisories: int
    withdrawn: int
    size: int
    key: str
    "With which the other node checks it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A bundle that was taken."""

    origin: str
    since: int
    upto: int
    made_at: str
    feeds: tuple[Taken, ...]


# -- writing ---------------------------------------------------------------------------------


def write(node: Node, path: Path, *, since: int, actor: str) -> Written:
    """Write what changed behind a line of the journal; 0 writes everything."""
    counts = {"advisories": 0, "withdrawn": 0}
    with advisories(node) as store:
        stream = _stream(store)
        with store.reading() as snapshot:
            upto = snapshot.sequence()
            if not 0 <= since <= upto:
                raise UsageError(
                    f"the journal ends at {upto:,}", remedy="name a line of it, or 0 for everything"
                )
            marks = {name: mark for name, mark in marks_of(store).items() if mark.kind != Kind.OWN}

            def head(size: int, sha256: bytes) -> BundleHead:
                return BundleHead(
                    origin=node.signer.origin,
                    stream=stream,
                    since=since,
                    upto=upto,
                    made_at=node.clock().isoformat(timespec="seconds"),
                    size=size,
                    sha256=sha256,
                )

            made = write_bundle(path, _lines(snapshot, since, marks, counts), head, node.signer)
    node.audit(actor, "feed.bundle", path.name, detail=f"{since} to {upto}")
    return Written(
        path=str(path),
        since=since,
        upto=upto,
        advisories=counts["advisories"],
        withdrawn=counts["withdrawn"],
        size=made.size,
        key=str(node.signer.key),
    )


def _stream(store: AdvisoryStore) -> str:
    """Name this journal; the name goes with it when the snapshot is built anew."""
    held = store.feed_state(_OUT)
    if held is None:
        store.put_feed_state(_OUT, {"stream": os.urandom(16).hex()})
        held = store.feed_state(_OUT) or {}
    return str(held["stream"])


def _lines(
    snapshot: Snapshot, since: int, marks: dict[str, Mark], counts: dict[str, int]
) -> Iterator[object]:
    for name in _changed(snapshot, since):
        advisory = snapshot.advisory(name)
        if advisory is None:
            counts["withdrawn"] += 1
            yield ["gone", name]
        elif advisory.source in marks:
            counts["advisories"] += 1
            yield ["advisory", advisory]
    yield ["kev", list(snapshot.exploited())]
    day = snapshot.epss_day()
    if day is not None:
        rows: list[tuple[str, float, float]] = []
        for each in snapshot.estimates():
            rows.append(each)
            if len(rows) == _SCORES_A_LINE:
                yield ["epss", day, rows]
                rows = []
        yield ["epss", day, rows]
    for name, mark in marks.items():
        yield ["feed", name, mark]
    yield ["end", counts["advisories"], counts["withdrawn"]]


def _changed(snapshot: Snapshot, since: int) -> Iterable[str]:
    if since == 0:
        return list(snapshot.ids())
    found: dict[str, None] = {}
    while lines := snapshot.changes(since, _CHANGES_A_READ):
        found |= {each.id: None for each in lines if each.kind == "advisory"}
        since = lines[-1].sequence
    return found


# -- receiving -------------------------------------------------------------------------------


@dataclass(slots=True)
class _Content:
    """Everything a bundle holds, decoded."""

    advisories: list[Advisory] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    kev: list[KnownExploited] = field(default_factory=list)
    epss: list[tuple[str, float, float]] = field(default_factory=list)
    day: date | None = None
    marks: dict[str, Mark] = field(default_factory=dict)
    ended: bool = False


def receive(node: Node, path: Path, keys: Iterable[VerifierKey], *, actor: str) -> Received:
    """Check a bundle whole, then take it whole."""
    head = read_head(path, keys)
    with advisories(node) as store:
        _refuse_out_of_order(store, head, str(path))
        content = _decoded(path)
        now = node.clock()
        feeds = store.together(lambda: _taken(store, head, content, now))
        for each in feeds:
            seal(node, store, each, via="bundle", actor=actor)
    node.audit(actor, "feed.receive", head.origin, detail=f"{head.since} to {head.upto}")
    node.checkpoint()
    return Received(
        origin=head.origin,
        since=head.since,
        upto=head.upto,
        made_at=head.made_at,
        feeds=tuple(feeds),
    )


def position(node: Node, origin: str) -> int:
    """Give how far we are in another node's journal."""
    with advisories(node) as store:
        held = store.feed_state(f"{_IN}{origin}")
    return 0 if held is None else msgspec.convert(held, _Received).upto


def _refuse_out_of_order(store: AdvisoryStore, head: BundleHead, place: str) -> None:
    raw = store.feed_state(f"{_IN}{head.origin}")
    held = None if raw is None else msgspec.convert(raw, _Received)
    if held is None or held.stream != head.stream:
        if head.since:
            raise IntegrityError(
                "is a delta of a journal we do not follow",
                place=place,
                remedy="receive a snapshot first: `panshi feeds bundle` without --since",
            )
        if held is not None and head.made_at <= held.made_at:
            raise IntegrityError(
                f"was written at {head.made_at}, before what was received",
                place=place,
                remedy="bring a newer snapshot",
            )
        return
    if head.upto <= held.upto:
        raise IntegrityError(
            f"ends at line {head.upto:,}; we are at {held.upto:,} already",
            place=place,
            remedy="it was received before, or would be a step back; bring a newer one",
        )
    if head.since > held.upto:
        raise IntegrityError(
            f"begins at line {head.since:,}; we are at {held.upto:,}",
            place=place,
            remedy=f"bring one with --since {held.upto} or less",
        )


def _decoded(path: Path) -> _Content:
    """Decode all of it before anything is taken."""
    content = _Content()
    try:
        for line in read_lines(path):
            if content.ended or not line:
                raise BadInputError("goes on behind its end", place=str(path))
            _line(content, msgspec.json.decode(line[0], type=str), line[1:])
    except (msgspec.MsgspecError, IndexError, ValueError) as error:
        raise BadInputError(
            f"holds what is none of its records: {error}", place=str(path)
        ) from error
    if not content.ended:
        raise BadInputError("ends before its end", place=str(path))
    return content


def _line(content: _Content, kind: str, rest: list[msgspec.Raw]) -> None:
    match kind:
        case "advisory":
            content.advisories.append(msgspec.json.decode(rest[0], type=Advisory))
        case "gone":
            content.gone.append(msgspec.json.decode(rest[0], type=str))
        case "kev":
            content.kev += msgspec.json.decode(rest[0], type=list[KnownExploited])
        case "epss":
            content.day = msgspec.json.decode(rest[0], type=date)
            content.epss += msgspec.json.decode(rest[1], type=list[tuple[str, float, float]])
        case "feed":
            name = msgspec.json.decode(rest[0], type=str)
            content.marks[name] = msgspec.json.decode(rest[1], type=Mark)
        case "end":
            counts = [msgspec.json.decode(each, type=int) for each in rest]
            content.ended = counts == [len(content.advisories), len(content.gone)]
        case _:
            raise ValueError(f"a record of the unknown kind {kind[:40]!r}")


def _taken(store: AdvisoryStore, head: BundleHead, content: _Content, now: datetime) -> list[Taken]:
    gone = list(content.gone)
    if head.since == 0:
        here = {each.id for each in content.advisories}
        gone += [name for feed in content.marks for name in store.ids(feed) if name not in here]
    batches: dict[str, list[Advisory | Withdrawn]] = {name: [] for name in content.marks}
    for each in content.advisories:
        batches.setdefault(each.source, []).append(each)
    for name in gone:
        held = store.advisory(name)
        if held is not None:
            batches.setdefault(held.source, []).append(Withdrawn(name))
    feeds = []
    for name, mark in content.marks.items():
        taken = Taken(
            feed=name,
            kind=Kind(mark.kind),
            source=f"{head.origin} {head.since}-{head.upto}",
            records=mark.records,
            newest=mark.newest,
            sha256=mark.sha256.partition(":")[2],
        )
        match taken.kind:
            case Kind.KEV:
                taken.changed = store.put_kev(content.kev, now)
            case Kind.EPSS if content.day is not None:
                taken.changed = store.put_epss(content.epss, content.day, now)
            case _:
                applied = store.apply(batches[name], feed=name, at=now)
                taken.new, taken.changed = applied.new, applied.changed
                taken.withdrawn, taken.unplaced = applied.withdrawn, len(applied.defects)
        taken.unchanged = max(taken.records - taken.new - taken.changed, 0)
        _remember(store, taken, mark, now)
        feeds.append(taken)
    state = _Received(stream=head.stream, upto=head.upto, made_at=head.made_at)
    store.put_feed_state(f"{_IN}{head.origin}", msgspec.to_builtins(state))
    return feeds


def _remember(store: AdvisoryStore, taken: Taken, mark: Mark, now: datetime) -> None:
    before = mark_of(store, taken.feed)
    known = parsed(mark.as_of)
    put_mark(
        store,
        taken.feed,
        msgspec.structs.replace(
            mark,
            via="bundle",
            source=taken.source,
            as_of=written(min(known, now)) if known else "",
            brought_at=written(now) if taken.brought or before is None else before.brought_at,
            changed=taken.brought if taken.brought or before is None else before.changed,
            cursor="",
            editions={},
            whole_at="",
            sealed_at=before.sealed_at if before else "",
        ),
    )

"""Pages of STIX objects: a few range scans, merged; nothing is parsed on the way out.

What a reader may see is a set of shelves. On each, the newest version that lies there stands
apart, so that the usual question (the last version of everything, from here on) reads what it
answers with and nothing else. A version that is newest on one shelf and superseded on another the
same reader sees is left out when the page is put together.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import batched

from panshi.store.stix_objects.adding import BATCH, held_of, key_of, places_of
from panshi.store.stix_objects.database import Connection, Row

FIRST, LAST, ALL = "first", "last", "all"
MAX_ROUNDS = 200
"After so many pages looked through, what was found is given, with a cursor to go on."
MAX_RANGES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one request asks for."""

    after: int = 0
    "Only what was added after this moment, in microseconds since 1970."
    limit: int = 1_000
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    versions: tuple[int | str, ...] = (LAST,)
    "Moments in microseconds, `first`, `last`, `all`."
    bodies: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One version of one object."""

    seq: int
    "When it was added, in microseconds since 1970."
    id: str
    version: int
    owner: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Objects in the order they were added."""

    objects: tuple[Kept, ...] = ()
    more: bool = False
    next: int = 0
    "Where the following page begins."


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How much lies on one shelf."""

    objects: int = 0
    "Each once, whatever its versions."
    newest: int = 0
    "When the last version was added, in microseconds since 1970; 0 where nothing was."


def holding(within: Connection, collection: str, shelf: str) -> Holding:
    """Count what lies on one shelf of a collection."""
    number = _known(within, "collection", "id", collection)
    place = places_of(within, number, {shelf}).get(shelf) if number else None
    if place is None:
        return Holding()
    ((objects,),) = within.rows(
        "SELECT count(*) FROM shelved WHERE place = ? AND last = 1", (place,)
    )
    ends = (
        within.rows("SELECT max(seq) FROM shelved WHERE place = ? AND last = ?", (place, last))
        for last in (0, 1)
    )
    return Holding(objects=int(objects), newest=max(int(rows[0][0] or 0) for rows in ends))


def page(within: Connection, collection: str, shelves: Collection[str], wanted: Wanted) -> Page:
    """Give one page of what lies on any of the shelves."""
    number = _known(within, "collection", "id", collection)
    if not number:
        return Page()
    places = sorted(places_of(within, number, shelves).values())
    found = (
        _of_ids(within, number, places, wanted)
        if wanted.ids
        else _scanned(within, number, places, wanted)
    )
    kept = tuple(found[: wanted.limit])
    more = len(found) > wanted.limit
    return Page(objects=kept, more=more, next=kept[-1].seq if kept else wanted.after)


def _scanned(within: Connection, number: int, places: Sequence[int], wanted: Wanted) -> list[Kept]:
    """Walk the shelves from the cursor on until the page is full and one more is known."""
    kinds = _kinds(within, wanted.types)
    if wanted.types and not kinds:
        return []
    only_last = set(wanted.versions) == {LAST}
    ranges = [
        (place, last, kind)
        for place in places
        for last in ((1,) if only_last else (0, 1))
        for kind in kinds or (None,)
    ][:MAX_RANGES]
    found: list[Kept] = []
    after, many = wanted.after, wanted.limit + 1
    for _round in range(MAX_ROUNDS):
        seqs = _merged(within, ranges, after, many)
        found.extend(_fitting(within, number, places, _rows(within, seqs, wanted), wanted))
        if len(seqs) < many or len(found) > wanted.limit:
            break
        after = seqs[-1]
    return found


def _merged(
    within: Connection, ranges: Sequence[tuple[int, int, int | None]], after: int, many: int
) -> list[int]:
    """Give the next moments over all ranges, each once."""
    each_range = []
    for place, last, kind in ranges:
        of_kind = "" if kind is None else " AND kind = ?"
        rows = within.rows(
            f"SELECT seq FROM shelved WHERE place = ? AND last = ?{of_kind} AND seq > ?"  # noqa: S608 -- fixed text
            " ORDER BY seq LIMIT ?",
            (place, last, *(() if kind is None else (kind,)), after, many),
        )
        each_range.append([row[0] for row in rows])
    if len(each_range) == 1:
        return each_range[0]
    merged: list[int] = []
    for seq in heapq.merge(*each_range):
        if merged and merged[-1] == seq:
            continue
        if len(merged) == many:
            break
        merged.append(seq)
    return merged


def _rows(within: Connection, seqs: Sequence[int], wanted: Wanted) -> list[Row]:
    body = "body" if wanted.bodies else "NULL"
    found: list[Row] = []
    for part in batched(seqs, 2 * BATCH):
        marks = ", ".join("?" * len(part))
        found += within.rows(
            f"SELECT seq, id, version, owner, {body}, superseded, first FROM object"  # noqa: S608 -- marks only
            f" WHERE seq IN ({marks}) ORDER BY seq",
            part,
        )
    return found


def _fitting(
    within: Connection, number: int, places: Sequence[int], rows: Sequence[Row], wanted: Wanted
) -> list[Kept]:
    """Leave out versions that were not asked for."""
    found = []
    versions = set(wanted.versions)
    for seq, object_id, version, owner, body, superseded, first in rows:
        if ALL in versions or version in versions or (FIRST in versions and first):
            fits = True
        else:
            fits = LAST in versions and not (
                superseded and _newer(within, number, places, object_id, version)
            )
        if fits:
            found.append(_kept(seq, object_id, version, owner, body))
    return found


def _newer(
    within: Connection, number: int, places: Sequence[int], object_id: str, version: int
) -> bool:
    """Whether the reader sees a later version of the same object."""
    key = key_of(object_id)
    return any(
        each.version > version and not set(places).isdisjoint(each.places)
        for each in held_of(within, number, {key}).get(key, ())
    )


def _of_ids(within: Connection, number: int, places: Sequence[int], wanted: Wanted) -> list[Kept]:
    """Look objects up by id; what is last is decided among what the reader sees."""
    kinds = set(_kinds(within, wanted.types))
    picked: list[int] = []
    seen = set(places)
    keys = {key_of(each) for each in wanted.ids}
    for versions in held_of(within, number, keys).values():
        shown = [
            each
            for each in versions
            if not seen.isdisjoint(each.places) and (not wanted.types or each.kind in kinds)
        ]
        if not shown:
            continue
        ends = {
            FIRST: min(each.version for each in shown),
            LAST: max(each.version for each in shown),
        }
        asked = {ends.get(str(each), each) for each in wanted.versions}
        picked += [
            each.seq
            for each in shown
            if (ALL in asked or each.version in asked) and each.seq > wanted.after
        ]
    rows = _rows(within, sorted(picked)[: wanted.limit + 1], wanted)
    return [_kept(*row[:5]) for row in rows]


def _kept(seq: int, object_id: str, version: int, owner: str, body: object) -> Kept:
    return Kept(
        seq=seq,
        id=object_id,
        version=version,
        owner=owner,
        body=body if isinstance(body, bytes) else b"",
    )


def _kinds(within: Connection, types: Sequence[str]) -> list[int]:
    found = (_known(within, "kind", "name", each) for each in dict.fromkeys(types))
    return [each for each in found if each]


def _known(within: Connection, table: str, column: str, name: str) -> int:
    rows = within.rows(f"SELECT number FROM {table} WHERE {column} = ?", (name,))  # noqa: S608 -- our names
    return int(rows[0][0]) if rows else 0

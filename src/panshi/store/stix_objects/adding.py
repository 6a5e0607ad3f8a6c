"""Adding and removing STIX objects: one transaction, an answer for each object.

An id belongs in a collection to whoever sent it first; only they and the hub's staff add versions
of it. Observables carry no version and the same id for the same thing, so anybody may send one:
the same bytes are put on the new sender's shelves too, other bytes are a version of their own,
known by the moment they came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import batched

from panshi.model.alliance.intelligence import ObjectHead, Outcome
from panshi.store.stix_objects.database import Connection

BATCH = 500
"Keys looked up at once."
STAFF_OWNER = ""
"Owner of what the hub's staff sent."


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One object to be added."""

    head: ObjectHead
    body: bytes
    shelves: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of it."""

    id: str
    version: int
    "Microseconds since 1970."
    outcome: Outcome
    message: str = ""
    new: bool = False


@dataclass(slots=True, kw_only=True)
class Held:
    """One version that lies here."""

    seq: int
    version: int
    owner: str
    digest: bytes
    places: list[int]
    superseded: int = 0
    first: int = 1
    kind: int = 0


@dataclass(slots=True, kw_only=True)
class _Write:
    objects: list[tuple[object, ...]] = field(default_factory=list)
    shelved: list[tuple[int, int, int, int]] = field(default_factory=list)
    several: set[bytes] = field(default_factory=set)
    "Keys of which more than one version lies here now."


def key_of(object_id: str) -> bytes:
    """Give the key an id is found by."""
    return hashlib.blake2b(object_id.encode(), digest_size=16).digest()


def add(
    to: Connection, collection: str, incoming: Sequence[Incoming], owner: str, now: int
) -> tuple[Added, ...]:
    """Add objects; `now` is in microseconds since 1970."""
    number = _number(to, "collection", "id", collection)
    places = places_of(to, number, {name for each in incoming for name in each.shelves}, make=True)
    names = {each.head.type for each in incoming}
    kinds = {name: _number(to, "kind", "name", name) for name in names}
    held = held_of(to, number, {key_of(each.head.id) for each in incoming})
    seq = max(int(to.rows("SELECT seq FROM head")[0][0]), now - 1)
    write, found = _Write(), []
    for each in incoming:
        seq += 1
        key = key_of(each.head.id)
        versions = held.setdefault(key, [])
        made = _take(each, versions, owner, seq)
        found.append(made)
        if not made.new:
            _widen(to, each, versions, [places[name] for name in each.shelves], made)
            continue
        kind = kinds[each.head.type]
        here = [places[name] for name in sorted(each.shelves)]
        versions.append(
            Held(
                seq=seq, version=made.version, owner=owner, digest=_digest(each), places=here,
                kind=kind,
            )
        )  # fmt: skip
        write.objects.append(
            (seq, number, key, made.version, kind, 0, 1, owner, _digest(each),
             " ".join(map(str, here)), each.head.id, each.body)
        )  # fmt: skip
        write.shelved.extend((place, 1, seq, kind) for place in here)
        if len(versions) > 1:
            write.several.add(key)
    _written(to, write)
    for key in write.several:
        settle(to, held[key])
    to.run("UPDATE head SET seq = ?", (seq,))
    return tuple(found)


def _take(each: Incoming, versions: list[Held], owner: str, seq: int) -> Added:
    """Decide on one object; it changes nothing yet."""
    told = each.head.version
    version = seq if told is None else round(told.timestamp() * 1_000_000)
    if told is None:
        same = next((it for it in versions if it.digest == _digest(each)), None)
        version = same.version if same else version
    elif owner not in {STAFF_OWNER, *(it.owner for it in versions[:1])} and versions:
        return Added(
            id=each.head.id,
            version=version,
            outcome=Outcome.FAILURE,
            message="another sender's id: ask it or the hub's staff for a new version",
        )
    else:
        same = next((it for it in versions if it.version == version), None)
    return Added(
        id=each.head.id,
        version=version,
        outcome=Outcome.SUCCESS,
        message="already held" if same else "",
        new=same is None,
    )


def _widen(
    to: Connection, each: Incoming, versions: list[Held], places: list[int], made: Added
) -> None:
    """Put an observable that lies here on its new sender's shelves too."""
    if each.head.version is not None or made.outcome is not Outcome.SUCCESS:
        return
    held = next(it for it in versions if it.version == made.version)
    more = [place for place in places if place not in held.places]
    if not more:
        return
    held.places.extend(more)
    last = 0 if held.superseded else 1
    to.run_each(
        "INSERT INTO shelved (place, last, seq, kind) VALUES (?, ?, ?, ?)",
        [(place, last, held.seq, held.kind) for place in more],
    )
    to.run(
        "UPDATE object SET places = ? WHERE seq = ?",
        (" ".join(map(str, held.places)), held.seq),
    )


def _digest(each: Incoming) -> bytes:
    return bytes.fromhex(each.head.digest)[:16]


def _written(to: Connection, write: _Write) -> None:
    marks = ", ".join("?" * 12)
    to.run_each(f"INSERT INTO object VALUES ({marks})", write.objects)  # noqa: S608 -- marks only
    to.run_each("INSERT INTO shelved (place, last, seq, kind) VALUES (?, ?, ?, ?)", write.shelved)


def settle(to: Connection, versions: Sequence[Held]) -> None:
    """Set right which of several versions is first, superseded, and last on each shelf."""
    newest: dict[int, int] = {}
    for each in versions:
        for place in each.places:
            newest[place] = max(newest.get(place, each.version), each.version)
    top = max(each.version for each in versions)
    bottom = min(each.version for each in versions)
    for each in versions:
        each.superseded, each.first = int(each.version < top), int(each.version == bottom)
        for place in each.places:
            last = int(newest[place] == each.version)
            to.run(
                "UPDATE shelved SET last = ? WHERE place = ? AND last = ? AND seq = ?",
                (last, place, 1 - last, each.seq),
            )
    to.run_each(
        "UPDATE object SET superseded = ?, first = ? WHERE seq = ?",
        [(each.superseded, each.first, each.seq) for each in versions],
    )


def remove(to: Connection, collection: str, object_id: str, gone: Collection[int]) -> None:
    """Remove versions of one object, by the moments they were added."""
    number = _number(to, "collection", "id", collection)
    key = key_of(object_id)
    versions = held_of(to, number, {key}).get(key, [])
    for each in versions:
        if each.seq in gone:
            to.run("DELETE FROM object WHERE seq = ?", (each.seq,))
            to.run_each(
                "DELETE FROM shelved WHERE place = ? AND last = ? AND seq = ?",
                [(place, last, each.seq) for place in each.places for last in (0, 1)],
            )
    rest = [each for each in versions if each.seq not in gone]
    if rest:
        settle(to, rest)


def held_of(within: Connection, number: int, keys: Collection[bytes]) -> dict[bytes, list[Held]]:
    """Give what lies under keys, each with its versions in the order they came."""
    found: dict[bytes, list[Held]] = {}
    for part in batched(sorted(keys), BATCH):
        marks = ", ".join("?" * len(part))
        rows = within.rows(
            "SELECT key, seq, version, owner, digest, places, superseded, first, kind FROM object"  # noqa: S608 -- marks only
            f" WHERE collection = ? AND key IN ({marks}) ORDER BY seq",
            (number, *part),
        )
        for key, seq, version, owner, digest, places, superseded, first, kind in rows:
            found.setdefault(bytes(key), []).append(
                Held(
                    seq=seq,
                    version=version,
                    owner=owner,
                    digest=bytes(digest),
                    places=[int(each) for each in places.split()],
                    superseded=superseded,
                    first=first,
                    kind=kind,
                )
            )
    return found


def places_of(
    within: Connection, number: int, shelves: Collection[str], *, make: bool = False
) -> dict[str, int]:
    """Give the places that shelves of a collection have; new ones where they are to be made."""
    found: dict[str, int] = {}
    for part in batched(sorted(shelves), BATCH):
        marks = ", ".join("?" * len(part))
        rows = within.rows(
            f"SELECT shelf, number FROM place WHERE collection = ? AND shelf IN ({marks})",  # noqa: S608 -- marks only
            (number, *part),
        )
        found |= dict(rows)
    if make:
        following = int(within.rows("SELECT coalesce(max(number), 0) FROM place")[0][0])
        for shelf in sorted(set(shelves) - found.keys()):
            following += 1
            found[shelf] = following
            within.run("INSERT INTO place VALUES (?, ?, ?)", (following, number, shelf))
    return found


def _number(to: Connection, table: str, column: str, name: str) -> int:
    rows = to.rows(f"SELECT number FROM {table} WHERE {column} = ?", (name,))  # noqa: S608 -- our names
    if rows:
        return int(rows[0][0])
    number = int(to.rows(f"SELECT coalesce(max(number), 0) + 1 FROM {table}")[0][0])  # noqa: S608 -- our names
    to.run(f"INSERT INTO {table} VALUES (?, ?)", (number, name))  # noqa: S608 -- our names
    return number

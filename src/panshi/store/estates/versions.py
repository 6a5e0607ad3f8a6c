"""Versions of estates: committed whole, never changed, found by number or by moment.

`at` gives the estate as of a moment (design, section 3), that is the newest version whose
`as_of` is not after it and which was committed by then. A snapshot with problems is never
committed; one that says the same as the newest version is no new version.
"""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec

from panshi.errors import BadInputError, IntegrityError, UsageError
from panshi.evidence.log import Damage
from panshi.model.changes import ordered, problems
from panshi.model.estate import Estate
from panshi.store.estates.database import Connection, Database, Row
from panshi.store.estates.snapshot import (
    Packed,
    assets_of,
    checked,
    head_of,
    packed,
    relations_of,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DIGEST_BYTES = 32
IN_MEMORY = 6
"Versions kept decoded; they never change."
SHOWN_PROBLEMS = 5

_NOTE = "version, as_of, committed_at, committed_by, digest, assets, relations"
_WHOLE = f"{_NOTE}, head, asset_chunks, relation_chunks"


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateVersion:
    """What the history says of one version."""

    estate: str
    version: int
    as_of: datetime
    committed_at: datetime
    committed_by: str
    sha256: str
    "Over the canonical bytes; the same content has the same digest."
    assets: int
    relations: int


class EstateStore:
    """All estates of a node, every version of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._decoded: OrderedDict[tuple[str, int], Estate] = OrderedDict()

    @property
    def place(self) -> str:
        """How messages name the store."""
        return self._database.place

    def list(self) -> tuple[str, ...]:
        """Ids of the estates, sorted."""
        with self._database.reading() as connection:
            rows = connection.rows("SELECT DISTINCT estate FROM snapshot ORDER BY estate")
            return tuple(row[0] for row in rows)

    def head(self, estate_id: str) -> Estate | None:
        """Give the newest version."""
        return self._found("estate = ?", (estate_id,))

    def version(self, estate_id: str, number: int) -> Estate | None:
        """Give one version."""
        return self._found("estate = ? AND version = ?", (estate_id, number))

    def at(self, estate_id: str, moment: datetime) -> Estate | None:
        """Give the estate as of a moment, as it was known then; None before its first version."""
        micros = _micros(moment)
        return self._found(
            "estate = ? AND as_of <= ? AND committed_at <= ?", (estate_id, micros, micros)
        )

    def history(self, estate_id: str) -> tuple[EstateVersion, ...]:
        """Give what there is to say of each version, oldest first."""
        with self._database.reading() as connection:
            rows = connection.rows(
                f"SELECT {_NOTE} FROM snapshot WHERE estate = ? ORDER BY version",  # noqa: S608
                (estate_id,),
            )
            return tuple(_note(estate_id, row) for row in rows)

    def digest(self, estate_id: str, number: int) -> str:
        """Give the SHA-256 of a version, computed anew from its content.

        It is the one sealed in the evidence log, unless the version was altered since.
        """
        with self._database.reading() as connection:
            row = next(
                connection.rows(
                    f"SELECT {_WHOLE} FROM snapshot WHERE estate = ? AND version = ?",  # noqa: S608
                    (estate_id, number),
                ),
                None,
            )
            if row is None:
                raise UsageError(
                    f"estate {estate_id} has no version {number}", remedy="see its history"
                )
            return _rest(connection, row, self.place).digest.hex()

    def verify(self) -> tuple[Damage, ...]:
        """Re-read every version of every estate; give what is not as it was committed.

        That a version is the one that was sealed shows only beside the evidence log.
        """
        found: list[Damage] = []
        with self._database.reading() as connection:
            rows = connection.rows("SELECT estate, version FROM snapshot ORDER BY estate, version")
            last: dict[str, EstateVersion] = {}
            for estate_id, number in list(rows):
                row = next(
                    connection.rows(
                        f"SELECT {_WHOLE} FROM snapshot WHERE estate = ? AND version = ?",  # noqa: S608
                        (estate_id, number),
                    )
                )
                note = _note(estate_id, row)
                told = [
                    *_out_of_turn(note, last.get(estate_id)),
                    *_altered(connection, row, note),
                ]
                place = f"estate {estate_id} version {number}"
                found += [Damage(place=place, problem=each) for each in told]
                last[estate_id] = note
        return tuple(found)

    def commit(self, estate: Estate, *, by: str, at: datetime) -> Estate:
        """Make the snapshot the newest version and give it back with its number.

        Its own `version` does not count. What says the same as the newest version is not
        written; that version is given back.
        """
        _refuse_problems(estate)
        rest = packed(estate)
        with self._database.writing() as connection:
            before = next(
                connection.rows(
                    "SELECT version, as_of, digest FROM snapshot"
                    " WHERE estate = ? ORDER BY version DESC LIMIT 1",
                    (estate.id,),
                ),
                None,
            )
            if before is not None and bytes(before[2]) == rest.digest:
                number, fresh = int(before[0]), False
            else:
                _refuse_backdated(estate, before)
                number, fresh = (1 if before is None else int(before[0]) + 1), True
                _write(connection, estate, number, rest, by, at)
        if not fresh:
            return self.version(estate.id, number) or estate
        return self._keep(ordered(replace(estate, version=number)))

    def close(self) -> None:
        """Forget what is kept in memory and close connections."""
        with self._lock:
            self._decoded.clear()
        self._database.close()

    def _found(self, where: str, arguments: tuple[object, ...]) -> Estate | None:
        estate_id = str(arguments[0])
        with self._database.reading() as connection:
            row = next(
                connection.rows(
                    f"SELECT version FROM snapshot WHERE {where}"  # noqa: S608  (our SQL)
                    " ORDER BY version DESC LIMIT 1",
                    arguments,
                ),
                None,
            )
            if row is None:
                return None
            with self._lock:
                known = self._decoded.get((estate_id, row[0]))
            if known is not None:
                return known
            whole = next(
                connection.rows(
                    f"SELECT {_WHOLE} FROM snapshot WHERE estate = ? AND version = ?",  # noqa: S608
                    (estate_id, row[0]),
                )
            )
            estate = _read(connection, estate_id, whole, self.place)
        return self._keep(estate)

    def _keep(self, estate: Estate) -> Estate:
        with self._lock:
            self._decoded[estate.id, estate.version] = estate
            while len(self._decoded) > IN_MEMORY:
                self._decoded.popitem(last=False)
        return estate


def _refuse_problems(estate: Estate) -> None:
    found = problems(estate)
    if found:
        told = "; ".join(str(each) for each in found[:SHOWN_PROBLEMS])
        more = f"; and {len(found) - SHOWN_PROBLEMS} more" if len(found) > SHOWN_PROBLEMS else ""
        raise BadInputError(
            f"the estate has {len(found)} problems: {told}{more}",
            place=f"estate {estate.id}",
            remedy="nothing was written; repair them and commit again",
        )
    if estate.as_of.tzinfo is None:
        raise BadInputError("a time without zone", remedy="give times with an offset")


def _refuse_backdated(estate: Estate, before: Row | None) -> None:
    if before is not None and _micros(estate.as_of) <= before[1]:
        newest = _moment(before[1]).isoformat()
        raise UsageError(
            f"version {before[0]} of estate {estate.id} is as of {newest}, "
            f"not before {estate.as_of.isoformat()}",
            remedy="versions follow one another in time; give a later moment; nothing was written",
        )


def _write(
    connection: Connection, estate: Estate, number: int, rest: Packed, by: str, at: datetime
) -> None:
    asset_chunks, relation_chunks = _digests(rest.assets), _digests(rest.relations)
    chunks = dict(
        zip((*asset_chunks, *relation_chunks), (*rest.assets, *rest.relations), strict=True)
    )
    known = {bytes(row[0]) for row in connection.rows("SELECT digest FROM chunk")}
    connection.run_each(
        "INSERT INTO chunk (digest, content) VALUES (?, ?)",
        [
            (digest, zlib.compress(content))
            for digest, content in chunks.items()
            if digest not in known
        ],
    )
    connection.run_each(
        "INSERT INTO snapshot (estate, version, as_of, committed_at, committed_by, head, digest,"
        " assets, relations, asset_chunks, relation_chunks)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                estate.id,
                number,
                _micros(estate.as_of),
                _micros(at),
                by,
                rest.head,
                rest.digest,
                len(estate.assets),
                len(estate.relations),
                b"".join(asset_chunks),
                b"".join(relation_chunks),
            )
        ],
    )


def _read(connection: Connection, estate_id: str, row: Row, place: str) -> Estate:
    note = _note(estate_id, row)
    rest = _rest(connection, row, place)
    if rest.digest.hex() != note.sha256:
        raise IntegrityError(
            "a version is not what was committed",
            place=f"{place}, estate {estate_id} version {note.version}",
            remedy="restore the file from a copy",
        )
    name_zh, name_en, demo = head_of(rest.head)
    return Estate(
        id=estate_id,
        name_zh=name_zh,
        name_en=name_en,
        version=note.version,
        as_of=note.as_of,
        assets=assets_of(rest.assets),
        relations=relations_of(rest.relations),
        demo=demo,
    )


def _rest(connection: Connection, row: Row, place: str) -> Packed:
    """Content of a version, each chunk checked against its digest."""
    head, asset_digests, relation_digests = map(bytes, row[7:10])
    return Packed(
        head=head,
        assets=_contents(connection, asset_digests, place),
        relations=_contents(connection, relation_digests, place),
    )


def _out_of_turn(note: EstateVersion, before: EstateVersion | None) -> Iterator[str]:
    """Whether versions are missing before this one, or are later than it."""
    number = 0 if before is None else before.version
    if note.version != number + 1:
        yield f"it follows version {number}: versions between them are missing"
    if before is not None and note.as_of <= before.as_of:
        yield f"it is as of {note.as_of.isoformat()}, not after the version before it"


def _altered(connection: Connection, row: Row, note: EstateVersion) -> Iterator[str]:
    """Say what of a version is not as it was committed."""
    try:
        rest = _rest(connection, row, "the estates")
        if rest.digest.hex() != note.sha256:
            yield "its content is not what was committed"
        counts = (len(assets_of(rest.assets)), len(relations_of(rest.relations)))
        head_of(rest.head)
    except IntegrityError as error:
        yield f"{error.problem} ({error.place})"
    except (msgspec.MsgspecError, ValueError, KeyError) as error:
        yield f"its content cannot be read: {error}"
    else:
        if counts != (note.assets, note.relations):
            yield (
                f"it says it has {note.assets} assets and {note.relations} relations,"
                f" it has {counts[0]} and {counts[1]}"
            )


def _contents(connection: Connection, digests: bytes, place: str) -> tuple[bytes, ...]:
    found = []
    for start in range(0, len(digests), DIGEST_BYTES):
        digest = digests[start : start + DIGEST_BYTES]
        row = next(connection.rows("SELECT content FROM chunk WHERE digest = ?", (digest,)), None)
        found.append(checked(_inflated(row), digest, place))
    return tuple(found)


def _inflated(row: Row | None) -> bytes:
    """Content of a chunk; damage shows as a digest that does not fit."""
    try:
        return b"" if row is None else zlib.decompress(row[0])
    except zlib.error:
        return b""


def _digests(chunks: Sequence[bytes]) -> tuple[bytes, ...]:
    return tuple(sha256(chunk).digest() for chunk in chunks)


def _note(estate_id: str, row: Row) -> EstateVersion:
    version, as_of, committed_at, by, digest, assets, relations = row[:7]
    return EstateVersion(
        estate=estate_id,
        version=version,
        as_of=_moment(as_of),
        committed_at=_moment(committed_at),
        committed_by=by,
        sha256=bytes(digest).hex(),
        assets=assets,
        relations=relations,
    )


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def _moment(micros: int) -> datetime:
    return EPOCH + micros * MICROSECOND

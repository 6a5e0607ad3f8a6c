"""Appending: many observations become leaves, tiles and index rows in one transaction.

1. Write each body and digest the whole observation, to recognise what is known already.
2. With the writer's turn: give numbers to new names, leave out what is known, seal the rest.
3. Extend the Merkle tiles, move the newest of each series, and store size and root.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import msgspec

from panshi.errors import BadInputError
from panshi.evidence.codec import without_receipt
from panshi.evidence.log import Appended
from panshi.evidence.merkle import leaf_hash, root_of
from panshi.evidence.seal import NONCE_BYTES, checked_body, id_of, sealed_envelope
from panshi.evidence.tiles import TILE_WIDTH, TileReader, grown, unfinished
from panshi.model.observation import Observation, ObservationId, Outcome
from panshi.store.evidence_log.database import Connection, Database

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
OUTCOMES = {outcome: number for number, outcome in enumerate(Outcome)}
"Numbers of outcomes in the database, seen and absent first."
ID_BYTES = 16
DEDUPE_BYTES = 16
MAX_NAME_BYTES = 2_000
"Of subject, facet, kind and collector: what an index row of every database holds."

_json = msgspec.json.Encoder().encode

type Series = tuple[str, str, str]
"Subject, kind and facet."


@dataclass(frozen=True, slots=True)
class Prepared:
    """An observation with all that can be computed before it is known to be new."""

    observation: Observation
    body: bytes
    dedupe: bytes
    series: Series
    conclusive: int
    observed_at: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers by which names stand in the database."""

    series: Mapping[Series, int]
    kinds: Mapping[str, int]
    collectors: Mapping[str, int]


def append(
    database: Database,
    connection: Connection,
    observations: Sequence[Observation],
    received_at: datetime,
    secret: bytes,
) -> Appended:
    """Seal what is new among the observations, within the writer's transaction."""
    if received_at.tzinfo is None:
        raise BadInputError("a time without zone", remedy="give times with an offset")
    prepared = [_prepared(each, secret) for each in observations]
    numbers = _numbered(database, connection, prepared)
    seen = _known(database, connection, prepared, numbers)
    fresh: list[Prepared] = []
    for each in prepared:
        key = (numbers.series[each.series], each.observed_at, each.dedupe)
        if key not in seen:
            seen[key] = ObservationId("")
            fresh.append(each)
    if fresh:
        ids = _seal(database, connection, fresh, numbers, received_at)
        for each, made in zip(fresh, ids, strict=True):
            seen[numbers.series[each.series], each.observed_at, each.dedupe] = made
    return Appended(
        ids=tuple(
            seen[numbers.series[each.series], each.observed_at, each.dedupe] for each in prepared
        ),
        new=len(fresh),
        known=len(prepared) - len(fresh),
    )


def microseconds(moment: datetime) -> int:
    """Time as it stands in the database."""
    return (moment - EPOCH) // MICROSECOND


def tile_id(level: int, number: int) -> int:
    """Key of a tile."""
    return level << 48 | number


def tile_reader(connection: Connection) -> TileReader:
    """Reader of the stored Merkle tree."""

    def fetch(level: int, number: int) -> bytes:
        row = connection.one("SELECT hashes FROM tile WHERE id = ?", (tile_id(level, number),))
        return b"" if row is None else bytes(row[0])

    return TileReader(fetch)


def stored_size(connection: Connection) -> int:
    """Size of the log as this transaction sees it."""
    row = connection.one("SELECT size FROM head WHERE lone = 1")
    return 0 if row is None else int(row[0])


def _prepared(observation: Observation, secret: bytes) -> Prepared:
    body = checked_body(observation)
    series = (observation.subject, observation.kind, observation.facet)
    for name in (*series, observation.collector):
        if len(name) > MAX_NAME_BYTES // 4 and len(name.encode()) > MAX_NAME_BYTES:
            raise BadInputError(
                f"a name of more than {MAX_NAME_BYTES} bytes: {name[:60]}…",
                place=observation.subject[:60],
                remedy="shorten it where it comes from",
            )
        if "\0" in name:
            raise BadInputError(f"a name with a zero byte: {name[:60]!r}")
    try:
        whole = without_receipt(observation, body)
    except ValueError as error:
        raise BadInputError(
            f"an observation that is not valid text: {error}",
            place=observation.subject.encode(errors="replace").decode(),
        ) from error
    return Prepared(
        observation,
        body,
        blake2b(whole, key=secret, digest_size=DEDUPE_BYTES).digest(),
        series,
        int(observation.outcome.conclusive),
        microseconds(observation.observed_at),
    )


def _numbered(database: Database, connection: Connection, prepared: Sequence[Prepared]) -> Numbers:
    """Look up the numbers of all names and give numbers to new ones."""
    kinds = _named(database, connection, "kind", {each.series[1] for each in prepared})
    collectors = _named(
        database, connection, "collector", {each.observation.collector for each in prepared}
    )
    wanted = list(dict.fromkeys(each.series for each in prepared))
    asked = _json([(subject, kinds[kind], facet) for subject, kind, facet in wanted]).decode()
    table = database.unpacked("subject:s kind:i facet:s")
    found = {
        wanted[n]: number
        for n, number in connection.rows(
            f"SELECT g.n, s.id FROM {table} AS g CROSS JOIN series AS s"  # noqa: S608  (our SQL)
            " WHERE s.subject = g.subject AND s.kind = g.kind AND s.facet = g.facet",
            (asked,),
        )
    }
    missing = [each for each in wanted if each not in found]
    if missing:
        first = _next(connection, "series")
        found.update(zip(missing, range(first, first + len(missing)), strict=True))
        connection.insert(
            "series",
            "id:i subject:s kind:i facet:s",
            [(found[each], each[0], kinds[each[1]], each[2]) for each in missing],
        )
    return Numbers(found, kinds, collectors)


def _named(
    database: Database, connection: Connection, table: str, names: Iterable[str]
) -> dict[str, int]:
    """Numbers of names in a table of few names."""
    wanted = sorted(names)
    found: dict[str, int] = dict(
        connection.rows(
            f"SELECT t.name, t.id FROM {database.unpacked('name:s')} AS g"  # noqa: S608  (our SQL)
            f" CROSS JOIN {table} AS t WHERE t.name = g.name",
            (_json([(name,) for name in wanted]).decode(),),
        )
    )
    missing = [name for name in wanted if name not in found]
    if missing:
        first = _next(connection, table)
        found.update(zip(missing, range(first, first + len(missing)), strict=True))
        more, zero = (" observations:i", (0,)) if table == "kind" else ("", ())
        rows = [(found[name], name, *zero) for name in missing]
        connection.insert(table, "id:i name:s" + more, rows)
    return found


def _next(connection: Connection, table: str) -> int:
    row = connection.one(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")  # noqa: S608  (our names)
    return int(row[0]) if row else 1


def _known(
    database: Database, connection: Connection, prepared: Sequence[Prepared], numbers: Numbers
) -> dict[tuple[int, int, bytes], ObservationId]:
    """Observations of the same series and time that are in the log, by what tells them apart."""
    asked = [(numbers.series[each.series], each.conclusive, each.observed_at) for each in prepared]
    rows = connection.rows(
        "SELECT o.series, o.observed_at, coalesce(o.dedupe, e.digest), l.id"  # noqa: S608  (our SQL)
        f" FROM {database.unpacked('series:i conclusive:i observed_at:i')} AS g"
        " CROSS JOIN observation AS o LEFT JOIN erased AS e ON e.position = o.position"
        " CROSS JOIN leaf AS l WHERE o.series = g.series AND o.conclusive = g.conclusive"
        " AND o.observed_at = g.observed_at AND l.position = o.position"
        " AND coalesce(o.dedupe, e.digest) IS NOT NULL",
        (_json(list(dict.fromkeys(asked))).decode(),),
    )
    return {
        (series, observed_at, bytes(dedupe)): ObservationId(bytes(made).hex())
        for series, observed_at, dedupe, made in rows
    }


def _seal(
    database: Database,
    connection: Connection,
    fresh: Sequence[Prepared],
    numbers: Numbers,
    received_at: datetime,
) -> list[ObservationId]:
    size = stored_size(connection)
    received = microseconds(received_at)
    salt = os.urandom(NONCE_BYTES * len(fresh))
    hashes: list[bytes] = []
    leaves: list[tuple[object, ...]] = []
    rows: list[tuple[object, ...]] = []
    newest: dict[tuple[int, int], tuple[int, int, int]] = {}
    for at, each in enumerate(fresh):
        position = size + at
        seen = each.observation
        nonce = salt[at * NONCE_BYTES : (at + 1) * NONCE_BYTES]
        envelope = sealed_envelope(seen, received_at, each.body, nonce)
        leaf = leaf_hash(envelope)
        hashes.append(leaf)
        body = (each.body, nonce) if each.body else (None, None)
        leaves.append((position, leaf[:ID_BYTES], envelope, *body))
        series, kind = numbers.series[each.series], numbers.kinds[seen.kind]
        collector, outcome = numbers.collectors[seen.collector], OUTCOMES[seen.outcome]
        times = (each.observed_at, received)
        rows.append(
            (position, series, kind, collector, outcome, each.conclusive, *times, each.dedupe)
        )
        key = (series, each.conclusive)
        if key not in newest or newest[key][0] <= each.observed_at:
            newest[key] = (each.observed_at, position, kind)
    connection.insert("leaf", "position:i id:b envelope:b body:b nonce:b", leaves)
    connection.insert(
        "observation",
        "position:i series:i kind:i collector:i outcome:i conclusive:i"
        " observed_at:i received_at:i dedupe:b",
        rows,
    )
    _move_newest(database, connection, newest, received)
    _count(connection, rows)
    _grow(connection, size, hashes)
    return [id_of(leaf) for leaf in hashes]


def _move_newest(
    database: Database,
    connection: Connection,
    newest: Mapping[tuple[int, int], tuple[int, int, int]],
    received: int,
) -> None:
    """Keep the table of the newest observation of each series."""
    columns = "series:i conclusive:i kind:i observed_at:i received_at:i position:i"
    given = [
        (series, conclusive, kind, observed_at, received, position)
        for (series, conclusive), (observed_at, position, kind) in newest.items()
    ]
    connection.run(
        "INSERT INTO latest (series, conclusive, kind, observed_at, received_at, position)"  # noqa: S608  (our SQL)
        " SELECT series, conclusive, kind, observed_at, received_at, position"
        f" FROM {database.unpacked(columns)} AS g WHERE true"
        " ON CONFLICT (series, conclusive) DO UPDATE SET observed_at = excluded.observed_at,"
        " received_at = excluded.received_at, position = excluded.position"
        " WHERE excluded.observed_at >= latest.observed_at",
        (_json(given).decode(),),
    )


def _count(connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
    counts: dict[object, int] = {}
    for row in rows:
        counts[row[2]] = counts.get(row[2], 0) + 1
    connection.run_each(
        "UPDATE kind SET observations = observations + ? WHERE id = ?",
        [(count, kind) for kind, count in counts.items()],
    )


def _grow(connection: Connection, size: int, hashes: Sequence[bytes]) -> None:
    """Extend the Merkle tree and store its size and root."""
    reader = tile_reader(connection)
    last = {key: reader.fetch(*key)[: _held(size, key[0])] for key in unfinished(size)}
    connection.run_each(
        "INSERT INTO tile (id, hashes) VALUES (?, ?)"
        " ON CONFLICT (id) DO UPDATE SET hashes = excluded.hashes",
        [(tile_id(tile.level, tile.number), tile.hashes) for tile in grown(size, last, hashes)],
    )
    size += len(hashes)
    connection.run(
        "INSERT INTO head (lone, size, root) VALUES (1, ?, ?)"
        " ON CONFLICT (lone) DO UPDATE SET size = excluded.size, root = excluded.root",
        (size, root_of(size, tile_reader(connection).read)),
    )


def _held(size: int, level: int) -> int:
    """How many bytes the incomplete tile of a level holds."""
    return (size >> (8 * level)) % TILE_WIDTH * 32

"""Reading the log: one state of it, streamed, newest of each series or a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

import msgspec

from panshi.errors import BadInputError
from panshi.evidence.log import Filter
from panshi.evidence.seal import Leaf, unseal
from panshi.model.bodies import KINDS
from panshi.model.observation import ObservationId, Sealed
from panshi.store.evidence_log.append import ID_BYTES, OUTCOMES, microseconds
from panshi.store.evidence_log.database import Connection, Database, Row

MAX_SERIES_BY_INDEX = 2_000
"With more matching series than this a page is found faster by walking back from the newest."

LEAF = "SELECT position, envelope, body, nonce FROM leaf"
SELECT = "SELECT l.position, l.id, l.envelope, l.body FROM leaf AS l"

_json = msgspec.json.Encoder().encode


def read(row: Row) -> Sealed:
    """Observation in a row of `SELECT`."""
    position, made, envelope, body = row
    return unseal(position, ObservationId(made.hex()), envelope, body)


def id_bytes(observation_id: ObservationId) -> bytes | None:
    """Bytes of an id; None where it cannot be one."""
    try:
        raw = bytes.fromhex(observation_id)
    except ValueError:
        return None
    return raw if len(raw) == ID_BYTES and raw.hex() == observation_id else None


def positions_of(
    connection: Connection, ids: Collection[ObservationId]
) -> dict[ObservationId, int]:
    """Positions of those ids that are in the log."""
    found = {}
    for each in ids:
        raw = id_bytes(each)
        row = raw and connection.one("SELECT position FROM leaf WHERE id = ?", (raw,))
        if row:
            found[each] = int(row[0])
    return found


def at_positions(
    database: Database, connection: Connection, positions: Collection[int]
) -> Iterator[Sealed]:
    """Observations at these positions, oldest first."""
    sql = f"{SELECT} WHERE l.position IN {database.listed()} ORDER BY l.position"
    return map(read, connection.rows(sql, (_json(sorted(positions)).decode(),)))


def leaves_at(
    database: Database, connection: Connection, positions: Collection[int]
) -> Iterator[Leaf]:
    """Sealed bytes at these positions, oldest first."""
    sql = f"{LEAF} WHERE position IN {database.listed()} ORDER BY position"
    for row in connection.rows(sql, (_json(sorted(positions)).decode(),)):
        yield Leaf(position=row[0], envelope=row[1], body=row[2], nonce=row[3])


def latest(
    database: Database,
    connection: Connection,
    kinds: Collection[str] | None,
    as_of: datetime | None,
    without: Collection[ObservationId],
) -> Iterator[Sealed]:
    """Newest of each series, conclusive and not.

    The table of the newest serves as it is; only where its row is too new, or left out, the
    series is searched back through its index.
    """
    arguments: list[object] = []
    chosen = "t.position"
    if as_of is not None or without:
        fits, given = _fits(database, connection, "t", as_of, without)
        older, _ = _fits(database, connection, "o", as_of, without)
        chosen = (
            f"CASE WHEN {fits} THEN t.position ELSE (SELECT o.position FROM observation AS o"  # noqa: S608  (our SQL)
            f" WHERE o.series = t.series AND o.conclusive = t.conclusive AND {older}"
            " ORDER BY o.observed_at DESC, o.position DESC LIMIT 1) END"
        )
        arguments += [*given, *given]
    of_kinds = ""
    if kinds is not None:
        of_kinds = f" WHERE t.kind IN {database.listed()}"
        arguments.append(_kinds_json(connection, kinds))
    sql = f"{SELECT} WHERE l.position IN (SELECT {chosen} FROM latest AS t{of_kinds})"  # noqa: S608  (our SQL)
    return map(read, connection.rows(sql, arguments))


def records(
    database: Database,
    connection: Connection,
    kind: str,
    as_of: datetime | None,
    without: Collection[ObservationId],
) -> Iterator[Sealed]:
    """Every observation of a kind, oldest first."""
    fits, given = _fits(database, connection, "o", as_of, without)
    sql = (
        "SELECT l.position, l.id, l.envelope, l.body FROM observation AS o"  # noqa: S608  (our SQL)
        " JOIN leaf AS l ON l.position = o.position"
        f" WHERE o.kind = (SELECT id FROM kind WHERE name = ?) AND {fits} ORDER BY o.position"
    )
    return map(read, connection.rows(sql, (kind, *given)))


def since(connection: Connection, position: int) -> Iterator[Sealed]:
    """Every observation from a position on."""
    return map(
        read,
        connection.rows(f"{SELECT} WHERE l.position >= ? ORDER BY l.position", (position,)),
    )


def page(
    database: Database, connection: Connection, wanted: Filter, before: int | None, limit: int
) -> tuple[Sealed, ...]:
    """One page, newest first."""
    if limit < 1:
        return ()
    conditions = ["o.position < ?"]
    arguments: list[object] = [before if before is not None else 1 << 62]
    order = "o.position"
    for condition, given in _conditions(database, connection, wanted):
        conditions.append(condition)
        arguments += given
    if wanted.text:
        condition, given, few = _text(database, connection, wanted.text)
        # A leading plus keeps SQLite from taking the index of the column: either the few
        # series are looked up and sorted, or all is walked back in order.
        order = "+o.position" if few else order
        conditions.append(condition)
        arguments += given
    sql = (
        "SELECT l.position, l.id, l.envelope, l.body FROM leaf AS l WHERE l.position IN"  # noqa: S608  (our SQL)
        f" (SELECT o.position FROM observation AS o WHERE {' AND '.join(conditions)}"
        f" ORDER BY {order} DESC LIMIT ?) ORDER BY l.position DESC"
    )
    return tuple(map(read, connection.rows(sql, (*arguments, limit))))


def _conditions(
    database: Database, connection: Connection, wanted: Filter
) -> Iterator[tuple[str, list[object]]]:
    if wanted.kind:
        yield f"o.kind IN {database.listed()}", [_kinds_json(connection, {wanted.kind})]
    if wanted.subject:
        yield "o.series IN (SELECT s.id FROM series AS s WHERE s.subject = ?)", [wanted.subject]
    if wanted.outcome is not None:
        number = OUTCOMES[wanted.outcome]
        yield ("o.outcome = ? AND o.outcome > 0" if number else "+o.outcome = ?"), [number]
    if wanted.collector:
        rows = connection.rows(
            "SELECT id FROM collector WHERE lower(name) LIKE ? ESCAPE '!'",
            (_containing(wanted.collector),),
        )
        yield f"o.collector IN {database.listed()}", [_json([row[0] for row in rows]).decode()]
    for moment, comparison in ((wanted.since, ">="), (wanted.until, "<")):
        if moment is not None:
            yield f"o.observed_at {comparison} ?", [_moment(moment)]


def _text(database: Database, connection: Connection, text: str) -> tuple[str, list[object], bool]:
    """Condition for a text that occurs in a subject, a kind or a kind's title."""
    low = text.lower()
    kinds = {
        name
        for name, spec in KINDS.items()
        if low in name or low in spec.title_zh.lower() or low in spec.title_en.lower()
    }
    series = [
        row[0]
        for row in connection.rows(
            "SELECT id FROM series WHERE lower(subject) LIKE ? ESCAPE '!' LIMIT ?",
            (_containing(text), MAX_SERIES_BY_INDEX + 1),
        )
    ]
    if len(series) > MAX_SERIES_BY_INDEX:
        matching: list[object] = [_containing(text)]
        within = "(SELECT id FROM series WHERE lower(subject) LIKE ? ESCAPE '!')"
    else:
        matching = [_json(series).decode()]
        within = database.listed()
    if not kinds:
        few = len(series) <= MAX_SERIES_BY_INDEX
        return f"{'' if few else '+'}o.series IN {within}", matching, few
    both = f"(+o.series IN {within} OR +o.kind IN {database.listed()})"
    return both, [*matching, _kinds_json(connection, kinds)], False


def _fits(
    database: Database,
    connection: Connection,
    alias: str,
    as_of: datetime | None,
    without: Collection[ObservationId],
) -> tuple[str, list[object]]:
    """Condition that a row counts on that day and is not left out."""
    conditions, arguments = ["true"], list[object]()
    if as_of is not None:
        conditions.append(f"{alias}.observed_at <= ? AND {alias}.received_at <= ?")
        arguments += [_moment(as_of)] * 2
    if without:
        positions = sorted(positions_of(connection, without).values())
        conditions.append(f"{alias}.position NOT IN {database.listed()}")
        arguments.append(_json(positions).decode())
    return " AND ".join(conditions), arguments


def _moment(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise BadInputError("a time without zone", remedy="give times with an offset")
    return microseconds(moment)


def _kinds_json(connection: Connection, kinds: Collection[str]) -> str:
    wanted = set(kinds)
    rows = connection.rows("SELECT id, name FROM kind")
    return _json([number for number, name in rows if name in wanted]).decode()


def _containing(text: str) -> str:
    """Pattern for LIKE with `!` as the escape."""
    low = text.lower().replace("\0", "")
    return f"%{low.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"

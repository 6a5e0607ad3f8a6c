"""The register of tickets: append-only versions in one order, each known once.

1. A version is known by member, number and version. The same content again is known, and keeps
   its first place; another content under the same three is a conflict and changes nothing.
2. What is new takes the next positions, in the order of the batch.
3. Each append adds a link to a chain of digests, so that a row altered, removed or put in between
   shows.

Several threads that append at once share one commit (group commit): whoever gets the turn writes
for all that wait.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec

from panshi.errors import PanshiError
from panshi.model.alliance.ticket import Category, Channel, Severity, Status, Ticket
from panshi.store.tickets.database import COLUMNS, Connection, Database, Row

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SEVERITIES = tuple(Severity)
MOST_TOGETHER = 20_000
"Tickets of one commit."
PAGE = 500

_decode = msgspec.json.Decoder(Ticket).decode
_json = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One version about to be put in."""

    ticket: Ticket
    "With id, member, accepted_at and digest set."
    said: bytes
    "Canonical JSON of what the member said; its SHA-256 is the digest."


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a version stands."""

    position: int
    "0 where it conflicts with what stands."
    digest: str
    "Of what stands: of the first content, where another one came."
    accepted_at: datetime
    new: bool
    conflict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which tickets are wanted; what is empty does not choose."""

    member: str = ""
    severity: Severity | None = None
    "At least."
    category: Category | None = None
    status: Status | None = None
    channel: Channel | None = None
    newest: bool = True
    "Only the newest version of each."


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """How long the register is, and the digest over all of it."""

    position: int
    digest: str


@dataclass(slots=True)
class _Job:
    arrivals: Sequence[Arrival]
    placed: tuple[Placed, ...] | None = None
    error: PanshiError | None = None

    @property
    def done(self) -> bool:
        return self.placed is not None or self.error is not None


@dataclass(slots=True)
class TicketStore:
    """Tickets in a database."""

    database: Database
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _waiting: list[_Job] = field(default_factory=list)

    def append(self, arrivals: Sequence[Arrival]) -> tuple[Placed, ...]:
        """Put versions in and give where each stands; durable when this returns."""
        job = _Job(arrivals)
        with self._lock:
            self._waiting.append(job)
        while not job.done:
            with self._turn:
                if not job.done:
                    self._write(self._taken())
        if job.error is not None:
            raise job.error
        return job.placed or ()

    def since(self, position: int, limit: int = PAGE) -> tuple[tuple[int, Ticket], ...]:
        """Give what was accepted after a position, in order, with its positions."""
        with self.database.reading() as connection:
            rows = connection.rows(
                f"SELECT {_NAMES} FROM ticket WHERE position > ? ORDER BY position LIMIT ?",  # noqa: S608 -- our names
                (position, limit),
            )
            return tuple((int(row[0]), _ticket(row)) for row in rows)

    def listed(
        self, chosen: Chosen, *, before: int = 0, limit: int = PAGE
    ) -> tuple[tuple[int, Ticket], ...]:
        """Give tickets, newest first, from below a position on (0: from the top)."""
        sql, arguments = _choice(chosen)
        with self.database.reading() as connection:
            rows = connection.rows(
                f"SELECT {_OF_T} FROM ticket AS t{sql}"  # noqa: S608 -- our names
                " AND (? = 0 OR t.position < ?) ORDER BY t.position DESC LIMIT ?",
                (*arguments, before, before, limit),
            )
            return tuple((int(row[0]), _ticket(row)) for row in rows)

    def versions(self, ticket: str) -> tuple[tuple[int, Ticket], ...]:
        """Give all versions of a ticket by its id, oldest first; empty where there is none."""
        with self.database.reading() as connection:
            found = connection.rows(
                "SELECT t.member, t.number FROM newest AS n JOIN ticket AS t"
                " ON t.position = n.position WHERE n.id = ?",
                (ticket,),
            )
            row = next(iter(found), None)
        return () if row is None else self.numbered(row[0], row[1])

    def numbered(self, member: str, number: str) -> tuple[tuple[int, Ticket], ...]:
        """Give all versions of a member's number, oldest first."""
        with self.database.reading() as connection:
            rows = connection.rows(
                f"SELECT {_NAMES} FROM ticket WHERE member = ? AND number = ? ORDER BY version",  # noqa: S608 -- our names
                (member, number),
            )
            return tuple((int(row[0]), _ticket(row)) for row in rows)

    def count(self) -> int:
        """Count the tickets, each once however many versions it has."""
        with self.database.reading() as connection:
            return int(next(iter(connection.rows("SELECT count(*) FROM newest")))[0])

    def chain(self) -> Chain:
        """Give the end of the chain."""
        with self.database.reading() as connection:
            return _end(connection)

    def chain_at(self, position: int) -> str:
        """Give the chain's digest at a position; empty where no link is there."""
        with self.database.reading() as connection:
            rows = connection.rows("SELECT digest FROM chain WHERE position = ?", (position,))
            return next((bytes(row[0]).hex() for row in rows), "")

    def verify(self) -> Iterator[str]:
        """Tell what is wrong with the register; nothing where it holds."""
        with self.database.reading() as connection:
            links = {
                int(position): bytes(digest)
                for position, digest in connection.rows("SELECT position, digest FROM chain")
            }
        digest, expected, position, linked = sha256(b""), 1, 0, 0
        while True:
            found = self._rows_after(position)
            for row in found:
                position = int(row[0])
                if position != expected:
                    yield f"position {expected} is missing"
                expected = position + 1
                if sha256(bytes(row[11])).digest() != bytes(row[10]):
                    yield f"position {position}: what stands there was altered"
                digest.update(_link(str(row[1]), int(row[4]), bytes(row[10])))
                if position in links:
                    linked = position
                    if links[position] != digest.digest():
                        yield f"position {position}: the chain is broken at or before it"
                    digest = sha256(links.pop(position))
            if not found:
                break
        if linked != position:
            yield f"after position {linked} no link of the chain holds what stands there"
        for missing in sorted(links):
            yield f"the chain speaks of position {missing}, which is not there"

    def close(self) -> None:
        """Release files and connections."""
        self.database.close()

    def _rows_after(self, position: int) -> list[Row]:
        with self.database.reading() as connection:
            sql = f"SELECT {_NAMES} FROM ticket WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608 -- our names
            return list(connection.rows(sql, (position, PAGE)))

    def _taken(self) -> list[_Job]:
        with self._lock:
            taken: list[_Job] = []
            count = 0
            while self._waiting and (not taken or count < MOST_TOGETHER):
                taken.append(self._waiting.pop(0))
                count += len(taken[-1].arrivals)
        return taken

    def _write(self, jobs: Sequence[_Job]) -> None:
        try:
            with self.database.writing() as connection:
                results = [_append(self.database, connection, job.arrivals) for job in jobs]
        except PanshiError as error:
            for job in jobs:
                job.error = error
            return
        except BaseException:
            for job in jobs:
                job.error = PanshiError("the tickets could not be written", remedy="send again")
            raise
        for job, placed in zip(jobs, results, strict=True):
            job.placed = placed


def _append(
    database: Database, connection: Connection, arrivals: Sequence[Arrival]
) -> tuple[Placed, ...]:
    known = _known(database, connection, arrivals)
    end = _end(connection)
    position = end.position
    digest = sha256(bytes.fromhex(end.digest))
    rows: list[Row] = []
    newest: dict[str, tuple[int, int]] = {}
    placed: list[Placed] = []
    for each in arrivals:
        ticket = each.ticket
        found = known.get(ticket.key)
        if found is not None:
            same = found.digest == ticket.digest
            placed.append(
                found if same else replace(found, position=0, conflict=True),
            )
            continue
        position += 1
        accepted = ticket.accepted_at or EPOCH
        rows.append(_row(position, each, accepted))
        digest.update(_link(ticket.id, ticket.version, bytes.fromhex(ticket.digest)))
        if ticket.id not in newest or newest[ticket.id][0] < ticket.version:
            newest[ticket.id] = (ticket.version, position)
        new = Placed(position=position, digest=ticket.digest, accepted_at=accepted, new=True)
        known[ticket.key] = replace(new, new=False)
        placed.append(new)
    if rows:
        connection.insert("ticket", COLUMNS, rows)
        connection.insert("chain", "position:i digest:b", [(position, digest.digest())])
        _move(database, connection, newest)
    return tuple(placed)


def _known(
    database: Database, connection: Connection, arrivals: Sequence[Arrival]
) -> dict[tuple[str, str, int], Placed]:
    """Give the versions that stand already."""
    keys = [each.ticket.key for each in arrivals]
    rows = connection.rows(
        "SELECT g.n, t.position, t.digest, t.accepted_at"  # noqa: S608 -- our names
        f" FROM {database.unpacked('member:s number:s version:i')} AS g CROSS JOIN ticket AS t"
        " WHERE t.member = g.member AND t.number = g.number AND t.version = g.version",
        (_json(keys).decode(),),
    )
    return {
        keys[n]: Placed(
            position=int(position),
            digest=bytes(digest).hex(),
            accepted_at=EPOCH + int(accepted) * MICROSECOND,
            new=False,
        )
        for n, position, digest, accepted in rows
    }


def _move(
    database: Database, connection: Connection, newest: Mapping[str, tuple[int, int]]
) -> None:
    """Keep the table of the newest version of each ticket."""
    given = [(ticket, version, position) for ticket, (version, position) in newest.items()]
    connection.run_each(
        "INSERT INTO newest (id, version, position)"  # noqa: S608 -- our names
        f" SELECT id, version, position FROM {database.unpacked('id:s version:i position:i')}"
        " AS g WHERE true ON CONFLICT (id) DO UPDATE SET version = excluded.version,"
        " position = excluded.position WHERE excluded.version > newest.version",
        [(_json(given).decode(),)],
    )


def _end(connection: Connection) -> Chain:
    row = next(
        iter(connection.rows("SELECT position, digest FROM chain ORDER BY position DESC LIMIT 1")),
        None,
    )
    return (
        Chain(position=int(row[0]), digest=bytes(row[1]).hex())
        if row
        else Chain(position=0, digest="")
    )


def _link(ticket: str, version: int, digest: bytes) -> bytes:
    return f"{ticket} {version} ".encode() + digest


def _row(position: int, arrival: Arrival, accepted: datetime) -> Row:
    ticket = arrival.ticket
    return (
        position,
        ticket.id,
        ticket.member,
        ticket.number,
        ticket.version,
        (accepted - EPOCH) // MICROSECOND,
        SEVERITIES.index(ticket.severity),
        str(ticket.category),
        str(ticket.status),
        str(ticket.channel),
        bytes.fromhex(ticket.digest),
        arrival.said,
    )


_NAMES = ", ".join(each.partition(":")[0] for each in COLUMNS.split())
_OF_T = ", ".join(f"t.{each.partition(':')[0]}" for each in COLUMNS.split())


def _ticket(row: Row) -> Ticket:
    said = _decode(bytes(row[11]))
    return replace(
        said,
        id=row[1],
        member=row[2],
        accepted_at=EPOCH + int(row[5]) * MICROSECOND,
        channel=Channel(row[9]),
        digest=bytes(row[10]).hex(),
        marking=replace(said.marking, originator=row[2]),
    )


def _choice(chosen: Chosen) -> tuple[str, tuple[object, ...]]:
    join = " JOIN newest AS n ON n.position = t.position" if chosen.newest else ""
    wanted: list[tuple[str, object]] = []
    if chosen.member:
        wanted.append(("t.member = ?", chosen.member))
    if chosen.severity is not None:
        wanted.append(("t.severity >= ?", SEVERITIES.index(chosen.severity)))
    wanted += [
        (f"t.{name} = ?", str(value))
        for name in ("category", "status", "channel")
        if (value := getattr(chosen, name)) is not None
    ]
    where = " AND ".join(["true", *(sql for sql, _value in wanted)])
    return f"{join} WHERE {where}", tuple(value for _sql, value in wanted)

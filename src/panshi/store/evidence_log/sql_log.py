"""The evidence log over a database: the port `LogStore`, whichever dialect is behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from itertools import batched, chain

from panshi.errors import BadInputError, IntegrityError, UsageError
from panshi.evidence.checkpoint import Checkpoint, Signer, VerifierKey, parse_note, signed
from panshi.evidence.log import Appended, Filter, LogReport
from panshi.evidence.merkle import (
    ConsistencyProof,
    InclusionProof,
    prove_consistency,
    prove_inclusion,
    root_of,
)
from panshi.evidence.seal import Leaf
from panshi.model.observation import Observation, ObservationId, Sealed
from panshi.store.evidence_log import query
from panshi.store.evidence_log.append import (
    EPOCH,
    MICROSECOND,
    append,
    stored_size,
    tile_reader,
)
from panshi.store.evidence_log.database import Connection, Database
from panshi.store.evidence_log.notes import NoteFile
from panshi.store.evidence_log.redaction import redact
from panshi.store.evidence_log.verification import verify

CHUNK = 5_000
"Observations sealed at a time within the one transaction of an append."


class SqlLog:
    """An append-only log in SQL tables; safe to share between threads."""

    def __init__(self, database: Database, secret: bytes, notes: NoteFile) -> None:
        self.place = database.place
        self._database = database
        self._secret = secret
        self._notes = notes

    def append(self, observations: Iterable[Observation], received_at: datetime) -> Appended:
        """Seal all of them or none, however many; durable when it returns."""
        chunks = batched(observations, CHUNK)
        first = next(chunks, None)
        if first is None:
            return Appended(ids=(), new=0, known=0)
        ids: list[ObservationId] = []
        new = 0
        kept = self._notes.last()
        with self._database.writing() as connection:
            if kept:
                _refuse_unlike(connection, kept, stored_size(connection), self._notes.place)
            for chunk in chain((first,), chunks):
                done = append(self._database, connection, chunk, received_at, self._secret)
                ids.extend(done.ids)
                new += done.new
        return Appended(ids=tuple(ids), new=new, known=len(ids) - new)

    def size(self) -> int:
        """How many observations are sealed."""
        with self._database.reading() as connection:
            return stored_size(connection)

    def learned_until(self) -> datetime | None:
        """Give the latest time of receipt of all observations; None for an empty log."""
        with self._database.reading() as connection:
            row = connection.one("SELECT max(received_at) FROM observation")
        return None if row is None or row[0] is None else EPOCH + row[0] * MICROSECOND

    def root(self, size: int | None = None) -> bytes:
        """Merkle root over the first `size` leaves, by default over all."""
        with self._database.reading() as connection:
            at = _within(connection, size)
            return root_of(at, tile_reader(connection).read)

    def get(self, observation_id: ObservationId) -> Sealed | None:
        """One observation by its id."""
        return self.get_many((observation_id,)).get(observation_id)

    def get_many(self, ids: Collection[ObservationId]) -> dict[ObservationId, Sealed]:
        """Those of the given ids that are in the log."""
        with self._database.reading() as connection:
            positions = query.positions_of(connection, ids).values()
            found = query.at_positions(self._database, connection, positions)
            return {each.id: each for each in found}

    def leaf(self, observation_id: ObservationId) -> Leaf | None:
        """Give the sealed bytes of one observation, as a proof needs them."""
        with self._database.reading() as connection:
            row = connection.one(
                "SELECT position, envelope, body, nonce FROM leaf WHERE id = ?",
                (query.id_bytes(observation_id),),
            )
        if row is None:
            return None
        return Leaf(position=row[0], envelope=row[1], body=row[2], nonce=row[3])

    def page(
        self, wanted: Filter, *, before: int | None = None, limit: int = 50
    ) -> tuple[Sealed, ...]:
        """Newest first by position, below position `before`."""
        with self._database.reading() as connection:
            return query.page(self._database, connection, wanted, before, limit)

    def latest(
        self,
        kinds: Collection[str] | None = None,
        *,
        as_of: datetime | None = None,
        without: Collection[ObservationId] = (),
    ) -> Iterator[Sealed]:
        """Per (kind, subject, facet) the newest conclusive and the newest inconclusive one."""
        with self._database.reading() as connection:
            yield from query.latest(self._database, connection, kinds, as_of, without)

    def records(
        self,
        kind: str,
        *,
        as_of: datetime | None = None,
        without: Collection[ObservationId] = (),
    ) -> Iterator[Sealed]:
        """Every observation of a kind, oldest first by position."""
        with self._database.reading() as connection:
            yield from query.records(self._database, connection, kind, as_of, without)

    def since(self, position: int) -> Iterator[Sealed]:
        """Every observation from `position` on, in order."""
        with self._database.reading() as connection:
            yield from query.since(connection, position)

    def kinds(self) -> dict[str, int]:
        """How many observations each kind has."""
        with self._database.reading() as connection:
            return dict(connection.rows("SELECT name, observations FROM kind ORDER BY name"))

    def inclusion(self, observation_id: ObservationId, size: int | None = None) -> InclusionProof:
        """Proof that the observation is among the first `size`, by default among all."""
        with self._database.reading() as connection:
            positions = query.positions_of(connection, (observation_id,))
            if not positions:
                raise UsageError(
                    f"no observation {observation_id} in this log",
                    remedy="`panshi evidence list` shows what is there",
                )
            at = _within(connection, size)
            return prove_inclusion(positions[observation_id], at, tile_reader(connection).read)

    def proofs(
        self, ids: Collection[ObservationId], size: int
    ) -> Iterator[tuple[Leaf, InclusionProof]]:
        """Leaves with their proofs among the first `size`, oldest first; all are in the log."""
        with self._database.reading() as connection:
            at = _within(connection, size)
            reader = tile_reader(connection)
            positions = query.positions_of(connection, ids)
            missing = sorted(set(ids) - positions.keys())
            if missing:
                raise UsageError(
                    f"no observation {missing[0]} in this log",
                    remedy="`panshi evidence list` shows what is there",
                )
            for leaf in query.leaves_at(self._database, connection, positions.values()):
                yield leaf, prove_inclusion(leaf.position, at, reader.read)

    def consistency(self, first: int, second: int) -> ConsistencyProof:
        """Proof that the tree of `second` leaves only appended to that of `first`."""
        with self._database.reading() as connection:
            _within(connection, second)
            return prove_consistency(first, second, tile_reader(connection).read)

    def checkpoint(self) -> str:
        """Newest signed checkpoint; empty before the first."""
        with self._database.reading() as connection:
            row = connection.one("SELECT note FROM checkpoint ORDER BY id DESC LIMIT 1")
            return "" if row is None else str(row[0])

    def sign_checkpoint(self, signer: Signer) -> str:
        """Sign size and root as they are now, keep the note and return it.

        Where this key signed exactly this before, that note is returned. A log that does not fit
        the newest note kept, in the database or in the file beside it, is never signed.
        """
        with self._database.writing() as connection:
            size = stored_size(connection)
            root = root_of(size, tile_reader(connection).read)
            now = Checkpoint(origin=signer.origin, size=size, root=root)
            self._seed_notes(connection)
            row = connection.one("SELECT note FROM checkpoint ORDER BY id DESC LIMIT 1")
            newest = "" if row is None else str(row[0])
            kept = self._notes.last()
            for each in {newest, kept} - {""}:
                _refuse_unlike(connection, each, size, self._notes.place)
            if newest and (before := parse_note(newest)).checkpoint == now:
                note = newest if before.only([signer.key]).signatures else ""
            else:
                note = ""
            if not note:
                note = signed(now, [signer])
                connection.run(
                    "INSERT INTO checkpoint (id, size, note)"
                    " SELECT coalesce(max(id), 0) + 1, ?, ? FROM checkpoint",
                    (size, note),
                )
            if note != kept:
                # Before the commit: a note given out is kept, and one kept alone is true as well.
                self._notes.append(note)
            return note

    def redact(
        self,
        ids: Collection[ObservationId],
        *,
        why: str,
        by: str,
        at: datetime | None = None,
    ) -> Appended:
        """Erase bodies for good; ids, digests and proofs stay.

        Given again, it erases nothing more and clears what traces readers had held on to.
        """
        moment = at or datetime.now(UTC)
        with self._database.writing() as connection:
            done = redact(
                self._database, connection, ids, why=why, by=by, at=moment, secret=self._secret
            )
        if ids:
            self._database.purge()
        return done

    def verify(
        self,
        progress: Callable[[int, int], None] | None = None,
        *,
        keys: Collection[VerifierKey] = (),
    ) -> LogReport:
        """Re-read and re-hash everything."""
        with self._database.reading() as connection:
            self._seed_notes(connection)
        # Read before the state of the log that they must fit, which may grow meanwhile.
        kept = tuple(self._notes.read())
        with self._database.reading() as connection:
            return verify(self._database, connection, progress, keys, kept)

    def close(self) -> None:
        """Give connections back; the log stays as it is."""
        self._database.close()

    def _seed_notes(self, connection: Connection) -> None:
        """Keep outside what was signed before notes were kept outside."""
        if self._notes.exists():
            return
        rows = connection.rows("SELECT note FROM checkpoint ORDER BY id")
        self._notes.seed([note for (note,) in rows if _readable(note)])


def _within(connection: Connection, size: int | None) -> int:
    """Size asked for, or the present one; refuse one the log has not reached."""
    now = stored_size(connection)
    if size is None:
        return now
    if not 0 <= size <= now:
        raise UsageError(f"the log has {now} observations, not {size}")
    return size


def _readable(note: str) -> bool:
    try:
        parse_note(note)
    except BadInputError:
        return False
    return True


def _refuse_unlike(connection: Connection, note: str, size: int, place: str) -> None:
    """Refuse to go on where the log is not the one this note was signed over."""
    try:
        was = parse_note(note).checkpoint
    except BadInputError as error:
        raise IntegrityError(
            f"the newest signed checkpoint cannot be read: {error.problem}",
            place=place,
            remedy="`panshi evidence verify --log` tells what fits; nothing was written",
        ) from error
    if was.size > size:
        problem = f"the log has {size} observations, and {was.size} were signed"
    elif root_of(was.size, tile_reader(connection).read) != was.root:
        problem = f"the first {was.size} observations are not those that were signed"
    else:
        return
    raise IntegrityError(
        problem,
        place=place,
        remedy="restore the log that was signed; `panshi evidence verify --log` tells more;"
        " nothing was written",
    )

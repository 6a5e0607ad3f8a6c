"""The evidence log over a database: the port `LogStore`, whichever dialect is behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime

from panshi.errors import UsageError
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
from panshi.store.evidence_log.append import append, stored_size, tile_reader
from panshi.store.evidence_log.database import Connection, Database
from panshi.store.evidence_log.redaction import redact
from panshi.store.evidence_log.verification import verify


class SqlLog:
    """An append-only log in SQL tables; safe to share between threads."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self.place = database.place
        self._database = database
        self._secret = secret

    def append(self, observations: Sequence[Observation], received_at: datetime) -> Appended:
        """Seal all of them or none; durable when it returns."""
        if not observations:
            return Appended(ids=(), new=0, known=0)
        with self._database.writing() as connection:
            return append(self._database, connection, observations, received_at, self._secret)

    def size(self) -> int:
        """How many observations are sealed."""
        with self._database.reading() as connection:
            return stored_size(connection)

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

        Where this key signed exactly this before, that note is returned.
        """
        with self._database.writing() as connection:
            size = stored_size(connection)
            root = root_of(size, tile_reader(connection).read)
            now = Checkpoint(origin=signer.origin, size=size, root=root)
            row = connection.one("SELECT note FROM checkpoint ORDER BY id DESC LIMIT 1")
            if row is not None:
                newest = parse_note(row[0])
                if newest.checkpoint == now and newest.only([signer.key]).signatures:
                    return str(row[0])
            note = signed(now, [signer])
            connection.run(
                "INSERT INTO checkpoint (id, size, note)"
                " SELECT coalesce(max(id), 0) + 1, ?, ? FROM checkpoint",
                (size, note),
            )
            return note

    def redact(
        self,
        ids: Collection[ObservationId],
        *,
        why: str,
        by: str,
        at: datetime | None = None,
    ) -> Appended:
        """Erase bodies for good; ids, digests and proofs stay."""
        moment = at or datetime.now(UTC)
        with self._database.writing() as connection:
            done = redact(
                self._database, connection, ids, why=why, by=by, at=moment, secret=self._secret
            )
        if done.new:
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
            return verify(self._database, connection, progress, keys)

    def close(self) -> None:
        """Give connections back; the log stays as it is."""
        self._database.close()


def _within(connection: Connection, size: int | None) -> int:
    """Size asked for, or the present one; refuse one the log has not reached."""
    now = stored_size(connection)
    if size is None:
        return now
    if not 0 <= size <= now:
        raise UsageError(f"the log has {now} observations, not {size}")
    return size

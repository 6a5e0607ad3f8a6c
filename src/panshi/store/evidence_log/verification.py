"""Verifying the whole log: everything is read and hashed anew and compared with what is stored.

Leaves in order give the tree; the tree must give the stored tiles and root, and the checkpoints
signed over it, those in the database and those kept in a file beside it.
Index rows must say what the envelopes say, and the table of the newest what the rows say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from panshi.errors import BadInputError, IntegrityError, StoreError
from panshi.evidence.checkpoint import VerifierKey, parse_note
from panshi.evidence.codec import parse_envelope
from panshi.evidence.log import Damage, LogReport
from panshi.evidence.merkle import EMPTY_ROOT, HASH_BYTES, Frontier, root_of
from panshi.evidence.seal import Leaf, check_leaf, unseal
from panshi.evidence.tiles import TILE_WIDTH, subtree_root
from panshi.model.bodies.records import AuditEvent
from panshi.model.observation import ObservationId
from panshi.store.evidence_log.append import (
    ID_BYTES,
    OUTCOMES,
    microseconds,
    stored_size,
    tile_id,
    tile_reader,
)
from panshi.store.evidence_log.database import Connection, Database, Row
from panshi.store.evidence_log.redaction import ACTION

MAX_DAMAGE = 1_000
PROGRESS_EVERY = 4_096

LEAVES = """
SELECT l.position, l.id, l.envelope, l.body, l.nonce, o.observed_at, o.received_at, o.outcome,
       o.conclusive, s.subject, k.name, s.facet, c.name
FROM leaf AS l
LEFT JOIN observation AS o ON o.position = l.position
LEFT JOIN series AS s ON s.id = o.series
LEFT JOIN kind AS k ON k.id = s.kind AND k.id = o.kind
LEFT JOIN collector AS c ON c.id = o.collector
ORDER BY l.position
"""

STALE_NEWEST = """
SELECT o.position FROM observation AS o LEFT JOIN latest AS t
ON t.series = o.series AND t.conclusive = o.conclusive
WHERE t.position IS NULL OR o.observed_at > t.observed_at
OR (o.observed_at = t.observed_at AND o.position > t.position) LIMIT 10
"""

WRONG_NEWEST = """
SELECT t.series FROM latest AS t LEFT JOIN observation AS o
ON o.position = t.position AND o.series = t.series AND o.conclusive = t.conclusive
AND o.kind = t.kind AND o.observed_at = t.observed_at AND o.received_at = t.received_at
WHERE o.position IS NULL LIMIT 10
"""

UNDONE = """
SELECT r.position FROM redaction AS r LEFT JOIN leaf AS l ON l.position = r.position
WHERE l.position IS NULL OR l.body IS NOT NULL OR l.nonce IS NOT NULL LIMIT 10
"""

UNEXPLAINED = """
SELECT e.position FROM erased AS e LEFT JOIN redaction AS r ON r.position = e.position
WHERE r.position IS NULL LIMIT 10
"""

WRONG_COUNTS = """
SELECT k.name FROM kind AS k WHERE k.observations <>
(SELECT count(*) FROM observation AS o WHERE o.kind = k.id) LIMIT 10
"""


type Kept = tuple[int, str | None]
"Line and note of the file beside the database."
type Marks = dict[int, list[bytes]]
"Roots that were signed, by size."


@dataclass(slots=True)
class _Findings:
    damage: list[Damage] = field(default_factory=list)
    bodies: int = 0
    erased: int = 0
    checkpoints: int = 0
    covered: int = 0
    "Size of the newest checkpoint that fits."

    def add(self, place: str, problem: str) -> None:
        if len(self.damage) < MAX_DAMAGE:
            self.damage.append(Damage(place=place, problem=problem))


def verify(
    database: Database,
    connection: Connection,
    progress: Callable[[int, int], None] | None,
    keys: Collection[VerifierKey],
    kept: Collection[Kept] = (),
) -> LogReport:
    """Re-hash the log as this transaction sees it; `kept` are the notes beside the database."""
    found = _Findings()
    frontier = Frontier()
    try:
        with database.told():
            marks = _checkpoints(connection, keys, kept, found)
            _check_leaves(connection, frontier, progress, marks, found)
            _check_upper_tiles(connection, frontier.size, found)
            _check_tables(connection, found)
            _check_head(connection, frontier, found)
            for fault in database.faults(connection):
                found.add("database", fault)
    except StoreError as error:
        found.add(f"after position {frontier.size - 1}", error.problem)
    if keys and frontier.size and not found.covered:
        found.add("checkpoints", "no signed checkpoint covers the log")
    return LogReport(
        size=frontier.size,
        root=frontier.root().hex(),
        bodies=found.bodies,
        erased=found.erased,
        checkpoints=found.checkpoints,
        uncovered=frontier.size - found.covered,
        damage=tuple(found.damage),
    )


def _check_leaves(
    connection: Connection,
    frontier: Frontier,
    progress: Callable[[int, int], None] | None,
    marks: Marks,
    found: _Findings,
) -> None:
    """Grow the tree from the leaves, and compare it with tiles and checkpoints on the way."""
    size = stored_size(connection)
    _check_root(frontier, marks, found)
    for hashes in _tiles(_leaves(connection, found, size, progress)):
        number = frontier.size // TILE_WIDTH
        _check_tile(connection, 0, number, b"".join(hashes), found)
        for leaf in hashes:
            frontier.append(leaf)
            if frontier.size in marks:
                _check_root(frontier, marks, found)
    for at in marks:
        if at > frontier.size:
            found.add(f"checkpoint of size {at}", "the log is shorter than what was signed")


def _leaves(
    connection: Connection,
    found: _Findings,
    size: int,
    progress: Callable[[int, int], None] | None,
) -> Iterator[bytes]:
    """Leaf hashes in order, each row checked on the way."""
    expected = 0
    for row in connection.rows(LEAVES):
        if row[0] != expected:
            found.add(f"position {expected}", "leaves are missing")
            expected = row[0]
        yield _check_row(connection, row, found)
        expected += 1
        if progress is not None and (expected % PROGRESS_EVERY == 0 or expected == size):
            progress(expected, size)


def _check_row(connection: Connection, row: Row, found: _Findings) -> bytes:
    position, made, envelope, body, nonce = row[:5]
    place = f"position {position}"
    leaf = Leaf(position=position, envelope=envelope, body=body, nonce=nonce)
    hashed = leaf.hash
    if hashed[:ID_BYTES] != made:
        found.add(place, f"the envelope is not that of observation {made.hex()}")
    try:
        whole = check_leaf(leaf)
        sealed = unseal(position, leaf.id, envelope, body)
    except (IntegrityError, BadInputError) as error:
        found.add(place, error.problem)
        return hashed
    if whole and sealed.observation.body is not None:
        found.bodies += 1
    if sealed.erased:
        if _explained(connection, position, leaf.id):
            found.erased += 1
        else:
            found.add(place, "the body is gone, and no sealed redaction says why")
    form = parse_envelope(envelope)
    told = (
        microseconds(form.observed_at),
        microseconds(form.received_at),
        OUTCOMES[form.outcome],
        int(form.outcome.conclusive),
        form.subject,
        form.kind,
        form.facet,
        form.collector,
    )
    if told != tuple(row[5:]):
        found.add(place, "the index row does not say what the envelope says")
    return hashed


def _explained(connection: Connection, position: int, erased: ObservationId) -> bool:
    """Whether a later leaf is the record of this erasing; that leaf is checked in its turn."""
    row = connection.one(
        "SELECT a.position, a.envelope, a.body FROM redaction AS r JOIN leaf AS a"
        " ON a.id = r.audit WHERE r.position = ?",
        (position,),
    )
    if row is None or row[0] <= position:
        return False
    try:
        body = unseal(row[0], erased, row[1], row[2]).observation.body
    except BadInputError:
        return False
    return isinstance(body, AuditEvent) and (body.action, body.target) == (ACTION, erased)


def _tiles(leaves: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Leaf hashes a tile at a time."""
    held: list[bytes] = []
    for leaf in leaves:
        held.append(leaf)
        if len(held) == TILE_WIDTH:
            yield held
            held = []
    if held:
        yield held


def _stored_tile(connection: Connection, level: int, number: int) -> bytes:
    row = connection.one("SELECT hashes FROM tile WHERE id = ?", (tile_id(level, number),))
    return b"" if row is None else bytes(row[0])


def _check_tile(
    connection: Connection, level: int, number: int, expected: bytes, found: _Findings
) -> None:
    stored = _stored_tile(connection, level, number)
    if stored == expected:
        return
    for at in range(0, max(len(stored), len(expected)), HASH_BYTES):
        if stored[at : at + HASH_BYTES] != expected[at : at + HASH_BYTES]:
            index = number * TILE_WIDTH + at // HASH_BYTES
            what = f"position {index}" if level == 0 else f"entry {index} of level {level}"
            found.add(f"tile {level}/{number}", f"hash of {what} is not what it was sealed as")
            return


def _check_upper_tiles(connection: Connection, size: int, found: _Findings) -> None:
    """Each entry of a level is the root over a full tile of the level below."""
    level, entries = 1, size // TILE_WIDTH
    while entries:
        for number in range(-(-entries // TILE_WIDTH)):
            below = range(number * TILE_WIDTH, min((number + 1) * TILE_WIDTH, entries))
            expected = b"".join(
                subtree_root(_stored_tile(connection, level - 1, each)) for each in below
            )
            _check_tile(connection, level, number, expected, found)
        level, entries = level + 1, entries // TILE_WIDTH


def _check_head(connection: Connection, frontier: Frontier, found: _Findings) -> None:
    size = stored_size(connection)
    row = connection.one("SELECT root FROM head WHERE lone = 1")
    root = EMPTY_ROOT if row is None else bytes(row[0])
    if frontier.size != size:
        found.add("head", f"the log says it has {size} observations, it has {frontier.size}")
    if frontier.root() != root:
        found.add("head", "the stored root is not the root of the leaves")
    try:
        if root_of(frontier.size, tile_reader(connection).read) != frontier.root():
            found.add("tiles", "the stored tree is not the tree of the leaves")
    except IntegrityError as error:
        found.add(error.place, error.problem)


def _checkpoints(
    connection: Connection,
    keys: Collection[VerifierKey],
    kept: Collection[Kept],
    found: _Findings,
) -> Marks:
    """Roots that were signed, by size; a note that is in both places counts once."""
    marks: Marks = {}
    rows = connection.rows("SELECT id, note FROM checkpoint ORDER BY id")
    places: dict[str, str] = {}
    for number, note in rows:
        places.setdefault(note, f"checkpoint {number}")
    for number, line in kept:
        if line is None:
            found.add(f"kept checkpoint {number}", "the line holds no signed note")
        else:
            places.setdefault(line, f"kept checkpoint {number}")
    for note, place in places.items():
        try:
            signed = parse_note(note)
            if keys:
                signed.verified_by(keys)
        except (IntegrityError, BadInputError) as error:
            found.add(place, error.problem)
            continue
        marks.setdefault(signed.checkpoint.size, []).append(signed.checkpoint.root)
    return marks


def _check_root(frontier: Frontier, marks: Marks, found: _Findings) -> None:
    for root in marks.get(frontier.size, ()):
        if root == frontier.root():
            found.checkpoints += 1
            found.covered = frontier.size
        else:
            found.add(
                f"checkpoint of size {frontier.size}", "the leaves do not give the root signed"
            )


def _check_tables(connection: Connection, found: _Findings) -> None:
    for (position,) in list(connection.rows(STALE_NEWEST)):
        found.add(f"position {position}", "newer than what counts as the newest of its series")
    for (series,) in list(connection.rows(WRONG_NEWEST)):
        found.add(f"series {series}", "what counts as its newest is not what the log holds")
    for (position,) in list(connection.rows(UNDONE)):
        found.add(f"position {position}", "it was erased, and its body is there")
    for (position,) in list(connection.rows(UNEXPLAINED)):
        found.add(f"position {position}", "it is refused as erased, and no redaction says why")
    for (name,) in list(connection.rows(WRONG_COUNTS)):
        found.add(f"kind {name}", "its count is not how many there are")

"""Passkeys of people who sign in at the gateway: public keys, never anything secret."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.sqlite_words import told

FILE = "zero_trust/passkeys.sqlite"
_WAIT_S = 5.0
_COLUMNS = "id, user, handle, credential, counter, proofing, bound, made_at"
_TABLE = """
CREATE TABLE IF NOT EXISTS passkeys (
  id BLOB PRIMARY KEY, user TEXT NOT NULL, handle BLOB NOT NULL, credential BLOB NOT NULL,
  counter INTEGER NOT NULL, proofing INTEGER NOT NULL, bound INTEGER NOT NULL, made_at REAL NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRow:
    """One passkey."""

    id: bytes
    user: str
    handle: bytes
    "What the authenticator calls the user."
    credential: bytes
    "Attested credential data (WebAuthn 6.5.2): its id and public key."
    counter: int
    proofing: int
    "Level at which the person was known when it was made."
    bound: bool
    "It says that it cannot be copied."
    made_at: float


class Passkeys:
    """The file of a home."""

    def __init__(self, home: Path) -> None:
        self.path = home / FILE
        ready_directory(self.path.parent)

    def keep(self, row: PasskeyRow) -> None:
        """Write a new passkey; one of the same id is refused by the file."""
        values = (
            row.id, row.user, row.handle, row.credential, row.counter, row.proofing,
            int(row.bound), row.made_at,
        )  # fmt: skip
        with self._open() as database, database:
            database.execute(
                f"INSERT INTO passkeys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                values,
            )

    def find(self, name: bytes) -> PasskeyRow | None:
        """Give a passkey by its id."""
        return next(iter(self._rows("id = ?", name)), None)

    def of(self, user: str) -> tuple[PasskeyRow, ...]:
        """Give a user's passkeys."""
        return self._rows("user = ?", user)

    def used(self, name: bytes, counter: int) -> bool:
        """Note a signature; False where its counter did not go on, as a copy's would not."""
        with self._open() as database, database:
            done = database.execute(
                "UPDATE passkeys SET counter = ?1 WHERE id = ?2 "
                "AND (counter < ?1 OR (counter = 0 AND ?1 = 0))",
                (counter, name),
            )
        return done.rowcount == 1

    def _rows(self, where: str, value: object) -> tuple[PasskeyRow, ...]:
        with self._open() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM passkeys WHERE {where}",  # noqa: S608 -- our own words
                (value,),
            ).fetchall()
        names = _COLUMNS.split(", ")
        made = (dict(zip(names, row, strict=True)) for row in rows)
        return tuple(PasskeyRow(**each | {"bound": bool(each["bound"])}) for each in made)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with told("the passkeys", place=str(self.path), wait=_WAIT_S):
            new = not self.path.exists()
            with closing(sqlite3.connect(self.path, timeout=_WAIT_S)) as database:
                if new:
                    self.path.chmod(OWNER_ONLY_FILE)
                database.executescript(_TABLE)
                yield database

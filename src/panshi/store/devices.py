"""Devices whose TPM is known, below HOME/zero_trust: enrolment, reference values, clocks.

One SQLite file, opened for each use: few and short, by the decision point and by people's commands.
Rows are plain values; what they mean is said in `panshi.node.zero_trust.devices`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.sqlite_words import told

FILE = "zero_trust/devices.sqlite"
_WAIT_S = 5.0
_TABLES = """
CREATE TABLE IF NOT EXISTS devices (id TEXT PRIMARY KEY, row TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS references_of (scope TEXT PRIMARY KEY, row TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS clocks (id TEXT PRIMARY KEY, row TEXT NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """One device."""

    id: str
    attestation_public: str
    "Hex of TPM2B_PUBLIC."
    endorsement_public: str
    asked_at: float
    proven_at: float | None = None
    "Both keys were shown to be in one TPM."
    certificate: str = ""
    "Hex of the maker's certificate of the endorsement key."
    trust: str = ""
    approved_by: str = ""
    approved_at: float | None = None
    asset: str = ""
    fleet: str = ""
    client_certificate: str = ""
    "Thumbprint of the client certificate sessions are bound to."
    revoked_at: float | None = None
    revoked_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRow:
    """Good register values of a device or a fleet."""

    scope: str
    "`device:<id>` or `fleet:<name>`."
    values: tuple[tuple[str, int, str], ...]
    approved_by: str
    approved_at: float
    source: str = ""


class Devices:
    """The file of a home."""

    def __init__(self, home: Path) -> None:
        self.path = home / FILE
        ready_directory(self.path.parent)

    def keep(self, row: DeviceRow) -> None:
        """Write a device, new or changed."""
        self._put("devices", row.id, asdict(row))

    def find(self, device: str) -> DeviceRow | None:
        """Give a device."""
        found = self._get("devices", device)
        return DeviceRow(**found) if found is not None else None

    def all(self) -> tuple[DeviceRow, ...]:
        """Give every device by its id."""
        with self._open() as database:
            rows = database.execute("SELECT row FROM devices ORDER BY id").fetchall()
        return tuple(DeviceRow(**json.loads(row)) for (row,) in rows)

    def keep_references(self, row: ReferenceRow) -> None:
        """Write the good values of a scope; those before are replaced."""
        self._put("references_of", row.scope, asdict(row))

    def references(self, scope: str) -> ReferenceRow | None:
        """Give the good values of a scope."""
        found = self._get("references_of", scope)
        if found is None:
            return None
        values = tuple((bank, register, value) for bank, register, value in found.pop("values"))
        return ReferenceRow(values=values, **found)

    def keep_clock(self, device: str, clock: dict[str, int]) -> None:
        """Write how far a device's TPM was when it was last believed."""
        self._put("clocks", device, clock)

    def clock(self, device: str) -> dict[str, int] | None:
        """Give how far it was."""
        found: dict[str, int] | None = self._get("clocks", device)
        return found

    def forget_clock(self, device: str) -> None:
        """Forget how far it was, since it has another TPM or new keys."""
        with self._open() as database, database:
            database.execute("DELETE FROM clocks WHERE id = ?", (device,))

    def _put(self, table: str, key: str, row: object) -> None:
        column = "scope" if table == "references_of" else "id"
        with self._open() as database, database:
            database.execute(
                f"INSERT INTO {table} ({column}, row) VALUES (?, ?) "  # noqa: S608 -- our own names
                f"ON CONFLICT ({column}) DO UPDATE SET row = excluded.row",
                (key, json.dumps(row)),
            )

    def _get(self, table: str, key: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
        column = "scope" if table == "references_of" else "id"
        with self._open() as database:
            found = database.execute(
                f"SELECT row FROM {table} WHERE {column} = ?",  # noqa: S608 -- our own names
                (key,),
            ).fetchone()
        return json.loads(found[0]) if found is not None else None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with told("the devices", place=str(self.path), wait=_WAIT_S):
            new = not self.path.exists()
            with closing(sqlite3.connect(self.path, timeout=_WAIT_S)) as database:
                if new:
                    self.path.chmod(OWNER_ONLY_FILE)
                database.executescript(_TABLES)
                yield database

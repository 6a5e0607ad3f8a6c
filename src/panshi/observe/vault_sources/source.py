"""What is put into the vault, and how: `vault-sources.toml` below the home.

    vault = "core"
    places = ["/srv/vault/taipei", "s3://vault-taichung", "sftp://vault@kaohsiung/srv/vault"]
    drill_key = "drill.key"

    [[source]]
    name = "core-ledger"
    kind = "postgresql-base"
    asset = "system:core-ledger"
    address = "postgresql://backup@db.bank.internal/ledger"
    rto_minutes = 120
    rpo_minutes = 5

    [[source.check]]
    name = "debits equal credits"
    sql = "SELECT sum(amount) FROM posting"
    expect = "0.00"

Whoever may write this file decides what is read, so it must be the owner's alone. A password stands
in `~/.pgpass` or the environment, as PostgreSQL's own programs read it, never here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from panshi.errors import BadInputError, MissingError
from panshi.model.resilience.mark import SourceKind
from panshi.observe.reading.settings_files import decode_settings
from panshi.observe.spool.places import owned_file

type Clock = Callable[[], datetime]

FILE = "vault-sources.toml"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_PASSWORD = re.compile(r"://[^/@]*:[^/@]+@|password\s*=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A business check: one value that must come out, at the mark and after every restore."""

    name: str
    sql: str = ""
    "One SELECT of one value, for databases."
    column: str = ""
    "Sum of this column, for CSV: `file.csv:amount`."
    expect: str = ""
    "What must come out at any time; empty: the value at the mark."


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A file or row nobody has reason to touch; it changed: somebody did."""

    name: str
    path: str = ""
    "File below the source's folder."
    sha256: str = ""
    sql: str = ""
    expect: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source."""

    name: str
    kind: SourceKind
    asset: str = ""
    "Asset the drills of this source speak of, for example `system:core-ledger`."
    address: str = ""
    "`postgresql://…` without a password."
    path: str = ""
    "Database file or folder."
    tables: tuple[str, ...] = ()
    "Only these, as `schema.table`; empty: all."
    key: tuple[str, ...] = ()
    "Columns that name a row of a CSV file."
    sums: tuple[str, ...] = ()
    "Columns of a CSV file that are summed; empty: all that are numbers throughout."
    encoding: str = "utf-8-sig"
    "Of CSV files, for example `big5hkscs` or `cp950`."
    control_file: str = ""
    "Suffix of control files beside CSV extracts, for example `.ctl`: `rows=…`, `sum.amount=…`."
    check: tuple[Check, ...] = ()
    canary: tuple[Canary, ...] = ()
    base_days: int = 7
    "Age at which a new base backup is made."
    rto_minutes: float = 0.0
    rpo_minutes: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be read."""
        where = f"source {self.name!r}"
        if not _NAME.fullmatch(self.name):
            raise BadInputError(
                f"{self.name!r} is no name of a source",
                remedy="a small letter, then small letters, digits, _ and -, at most 40",
            )
        database = self.kind in {SourceKind.POSTGRESQL, SourceKind.POSTGRESQL_LOGICAL}
        if database != bool(self.address) or database == bool(self.path):
            raise BadInputError(
                "needs address" if database else "needs path", place=where, remedy=f"see {FILE}"
            )
        if _PASSWORD.search(self.address):
            raise BadInputError(
                "the address holds a password", place=where, remedy="put it into ~/.pgpass"
            )
        if self.path and not Path(self.path).is_absolute():
            raise BadInputError("the path is not absolute", place=where, remedy="begin with /")

    @property
    def slot(self) -> str:
        """Name of the replication slot that keeps the log between two marks."""
        return "panshi_" + re.sub(r"[^a-z0-9_]", "_", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything the file says."""

    vault: str = "core"
    "What people call the vault."
    places: tuple[str, ...] = ()
    "Addresses of its places, in their order."
    drill_key: str = ""
    "File below the home with the private key of a recipient, for drills without officers."
    source: tuple[Source, ...] = ()


def read_setup(home: Path) -> Setup:
    """Read the file; nothing is set up where there is none."""
    path = home / FILE
    if not path.exists():
        return Setup()
    found = decode_settings(owned_file(path), Setup, place=str(path))
    names = [each.name for each in found.source]
    if len(set(names)) < len(names):
        raise BadInputError("a name stands twice", place=str(path), remedy="rename one")
    return found


def source_named(home: Path, name: str) -> Source:
    """Give one source by name."""
    found = {each.name: each for each in read_setup(home).source}
    if name not in found:
        raise MissingError(
            f"there is no source {name!r}",
            place=str(home / FILE),
            remedy="sources: " + (", ".join(found) or "none"),
        )
    return found[name]

"""CSV extracts: copies of the files, every row digested, sums held to the core system's own.

Where the core system writes a control file beside each extract (`rows=…`, `sum.amount=…` in lines),
the extract must agree with it: a file cut short or swapped is found before it is believed.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from panshi.errors import BadInputError
from panshi.model.resilience.mark import CheckValue, ColumnSum, Mark, SourceKind, TableMark
from panshi.observe.vault_sources.files import (
    COPY,
    FileFact,
    capture_files,
    read_list,
    seen_of,
    wrong_canaries,
)
from panshi.observe.vault_sources.postgres import ROWS_FOLDER
from panshi.observe.vault_sources.rows import Row, write_rows
from panshi.observe.vault_sources.source import Check, Clock, Source
from panshi.observe.vault_sources.sqlite_copy import EXACT

ENDING = ".csv"
LONGEST_FIELD = 1 << 20
_LARGEST_CONTROL = 1 << 16


def capture_extracts(source: Source, folder: Path, clock: Clock) -> Mark:
    """Copy the folder of extracts and digest their rows."""
    shutil.rmtree(folder / ROWS_FOLDER, ignore_errors=True)
    copied = capture_files(source, folder, clock)
    facts = list(read_list(folder).values())
    files = [each.path for each in facts if each.path.casefold().endswith(ENDING)]
    tables = tuple(_marked(source, folder, path, n) for n, path in enumerate(files))
    return Mark(
        source=source.name,
        method=SourceKind.CSV,
        marked_at=copied.marked_at,
        position=f"tree {copied.tree_sha256[:16]}",
        tables=tables,
        tree_sha256=copied.tree_sha256,
        checks=(*_controls(source, folder, tables), *extract_checks(tables, source.check)),
        seen=seen_of([_torn(each, copied) for each in facts], wrong_canaries(facts, source.canary)),
    )


def _torn(fact: FileFact, copied: Mark) -> FileFact:
    torn = fact.path in copied.seen.torn
    return FileFact(
        path=fact.path, size=fact.size, sha256=fact.sha256, opaque=fact.opaque, torn=torn
    )


def _marked(source: Source, folder: Path, path: str, number: int) -> TableMark:
    extract = Extract(folder / COPY / path, source)
    name = f"{ROWS_FOLDER}/{number:04d}.rows"
    written = write_rows(folder / name, extract.rows())
    return TableMark(
        table=path,
        key=tuple(each for each in source.key if each in extract.columns),
        columns=extract.columns,
        rows=written.rows,
        sums=extract.sums(),
        digests=name,
        digests_sha256=written.sha256,
    )


class Extract:
    """One CSV file; its sums are known once its rows were read."""

    def __init__(self, path: Path, source: Source) -> None:
        """Name the file; it is read by `rows`."""
        self.path, self.encoding = path, source.encoding
        self.columns = self._header()
        self.keys = [self.columns.index(each) for each in source.key if each in self.columns]
        wanted = source.sums or self.columns
        self._totals: dict[int, Decimal] = {
            number: Decimal(0)
            for number, name in enumerate(self.columns)
            if name in wanted and number not in self.keys
        }

    def rows(self) -> Iterator[Row]:
        """Give key and row of every row."""
        width = len(self.columns)
        for number, fields in enumerate(self._lines(), 1):
            if number == 1:
                continue
            if len(fields) != width:
                raise BadInputError(
                    f"{len(fields)} fields where the header has {width}",
                    place=f"{self.path.name}, row {number}",
                    remedy="the extract is cut short or not quoted",
                )
            self._add(fields)
            whole = _told(fields)
            yield (_told([fields[each] for each in self.keys]) if self.keys else whole), whole

    def sums(self) -> tuple[ColumnSum, ...]:
        """Give the sums of the columns that were numbers throughout."""
        return tuple(
            ColumnSum(column=self.columns[number], total=f"{total:f}")
            for number, total in self._totals.items()
        )

    def _add(self, fields: list[str]) -> None:
        for number in list(self._totals):
            text = fields[number].strip().replace(",", "")
            if not text:
                continue
            try:
                value = Decimal(text)
                if not value.is_finite():
                    raise InvalidOperation
                self._totals[number] = EXACT.add(self._totals[number], value)
            except InvalidOperation:
                del self._totals[number]

    def _header(self) -> tuple[str, ...]:
        header = next(self._lines(), None)
        if not header or len(set(header)) < len(header):
            raise BadInputError("has no header line of distinct names", place=str(self.path))
        return tuple(header)

    def _lines(self) -> Iterator[list[str]]:
        csv.field_size_limit(LONGEST_FIELD)
        try:
            with self.path.open(encoding=self.encoding, newline="") as file:
                yield from csv.reader(file, strict=True)
        except (UnicodeError, csv.Error, LookupError) as error:
            raise BadInputError(
                f"is no CSV in {self.encoding}: {error}",
                place=str(self.path),
                remedy="name its `encoding`, for example cp950",
            ) from error


def _told(fields: list[str]) -> bytes:
    return "\t".join(each.replace("\\", "\\\\").replace("\t", "\\t") for each in fields).encode(
        "utf-8", "surrogatepass"
    )


def _controls(source: Source, folder: Path, tables: tuple[TableMark, ...]) -> Iterator[CheckValue]:
    """Hold each extract to its control file."""
    if not source.control_file:
        return
    for table in tables:
        control = folder / COPY / (table.table + source.control_file)
        name = f"control file of {table.table}"
        if not control.is_file() or control.stat().st_size > _LARGEST_CONTROL:
            yield CheckValue(name=name, value="missing", holds=False)
            continue
        found = {"rows": str(table.rows)} | {f"sum.{s.column}": s.total for s in table.sums}
        for line in control.read_text(encoding=source.encoding, errors="replace").splitlines():
            key, separator, wanted = line.partition("=")
            if separator:
                value = found.get(key.strip(), "not a column of numbers")
                holds = _equal(value, wanted.strip())
                yield CheckValue(name=f"{name}: {key.strip()}", value=value, holds=holds)


def _equal(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other.replace(",", ""))
    except InvalidOperation:
        return one == other


def extract_checks(
    tables: tuple[TableMark, ...], checks: tuple[Check, ...]
) -> tuple[CheckValue, ...]:
    """Ask every business check: the sum of one column."""
    sums = {f"{table.table}:{each.column}": each.total for table in tables for each in table.sums}
    found = []
    for each in checks:
        value = sums.get(each.column, "missing")
        holds = value != "missing" and (not each.expect or _equal(value, each.expect))
        found.append(CheckValue(name=each.name, value=value, holds=holds))
    return tuple(found)

"""Rows of a list with the place of every cell: `Sheet1!C17` or `file.csv:17:3`.

CSV is as in RFC 4180, with commas, semicolons or tabs as the heading shows. Its encoding is found
safely: a byte order mark decides; otherwise UTF-8 if every byte fits, else Big5 (CP950) if every
byte fits. XLSX is read by `panshi.observe.spreadsheet`.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from panshi.errors import BadInputError, UsageError
from panshi.observe.reading.files import Source, open_source
from panshi.observe.reading.limits import DEFAULT
from panshi.observe.spreadsheet import CellValue, address, open_spreadsheet

MOST_ROWS = 2_000_000
MOST_COLUMNS = 200
LARGEST_CELL = 32 * 1024
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCODINGS = {
    "utf8": "utf-8-sig",
    "utf16": "utf-16",
    "big5": "cp950",
    "cp950": "cp950",
}
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a table, empty cells left out."""

    number: int
    cells: dict[int, CellValue]
    "By column from 1."


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One sheet of a spreadsheet, or one CSV file."""

    title: str
    "Name of the sheet, or of the file without its ending."
    name: str
    "File name, for places."
    sheet: bool
    lines: Iterator[Line]

    def place(self, row: int, column: int) -> str:
        """Name a cell as its users do."""
        if self.sheet:
            return f"{self.title}!{address(column, row)}"
        return f"{self.name}:{row}:{column}"


@contextmanager
def open_tables(path: Path, encoding: str = "") -> Iterator[Iterator[Table]]:
    """Open a list; each table must be read before the next is asked for."""
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        with open_spreadsheet(path) as book:
            yield (
                Table(
                    title=title,
                    name=path.name,
                    sheet=True,
                    lines=_bounded(
                        (Line(number=row.number, cells=row.cells) for row in book.rows(title)),
                        f"{path.name}, {title}",
                    ),
                )
                for title in book.titles
            )
        return
    chosen = _encoding(path, encoding)
    with open_source(path, DEFAULT) as source:
        lines = _bounded(_of_csv(source, chosen), path.name)
        yield iter((Table(title=path.stem, name=path.name, sheet=False, lines=lines),))


def _bounded(lines: Iterator[Line], place: str) -> Iterator[Line]:
    for count, line in enumerate(lines, start=1):
        if count > MOST_ROWS:
            raise BadInputError(f"more than {MOST_ROWS:,} rows", place=place, remedy="split it")
        if max(line.cells, default=0) > MOST_COLUMNS:
            raise BadInputError(
                f"more than {MOST_COLUMNS} columns", place=f"{place}, row {line.number}"
            )
        for column, cell in line.cells.items():
            if isinstance(cell, str) and len(cell) > LARGEST_CELL:
                raise BadInputError(
                    f"a cell of more than {LARGEST_CELL:,} characters",
                    place=f"{place}, row {line.number}, column {column}",
                )
        yield line


def _encoding(path: Path, asked: str) -> str:
    if asked:
        known = _ENCODINGS.get(asked.lower().replace("-", "").replace("_", ""))
        if known is None:
            raise UsageError(
                f"the encoding {asked!r} is not known", remedy="give utf-8, utf-16 or big5"
            )
        return known
    with open_source(path, DEFAULT) as source:
        head = source.peek(4)
        if head == _OLD_EXCEL:
            raise BadInputError(
                "is a spreadsheet of the old kind (.xls)",
                place=str(path),
                remedy="save it as XLSX or CSV",
            )
        marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
        return marked or _fitting(source)


def _fitting(source: Source) -> str:
    """Find the encoding every byte of the file fits, UTF-8 before Big5."""
    fits = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8", "cp950")}
    while fits:
        chunk = source.read()
        for name, decoder in tuple(fits.items()):
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeError:
                del fits[name]
        if not chunk:
            break
    if not fits:
        raise BadInputError(
            "is neither UTF-8 nor Big5 text",
            place=source.name,
            remedy="save it as UTF-8, or state the encoding (encoding=utf-16)",
        )
    return next(iter(fits))


def _of_csv(source: Source, encoding: str) -> Iterator[Line]:
    """Yield what stands above the heading as it is (`# kind: …`), then rows of cells."""
    texts = _text_lines(source, encoding)
    for number, text in enumerate(texts, start=1):
        bare = text.strip().strip(_DELIMITERS).strip('"')
        if bare and not bare.startswith("#"):
            delimiter = max(_DELIMITERS, key=text.count)
            yield from _parsed(source.name, chain((text,), texts), delimiter, number - 1)
            return
        if bare:
            yield Line(number=number, cells={1: bare})


def _parsed(name: str, texts: Iterator[str], delimiter: str, skipped: int) -> Iterator[Line]:
    rows = csv.reader(texts, delimiter=delimiter, strict=True)
    number = skipped + 1
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadInputError(
                f"is no valid CSV: {error}",
                place=f"{name}:{skipped + rows.line_num}",
                remedy="check the quotes of this line",
            ) from error
        cells: dict[int, CellValue] = {
            column: cell for column, cell in enumerate(row, start=1) if cell.strip()
        }
        if cells:
            yield Line(number=number, cells=cells)
        number = skipped + rows.line_num + 1


def _text_lines(source: Source, encoding: str) -> Iterator[str]:
    """Give lines with their ends, each of bounded length."""
    decoder = codecs.getincrementaldecoder(encoding)()
    rest = ""
    while True:
        start = source.offset
        chunk = source.read()
        try:
            rest += decoder.decode(chunk, final=not chunk)
        except UnicodeError as error:
            raise BadInputError(
                f"is not valid {encoding}", place=f"{source.name}, from byte {start}"
            ) from error
        *whole, rest = rest.split("\n")
        for line in whole:
            yield f"{line}\n"
        if len(rest) > source.limits.max_text:
            raise BadInputError("a line of more than 1 MiB", place=source.name)
        if not chunk:
            if rest:
                yield rest
            return

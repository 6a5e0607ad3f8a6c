"""Rows of one sheet, and the values of their cells (ECMA-376 part 1, 18.3 SpreadsheetML)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from lxml import etree

from panshi.errors import BadInputError
from panshi.observe.spreadsheet.archive import SAFE, Archive

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_LETTERS = re.compile(r"[A-Z]{1,3}")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001
_PHANTOM_DAY = 60
"Serial number of the 29 February 1900 that never was; before it, days are off by one."


@dataclass(frozen=True, slots=True)
class Refused:
    """A cell that holds no value: a formula, an error."""

    problem: str


type CellValue = str | int | float | bool | date | datetime | Refused


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty."""

    number: int
    "From 1."
    cells: dict[int, CellValue]
    "By column from 1; empty ones are left out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is needed to make values of cells."""

    texts: Sequence[str]
    "Shared texts of the workbook."
    date_styles: Collection[int]
    from_1904: bool


def address(column: int, row: int) -> str:
    """Give the name of a cell, for example `C17`."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def elements(archive: Archive, member: str, tag: str, end: str) -> Iterator[etree._Element]:
    """Yield each complete `tag` element of a part up to the end of `end`, with flat memory."""
    parser = etree.XMLPullParser(("end",), tag=(f"{{*}}{tag}", f"{{*}}{end}"), **SAFE)
    silent, checked, ended = 0, False, False
    for chunk in archive.chunks(member):
        if ended:  # only the checksum is left to see
            continue
        try:
            parser.feed(chunk)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise archive.refusal(f"is not valid XML: {error}"[:200], member) from error
        silent += len(chunk)
        for element in _complete(parser):
            silent = 0
            if not checked:
                archive.without_doctype(element.getroottree().getroot(), member)
                checked = True
            if local(element) == end:
                ended = True
                break
            yield element
            _forget(element)
        if silent > archive.limits.max_silence:
            raise archive.refusal("has an entry that is too large", member)
    if not ended:
        raise archive.refusal("ends in the middle", member)


def rows(archive: Archive, member: str, title: str, reading: Reading) -> Iterator[Row]:
    """Yield the rows of a sheet that hold anything."""
    number = 0
    for element in elements(archive, member, "row", "sheetData"):
        given = element.get("r")
        if given is not None and not (given.isascii() and given.isdigit() and len(given) < 8):  # noqa: PLR2004
            raise BadInputError(f"row number {given[:20]!r}", place=f"{archive.name}, {title}")
        before, number = number, number + 1 if given is None else int(given)
        if not before < number <= MAX_ROW:
            raise BadInputError(
                f"row {number} stands out of order",
                place=f"{archive.name}, {title}",
                remedy="save the spreadsheet again as XLSX",
            )
        cells = dict(_cells(element, number, title, reading))
        if cells:
            yield Row(number, cells)


def local(element: etree._Element) -> str:
    """Give the name of an element without its namespace, which differs between versions."""
    tag: str = element.tag
    return tag[tag.rfind("}") + 1 :]


def plain_text(element: etree._Element) -> str:
    """Give the text of a shared or inline string: its runs, without phonetic hints."""
    parts = []
    for part in element:
        if local(part) == "t":
            parts.append(part.text or "")
        elif local(part) == "r":
            parts += [run.text or "" for run in part if local(run) == "t"]
    return unescaped("".join(parts))


def unescaped(text: str) -> str:
    """Resolve `_x000D_`, by which spreadsheets write characters that XML lacks."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _cells(
    row: etree._Element, number: int, title: str, reading: Reading
) -> Iterator[tuple[int, CellValue]]:
    column = 0
    for cell in row:
        given = cell.get("r")
        before, column = column, column + 1 if given is None else _column(given, number, title)
        if not before < column <= MAX_COLUMN:
            raise BadInputError(
                f"cell {address(column, number)} stands out of order",
                place=title,
                remedy="save the spreadsheet again as XLSX",
            )
        try:
            value = _value(cell, reading)
        except (ValueError, IndexError, OverflowError) as error:
            raise BadInputError(
                f"a cell that cannot be read: {error}"[:200],
                place=f"{title}!{address(column, number)}",
                remedy="type its value again",
            ) from error
        if value is not None:
            yield column, value


def _column(reference: str, number: int, title: str) -> int:
    letters = reference.rstrip("0123456789")
    column = _column_of(letters)
    if not column or reference != f"{letters}{number}":
        raise BadInputError(f"cell {reference[:20]!r} in row {number}", place=title)
    return column


@lru_cache(maxsize=1024)
def _column_of(letters: str) -> int:
    """Give the number of a column, 0 for what is none."""
    if not _LETTERS.fullmatch(letters):
        return 0
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _value(cell: etree._Element, reading: Reading) -> CellValue | None:
    written: str | None = None
    for part in cell:
        match local(part):
            case "v":
                written = part.text
            case "f":
                return Refused("a formula; only values are read")
            case "is":
                return _blank(plain_text(part))
    if written is None or not written.strip():
        return None
    return _typed(cell.get("t", "n"), written, cell.get("s"), reading)


def _typed(kind: str, written: str, style: str | None, reading: Reading) -> CellValue | None:
    match kind:
        case "s":
            return _blank(reading.texts[int(written)])
        case "str":
            return _blank(unescaped(written))
        case "b":
            return bool(int(written))
        case "e":
            return Refused(f"the error value {written[:20]}")
        case "d":
            return datetime.fromisoformat(written)
        case "n":
            return _number(written, style, reading)
        case _:
            return Refused(f"a value of the unknown type {kind[:20]!r}")


def _blank(text: str) -> str | None:
    return text if text.strip() else None


def _number(written: str, style: str | None, reading: Reading) -> CellValue:
    written = written.strip()
    number = int(written) if _WHOLE.fullmatch(written) else float(written)
    if style is None or int(style) not in reading.date_styles:
        return number
    days = number if reading.from_1904 or number >= _PHANTOM_DAY else number + 1
    if number < 0 or number == _PHANTOM_DAY:
        return Refused("a day that does not exist")
    epoch = _EPOCH_1904 if reading.from_1904 else _EPOCH_1900
    return epoch + timedelta(seconds=round(days * 86_400))


def _complete(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    for _, element in parser.read_events():
        if isinstance(element, etree._Element):  # noqa: SLF001  (lxml names its type so)
            yield element


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]

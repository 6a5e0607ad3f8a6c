"""The workbook around the sheets: their titles and parts, shared texts, styles that are dates."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from panshi.observe.spreadsheet.archive import DEFAULT, Archive, ArchiveLimits, open_archive
from panshi.observe.spreadsheet.cells import Reading, Row, elements, plain_text, rows

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
"Number formats that are dates without saying so (18.8.30)."
_NOT_A_PATTERN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_DATE_LETTERS = re.compile(r"[dmyhs]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreadsheet:
    """An opened spreadsheet."""

    name: str
    parts: dict[str, str]
    "Sheets by title, in order."
    _archive: Archive
    _reading: Reading

    @property
    def titles(self) -> tuple[str, ...]:
        """Titles of the sheets."""
        return tuple(self.parts)

    def rows(self, title: str) -> Iterator[Row]:
        """Yield the rows of a sheet that hold anything."""
        return rows(self._archive, self.parts[title], title, self._reading)


@contextmanager
def open_spreadsheet(path: Path, limits: ArchiveLimits = DEFAULT) -> Iterator[Spreadsheet]:
    """Open a spreadsheet for reading."""
    with open_archive(path, limits) as archive:
        workbook = archive.small(_WORKBOOK)
        targets = _targets(archive)
        properties = next(workbook.iter("{*}workbookPr"), None)
        flag = "" if properties is None else properties.get("date1904", "")
        yield Spreadsheet(
            name=archive.name,
            parts=_parts(archive, workbook, targets),
            _archive=archive,
            _reading=Reading(
                texts=tuple(_texts(archive, targets)),
                date_styles=_date_styles(archive, targets),
                from_1904=flag in {"1", "true", "on"},
            ),
        )


def _targets(archive: Archive) -> dict[str, tuple[str, str]]:
    """Parts by relation id: last word of the relation's type, and name in the archive."""
    found = {}
    for relation in archive.small(_RELATIONS).iter("{*}Relationship"):
        if relation.get("TargetMode") == "External":
            continue
        target = relation.get("Target", "")
        name = target[1:] if target.startswith("/") else posixpath.join("xl", target)
        kind = relation.get("Type", "").rpartition("/")[2]
        found[relation.get("Id", "")] = (kind, posixpath.normpath(name))
    return found


def _parts(
    archive: Archive, workbook: etree._Element, targets: dict[str, tuple[str, str]]
) -> dict[str, str]:
    parts: dict[str, str] = {}
    for sheet in workbook.iter("{*}sheet"):
        title = sheet.get("name", "")
        related = next((v for k, v in sheet.attrib.items() if str(k).endswith("}id")), "")
        kind, part = targets.get(str(related), ("", ""))
        if kind != "worksheet":  # a chart sheet, a dialogue
            continue
        if not archive.has(part) or title in parts:
            raise archive.refusal(f"the sheet {title[:40]!r} is missing or there twice")
        parts[title] = part
    return parts


def _part(targets: dict[str, tuple[str, str]], kind: str) -> str:
    return next((part for name, part in targets.values() if name == kind), "")


def _texts(archive: Archive, targets: dict[str, tuple[str, str]]) -> Iterator[str]:
    part = _part(targets, "sharedStrings")
    if part and archive.has(part):
        for element in elements(archive, part, "si", "sst"):
            yield plain_text(element)


def _date_styles(archive: Archive, targets: dict[str, tuple[str, str]]) -> frozenset[int]:
    """Give the cell styles whose number format is a date."""
    part = _part(targets, "styles")
    if not part or not archive.has(part):
        return frozenset()
    styles = archive.small(part)
    own = {
        each.get("numFmtId", ""): each.get("formatCode", "") for each in styles.iter("{*}numFmt")
    }
    formats = next(styles.iter("{*}cellXfs"), None)
    return frozenset(
        number
        for number, form in enumerate(() if formats is None else formats.iter("{*}xf"))
        if _is_date(form.get("numFmtId", "0"), own)
    )


def _is_date(identity: str, own: dict[str, str]) -> bool:
    if identity in own:
        return bool(_DATE_LETTERS.search(_NOT_A_PATTERN.sub("", own[identity])))
    return identity.isascii() and identity.isdigit() and int(identity[:6]) in _BUILT_IN_DATES

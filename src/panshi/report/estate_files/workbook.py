"""An estate as a spreadsheet (OOXML), and the empty template of the same form.

Row 1 of a sheet holds machine names, row 2 labels in both languages, assets begin in row 3.
Texts are written as texts whatever they begin with, so that no `=`, `+`, `-` or `@` of foreign
data ever runs as a formula; numbers that a spreadsheet would round are written as texts, too.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Self

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from panshi.model.asset import Asset, AssetKind, AttributeValue, RelationKind
from panshi.model.attributes import Attribute, AttributeType, written
from panshi.model.changes import ordered
from panshi.model.estate import Estate
from panshi.model.estate_layout import (
    ESTATE_LABELS,
    ESTATE_SHEET,
    GUIDE_SHEET,
    RELATION_LABELS,
    RELATIONS_SHEET,
    Column,
    columns,
    join_parts,
)
from panshi.report.estate_files.guide import GUIDE, KIND_WORDS

_LAST_ROW = 1_048_575
_INLINE_LIST = 255
"Characters a list of choices may have in a data validation."
_FIRST_SAFE_DAY = date(1900, 3, 1)
"Before it, spreadsheets count a 29 February 1900 that never was."
_TEMPLATE_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 (spreadsheet properties carry no zone)


def estate_xlsx(estate: Estate) -> bytes:
    """Write the estate as a spreadsheet; kinds without assets have no sheet."""
    estate = ordered(estate)
    made = estate.as_of.astimezone(UTC).replace(tzinfo=None)
    with _Book(made) as book:
        book.guide()
        book.estate((estate.name_zh, estate.name_en, estate.demo))
        for kind, assets in estate.by_kind.items():
            book.assets(kind, assets)
        book.relations((r.kind, r.source, r.target) for r in estate.relations)
    return book.bytes


def template_xlsx(kinds: Collection[AssetKind] = ()) -> bytes:
    """Write the empty template, with sheets for `kinds` or for all."""
    with _Book(_TEMPLATE_MADE) as book:
        book.guide()
        book.estate(("", "", False))
        for kind in AssetKind:
            if not kinds or kind in kinds:
                book.assets(kind, ())
        book.relations(())
    return book.bytes


class _Book:
    """A workbook in memory; `bytes` once the block is left."""

    def __init__(self, made: datetime) -> None:
        self._file = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._file,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.set_properties({"title": "Panshi 磐石", "created": made})
        self._name = self._format(bold=True, bg_color="#E8ECF1", border=1)
        self._must = self._format(bold=True, bg_color="#F6E3C5", border=1)
        self._label = self._format(italic=True, text_wrap=True, font_color="#5A6472", border=1)
        self._text = self._format(num_format="@")
        self._day = self._format(num_format="yyyy-mm-dd")
        self._plain = self._format()
        self.bytes = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()
        self.bytes = self._file.getvalue()

    def guide(self) -> None:
        """Write the page that tells how to fill the others in."""
        sheet = self._book.add_worksheet(GUIDE_SHEET)
        wrapped = self._format(text_wrap=True)
        sheet.set_column(0, 1, 70, wrapped)
        for row, (zh, en) in enumerate(GUIDE):
            style = self._name if row == 0 else wrapped
            sheet.write_string(row, 0, zh, style)
            sheet.write_string(row, 1, en, style)
        start = len(GUIDE) + 1
        for row, (kind, (zh, en)) in enumerate(KIND_WORDS.items(), start=start):
            sheet.write_string(row, 0, f"{kind}：{zh}")
            sheet.write_string(row, 1, f"{kind}: {en}")

    def estate(self, values: tuple[str | bool, ...]) -> None:
        """Write the sheet about the estate itself."""
        sheet = self._sheet(ESTATE_SHEET, ESTATE_LABELS, 28)
        for place, value in enumerate(values):
            self._cell(sheet, 2, place, value)

    def relations(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Write the sheet of relations."""
        sheet = self._sheet(RELATIONS_SHEET, RELATION_LABELS, 34)
        self._offer(sheet, 0, tuple(RelationKind))
        for row, texts in enumerate(rows, start=2):
            for place, text in enumerate(texts):
                sheet.write_string(row, place, text, self._text)

    def assets(self, kind: AssetKind, assets: Iterable[Asset]) -> None:
        """Write the sheet of one kind."""
        layout = columns(kind)
        sheet = self._sheet(kind, {column.name: column.label for column in layout}, 18)
        sheet.set_column(0, 1, 32, self._text)
        for place, column in enumerate(layout):
            self._column(sheet, place, column)
        for row, asset in enumerate(assets, start=2):
            own: tuple[AttributeValue | None, ...] = (
                asset.id,
                asset.name,
                asset.identifiers or None,
                asset.inventories or None,
            )
            for place, value in enumerate(own):
                self._cell(sheet, row, place, value)
            for place, column in enumerate(layout[len(own) :], start=len(own)):
                self._cell(sheet, row, place, asset.attributes.get(column.name))

    def _sheet(self, title: str, labels: Mapping[str, str], width: int) -> Worksheet:
        sheet = self._book.add_worksheet(title)
        sheet.set_column(0, len(labels) - 1, width)
        sheet.set_row(1, 34)
        sheet.freeze_panes(2, 1)
        for place, (name, label) in enumerate(labels.items()):
            sheet.write_string(0, place, name, self._name)
            sheet.write_string(1, place, label, self._label)
        return sheet

    def _column(self, sheet: Worksheet, place: int, column: Column) -> None:
        attribute = column.attribute
        if column.required:
            sheet.write_string(0, place, column.name, self._must)
        if attribute is None:
            return
        style = {AttributeType.TEXT: self._text, AttributeType.DAY: self._day}
        sheet.set_column(place, place, 18, style.get(attribute.type))
        match attribute.type:
            case AttributeType.YES_NO:
                self._offer(sheet, place, ("TRUE", "FALSE"))
            case AttributeType.TEXT if attribute.choices:
                self._offer(sheet, place, attribute.values)
            case AttributeType.MANY:
                self._hint(sheet, place, attribute)

    def _offer(self, sheet: Worksheet, place: int, values: tuple[str, ...]) -> None:
        if len(",".join(values)) <= _INLINE_LIST:
            rule = {"validate": "list", "source": list(values), "error_type": "warning"}
            sheet.data_validation(2, place, _LAST_ROW, place, rule)

    def _hint(self, sheet: Worksheet, place: int, attribute: Attribute) -> None:
        message = "；分隔 / separate with ;\n" + ", ".join(attribute.values)
        rule = {"validate": "any", "input_title": attribute.en[:32], "input_message": message[:255]}
        sheet.data_validation(2, place, _LAST_ROW, place, rule)

    def _cell(self, sheet: Worksheet, row: int, place: int, value: AttributeValue | None) -> None:
        match value:
            case None | "":
                return
            case bool():
                sheet.write_boolean(row, place, value)
            case tuple():
                sheet.write_string(row, place, join_parts(value), self._text)
            case str():
                sheet.write_string(row, place, value, self._text)
            case date() if value >= _FIRST_SAFE_DAY:
                sheet.write_datetime(row, place, value, self._day)
            case int() | float() if float(f"{value:.16G}") == value:
                sheet.write_number(row, place, value)
            case _:
                sheet.write_string(row, place, written(value), self._text)

    def _format(self, **properties: object) -> Format:
        return self._book.add_format({"valign": "top", **properties})

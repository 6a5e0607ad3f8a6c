"""The template filled in, well and badly."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.model.alliance.ticket_layout import FORM, SHEET
from panshi.observe.tickets import Form, drafts
from panshi.report.tickets import tickets_xlsx

NOW = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)
COLUMN = {part.name: number for number, part in enumerate(FORM, start=1)}


def filled_in(path, *rows, header=()):
    book = openpyxl.load_workbook(io.BytesIO(tickets_xlsx()))
    sheet = book[SHEET]
    for column, value in header:
        sheet.cell(1, column, value)
    for number, row in enumerate(rows, start=4):
        for name, value in row.items():
            sheet.cell(number, COLUMN[name], value)
    book.save(path)
    return drafts(Form.SHEET, path, NOW)


def test_rows_are_tickets_and_the_example_is_none(tmp_path):
    first, second = filled_in(
        tmp_path / "a.xlsx",
        {
            "number": 20260001,
            "title": "登入",
            "severity": "重大",
            "detected_at": datetime(2026, 9, 30, 9, 58),  # noqa: DTZ001 -- as Excel has it
            "indicators": "203.0.113[.]7；evil[.]example",
            "impact.customers": 1200,
            "impact.effects": "機密性；可用性",
        },
        {"number": "2", "title": "x", "closed_at": date(2026, 9, 30)},
    )
    assert first["number"] == "20260001"
    assert first["severity"] == "critical"
    assert first["detected_at"] == "2026-09-30T09:58:00+08:00"
    assert [each["kind"] for each in first["indicators"]] == ["ipv4", "domain"]
    assert first["impact"] == {"customers": 1200, "effects": ["confidentiality", "availability"]}
    assert second["closed_at"] == "2026-09-30T00:00:00+08:00"


@pytest.mark.parametrize(
    ("row", "place", "told"),
    [
        ({"number": "1"}, "tickets!A4", "標題 is missing"),
        ({"number": "1", "title": "x", "severity": "超高"}, "tickets!I4", "嚴重程度"),
        ({"number": "1", "title": "x", "impact.hosts": "many"}, "tickets!", "whole number"),
        ({"number": "1", "title": "x", "detected_at": "昨天"}, "tickets!F4", "not a time"),
        ({"number": "=1+1", "title": "x"}, "tickets!A4", "formula"),
    ],
)
def test_a_fault_is_told_with_its_cell(tmp_path, row, place, told):
    with pytest.raises(BadInputError, match=told) as refused:
        filled_in(tmp_path / "a.xlsx", row)
    assert refused.value.place.startswith(place)


def test_every_fault_is_told_at_once(tmp_path):
    with pytest.raises(BadInputError, match="and 1 more") as refused:
        filled_in(tmp_path / "a.xlsx", {"number": "1"}, {"number": "2"})
    assert "tickets!A5" in refused.value.problem


@pytest.mark.parametrize("header", [[(1, "單號碼")], [(2, "單號")]])
def test_columns_nobody_knows_or_twice_are_refused(tmp_path, header):
    with pytest.raises(BadInputError):
        filled_in(tmp_path / "a.xlsx", {"number": "1", "title": "x"}, header=header)


def test_columns_may_be_named_in_chinese(tmp_path):
    header = [(number, part.zh) for number, part in enumerate(FORM, start=1)]
    (draft,) = filled_in(tmp_path / "a.xlsx", {"number": "1", "title": "x"}, header=header)
    assert draft["number"] == "1"


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "any.xlsx"
    path.write_bytes(raw)
    with pytest.raises(BadInputError):
        drafts(Form.SHEET, path, NOW)

"""Spreadsheets hold numbers as numbers, formulas a reader would write, and texts as texts."""

import io
from datetime import datetime

import openpyxl
import pytest

from panshi.report.paper.workbook import workbook
from tests.simulators.papers import HOSTILE, a_document

DAY = datetime.fromisoformat("2026-09-30T00:00")
"Spreadsheets know no zones."


@pytest.fixture(scope="module")
def raw():
    return workbook(a_document(chinese=True))


@pytest.fixture(scope="module")
def computed(raw):
    return openpyxl.load_workbook(io.BytesIO(raw), data_only=True)


@pytest.fixture(scope="module")
def written(raw):
    return openpyxl.load_workbook(io.BytesIO(raw))


def test_each_table_is_a_sheet_whatever_its_title(computed):
    assert computed.sheetnames == ["摘要", "表：一 二", "何時"]


def test_numbers_are_numbers_as_they_are_shown(computed):
    row = [cell.value for cell in computed["表：一 二"][2]]
    assert row[0] == HOSTILE
    assert row[1:8] == [0.999, 0.666, 0.333, 1234, 1500, 2, DAY]
    assert row[8:] == ["10% → 30%", HOSTILE]


def test_what_is_not_known_is_a_dash_and_no_nought(computed):
    row = [cell.value for cell in computed["表：一 二"][3]]
    assert row[0] == "-2"
    assert (row[1], row[3], row[6], row[7]) == ("—", "—", "—", "—")


def test_formulas_are_sums_and_differences_with_their_value(written, computed):
    formulas = {
        (sheet.title, cell.coordinate): cell.value
        for sheet in written
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert formulas[("表：一 二", "D2")] == "=ROUND(B2-C2,3)"
    assert formulas[("表：一 二", "E7")] == "=SUM(E2:E6)"
    assert computed["表：一 二"]["E7"].value == 1243
    assert computed["表：一 二"]["F7"].value == 3501
    assert computed["何時"]["E4"].value == 3501
    # And no foreign text is one
    assert len(formulas) == 7


def test_every_row_is_there_where_paper_had_no_room(computed):
    assert computed["表：一 二"].max_row >= 7


def test_the_same_document_gives_the_same_bytes(raw):
    assert workbook(a_document(chinese=True)) == raw
    assert workbook(a_document(chinese=False)) != raw

"""Spreadsheets from outside: values as typed, and nothing hostile gets far."""

import io
import os
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter

from panshi.errors import BadInputError
from panshi.observe.spreadsheet import Refused, address, open_spreadsheet
from panshi.observe.spreadsheet.archive import ArchiveLimits

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{TYPES}">'
    '<sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{TYPES}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{TYPES}/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>"
)


def sheet(rows):
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


@pytest.fixture
def make(tmp_path):
    """Build a spreadsheet part by part."""

    def make(rows="", *, texts="", **parts):
        path = tmp_path / "s.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", parts.get("workbook", WORKBOOK))
            archive.writestr("xl/_rels/workbook.xml.rels", parts.get("relations", RELATIONS))
            archive.writestr("xl/worksheets/sheet1.xml", parts.get("sheet", sheet(rows)))
            archive.writestr(
                "xl/sharedStrings.xml", parts.get("strings", f'<sst xmlns="{MAIN}">{texts}</sst>')
            )
        return path

    return make


def read(path, **limits):
    with open_spreadsheet(path, ArchiveLimits(**limits)) as book:
        return {title: [(r.number, r.cells) for r in book.rows(title)] for title in book.titles}


def test_values_come_as_they_were_typed(tmp_path):
    # Given a spreadsheet written by openpyxl, dates and all
    book = openpyxl.Workbook()
    page = book.active
    page.title = "values"
    page.append(["text", 1, 2.5, True, date(2024, 2, 29), datetime(2024, 1, 1, 8, 30), None, "=A1"])  # noqa: DTZ001
    page["A3"] = "third"
    page["C3"] = 45000
    page["C3"].number_format = '[$-404]e"年"m"月"d"日"'
    page["D3"] = 7
    page["D3"].number_format = '0 "days"'
    page["E3"] = "#DIV/0!"
    book.create_sheet("empty")
    path = tmp_path / "b.xlsx"
    book.save(path)
    found = read(path)
    assert list(found) == ["values", "empty"]
    assert found["empty"] == []
    (first, one), (third, three) = found["values"]
    assert (first, third) == (1, 3)
    assert list(one.values())[:4] == ["text", 1, 2.5, True]
    assert (one[5], one[6]) == (datetime(2024, 2, 29), datetime(2024, 1, 1, 8, 30))  # noqa: DTZ001
    assert 7 not in one
    assert isinstance(one[8], Refused)
    assert three[1] == "third"
    assert three[3] == datetime(2023, 3, 15)  # noqa: DTZ001
    assert three[4] == 7
    assert isinstance(three[5], Refused)


def test_dates_of_the_other_epoch(tmp_path):
    path = tmp_path / "b.xlsx"
    book = xlsxwriter.Workbook(path, {"date_1904": True})
    style = book.add_format({"num_format": "yyyy-mm-dd"})
    book.add_worksheet("d").write_datetime(0, 0, date(2026, 9, 30), style)
    book.close()
    assert read(path)["d"] == [(1, {1: datetime(2026, 9, 30)})]  # noqa: DTZ001


def test_rich_phonetic_and_escaped_texts(make):
    path = make(
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
        '<c r="C1" t="inlineStr"><is><t>in</t></is></c><c r="D1" t="str"><v>shown</v></c></row>',
        texts="<si><r><t>磐</t></r><r><t>石</t></r><rPh><t>pan</t></rPh></si>"
        "<si><t>a_x0041_b_x005F_x0041_</t></si>",
    )
    assert read(path)["s"] == [(1, {1: "磐石", 2: "aAb_x0041_", 3: "in", 4: "shown"})]


def test_rows_and_cells_without_references(make):
    path = make("<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>")
    assert read(path)["s"] == [(1, {1: 1, 2: 2}), (3, {1: 3})]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"/><row r="1"/>',
        '<row r="1"/><row r="1"/>',
        '<row r="1048577"/>',
        '<row r="-1"/>',
        '<row r="x"/>',
        '<row r="1"><c r="B1"/><c r="A1"/></row>',
        '<row r="1"><c r="A1"/><c r="A1"/></row>',
        '<row r="1"><c r="A2"/></row>',
        '<row r="1"><c r="ZZZ1"/></row>',
        '<row r="1"><c r="AAAA1"/></row>',
        '<row r="1"><c r=""/></row>',
        '<row r="1"><c t="s"><v>0</v></c></row>',
        '<row r="1"><c t="s"><v>-</v></c></row>',
        '<row r="1"><c><v>1e999x</v></c></row>',
        '<row r="1"><c t="d"><v>yesterday</v></c></row>',
        '<row r="1"><c t="b"><v>perhaps</v></c></row>',
        '<row r="1"><c s="x"><v>1</v></c></row>',
    ],
)
def test_what_readers_would_disagree_on_is_refused(make, rows):
    with pytest.raises(BadInputError):
        read(make(rows))


@pytest.mark.parametrize("part", ["workbook", "relations", "sheet", "strings"])
@pytest.mark.parametrize(
    "content",
    [
        "",
        "<a",
        "<a></b>",
        '<!DOCTYPE x [<!ENTITY a "a"><!ENTITY b "&a;&a;">]>' + sheet("<row>&b;</row>"),
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">' + sheet("<row/>"),
        '<?xml version="1.0" encoding="nonsense"?><a/>',
        "\x00\x01\x02",
    ],
)
def test_a_damaged_or_hostile_part_is_refused(make, part, content):
    path = make(
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
        **{part: content},
    )
    with pytest.raises(BadInputError) as caught:
        read(path)
    assert "s.xlsx" in caught.value.place


def test_deep_nesting_is_refused(make):
    with pytest.raises(BadInputError):
        read(make(sheet="<a>" * 100_000))


def test_a_row_without_end_does_not_fill_memory(make):
    endless = f'<worksheet xmlns="{MAIN}"><sheetData><row>' + "<c/>" * 400_000
    with pytest.raises(BadInputError, match="too large"):
        read(make(sheet=endless), max_silence=1_000_000, max_ratio=10_000)


def test_a_bomb_is_refused_before_it_is_unpacked(make):
    path = make(" " * 20_000_000)
    with pytest.raises(BadInputError, match=r"unpacks to \d+ times"):
        read(path)
    with pytest.raises(BadInputError, match="unpacks to more than"):
        read(path, max_unpacked=1_000_000)


def test_many_parts_a_part_twice_and_encryption_are_refused(tmp_path):
    path = tmp_path / "many.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(30):
            archive.writestr(f"{number}", "")
    with pytest.raises(BadInputError, match="more than 20 parts"):
        read(path, max_members=20)
    with (
        pytest.warns(UserWarning, match="Duplicate name"),
        zipfile.ZipFile(path, "a") as archive,
    ):
        archive.writestr("1", "")
    with pytest.raises(BadInputError, match="a part twice"):
        read(path)
    raw = bytearray(path.read_bytes())
    at = raw.find(b"PK\x01\x02")
    raw[at + 8] |= 1
    path.write_bytes(raw)
    with pytest.raises(BadInputError):
        read(path)


def test_a_huge_sparse_file_is_refused_by_its_size(tmp_path):
    path = tmp_path / "huge.xlsx"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(BadInputError, match="larger than"):
        read(path)


def test_what_is_no_plain_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.xlsx")
    for name in ("pipe.xlsx", ".", "missing.xlsx", "a\0b.xlsx"):
        with pytest.raises(BadInputError):
            read(tmp_path / name)


def test_every_truncation_is_refused(tmp_path):
    book = io.BytesIO()
    made = xlsxwriter.Workbook(book, {"in_memory": True})
    made.add_worksheet().write(0, 0, "x")
    made.close()
    path = tmp_path / "t.xlsx"
    whole = book.getvalue()
    for size in range(0, len(whole) - 1, 37):
        path.write_bytes(whole[:size])
        with pytest.raises(BadInputError):
            read(path)


def test_addresses():
    assert [address(c, 7) for c in (1, 26, 27, 702, 703, 16_384)] == [
        "A7", "Z7", "AA7", "ZZ7", "AAA7", "XFD7",
    ]  # fmt: skip

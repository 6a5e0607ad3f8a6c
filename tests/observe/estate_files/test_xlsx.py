"""The spreadsheet template as people fill it in, with another program than wrote it."""

from datetime import UTC, date, datetime

import openpyxl
import pytest

from panshi.model.asset import AssetId, AssetKind
from panshi.observe.estate_files import Mode, read_estate
from panshi.report.estate_files import estate_xlsx, template_xlsx

AS_OF = datetime(2026, 9, 30, tzinfo=UTC)


class Sheets:
    """A template being filled in with openpyxl."""

    def __init__(self, folder):
        self.path = folder / "estate.xlsx"
        self.path.write_bytes(template_xlsx())
        self.book = openpyxl.load_workbook(self.path)

    def row(self, sheet, number, **values):
        names = {cell.value: cell.column for cell in self.book[sheet][1]}
        for name, value in values.items():
            self.book[sheet].cell(number, names[name], value)

    def at(self, sheet, name, row):
        cell = next(cell for cell in self.book[sheet][1] if cell.value == name)
        return f"{sheet}!{cell.column_letter}{row}"

    def read(self, **more):
        self.book.save(self.path)
        return read_estate(self.path, estate_id="bank", as_of=AS_OF, **more)


@pytest.fixture
def sheets(tmp_path):
    return Sheets(tmp_path)


def test_the_empty_template_is_an_empty_estate(sheets):
    preview = sheets.read()
    assert preview.errors == ()
    assert preview.estate is not None
    assert preview.estate.assets == ()


def test_rows_become_typed_assets_and_relations(sheets):
    # Given a template filled in the way people do
    sheets.row("estate", 3, name_zh="磐石銀行", name_en="Panshi Bank", demo=True)
    sheets.row(
        "host",
        3,
        id="host:dc1-core-01",
        name=" 核心主機 ",
        identifiers="host:10.1.2.3；host:core.example",
        inventories="cmdb\nedr",
        os="Debian 12",
        environment="正式環境",
        cloud="否",
        internet_facing=False,
        fields="遠距辦公; system_operation",
        support_ends=date(2028, 6, 30),
        since="2024-02-29",
    )
    sheets.row("endpoint", 3, id="endpoint:a:443", name="a", port="443", internet_facing="TRUE")
    sheets.row("endpoint", 9, id="endpoint:b:443", name="b", port=443)
    sheets.row("site", 3, id="site:s", name="s", latitude=25, longitude="121.5")
    sheets.row("relations", 3, kind="runs_on", source="endpoint:a:443", target="host:dc1-core-01")
    # When it is read
    preview = sheets.read()
    # Then every value has the type of its attribute
    assert preview.errors == ()
    estate = preview.estate
    assert (estate.name_zh, estate.name_en, estate.demo) == ("磐石銀行", "Panshi Bank", True)
    host = estate.by_id[AssetId("host:dc1-core-01")]
    assert host.name == "核心主機"
    assert host.identifiers == ("host:10.1.2.3", "host:core.example")
    assert host.inventories == ("cmdb", "edr")
    assert host.attributes == {
        "os": "Debian 12",
        "environment": "production",
        "cloud": False,
        "internet_facing": False,
        "fields": ("remote_work", "system_operation"),
        "support_ends": date(2028, 6, 30),
        "since": date(2024, 2, 29),
    }
    assert estate.by_id[AssetId("endpoint:a:443")].attributes == {
        "port": 443,
        "internet_facing": True,
    }
    assert estate.by_id[AssetId("site:s")].attributes == {"latitude": 25.0, "longitude": 121.5}
    assert len(estate.relations) == 1


def test_every_wrong_cell_is_named_and_nothing_is_given(sheets):
    # Given a file with many things wrong and one row right
    sheets.row("host", 3, id="host:fine", name="fine")
    sheets.row("host", 4, id="host:fine", name="again")
    sheets.row("host", 5, id="account:x", name="wrong sheet")
    sheets.row("host", 6, id="web-01", name="no kind")
    sheets.row("host", 7, name="no id")
    sheets.row("host", 8, id="host:unnamed")
    sheets.row("host", 9, id="host:types", name="t", cloud="maybe", environment="prod")
    sheets.row("host", 10, id="host:formula", name="f", os="=1+1", address="#N/A")
    sheets.row(
        "host",
        11,
        id="host:time",
        name="t",
        since=datetime(2024, 1, 1, 8, 30, tzinfo=UTC).replace(tzinfo=None),
    )
    sheets.row("endpoint", 3, id="endpoint:p", name="p", port=70000, url=True)
    sheets.row("software", 3, id="software:v", name="v", version=1.1)
    sheets.row("account", 3, id="account:a", name="a")
    sheets.row("relations", 3, kind="loves", source="host:fine", target="host:fine")
    sheets.row("relations", 4, kind="runs_on", source="host:fine", target="host:ghost")
    sheets.row("relations", 5, kind="runs_on", source="host:fine", target="host:types")
    sheets.book["host"].cell(1, 60, "colour")
    sheets.book.create_sheet("hosts")
    sheets.book.create_sheet("_notes").append(["free text"])
    preview = sheets.read()
    places = {error.place for error in preview.errors}
    # Then there is no estate
    assert preview.estate is None
    assert preview.added == ()
    assert "host!BH1" in places
    assert "hosts" in places
    assert "relations!A3" in places
    # When the unknown column is gone, rows are looked at, too
    sheets.book["host"].cell(1, 60).value = None
    preview = sheets.read()
    assert preview.estate is None
    told = {error.place: error for error in preview.errors}
    expected = {
        "host!A4",
        "host!A5",
        "host!A6",
        "host!A7",
        "host!B8",
        sheets.at("host", "cloud", 9),
        sheets.at("host", "environment", 9),
        sheets.at("host", "os", 10),
        sheets.at("host", "address", 10),
        sheets.at("host", "since", 11),
        sheets.at("endpoint", "port", 3),
        sheets.at("endpoint", "url", 3),
        sheets.at("software", "version", 3),
        sheets.at("account", "privileged", 3),
        "relations!A3",
        "relations!A4",
        "hosts",
    }
    # And an asset that is wrong itself does not make its relations wrong
    assert set(told) == expected
    assert "formula" in told[sheets.at("host", "os", 10)].problem
    assert "production" in told[sheets.at("host", "environment", 9)].remedy


def test_one_identifier_stands_for_one_asset(sheets):
    sheets.row("host", 3, id="host:a", name="a", identifiers="host:10.0.0.1")
    sheets.row("host", 4, id="host:b", name="b", identifiers="host:10.0.0.1")
    sheets.row("host", 5, id="host:c", name="c", identifiers="host:a")
    preview = sheets.read()
    assert [error.place for error in preview.errors] == ["host!C4", "host!C5"]


def test_a_sheet_without_its_label_row_loses_no_asset(sheets):
    # Given somebody deleted row 2, and the first asset moved up
    sheets.book["host"].delete_rows(2)
    sheets.row("host", 2, id="host:a", name="a")
    assert sheets.read().estate.by_id.keys() == {"host:a"}


def test_a_preview_against_a_base_says_what_changes(sheets):
    sheets.row("host", 3, id="host:a", name="a", os="Debian 12")
    sheets.row("host", 4, id="host:b", name="b")
    base = sheets.read().estate
    sheets.row("host", 3, os="Debian 13")
    sheets.row("host", 4, id="host:c", name="c")
    preview = sheets.read(base=base)
    assert [asset.id for asset in preview.added] == ["host:c"]
    assert [asset.id for asset in preview.removed] == ["host:b"]
    assert [change.what for change in preview.changed] == [("os",)]
    assert preview.estate.version == base.version + 1
    # And merging removes nothing
    merged = sheets.read(base=base, mode=Mode.MERGE)
    assert merged.removed == ()
    assert len(merged.estate.assets) == 3


def test_foreign_text_never_becomes_a_formula(sheets, tmp_path):
    # Given an asset whose name was chosen by an attacker
    sheets.row("host", 3, id="host:a", name="x", note="y")
    sheets.book["host"]["B3"].value = '=HYPERLINK("http://evil.example")'
    sheets.book["host"]["B3"].data_type = "s"
    estate = sheets.read().estate
    # When the estate is exported
    out = tmp_path / "out.xlsx"
    out.write_bytes(estate_xlsx(estate))
    # Then the cell is a text
    cell = openpyxl.load_workbook(out)["host"]["B3"]
    assert cell.value.startswith("=HYPERLINK")
    assert cell.data_type == "s"


def test_the_template_offers_choices_and_freezes_its_head(tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_bytes(template_xlsx([AssetKind.HOST]))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["guide", "estate", "host", "relations"]
    sheet = book["host"]
    assert sheet.freeze_panes == "B3"
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert '"production,test,development,disaster_recovery"' in lists
    assert "磐石" in book["guide"]["A1"].value

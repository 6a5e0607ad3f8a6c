"""Reports over the API: figures and files agree, the bundle by duty, each taking recorded."""

import io
import json
import zipfile

import openpyxl
import pytest

from panshi.evidence.log import Filter
from tests.api.asking import ask as asked


def ask(method, path, **how):
    path, _, query = path.partition("?")
    return asked(method, path, query=query, **how)


def test_every_figure_has_its_value_and_as_it_is_shown(bank, token_of):
    # Given the figures of a board pack, and the assessment they come from
    status, _head, body = ask("GET", "/reports/board?lang=en", token=token_of("board_reader"))
    assert status == 200
    told = json.loads(body)
    judged = {each.control: each for each in bank.assess("zt36").verdicts}

    # Then every failing control is there with the counts of its verdict
    tables = {table["id"]: table for section in told["sections"] for table in section["tables"]}
    table = tables["failing"]
    at = {key: place for place, key in enumerate(table["columns"])}
    assert table["rows"]
    for row in table["rows"]:
        tally = judged[f"zt36/{row[at['control']]['value']}"].tally
        assert row[at["failing"]]["value"] == tally.failing + tally.stale_fail
        assert row[at["population"]]["shown"] == f"{tally.population:,}"
    assert told["language"] == "en"
    assert told["source"]["log_root"]


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("pdf", "application/pdf"), ("docx", "wordprocessingml"), ("xlsx", "spreadsheetml")],
)
def test_files_come_with_their_type_and_are_recorded(bank, token_of, form, media_type):
    status, head, body = ask("GET", f"/reports/board/{form}", token=token_of("ciso"))
    assert status == 200
    assert media_type in dict(head)["content-type"]
    assert body.startswith((b"%PDF", b"PK"))
    taken = bank.log.page(Filter(kind="audit.event/1"), limit=5)
    assert any(each.observation.body.action == "report.board" for each in taken)


def test_the_workbook_holds_the_figures_of_the_answer(token_of):
    ciso = token_of("ciso")
    _status, _head, body = ask("GET", "/reports/board", token=ciso)
    told = json.loads(body)["sections"][0]["tables"][0]
    _status, _head, raw = ask("GET", "/reports/board/xlsx", token=ciso)
    sheet = openpyxl.load_workbook(io.BytesIO(raw))[told["title"]]
    at = told["columns"].index("evidenced") - 1  # the bar beside it is not written
    for number, row in enumerate(told["rows"], start=2):
        assert sheet.cell(row=number, column=at + 1).value in {row[at + 1]["value"], "—"}


@pytest.mark.parametrize("role", ["board_reader", "approver", "administrator", "association"])
def test_the_bundle_is_for_those_who_examine_or_answer(token_of, role):
    assert ask("GET", "/reports/bundle", token=token_of(role))[0] == 403


def test_the_bundle_withholds_personal_bodies_from_the_supervisor(token_of):
    supervisor = token_of("supervisor")
    path = "/reports/bundle?controls=1-1&personal="
    assert ask("GET", path + "included", token=supervisor)[0] == 403
    status, _head, body = ask("GET", path + "withheld", token=supervisor)
    assert status == 200
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert b",personal" in archive.read("evidence/withheld.csv")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/reports/nothing", 404),
        ("/reports/statement/pdf", 404),
        ("/reports/quarterly?period=2026", 422),
        ("/reports/quarterly?period=2099Q1", 404),
        ("/reports/board?as_of=1999-01-01", 404),
        ("/reports/board?lang=fr", 422),
        ("/reports/board?framework=none", 404),
        ("/reports/bundle?controls=99-99", 404),
    ],
)
def test_what_cannot_be_given_is_refused_with_a_reason(token_of, path, status):
    answered, _head, body = ask("GET", path, token=token_of("ciso"))
    assert answered == status, body
    assert json.loads(body)["title"]

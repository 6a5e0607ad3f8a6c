"""Reports in the console: previews, downloads, and one figure on every surface."""

import html
import io
import re
import zipfile

import msgspec
import openpyxl
import pypdf
import pytest

from panshi.node.reporting import Asking, Form, Report, compose, rendered
from panshi.report.paper.document import Count, Figure, Money, Share
from panshi.report.paper.figures import shown, value
from panshi.report.paper.totals import undrawn

URL = "/e/small-bank/reports/"


@pytest.fixture(scope="module")
def document(bank):
    return compose(bank, Asking(report=Report.BOARD, chinese=True))


def flat(text):
    """Text without the spaces that setting it adds or takes away."""
    return re.sub(r"\s+", "", text)


def in_words(page):
    return flat(html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_figures_are_equal_in_pdf_workbook_word_page_and_answer(document, ciso):
    # Given one board pack, and every surface it is shown on
    pdf = rendered(document, Form.PDF).content
    text = flat("".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(pdf)).pages))
    book = openpyxl.load_workbook(io.BytesIO(rendered(document, Form.XLSX).content))
    page = in_words(
        ciso.get(URL + "board/", headers={"accept-language": "zh-hant"}).content.decode()
    )
    word = zipfile.ZipFile(io.BytesIO(rendered(document, Form.DOCX).content))
    written = in_words(word.read("word/document.xml").decode())
    answer = msgspec.json.decode(rendered(document, Form.JSON).content)
    told = {table["id"]: table for section in answer["sections"] for table in section["tables"]}
    sheets = {sheet.title: sheet for sheet in book}

    # When every printed row is looked up on each
    rows = 0
    for table in document.tables:
        sheet = next(
            (s for name, s in sheets.items() if name == (table.title or table.id)[:31]), None
        )
        for number, row in enumerate(table.printed):
            rows += 1
            line = flat("".join(shown(cell) for cell in row))
            # Then the row stands in PDF and page as one run of the same texts
            assert line in page, (table.id, line)
            for cell in row:
                assert flat(shown(cell)) in text, (table.id, shown(cell))
                assert flat(shown(cell)) in written, (table.id, shown(cell))
            assert [each["shown"] for each in told[table.id]["rows"][number]] == [
                shown(cell) for cell in row
            ]
            assert sheet is not None, table.title
            kept = [row[place] for place in undrawn(table)]
            for place, cell in enumerate(kept):
                raw = sheet.cell(row=number + 2, column=place + 1).value
                if isinstance(cell, Share | Count | Figure | Money) and value(cell) is not None:
                    assert raw == pytest.approx(value(cell)), (table.id, number, place)
    assert rows > 20


def test_the_headline_figures_are_those_of_the_assessment(bank, document):
    # Given the same judgement by the API's own words
    from panshi.governance.assessment.aggregate import whole
    from panshi.report.paper.figures import percent

    means = whole((bank.assess("zt36"),)).shares

    # Then the answer on page one shows its figures
    answer = document.sections[0].blocks[0]
    assert [shown(cell) for _name, cell in answer.figures[:3]] == [
        percent(means.claimed),
        percent(means.evidenced),
        percent(means.possible),
    ]


def test_every_report_can_be_previewed_and_taken(ciso, audit_trail):
    assert ciso.get(URL).status_code == 200
    for report, form, begins in (
        ("board", "pdf", b"%PDF"),
        ("board", "docx", b"PK"),
        ("board", "xlsx", b"PK"),
    ):
        assert ciso.get(f"{URL}{report}/").status_code == 200
        answer = ciso.get(f"{URL}{report}/file/", {"form": form, "lang": "en"})
        assert answer.status_code == 200
        assert answer.content.startswith(begins)
        assert f'.{form}"' in answer["Content-Disposition"]
    taken = [action for action, _target, allowed in audit_trail(ciso.user.username) if allowed]
    assert taken.count("report.board") == 3


def test_what_does_not_exist_is_not_there(ciso):
    for path, asked in (
        ("statement/", {}),
        ("quarterly/", {}),
        ("nothing/", {}),
        ("quarterly/", {"period": "1999Q1"}),
        ("board/file/", {"form": "exe"}),
    ):
        assert ciso.get(URL + path, asked).status_code == 404, path


@pytest.mark.parametrize("role", ["board_reader", "approver", "analyst", "control_owner"])
def test_readers_get_reports_but_no_bundle(person, role):
    reader = person(role)
    assert reader.get(URL).status_code == 200
    assert b"h-bundle" not in reader.get(URL).content
    assert reader.get(URL + "bundle/").status_code == 403


def test_those_without_duty_get_neither(person):
    outsider = person("association")
    assert outsider.get(URL).status_code == 403
    assert outsider.get(URL + "board/file/").status_code == 403


def test_the_supervisor_takes_a_bundle_without_personal_bodies(person, audit_trail):
    # Given a supervisor, who may not read personal data
    supervisor = person("supervisor")

    # When a bundle is asked for, with a wish for personal data
    answer = supervisor.get(URL + "bundle/", {"controls": "1-1", "personal": "included"})

    # Then it comes without, and that is recorded
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        withheld = archive.read("evidence/withheld.csv").decode("utf-8-sig").splitlines()
        assert any(line.endswith(",personal") for line in withheld)
    assert ("report.bundle", "zt36", True) in audit_trail(supervisor.user.username)

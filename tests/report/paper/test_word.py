"""DOCX for editing: headings, tables with header rows, the language said, texts as texts."""

import io

import docx
import pytest

from panshi.report.paper.word import word
from tests.simulators.papers import HOSTILE, a_document


@pytest.fixture(scope="module", params=[True, False], ids=["zh", "en"])
def made(request):
    raw = word(a_document(chinese=request.param))
    return request.param, raw, docx.Document(io.BytesIO(raw))


def test_headings_are_headings(made):
    chinese, _raw, document = made
    found = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Head")]
    assert found[0] == ("Heading 1", "一、答案" if chinese else "1. The answer")
    assert ("Heading 2", "何時" if chinese else "When") in found


def test_tables_repeat_their_header_and_show_what_paper_shows(made):
    _chinese, _raw, document = made
    table = next(each for each in document.tables if len(each.columns) > 5)
    assert "tblHeader" in table.rows[0]._tr.xml
    cells = [cell.text for cell in table.rows[1].cells]
    assert cells[:7] == [HOSTILE, "99.9%", "66.6%", "33.3", "1,234", "1,500", "第 2 級"]
    # Five rows, of which paper has room for four, and their sum
    assert len(table.rows) == 1 + 4 + 1


def test_the_language_is_said(made):
    chinese, raw, document = made
    assert document.core_properties.language == ("zh-TW" if chinese else "en-GB")
    assert 'w:eastAsia="zh-TW"' in document.styles["Normal"].element.xml
    assert b"word/document.xml" in raw


def test_the_same_document_gives_the_same_bytes(made):
    chinese, raw, _document = made
    assert word(a_document(chinese=chinese)) == raw

"""PDFs are archives (PDF/A-2a) and accessible (PDF/UA-1), repeatable, and data is never markup.

There is no veraPDF on the mirrors; Typst enforces both standards while it writes, and what a reader
relies on is read back here with pypdf.
"""

import io
import re
from dataclasses import replace

import pypdf
import pytest

from panshi.node.printing import pages_of, press
from tests.simulators.papers import HOSTILE, a_document

NAMESPACES = ("pdfaid:part>2<", "pdfaid:conformance>A<", "pdfuaid:part>1<")


@pytest.fixture(scope="module", params=[True, False], ids=["zh", "en"])
def made(request):
    document = a_document(chinese=request.param)
    raw = press().pdf(document)
    return document, raw, pypdf.PdfReader(io.BytesIO(raw))


def flat(text):
    return re.sub(r"\s+", "", text)


def walked(tree):
    """Every element of the structure tree."""
    stack = [tree]
    while stack:
        element = stack.pop().get_object()
        if not isinstance(element, pypdf.generic.DictionaryObject):
            continue
        yield element
        kids = element.get("/K", [])
        kids = kids.get_object() if hasattr(kids, "get_object") else kids
        stack += kids if isinstance(kids, list) else [kids]


def test_it_says_which_standards_it_keeps(made):
    _document, _raw, reader = made
    told = reader.xmp_metadata.stream.get_data().decode()
    assert all(each in told for each in NAMESPACES), told[:800]


def test_it_is_tagged_and_names_its_language_and_title(made):
    document, _raw, reader = made
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"] == True  # noqa: E712 -- pypdf's own boolean
    assert root["/Lang"] == ("zh-TW" if document.chinese else "en-GB")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    roles = {element.get("/S") for element in walked(root["/StructTreeRoot"])}
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"} <= roles
    assert document.title in reader.metadata.title


def test_every_figure_has_words_for_whoever_does_not_see_it(made):
    _document, _raw, reader = made
    root = reader.trailer["/Root"]["/StructTreeRoot"]
    figures = [each for each in walked(root) if each.get("/S") == "/Figure"]
    assert len(figures) > 5
    assert all(str(each.get("/Alt", "")).strip() for each in figures)


def test_nothing_in_it_runs_or_is_locked_and_colours_are_defined(made):
    _document, raw, reader = made
    assert not reader.is_encrypted
    assert b"/JavaScript" not in raw
    assert b"/Launch" not in raw
    assert reader.trailer["/Root"]["/OutputIntents"]


def test_every_font_is_embedded(made):
    _document, _raw, reader = made
    fonts = {}
    for page in reader.pages:
        fonts |= page["/Resources"].get("/Font", {})
    assert fonts
    for font in fonts.values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        described = inner["/FontDescriptor"].get_object()
        assert "/FontFile2" in described or "/FontFile3" in described
        assert "NotoSansTC" in described["/FontName"]


def test_data_is_text_and_never_markup(made):
    # Given hostile texts in every place for texts
    _document, _raw, reader = made
    text = flat("".join(page.extract_text() for page in reader.pages))

    # Then they are printed letter by letter, and nothing of them ran
    assert text.count(flat(HOSTILE)) >= 8


def test_the_same_document_gives_the_same_bytes(made):
    document, raw, reader = made
    assert press().pdf(document) == raw
    assert pages_of(raw) == len(reader.pages)
    later = replace(document, as_of=document.as_of.replace(year=2027))
    assert press().pdf(later) != raw


@pytest.mark.parametrize("text", ["😀 ไทย", "a\u202eb", "\x00\x07", "𠮷野家", "ﷺ" * 40, "x" * 4000])
def test_whatever_people_type_is_printed_or_marked(text):
    # Given names with characters no font of ours draws
    raw = press().pdf(a_document(chinese=True, text=text))

    # Then the PDF conforms all the same: Typst refuses a character without a glyph
    assert raw.startswith(b"%PDF")


def test_pages_as_pictures():
    pictures = press().pictures(a_document(chinese=True), dots_per_inch=40)
    assert all(each.startswith(b"\x89PNG") for each in pictures)

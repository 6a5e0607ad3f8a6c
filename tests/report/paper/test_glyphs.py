"""What a font can draw is read from the font; what it lacks becomes the geta mark and is told."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import ContentError
from panshi.report.paper.glyphs import GETA, Glyphs, drawable


@pytest.fixture(scope="module")
def known():
    fonts = files("panshi").joinpath("content", "fonts")
    names = ("NotoSansTC-Regular.ttf", "NotoSansTC-Bold.ttf")
    return drawable(fonts.joinpath(name).read_bytes() for name in names)


def test_the_font_draws_what_reports_are_made_of(known):
    # Given the characters of our own words, the legend and the mark itself
    needed = "磐石示範銀行，。（）：；、「」％—–−→…〓Ⅰ①abcXYZ0123456789#$%&*@<>[]{}"
    assert {letter for letter in needed if ord(letter) not in known} == set()


def test_what_it_lacks_is_marked_and_told(known):
    # Given an emoji, a Thai letter, and a mark that turns the direction of writing
    glyphs = Glyphs(drawable=known)

    # When a text holds them
    drawn = glyphs.drawn("主機😀ก\u202eexe\x00")

    # Then each is the geta mark, and which they were is known
    assert drawn == f"主機{GETA}{GETA}{GETA}exe{GETA}"
    assert glyphs.missing == {"😀", "ก", "\u202e", "\x00"}


def test_combining_marks_are_composed_first(known):
    assert Glyphs(drawable=known).drawn("e\u0301") == "é"


@given(text=st.text(max_size=60))
def test_nothing_undrawable_is_left(known, text):
    glyphs = Glyphs(drawable=known)
    drawn = glyphs.drawn(text)
    assert all(ord(each) in known or each in "\n\t" for each in drawn)
    assert glyphs.drawn(drawn) == drawn


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\x01\x00\x00", b"\x00\x01\x00\x00\x00\x01" + b"\0" * 40]
)
def test_a_font_without_a_table_of_characters_is_refused(raw):
    with pytest.raises(ContentError):
        drawable([raw])

"""One person in two spellings is one person; names that deceive the eye are refused."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.persons import folded, name_defect, pair_defect, same_person

DISGUISES = [
    "Chen Da-Ming",
    "  chen   da-ming ",
    "ＣＨＥＮ　ＤＡ－ＭＩＮＧ",
    "Chen\N{ZERO WIDTH SPACE} Da-Ming",
    "Chen\N{SOFT HYPHEN} Da-Ming\N{RIGHT-TO-LEFT MARK}",
    "Chen Da\N{ZERO WIDTH JOINER}-Ming\N{VARIATION SELECTOR-16}",
    "Chen\tDa\nMing",
    "ChenDaMing",
    "Chen\N{HANGUL FILLER}Da-Ming.",
    "Chen\N{COMBINING GRAPHEME JOINER} Da\N{NON-BREAKING HYPHEN}Ming",
]


@pytest.mark.parametrize("written", DISGUISES)
def test_a_spelling_is_no_second_person(written):
    assert same_person("Chen Da-Ming", written)
    assert same_person(written, "Chen Da-Ming")
    assert "same person" in pair_defect("Chen Da-Ming", written)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("陳大明", "陳 大\N{ZERO WIDTH SPACE}明"),
        ("人事處", "\N{KANGXI RADICAL MAN}事處"),
        ("José", normalize("NFD", "JOSÉ")),
        ("Groß", "GROSS"),
        ("王小明（資安處）", "王小明(資安處)"),
    ],
)
def test_one_person_in_other_letters(first, second):
    assert same_person(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Chen", "Lin"), ("陳大明", "陳大名"), ("Chen 1", "Chen 2"), ("王小明", "Wang Xiao-Ming")],
)
def test_two_people_are_two(first, second):
    assert not same_person(first, second)
    assert pair_defect(first, second) == ""


@pytest.mark.parametrize("nobody", ["", " ", "\N{ZERO WIDTH SPACE}", "-", "\N{HANGUL FILLER}"])
def test_nobody_is_no_second_person(nobody):
    assert same_person(nobody, "Chen")
    assert name_defect(nobody) == "nobody is named"
    assert pair_defect("Chen", nobody) == "nobody is named"


@pytest.mark.parametrize(
    "written",
    ["Ch\N{CYRILLIC SMALL LETTER IE}n", "\N{GREEK CAPITAL LETTER CHI}hen", "Катя Wang"],
)
def test_a_name_of_two_alphabets_is_refused(written):
    assert "mixes the alphabets" in name_defect(written)
    assert "mixes the alphabets" in pair_defect("Lin", written)


def test_two_alphabets_cannot_be_told_apart():
    # Both read "сора", one in Latin and one wholly in Cyrillic letters.
    cyrillic = "\N{CYRILLIC SMALL LETTER ES}\N{CYRILLIC SMALL LETTER O}"
    cyrillic += "\N{CYRILLIC SMALL LETTER ER}\N{CYRILLIC SMALL LETTER A}"
    assert name_defect(cyrillic) == ""
    assert "different alphabets" in pair_defect("copa", cyrillic)


@pytest.mark.parametrize(
    "written", ["王小明 Ming", "李ー子", "ㄅ先生", "김 Kim", "佐々木", "A１２"]
)
def test_names_as_they_are_written_in_taiwan_are_fine(written):
    assert name_defect(written) == ""
    assert not same_person(written, "Chen")


@given(st.text(), st.text())
def test_folding_is_stable_and_symmetric(first, second):
    assert folded(folded(first)) == folded(first)
    assert same_person(first, second) == same_person(second, first)
    assert same_person(first, first)

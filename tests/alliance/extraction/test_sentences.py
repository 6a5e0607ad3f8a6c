"""A text is parted where sentences and clauses end, each with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.extraction.sentences import LONGEST, clauses, sentences


def parts(text):
    return [each.text for each in sentences(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("駭客入侵。資料外洩！", ["駭客入侵。", "資料外洩！"]),
        ("See e.g. the report of Mr. Chen.", ["See e.g. the report of Mr. Chen."]),
        ("evil.example.com was used. It fell.", ["evil.example.com was used.", "It fell."]),
        ("...\n\n123\n", []),
    ],
)
def test_sentences(text, found):
    assert parts(text) == found


def test_clauses_keep_their_place():
    [part] = sentences("  駭客登入主機並執行程式，其後刪除系統事件日誌。")

    found = list(clauses(part))

    assert [each.text for each in found] == ["駭客登入主機並執行程式，", "其後刪除系統事件日誌。"]
    assert found[1].start == part.start + 12


@given(st.text(max_size=500))
def test_every_piece_is_the_text_at_its_place(text):
    for part in sentences(text):
        assert text[part.start : part.end] == part.text
        for each in clauses(part):
            assert text[each.start : each.end] == each.text


def test_a_run_without_end_is_parted():
    assert all(len(each.text) <= LONGEST for each in sentences("word " * 5_000))

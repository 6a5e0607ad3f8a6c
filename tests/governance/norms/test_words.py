"""Features of texts."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.norms.words import (
    folded,
    han_features,
    letter_features,
    stem,
    word_features,
)


def test_forms_of_a_word_have_one_stem():
    for forms in (
        ("encrypt", "encrypts", "encrypted", "encrypting", "encryption"),
        ("review", "reviewed", "reviews", "reviewing"),
        ("policy", "policies"),
        ("organisation", "organization"),
        ("authenticate", "authenticated", "authentication"),
    ):
        assert len({stem(form) for form in forms}) == 1, forms


def test_stop_words_say_nothing():
    assert word_features("the and of to be") == []


def test_neighbours_are_features_too():
    assert "acces control" in word_features("access control") or (
        f"{stem('access')} {stem('control')}" in word_features("access control")
    )


def test_chinese_is_read_as_runs():
    assert han_features("資料加密") == ["資料", "料加", "加密", "資料加", "料加密"]


def test_full_width_and_half_width_are_one():
    assert folded("ＡＥＳ－１２８") == "aes-128"


@given(st.text(max_size=300))
def test_any_text_has_features(text):
    for features in (word_features, han_features, letter_features):
        assert all(isinstance(each, str) and each for each in features(text))

"""Numbers read out of texts in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.norms.quantities import Bound, Standing, compared, quantities


def read(text):
    return [(each.dimension, each.bound.value, each.value) for each in quantities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("密碼至少十二碼", [("length", "at_least", 12)]),
        ("密碼長度不得少於 8 個字元", [("length", "at_least", 8)]),
        ("每三個月更換", [("duration", "every", 90)]),
        ("每年至少一次", [("duration", "every", 365)]),
        ("每半年檢討", [("duration", "every", 182.5)]),
        ("知悉後 36 小時內通報", [("duration", "at_most", 1.5)]),
        ("紀錄至少保存五年", [("duration", "at_least", 1825)]),
        ("十五分鐘內", [("duration", "at_most", 0.010417)]),
        ("113 年 12 月 27 日修正", []),
        ("一次性密碼", []),
        ("達 95% 以上", [("percent", "at_least", 95)]),
        ("within 72 hours of detection", [("duration", "at_most", 3)]),
        ("retained for at least five years", [("duration", "at_least", 1825)]),
        ("reviewed at least annually", [("duration", "every", 365)]),
        ("every two years", [("duration", "every", 730)]),
        ("no more than 5 attempts", [("count", "at_most", 5)]),
        ("AES-128、RSA-2048 或更強", [("AES", "at_least", 128), ("RSA", "at_least", 2048)]),
        ("TLS 1.3 or later", [("TLS", "at_least", 1.3)]),
        ("published in 2024", []),
        ("", []),
    ],
)
def test_a_number_is_read_with_its_unit_and_bound(text, expected):
    assert read(text) == expected


def test_both_languages_say_the_same():
    assert read("至少 12 碼") == read("at least 12 characters")
    assert read("每季") == read("quarterly")


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    for each in quantities(text):
        assert each.value >= 0


@given(low=st.integers(1, 60), high=st.integers(1, 60))
def test_which_is_stricter_depends_on_the_bound(low, high):
    def standing(first, second):
        return compared(quantities(first), quantities(second))[0].standing

    expected = (
        Standing.SAME
        if low == high
        else Standing.FIRST_STRICTER
        if low > high
        else Standing.SECOND_STRICTER
    )
    mirrored = {
        Standing.FIRST_STRICTER: Standing.SECOND_STRICTER,
        Standing.SECOND_STRICTER: Standing.FIRST_STRICTER,
    }
    assert standing(f"at least {low} days", f"at least {high} days") is expected
    assert standing(f"within {low} days", f"within {high} days") is mirrored.get(expected, expected)


def test_a_floor_above_a_ceiling_cannot_be_kept():
    found = compared(quantities("at least 5 years"), quantities("within 1 year"))
    assert [each.standing for each in found] == [Standing.CONFLICT]
    back = compared(quantities("within 1 year"), quantities("at least 5 years"))
    assert [each.standing for each in back] == [Standing.CONFLICT]
    assert back[0].first.bound is Bound.AT_MOST


def test_what_only_one_sets_is_told():
    found = compared(quantities("AES-256"), ())
    assert [each.standing for each in found] == [Standing.ONLY_FIRST]

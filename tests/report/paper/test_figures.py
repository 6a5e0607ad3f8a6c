"""A figure reads one way: cut, never rounded up; a dash for what is not known."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.report.paper.document import Bar, Count, Day, Figure, Gap, Money, Ref, Share
from panshi.report.paper.figures import cut, percent, roc, shown, value


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Share(0.9996), "99.9%"),
        (Share(1.0), "100%"),
        (Share(0.0), "0%"),
        (Share(0.57), "57%"),
        (Share(None), "—"),
        (Gap(0.9996, 0.6667), "33.3"),
        (Gap(0.5, 0.75), "−25"),
        (Gap(None, 0.5), "—"),
        (Count(1_234), "1,234"),
        (Count(2.5, " days"), "2.5 days"),
        (Count(None), "—"),
        (Figure(2.0, "第 2 級"), "第 2 級"),
        (Figure(None, "x"), "—"),
        (Money(2_000_001), "2,001"),
        (Money(None), "—"),
        (Day(date(2026, 9, 30)), "2026-09-30"),
        (Day(None), "—"),
        (Ref("zt36/1-1"), "zt36/1-1"),
        (Bar(evidenced=0.5), ""),
        ("文字", "文字"),
    ],
)
def test_each_cell_reads_one_way(cell, text):
    assert shown(cell) == text


@given(st.floats(0, 1))
def test_a_share_is_never_shown_larger_than_it_is(share):
    assert cut(share) <= share + 1e-9
    assert share - cut(share) < 0.001
    assert percent(share) == shown(Share(cut(share)))


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_gap_is_what_a_reader_gets_by_subtracting(of, less):
    assert value(Gap(of, less)) == pytest.approx(cut(of) - cut(less))


def test_a_day_in_the_years_of_the_republic():
    assert roc(date(2026, 1, 5)) == "民國 115 年 1 月 5 日"

"""Times are told as they are written in Taiwan and in English."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.extraction.times import times

DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("民國114年3月5日上午9時20分", "2025-03-05T09:20+08:00"),
        ("中華民國 115 年 3 月 5 日", "2026-03-05"),
        ("114年3月", "2025-03"),
        ("114.03.05", "2025-03-05"),
        ("114/3/5 下午 3:07", "2025-03-05T15:07+08:00"),
        ("2026-03-05T09:20:11Z", "2026-03-05T09:20+00:00"),
        ("2026/03/05 14:30", "2026-03-05T14:30+08:00"),
        ("2026年3月5日（四）凌晨12時半", "2026-03-05T00:30+08:00"),
        ("3月5日晚間8點", "2026-03-05T20:00+08:00"),
        ("12月30日", "2025-12-30"),
        ("5 March 2026", "2026-03-05"),
        ("March 5, 2026 at 3:15 pm", "2026-03-05T15:15+08:00"),
        ("昨日", "2026-03-09"),
        ("三天前", "2026-03-07"),
        ("2 weeks ago", "2026-02-24"),
        ("yesterday", "2026-03-09"),
        ("中午12時10分", "T12:10"),
    ],
)
def test_one(text, at):
    [found] = times(f"於 {text} 發現。", written=DAY)

    assert found.at == at
    assert f"於 {text} 發現。"[found.start : found.end] == found.text


@pytest.mark.parametrize(
    "text",
    ["版本 10.0.19", "203.0.113.5", "13月45日", "共 3 月", "May be", "比例 1:2:3", "第 12 條"],
)
def test_what_only_looks_like_one_is_none(text):
    assert times(text, written=DAY) == ()


def test_without_a_day_the_relative_stays_open():
    assert times("昨日")[0].at == ""
    assert times("3月5日")[0].at == "--03-05"


@given(st.text(alphabet="0123456789年月日時分:-/. 民國上下午凌晨前天TZMarch", max_size=80))
def test_any_text_is_read(text):
    for each in times(text, written=DAY):
        assert text[each.start : each.end] == each.text

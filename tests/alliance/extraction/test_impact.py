"""How far it reaches is told with what is counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.extraction.impact import impact


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("受影響保戶約 8,700 人", ("customers", 8_700, "")),
        ("外洩個資 3.2 萬筆", ("records", 32_000, "")),
        ("計有 12 台伺服器遭加密", ("hosts", 12, "")),
        ("611 個會員帳號", ("accounts", 611, "")),
        ("損失新臺幣 350 萬元", ("money", 3_500_000, "TWD")),
        ("新臺幣3萬5千元", ("money", 35_000, "TWD")),
        ("NT$ 18 million", ("money", 18_000_000, "TWD")),
        ("US$4,000", ("money", 4_000, "USD")),
        ("about 2,000 infected hosts", ("hosts", 2_000, "")),
        ("60 GB", ("data-volume", 60 * 10**9, "")),
        ("服務中斷 2 小時", ("downtime", 120, "")),
        ("其中 4 家機構", ("institutions", 4, "")),
    ],
)
def test_one(text, told):
    [found] = impact(text)

    assert (found.reach, found.count, found.unit) == told
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize("text", ["版本 3.2", "連接埠 445", "3 月 5 日", "第 12 條", "2026 年"])
def test_a_number_alone_counts_nothing(text):
    assert impact(text) == ()


@given(st.text(alphabet="0123456789,.萬億千元筆台戶個新臺幣$ NTGB主機客", max_size=80))
def test_any_text_is_read(text):
    for each in impact(text):
        assert text[each.start : each.end] == each.text


def test_repetition_does_not_explode():
    assert len(impact("1 位 " * 5_000)) <= 5_000

"""Shares are never rounded up, unknown is a dash, stages have numerals."""

import pytest

from panshi.governance.indicators.definition import Unit
from panshi.governance.indicators.printing import printed


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (0.99999, Unit.SHARE, "99.9%", "99.9%"),
        (1.0, Unit.SHARE, "100.0%", "100.0%"),
        (0.57, Unit.SHARE, "57.0%", "57.0%"),
        (None, Unit.SHARE, "–", "–"),
        (0, Unit.LEVEL, "未達第 I 級", "below stage I"),
        (3, Unit.LEVEL, "第 III 級", "stage III"),
        (1.5, Unit.LEVEL, "第 1.5 級", "stage 1.5"),
        (1234, Unit.COUNT, "1,234", "1,234"),
        (30, Unit.DAYS, "30 天", "30 days"),
        (2.5, Unit.SECONDS, "2.5 秒", "2.5 seconds"),
    ],
)
def test_values_are_printed_with_their_unit(value, unit, zh, en):
    assert printed(value, unit, chinese=True) == zh
    assert printed(value, unit, chinese=False) == en

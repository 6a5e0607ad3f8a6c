"""Chinese labels of the fields of indicator definitions and frozen quarters."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "as_of": "判定時點",
    "corrects": "更正對象",
    "direction": "改善方向",
    "formula": "公式",
    "frozen_by": "定稿人",
    "indicator": "指標",
    "quarter": "季別",
    "targets": "各季目標",
    "title_en": "英文名稱",
    "title_zh": "中文名稱",
    "tolerance": "容許差",
    "unit": "單位",
    "values": "指標值",
    "without": "排除之證據",
}

"""Chinese labels of the fields of appointments."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "appointed_by": "任命人",
    "background": "背景",
    "budget_twd": "年度預算（新臺幣元）",
    "certificates": "證照",
    "concurrent_posts": "兼任職務",
    "decided_by": "決議依據",
    "office": "職位",
    "person": "人員",
    "rank": "職級",
    "reports_to": "報告對象",
    "seconded_by": "副署人",
    "since": "起始日",
    "staff": "人力",
    "title": "職稱",
    "until": "終止日",
}

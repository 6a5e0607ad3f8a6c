"""Chinese labels of the fields of appointments."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "appointed_by": "任命人",
    "authority": "授權範圍",
    "background": "背景",
    "budget_twd": "年度預算（新臺幣元）",
    "certificates": "證照",
    "concurrent_posts": "兼任職務",
    "decided_by": "決議依據",
    "independent": "獨立董事",
    "office": "職位",
    "person": "人員",
    "proposal": "提案",
    "rank": "職級",
    "reports_to": "報告對象",
    "seconded_by": "副署人",
    "security_background": "具資安背景",
    "since": "起始日",
    "staff": "人力",
    "title": "職稱",
    "training_hours": "資安訓練時數",
    "until": "終止日",
}

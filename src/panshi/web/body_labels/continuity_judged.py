"""Chinese labels of what the continuity model says of services and partners."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "contradictions": "目標矛盾數",
    "failing_layers": "失效即逾時之備援層",
    "late_services": "逾時之服務",
    "missed_scenarios": "逾時之情境",
    "plan_tested": "最近成功演練日",
    "scenarios": "已評估情境數",
    "services": "關鍵服務數",
    "single_points": "單點",
    "substitute": "失去後仍及時",
    "survives_each": "任一層失效仍及時",
    "worst_minutes": "最長復原時間（分）",
}

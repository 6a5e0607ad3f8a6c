"""Chinese labels of what the continuity model says of services and partners."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "contradictions": "目標矛盾數",
    "failing_layers": "失效即逾時之備援層",
    "late_after": "仍逾時之服務",
    "late_services": "逾時之服務",
    "missed_scenarios": "逾時之情境",
    "plan_tested": "最近成功演練日",
    "proven": "已證明最省",
    "remedy_cost": "補救年費用（元）",
    "scenarios": "已評估情境數",
    "seed": "亂數種子",
    "service_chances": "各服務之機率",
    "services": "關鍵服務數",
    "single_points": "單點",
    "substitute": "失去後仍及時",
    "survives_each": "任一層失效仍及時",
    "trials": "模擬次數",
    "worst_minutes": "最長復原時間（分）",
}

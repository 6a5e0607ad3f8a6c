"""Chinese labels of the fields of projects and adopted paths."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "adopted_by": "採行人",
    "adopted_on": "採行日",
    "asserted_by": "填報人",
    "controls": "控制措施",
    "cost_high": "費用上限（新臺幣元）",
    "cost_likely": "最可能費用（新臺幣元）",
    "cost_low": "費用下限（新臺幣元）",
    "ends": "完成季別",
    "excludes": "擇一專案",
    "fields": "場域",
    "group": "支柱",
    "hours": "工時",
    "id": "代號",
    "lifts": "提升的控制措施",
    "log_root": "證據日誌根雜湊",
    "log_size": "證據日誌筆數",
    "note": "備註",
    "optimal": "已證明最省",
    "projects": "專案",
    "quarters": "期程（季）",
    "requires": "先決專案",
    "stage_after": "完成後級別",
    "stage_before": "採行時級別",
    "status": "狀態",
    "target": "目標",
    "title_en": "名稱（英文）",
    "title_zh": "名稱（中文）",
    "verdicts_sha256": "判定摘要值",
    "withdrawn_by": "撤回人",
}

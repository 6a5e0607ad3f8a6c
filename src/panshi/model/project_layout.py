"""How projects are laid out in files: version of the YAML, sheets and columns of a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from panshi.model.bodies.projects import Project

FORMAT_VERSION = 1
PROJECTS_SHEET = "projects"
LIFTS_SHEET = "lifts"

PROJECT_COLUMNS: Mapping[str, str] = {
    "id": "代號／Id",
    "title_zh": "名稱（中文）／Title in Chinese",
    "title_en": "名稱（英文）／Title in English",
    "owner": "負責人／Owner",
    "asserted_by": "填報人／Who answers for the figures",
    "status": "狀態／Status",
    "cost_low": "費用下限（元）／Cost, low (TWD)",
    "cost_likely": "最可能費用（元）／Cost, likely (TWD)",
    "cost_high": "費用上限（元）／Cost, high (TWD)",
    "quarters": "期程（季）／Quarters",
    "hours": "工時／Hours, as PD-WRL-001: 120; IO-WRL-005: 80",
    "requires": "先決專案／Requires, parted by ;",
    "excludes": "擇一專案／Excludes, parted by ;",
    "note": "備註／Note",
}
LIFT_COLUMNS: Mapping[str, str] = {
    "project": "專案代號／Project",
    "control": "控制措施／Control",
    "fixes": "修復未通過 %／Fixes, per cent of failing",
    "sees": "看見未觀測 %／Sees, per cent of unseen",
    "passing": "新見者通過 %／Passing, per cent of newly seen",
    "retests": "重測種類／Retests, parted by ;",
    "attests": "完成聲明／Attests",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A project read from a file, and where it stands there."""

    place: str
    project: Project

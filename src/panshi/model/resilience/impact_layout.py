"""How impact analyses are laid out in a workbook: four sheets that people fill in interviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from panshi.model.resilience.plan import ImpactEntry

SERVICES_SHEET, IMPACT_SHEET, NEEDS_SHEET, LAYERS_SHEET = "services", "impact", "needs", "layers"

SERVICE_COLUMNS: Mapping[str, str] = {
    "service": "服務代號／Service",
    "owner": "業務負責人／Owner in the business",
    "mtpd": "最大可容忍中斷（分鐘）／Longest tolerable outage (minutes)",
    "rto": "復原時間目標 RTO（分鐘）／Recovery time objective (minutes)",
    "rpo": "資料復原點目標 RPO（分鐘）／Recovery point objective (minutes)",
    "interviewed": "受訪者與日期／Who was asked, and when",
    "note": "備註／Note",
}
IMPACT_COLUMNS: Mapping[str, str] = {
    "service": "服務代號／Service",
    "kind": "衝擊面向／Kind: customers, money, market, law",
    "limit": "不可容忍的數值／Not tolerable from",
    "minutes": "中斷多久後（分鐘）／After (minutes)",
    "value": "衝擊數值／Harm",
    "basis": "依據／Basis",
}
NEEDS_COLUMNS: Mapping[str, str] = {
    "service": "服務代號／Service",
    "within": "多久之內（分鐘）／Within (minutes)",
    "level": "服務水準（0 至 1）／Level (0 to 1)",
    "people": "人力／People, as role:ops: 3; role:branch: 5",
    "sites": "據點／Sites, parted by ;",
    "systems": "系統／Systems, parted by ;",
    "datasets": "資料集／Data sets, parted by ;",
    "suppliers": "供應商／Suppliers, parted by ;",
}
LAYER_COLUMNS: Mapping[str, str] = {
    "service": "服務代號／Service",
    "id": "備援層代號／Layer",
    "kind": "類型／Kind",
    "name_zh": "名稱（中文）／Name in Chinese",
    "name_en": "名稱（英文）／Name in English",
    "activation_low": "啟用時間，最快（分鐘）／Activation, fastest (minutes)",
    "activation": "啟用時間，通常／Activation, likely",
    "activation_high": "啟用時間，最慢／Activation, slowest",
    "capacity": "可承載比例（0 至 1）／Capacity (0 to 1)",
    "people": "人力／People, as role:ops: 3",
    "stands_on": "賴以運作者／Stands on, parted by ;",
    "data_age": "資料落後（分鐘）／Data behind (minutes)",
    "immutable": "不可竄改／Immutable",
    "retention_days": "保留天數／Retention (days)",
    "restore_gib": "須還原資料量（GiB）／Data to restore (GiB)",
    "lasts": "可維持（分鐘，空白為不限）／Lasts (minutes)",
    "cost": "每年費用（元）／Cost a year (TWD)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedEntry:
    """An analysis read from a file, and where its parts stand there."""

    entry: ImpactEntry
    places: Mapping[str, str] = field(default_factory=dict)
    "Cell of each part, by the part's name as in `panshi.resilience.impact.entry_defects`."

    def place(self, part: str) -> str:
        """Give the cell of a part, or of the nearest part around it."""
        while part and part not in self.places:
            part = part[: max(part.rfind("."), part.rfind("["), 0)]
        return self.places.get(part, self.places.get("service", ""))

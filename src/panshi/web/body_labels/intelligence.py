"""Labels of what people do with intelligence."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "collection": "集合",
    "complete": "已完整取得",
    "denial": "回報為誤報",
    "forgotten": "已移除",
    "found": "命中數",
    "headline": "標題",
    "host": "主機",
    "least": "最低信心",
    "lines_read": "讀取行數",
    "member": "會員",
    "named": "具名",
    "newer": "較新版本",
    "objects": "物件數",
    "over": "已終止",
    "pages": "頁數",
    "reliability": "來源可靠度",
    "resumed": "接續前次",
    "sectors": "業別",
    "sight": "命中編號",
    "sighting": "目擊物件",
    "suppliers": "供應商",
    "technologies": "技術或產品",
    "types": "物件類型",
    "value_kind": "值的種類",
    "watched": "比對的值",
}

"""Chinese labels of the fields of feeds and of own advisories."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "advisory": "公告",
    "age_hours": "資料距今（小時）",
    "changed": "變更筆數",
    "feed": "情資來源",
    "feed_kind": "來源種類",
    "new": "新增筆數",
    "newest": "最新紀錄時間",
    "record": "公告內容",
    "records": "紀錄筆數",
    "refusals": "退件紀錄",
    "sealed_by": "執行者",
    "via": "取得方式",
    "withdrawn": "撤回筆數",
}

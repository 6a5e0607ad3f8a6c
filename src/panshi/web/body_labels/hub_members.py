"""Labels of the steps in the life of a hub's members."""

from __future__ import annotations

LABELS = {
    "prepared_by": "建立者",
    "sector": "業別",
    "kind": "類別",
    "key": "金鑰",
    "public": "公鑰",
    "set_by": "設定者",
    "communities": "社群",
    "code_sha256": "一次性註冊碼摘要",
    "invited_by": "邀請者",
    "follows": "接續的金鑰",
    "overlap_until": "重疊期滿",
    "invitation": "邀請",
    "standing": "狀態變更",
    "requests_per_second": "每秒請求數",
    "bytes_per_minute": "每分鐘位元組數",
    "body_bytes": "單次請求位元組上限",
    "batch": "單批筆數上限",
    "at_once": "同時處理請求數",
    "granted": "是否同意",
    "signed": "簽章值",
}

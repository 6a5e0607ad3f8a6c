"""Chinese labels of the steps of exceptions."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "basis_sha256": "所依據狀態的摘要",
    "closed_by": "終止者",
    "compensating_met": "已達成的補償性措施",
    "decider": "決定者",
    "estate_version": "資產版本",
    "failing": "未通過",
    "failing_in_scope": "範圍內未通過",
    "failing_sha256": "未通過項目的摘要",
    "level": "權限層級",
    "log_root": "證據日誌根雜湊",
    "log_size": "證據日誌筆數",
    "met": "達成",
    "met_if_approved": "核准後達成",
    "met_without_exceptions": "不計例外達成",
    "note": "說明",
    "passing": "通過",
    "population": "母體",
    "renews": "展延自",
    "request": "申請事件",
    "resolution": "決議依據",
    "reviewed_by": "審查者",
    "ruling": "決定",
    "scope_permille": "合計占母體",
    "seen": "已觀測",
    "stage": "級別",
    "stage_without_exceptions": "不計例外的級別",
    "status": "判定",
    "unseen": "未被觀測",
    "withdrawn_by": "撤回者",
}

"""Chinese labels of the fields of reviews, actions, statements and reports to the board."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "about": "關聯對象",
    "agenda": "議程",
    "assessment_sha256": "判定結果摘要值",
    "attendance": "出席",
    "begins": "期間起日",
    "by": "辦理人",
    "chair": "主席",
    "clauses": "強制條文數",
    "decision": "決議",
    "drafted_by": "擬稿人",
    "due": "期限",
    "ends": "期間迄日",
    "evidence": "佐證",
    "excepted": "以例外成立之條文",
    "exceptions": "引用之例外",
    "form": "聲明形式",
    "frameworks": "適用框架",
    "held_on": "開會日",
    "minute": "會議紀錄字號",
    "minutes": "會議紀錄",
    "number": "編號",
    "open_findings": "未結缺失",
    "paper": "文件",
    "review": "檢討會",
    "sections": "章節",
    "step": "步驟",
    "subject": "主旨",
    "text": "內容",
    "unmet": "未達成條文",
    "year": "年度",
}

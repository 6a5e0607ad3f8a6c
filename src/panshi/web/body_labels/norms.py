"""Chinese labels of the fields of decisions about norms."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "clause_count": "條文數",
    "file": "檔案",
    "first_clause": "甲條文",
    "first_norm": "甲規範",
    "first_version": "甲版本",
    "format": "格式",
    "imported_by": "匯入人",
    "judged_by": "判斷人",
    "judgement": "判斷",
    "licence": "授權條款",
    "norm": "規範",
    "norm_title": "規範名稱",
    "proposed_relation": "系統建議關係",
    "reason": "理由",
    "relation": "關係",
    "score": "相近度",
    "second_clause": "乙條文",
    "second_norm": "乙規範",
    "second_version": "乙版本",
    "sha256": "SHA-256",
    "size": "大小",
    "valid_from": "生效日",
    "valid_until": "失效日",
    "version": "版本",
}

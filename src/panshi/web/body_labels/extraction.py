"""Chinese labels of the fields of what was decided about free text."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "accepted": "採納",
    "passage": "文字段落",
    "found_by": "依據",
    "shared_sha256": "可分享文字之雜湊值",
    "replaced": "已取代",
    "kept": "保留項數",
    "purpose": "用途",
    "hosts": "主機",
    "users": "使用者",
    "persons": "人員",
    "customers": "客戶",
    "organisation": "機構名稱",
    "domains": "網域",
    "declared_by": "申報人",
}

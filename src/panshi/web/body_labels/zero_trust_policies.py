"""Chinese labels of the fields of steps with sets of zero-trust policies."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "base_version": "當時生效之政策集",
    "compared": "回放請求數",
    "newly_allowed": "新准許數",
    "newly_denied": "新拒絕數",
    "policy_count": "政策數",
    "policy_version": "政策集",
    "test_count": "單元測試數",
    "warning_count": "警告數",
    "written_by": "撰寫人",
}

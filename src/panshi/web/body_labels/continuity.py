"""Chinese labels of impact analyses."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "entry": "營運衝擊分析內容",
    "proposal": "所決定之提案",
}

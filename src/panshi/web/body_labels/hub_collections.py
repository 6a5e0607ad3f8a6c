"""Labels of the steps in the life of a collection of intelligence."""

from __future__ import annotations

LABELS = {
    "alias": "代稱",
    "description": "說明",
    "readers": "可讀取者",
    "writers": "可寫入者",
    "unmarked": "未標示者視為",
    "retired": "已停用",
    "asked_by": "提出者",
    "asked": "所決定的提案",
}

"""Chinese labels of the fields of comments."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "author": "作者",
    "mentions": "提及",
}

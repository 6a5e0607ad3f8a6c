"""Chinese labels of the fields of the chain of accepted tickets."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "position": "位置",
}

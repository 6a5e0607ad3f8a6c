"""Chinese labels of the fields of control ownership."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "assigned_by": "指派人",
}

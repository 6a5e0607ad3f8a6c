"""Chinese labels of the fields of steps at the joint SOC's desk."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {"doing": "動作", "to": "移交對象"}

"""Chinese labels of answers and decisions about the zero-trust scope."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "answered_by": "回答者",
    "answers": "回答",
    "choice": "選擇",
    "fact": "事實",
    "in_field": "場域",
    "number": "編號",
    "system": "系統",
    "systems": "系統",
}

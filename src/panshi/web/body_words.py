"""Bodies of observations in words: labels of their fields and values fit to be read."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from panshi.web.body_labels import LABELS
from panshi.web.words import chinese, say

LONGEST_LIST = 40


def field_label(name: str) -> str:
    """Label of a field; its own name where nobody gave it a Chinese one."""
    plain = name.replace("_", " ")
    return LABELS.get(name, plain) if chinese() else plain


def shown_value(value: object) -> object:
    """Say a value as people read it; long lists are cut and say so."""
    match value:
        case None:
            return say("不明", "not known")
        case bool():
            return say("是", "yes") if value else say("否", "no")
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.4g}"
        case date() | datetime():
            return value.isoformat()
        case tuple():
            return _list(value)
        case str():
            return value or "—"
        case _:
            return str(msgspec.to_builtins(value))


def _list(values: tuple[object, ...]) -> object:
    if not values:
        return "—"
    shown = [str(shown_value(each)) for each in values[:LONGEST_LIST]]
    if len(values) > LONGEST_LIST:
        shown.append(say("…共 {:,} 項", "… {:,} in all").format(len(values)))
    return shown

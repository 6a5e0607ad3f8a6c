"""Values of assets' attributes as people read them."""

from __future__ import annotations

from panshi.model.attributes import Attribute
from panshi.web.words import pick, say


def attribute_words(known: Attribute | None, value: object) -> str:
    """Say a value of an attribute as people read it."""
    parts = value if isinstance(value, tuple) else (value,)
    choices = {each.value: (each.zh, each.en) for each in known.choices} if known else {}
    shown = []
    for part in parts:
        if isinstance(part, bool):
            shown.append(say("是", "yes") if part else say("否", "no"))
        elif part in choices:
            shown.append(pick(choices[part]))
        else:
            shown.append(f"{part:,}" if isinstance(part, int) else str(part))
    return say("、", ", ").join(shown) or "—"

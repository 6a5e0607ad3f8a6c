"""An empty list to fill in: the first lines of a CSV file of one kind."""

from __future__ import annotations

from panshi.errors import UsageError
from panshi.model.bodies import KINDS
from panshi.observe.lists.columns import listable, shape
from panshi.observe.lists.words import FIELDS

_COMMON = ("subject", "observed_at")
_CHINESE = {"subject": "對象", "observed_at": "觀測時間"}


def header(kind: str, language: str = "en") -> str:
    """Give the line that states the kind and the heading, in English or Chinese (`zh`)."""
    found = shape(kind) if kind in KINDS else None
    if found is None:
        raise UsageError(
            f"{kind!r} is no kind that can come as a list", remedy=f"kinds: {', '.join(listable())}"
        )
    names = (*_COMMON, *found.readers)
    if language == "zh":
        words = FIELDS.get(kind, {})
        names = tuple(
            words[name][0] if name in words else _CHINESE.get(name, name) for name in names
        )
    return f"# kind: {kind}\n{','.join(names)}\n"

"""How much an observer reads before it refuses; the same bounds for every format."""

from __future__ import annotations

from typing import NamedTuple

MIB = 1024 * 1024


class Limits(NamedTuple):
    """Bounds on one foreign file; whoever exceeds one gets `BadInputError` with the place."""

    max_bytes: int = 512 * MIB
    "Size of the file."
    max_depth: int = 64
    "Levels of nesting."
    max_items: int = 2_000_000
    "Entries an observer takes out of one file (components, results, rules, lines)."
    max_entry: int = 250_000
    "Values (JSON) or elements (XML) that are held in memory at once as one entry."
    max_text: int = MIB
    "Bytes of one text, name or number; also of one line."


DEFAULT = Limits()

"""Packagist: PHP's version_compare after a leading `v`.

Words are known by how they begin (dev, alpha, beta, RC, p for patch); others come first of all.
A literal `#` stands for "some number" in PHP, equal to all numbers and to the end at once; no order
can hold that, so it is read as the end.
"""

from __future__ import annotations

import re

from panshi.protection.supply_chain.versions.keys import Key

PARTS = re.compile(r"[0-9]+|[^0-9.\-_+#]+")
ALLOWED = re.compile(r"[!-~]*[0-9A-Za-z][!-~]*")
WORDS = (("dev", 1), ("a", 2), ("b", 3), ("RC", 4), ("rc", 4), ("p", 7))
OTHER_WORD, END, NUMBER = 0, 5, 6


def key(version: str) -> Key | None:
    """Parts in turn, the end above pre-releases and below numbers and patches."""
    if not ALLOWED.fullmatch(version):
        return None
    text = version[1:] if version[:1] in {"v", "V"} else version
    return (*map(_weight, PARTS.findall(text)), (END, 0))


def _weight(part: str) -> tuple[int, int]:
    if part[0].isdigit():
        return (NUMBER, int(part))
    return (next((rank for word, rank in WORDS if part.startswith(word)), OTHER_WORD), 0)

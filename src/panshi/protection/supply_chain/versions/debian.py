"""Debian and its children: epoch, upstream version, revision (Debian policy 5.6.12).

Runs of other characters and of digits alternate; within the former `~` sorts before the end,
letters before everything else. Each run ends in a 0, which stands for the end.
"""

from __future__ import annotations

import re

from panshi.protection.supply_chain.versions.keys import Key

VERSION = re.compile(
    r"(?:(?P<epoch>[0-9]+):)?(?P<upstream>[0-9A-Za-z.+~:_-]+?)(?:-(?P<revision>[0-9A-Za-z.+~_]*))?"
)
RUNS = re.compile(r"([^0-9]*)([0-9]*)")
END = (0,)


def key(version: str) -> Key | None:
    """Epoch, key of the upstream version, key of the revision."""
    found = VERSION.fullmatch(version)
    if found is None or not found["upstream"][0].isdigit():
        return None
    return (int(found["epoch"] or 0), _key(found["upstream"]), _key(found["revision"] or ""))


def _key(text: str) -> Key:
    if not text.strip("0"):
        return (END,)
    key: list[object] = []
    for other, digits in RUNS.findall(text):
        if other or digits:
            key += [(*map(_weight, other), 0), int(digits or 0)]
    return (*key, END)


def _weight(character: str) -> int:
    if character == "~":
        return -1
    return ord(character) + (0 if character.isalpha() else 256)

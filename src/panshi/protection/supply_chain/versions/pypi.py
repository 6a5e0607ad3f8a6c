"""PyPI: PEP 440 by `packaging`; what was published before it, below, as setuptools ordered it."""

from __future__ import annotations

import re

from panshi.protection.supply_chain.versions.keys import Key

PART = re.compile(r"[0-9]+|[a-z]+|\.|-")
PRINTABLE = re.compile(r"[!-~]+")
WORDS = {"pre": "c", "preview": "c", "-": "final-", "rc": "c", "dev": "@"}
LAST = "*final"


def key(version: str) -> Key | None:
    """PEP 440 above all that came before it."""
    from packaging.version import (  # noqa: PLC0415 -- loads slowly; plain releases need none of it
        InvalidVersion,
        Version,
    )

    try:
        return (1, Version(version))
    except InvalidVersion:
        pass
    if not PRINTABLE.fullmatch(version):
        return None
    return (0, _before_pep_440(version.lower()))


def _before_pep_440(version: str) -> Key:
    parts: list[str] = []
    for part in [*map(_part, PART.findall(version)), LAST]:
        if part.startswith("*"):
            if part < LAST:
                while parts and parts[-1] == "*final-":
                    parts.pop()
            while parts and parts[-1] == "0" * 8:
                parts.pop()
        if part:
            parts.append(part)
    return tuple(parts)


def _part(text: str) -> str:
    word = WORDS.get(text, text)
    if not word or word == ".":
        return ""
    return word.zfill(8) if word[0].isdigit() else f"*{word}"

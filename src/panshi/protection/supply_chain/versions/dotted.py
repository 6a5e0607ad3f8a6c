"""Plain rows of numbers: Hackage (dots) and CRAN (dots and hyphens); the longer row is later."""

from __future__ import annotations

import re

from panshi.protection.supply_chain.versions.keys import Key

DOTS = re.compile(r"[0-9]+(?:\.[0-9]+)*")
DOTS_AND_HYPHENS = re.compile(r"[0-9]+(?:[.-][0-9]+)*")


def hackage(version: str) -> Key | None:
    """Numbers between dots."""
    return tuple(map(int, version.split("."))) if DOTS.fullmatch(version) else None


def cran(version: str) -> Key | None:
    """Numbers between dots and hyphens, which mean the same."""
    if not DOTS_AND_HYPHENS.fullmatch(version):
        return None
    return tuple(map(int, version.replace("-", ".").split(".")))

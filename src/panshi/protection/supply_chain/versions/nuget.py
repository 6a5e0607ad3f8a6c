"""NuGet: four numbers, a pre-release compared without case, build metadata ignored."""

from __future__ import annotations

import re

from panshi.protection.supply_chain.versions.keys import Key, identifiers

VERSION = re.compile(
    r"v?(?P<numbers>[0-9]+(?:\.[0-9]+){0,3})"
    r"(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]*)?"
)


def key(version: str) -> Key | None:
    """Numbers, then a pre-release below its release."""
    found = VERSION.fullmatch(version)
    if found is None:
        return None
    numbers = [int(part) for part in found["numbers"].split(".")]
    numbers += [0] * (4 - len(numbers))
    pre = found["pre"]
    return (*numbers, (1,) if pre is None else (0, identifiers(pre.lower())))

"""RubyGems: numbers and words in turn, words earlier; the row goes on in zeros (Gem::Version)."""

from __future__ import annotations

import re

from panshi.protection.supply_chain.versions.keys import Key, padded

LOOSE = re.compile(r"[0-9]+[0-9A-Za-z.-]*")
SEGMENT = re.compile(r"[0-9]+|[A-Za-z]+")


def key(version: str) -> Key | None:
    """Segments, a hyphen read as `.pre.`; zeros right before the first word do not count."""
    if not LOOSE.fullmatch(version):
        return None
    segments = [
        int(each) if each[0].isdigit() else each
        for each in SEGMENT.findall(version.replace("-", ".pre."))
    ]
    first = next((at for at, each in enumerate(segments) if isinstance(each, str)), len(segments))
    head = segments[:first]
    while head and head[-1] == 0:
        head.pop()
    return padded((*head, *segments[first:]))

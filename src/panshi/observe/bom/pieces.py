"""What all readers of bills of materials do with one component: look at what it says of itself."""

from __future__ import annotations

import re

from panshi.observe.bom.stream import Told
from panshi.observe.reading.texts import clean

_UNSURE = re.compile(r"(^|[-_.+~ ])(N/?A|NOASSERTION|UNKNOWN|NONE|UNDEFINED)$", re.IGNORECASE)
_UNSURE_ENDS = frozenset({"A", "a", "N", "n", "E", "e", "D", "d"})
PURL_LIMIT = 2_048
TEXT_LIMIT = 4_096


def purl_defect(purl: str) -> str:
    """Say what keeps a text from naming a package; empty where nothing does."""
    if not purl.startswith("pkg:") or len(purl) > PURL_LIMIT:
        return f"{clean(purl, 80)!r} is not a package URL"
    path = purl[4:].partition("#")[0].partition("?")[0].strip("/")
    kind, _, rest = path.partition("/")
    if not kind or kind.startswith("@"):
        return f"{clean(purl, 80)!r} is a package URL without a type"
    name = rest.rpartition("/")[2]
    if not name.partition("@")[0]:
        return f"{clean(purl, 80)!r} is a package URL without a name"
    return ""


def doubtful(purl: str, version: str | None) -> bool:
    """Tell quickly whether a purl or version deserves a closer look."""
    return bool(
        (purl and (purl[:4] != "pkg:" or "/@" in purl or purl[-1] == "/" or "/" not in purl))
        or (version and version[-1] in _UNSURE_ENDS)
        or len(purl) > PURL_LIMIT
    )


def inspect(told: Told, place: str, purl: str, version: str) -> None:
    """Tell of a purl that names nothing and of a version that is none."""
    if not doubtful(purl, version):
        return
    if purl and (problem := purl_defect(purl)):
        told.defect(place, problem)
    if version and _UNSURE.search(version):
        told.defect(place, f"version {clean(version, 80)!r} is none")


def plainly(raw: bytes) -> bool:
    """Tell whether a JSON document can hold no control character at all."""
    return raw.isascii() and b"\\" not in raw and b"\x7f" not in raw


def plain(text: str, limit: int = TEXT_LIMIT) -> str:
    """Give a text without control characters, quickly where it has none."""
    if text.isprintable() and len(text) <= limit:
        return text
    return clean(text, limit)

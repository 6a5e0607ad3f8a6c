"""What scanners share: one scale of severity, the gravest findings, names of targets."""

from __future__ import annotations

import re
from collections import Counter

from panshi.errors import UsageError
from panshi.observe.port import Look

KEPT = 1_000
"Findings a body lists, the gravest first; the counts speak of all."
SEVERITIES = ("critical", "high", "medium", "low", "unknown")
_WORDS = {
    "critical": "critical",
    "important": "high",
    "high": "high",
    "moderate": "medium",
    "medium": "medium",
    "low": "low",
    "negligible": "low",
    "informational": "low",
    "info": "low",
}
_DIGEST = re.compile(r"@sha(256|512):[0-9a-f]+$")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*$")


def severity(word: str) -> str:
    """Give one of `SEVERITIES`; a word nobody knows is `unknown`, never low."""
    return _WORDS.get(word.strip().lower(), "unknown")


class Gravest[Found]:
    """Counts findings by severity and keeps the first of each, at most `KEPT` per severity."""

    __slots__ = ("_kept", "counts")

    def __init__(self) -> None:
        """Begin without any."""
        self.counts: Counter[str] = Counter()
        self._kept: dict[str, dict[Found, None]] = {}

    def add(self, grade: str, found: Found) -> None:
        """Count one and keep it where there is room; the same one twice is kept once."""
        self.counts[grade] += 1
        kept = self._kept.setdefault(grade, {})
        if len(kept) < KEPT:
            kept.setdefault(found)

    @property
    def total(self) -> int:
        """How many there were."""
        return self.counts.total()

    def first(self) -> tuple[Found, ...]:
        """Give the gravest."""
        return tuple(each for grade in SEVERITIES for each in self._kept.get(grade, ()))[:KEPT]


def subject_scanned(look: Look, name: str, *, image: bool) -> str:
    """Give the asset a scan speaks of: the one given, else the one its target is named after."""
    subject = look.subject or software_named(name, image=image)
    if not subject:
        raise UsageError(
            "the report does not name what was scanned in a way an estate could",
            place=str(look.path),
            remedy="name the asset, for example --subject system:core",
        )
    return subject


def software_named(name: str, *, image: bool) -> str:
    """Give `system:<name>` of an image, folder or repository; empty where it has no own name."""
    bare = _DIGEST.sub("", name.strip().rstrip("/"))
    last = bare.rpartition("/")[2]
    if image:
        last = last.partition(":")[0]
    last = last.removesuffix(".git").lower()
    return f"system:{last}" if _NAME.fullmatch(last) else ""

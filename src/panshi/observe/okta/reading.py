"""What the readers of Okta's exports share: one export being read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from panshi.observe.port import Look
from panshi.observe.reading.complaints import Warnings
from panshi.observe.reading.members import text
from panshi.observe.reading.records import Record, records

SOURCE = "okta"
COLLECTOR = "Okta"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One export being read."""

    look: Look
    path: Path
    incomplete: str
    "Why it may not be whole; empty where nothing shows that."
    warnings: Warnings

    def entries(self) -> Iterator[tuple[str, Record]]:
        """Give the entries with their places."""
        return records(self.path)


def day(entry: object, *path: str) -> date | None:
    """Give the day of a time, None where there is none."""
    try:
        return date.fromisoformat(text(entry, *path, limit=60)[:10])
    except ValueError:
        return None

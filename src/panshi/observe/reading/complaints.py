"""Warnings about parts of a file that could not be read although the rest could."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.observe.port import Look

WARNINGS_TOLD = 50
"Warnings given one by one; the rest is summed up."


@dataclass(slots=True)
class Warnings:
    """Passes on the first warnings of a file and counts the others."""

    look: Look
    told: int = 0

    def tell(self, place: str, problem: str) -> None:
        """Warn, with the place."""
        self.told += 1
        if self.told <= WARNINGS_TOLD:
            self.look.warn(f"{place}: {problem}")

    def close(self) -> None:
        """Say how many warnings were not given one by one."""
        if self.told > WARNINGS_TOLD:
            self.look.warn(f"{self.look.path}: {self.told - WARNINGS_TOLD:,} more like these")

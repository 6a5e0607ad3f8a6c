"""Where one person takes steps: who acts, on which estate, when, and under which number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from panshi.model.zone import day_of
from panshi.node.node import Node


class Desk:
    """What every desk knows; the rules of the steps stand in `panshi.governance`."""

    def __init__(
        self, node: Node, *, actor: str, estate_id: str | None = None, at: datetime | None = None
    ) -> None:
        """Know who acts; only the demo bank, whose history is made up, gives another moment."""
        self.node = node
        self.actor = actor
        self.estate = node.estate(estate_id)
        self._at = at

    @property
    def moment(self) -> datetime:
        """Time of a step: never before what the log learned last, whatever the clock says."""
        if self._at is not None:
            return self._at
        now = self.node.clock()
        return max(now, self.node.log.learned_until() or now)

    def next_number(self, letters: str, known: Iterable[str]) -> str:
        """Give the next number of the year, for example `EX-2026-007`."""
        prefix = f"{letters}-{day_of(self.moment).year}-"
        tails = [each.removeprefix(prefix) for each in known if each.startswith(prefix)]
        taken = [int(tail) for tail in tails if tail.isascii() and tail.isdecimal()]
        return f"{prefix}{max(taken, default=0) + 1:03}"

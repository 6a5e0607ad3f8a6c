"""A campaign as it is weighed: what its tickets hold, how often, and when."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from panshi.alliance.correlation.packed import Reading


class Campaign:
    """Counts over the tickets of one campaign; all of it follows from who is in it."""

    __slots__ = (
        "counts",
        "earliest",
        "latest",
        "matched",
        "members",
        "number",
        "places",
        "present",
        "review_at",
        "size",
        "tried",
    )

    def __init__(self, number: int, families: int) -> None:
        """Begin without tickets."""
        self.number = number
        self.size = 0
        self.places: dict[int, None] = {}
        "Tickets by place, in the order they joined."
        self.counts: dict[int, int] = {}
        self.present = [0] * families
        "Tickets that say something of a family."
        self.tried = [0] * families
        self.matched = [0] * families
        "Of tickets that could share something of a family, those that did."
        self.members: Counter[int] = Counter()
        self.earliest = math.inf
        self.latest = -math.inf
        self.review_at = 4

    @classmethod
    def alone(cls, reading: Reading, families: int) -> Campaign:
        """Give one ticket as a campaign of one, to be weighed."""
        made = cls(-1, families)
        made.add(reading)
        return made

    def add(self, reading: Reading) -> None:
        """Count a ticket in."""
        counts = self.counts
        for family, groups in reading.families:
            if self.present[family]:
                self.tried[family] += 1
                if any(trait in counts for group in groups for trait in group):
                    self.matched[family] += 1
            self.present[family] += 1
        for trait in reading.traits:
            counts[trait] = counts.get(trait, 0) + 1
        self.size += 1
        self.places[reading.place] = None
        self.members[reading.member] += 1
        if not math.isnan(reading.at):
            self.earliest = min(self.earliest, reading.at)
            self.latest = max(self.latest, reading.at)

    def remove(self, reading: Reading, times: Iterable[float]) -> None:
        """Count a ticket out; `times` are those of the tickets that stay."""
        for family, _groups in reading.families:
            self.present[family] -= 1
        for trait in reading.traits:
            left = self.counts[trait] - 1
            if left:
                self.counts[trait] = left
            else:
                del self.counts[trait]
        self.size -= 1
        del self.places[reading.place]
        self.members[reading.member] -= 1
        if not self.members[reading.member]:
            del self.members[reading.member]
        known = [each for each in times if not math.isnan(each)]
        self.earliest = min(known, default=math.inf)
        self.latest = max(known, default=-math.inf)

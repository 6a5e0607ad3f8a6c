"""The odds that a ticket belongs to a campaign, and what they are made of.

Bayes' rule over families of evidence (after Fellegi and Sunter's record linkage): prior odds from
the campaign's share of all tickets; for each shared value how much commoner it is within the
campaign than among all other tickets that say anything of its family, so that a missing field
counts neither way; for a family in which both speak and nothing agrees, how rare that is within the
campaign; for nearness in time, how much denser the campaign lies than all tickets do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from math import log

from panshi.alliance.correlation.campaign import Campaign
from panshi.alliance.correlation.index import Index, Posting
from panshi.alliance.correlation.method import Method
from panshi.alliance.correlation.packed import CODE, Reading

DAY = 86_400.0
SHARED, DIFFERS, TIME = 0, 1, 2
"What a part of the odds is."
_FEW = 2.5
"Weight of the expectation beside what a campaign has shown, in tickets."
_DIFFERS_MOST = -2.5
type Part = tuple[int, int, float]
"""What it is, the trait or family, its weight."""


@dataclass(slots=True)
class Background:
    """What all tickets look like."""

    index: Index
    families: int
    tickets: int = 0
    present: list[int] = field(default_factory=list)
    "Tickets that say something of a family."
    earliest: float = math.inf
    latest: float = -math.inf

    def __post_init__(self) -> None:
        """Begin without tickets."""
        self.present = [0] * self.families

    def add(self, reading: Reading) -> None:
        """Count a ticket in."""
        self.tickets += 1
        for family, _groups in reading.families:
            self.present[family] += 1
        if not math.isnan(reading.at):
            self.earliest = min(self.earliest, reading.at)
            self.latest = max(self.latest, reading.at)


class Odds:
    """Weighs tickets against campaigns by a method and a background."""

    def __init__(self, method: Method, background: Background) -> None:
        """Lay the method out for quick look-up."""
        self._seen = background
        self._house = method.limits.house
        self._unseen = method.limits.unseen
        self._chance = [1.0] * 256
        for kind in method.kinds:
            self._chance[kind.code] = kind.chance
        self._families = [(one.match, one.decay, one.cap) for one in method.families]
        self._technique = next(
            place for place, one in enumerate(method.families) if one.family == "technique"
        )
        self._chain = method.by_name["chain"].code
        self._slack = method.timing.slack_days * DAY
        self._most, self._least = method.timing.most, method.timing.least

    def weigh(
        self, reading: Reading, to: Campaign, *, own: bool = False, parts: list[Part] | None = None
    ) -> float:
        """Give the logarithm of the odds; `own` where the campaign already counts the ticket."""
        less = 1 if own else 0
        size = to.size - less
        total = log(max(size, 0.5) / (self._seen.tickets + self._unseen))
        present = to.present
        for family, groups in reading.families:
            here = present[family] - less
            if here > 0:
                total += self._family(to, family, groups, here, less, parts)
        return total + self._time(reading, to, parts)

    def prior(self, to: Campaign, *, own: bool = False) -> float:
        """Give the logarithm of the odds of any ticket for a campaign of this size."""
        return log(max(to.size - own, 0.5) / (self._seen.tickets + self._unseen))

    def _family(
        self,
        to: Campaign,
        family: int,
        groups: list[list[int]],
        here: int,
        less: int,
        parts: list[Part] | None,
    ) -> float:
        match, decay, cap = self._families[family]
        others = max(self._seen.present[family] - here - 1, 0) + self._unseen
        if family == self._technique:
            shared = self._sequence(to, groups, here, others, less)
        else:
            told = (self._group(to, group, here, others, less) for group in groups)
            shared = [each for each in told if each[1]]
        if not shared:
            rate = (to.matched[family] + match * _FEW) / (to.tried[family] + _FEW)
            weight = max(log(max(1 - rate, 0.02)), _DIFFERS_MOST)
            if parts is not None:
                parts.append((DIFFERS, family, weight))
            return weight
        shared.sort(reverse=True)
        total, keep = 0.0, 1.0
        for weight, which in shared:
            counted = min(weight * keep, cap - total) if weight > 0 else weight * keep
            total += counted
            if parts is not None:
                parts.append((SHARED, which, counted))
            keep *= decay
        return total

    def _group(
        self, to: Campaign, group: list[int], here: int, others: int, less: int
    ) -> tuple[float, int]:
        """Give the most telling shared trait of a group and its weight."""
        counts, postings = to.counts, self._seen.index.postings
        best, which = -math.inf, 0
        for trait in group:
            inside = counts.get(trait, 0) - less
            if inside <= 0:
                continue
            posting = postings.get(trait)
            if isinstance(posting, Posting):
                outside = max(posting.count - 1 - inside, 0)
                house = not posting.shared
            else:
                outside, house = 0, False
            chance = self._chance[trait & CODE]
            weight = log(inside / (here + 1) * (others + chance) / (outside + chance))
            if house:
                weight = min(weight, self._house)
            if weight > best:
                best, which = weight, trait
        return best, which

    def _sequence(
        self, to: Campaign, groups: list[list[int]], here: int, others: int, less: int
    ) -> list[tuple[float, int]]:
        """Weigh techniques in their order: each given the one before it, as a Markov chain does.

        What usually follows says nothing more; what the campaign does not know lessens the rest.
        """
        steps = (len(groups) + 1) // 2
        weights = [self._group(to, group, here, others, less) for group in groups]
        shared = []
        for step in range(steps):
            weight, which = weights[step]
            if not which:
                continue
            if step and weights[step - 1][1]:
                linked, chain = weights[steps + step - 1]
                given = linked - weights[step - 1][0] if chain else weight / 2
                if chain:
                    which = chain
                weight = min(weight, max(given, 0.0))
            shared.append((weight, which))
        known = len(shared) / steps
        return [(weight * known if weight > 0 else weight, which) for weight, which in shared]

    def _time(self, reading: Reading, to: Campaign, parts: list[Part] | None) -> float:
        at = reading.at
        if math.isnan(at) or to.earliest > to.latest:
            return 0.0
        whole = max(self._seen.latest - self._seen.earliest, DAY)
        span = to.latest - to.earliest
        slack = self._slack + span / max(to.size, 4)
        gap = max(to.earliest - at, at - to.latest, 0.0)
        near = max(min(log(whole / (span + 2 * slack)), self._most), 0.0)
        weight = max(near - gap / slack, self._least)
        if parts is not None:
            parts.append((TIME, 0, weight))
        return weight

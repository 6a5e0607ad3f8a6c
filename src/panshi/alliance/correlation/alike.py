"""Which tickets share most with one, and what: what an analyst looks at beside a campaign.

Only values that may lead to other tickets do (`seed`), none that thousands hold, the newest holders
of each. A pair is weighed as two tickets are that may form a campaign; what is told is what both
hold and what each of it counts, so that everyday words add up to little.
"""

from __future__ import annotations

from heapq import nlargest
from math import log

from panshi.alliance.correlation.campaign import Campaign
from panshi.alliance.correlation.changes import Shared
from panshi.alliance.correlation.correlator import Correlator
from panshi.alliance.correlation.packed import CODE

HOLDERS = 50
"Newest holders of a value that are looked at."
WEIGHED = 100
"Tickets that are weighed, those that share the rarest values."

type Alike = tuple[int, tuple[Shared, ...]]
"""Place of a ticket and what it shares that speaks for it, the heaviest first."""


def alike(correlator: Correlator, place: int) -> tuple[Alike, ...]:
    """Give the tickets that share most with the one at a place, the most first."""
    reading, families = correlator.reading(place), len(correlator.method.families)
    found: list[Alike] = []
    for one in _holders(correlator, place):
        other = Campaign.alone(correlator.reading(one), families)
        parts = correlator.reason(reading, other).parts
        shared = [each for each in parts if each.trait and each.weight > 0]
        if shared:
            found.append((one, tuple(sorted(shared, key=lambda each: -each.weight))))
    return tuple(sorted(found, key=lambda each: (-weight_of(each[1]), each[0])))


def weight_of(shared: tuple[Shared, ...]) -> float:
    """Give what everything shared counts together."""
    return sum(each.weight for each in shared)


def _holders(correlator: Correlator, place: int) -> list[int]:
    """Name the tickets that hold the rarest values of one, in bounds."""
    index, limits, kinds = correlator.index, correlator.limits, correlator.method.by_code
    whole = log(correlator.background.tickets + limits.unseen)
    led: dict[int, float] = {}
    for trait in correlator.reading(place).traits:
        held = index.count(trait)
        if held > limits.hub or not kinds[trait & CODE].seed:
            continue
        rarity = whole - log(held + 1)
        for one in index.newest(trait, HOLDERS):
            if one != place and one not in correlator.retired:
                led[one] = led.get(one, 0.0) + rarity
    return nlargest(WEIGHED, led, key=lambda one: (led[one], one))

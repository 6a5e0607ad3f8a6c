"""What a finite sample says about a finite population: the beta-binomial of rules 2 to 4.

N items, n of them seen fresh, k of those passing, nothing known of the rest: a uniform prior over
the number K of passing items leaves K - k ~ BetaBinomial(N - n; 1 + k, 1 + n - k). The tail of
that distribution equals a hypergeometric one (put the n + 1 gaps of the sample in random order
among the N - n unseen items):

    P(K >= q) = P(H <= k),  H ~ Hypergeometric(N + 1, n + 1, q)

so that P needs at most n - k + 1 terms, each from the one before it, the first by `lgamma`.
Targets are whole thousandths and the needed count is computed in integers: `ceil(0.55 * 100)`
is 56 in floating point.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, lgamma

from panshi.errors import UsageError

TOLERANCE = 1e-8
"Rounding allowed when a probability is compared with the confidence; lgamma's own is below it."

_NEGLIGIBLE = 1e-17
_PERMILLE = 1000


def needed(population: int, target_permille: int) -> int:
    """Give the smallest whole number of items that is at least the target share."""
    return -(-population * target_permille // _PERMILLE)


@lru_cache(maxsize=65536)
def chance_at_least(wanted: int, passing: int, seen: int, population: int) -> float:
    """Give P(at least `wanted` of the population pass | `passing` of `seen` passed)."""
    if not 0 <= passing <= seen <= population:
        raise UsageError(f"{passing} passing of {seen} seen of {population} is no sample")
    if wanted <= passing:
        return 1.0
    failing = seen - passing
    if wanted > population - failing:
        return 0.0
    # H' = markers among the last `rest` of N + 1 places; P(H' > failing).
    rest = population + 1 - wanted
    markers = seen + 1
    mode = (rest + 1) * (markers + 1) // (population + 3)
    if failing < mode:
        return 1.0 - _tail(failing, -1, rest, markers, population + 1)
    return _tail(failing + 1, 1, rest, markers, population + 1)


def chance(passing: int, seen: int, population: int, target_permille: int) -> float:
    """Give P(share of the population that passes >= target), from the evidence alone."""
    return chance_at_least(needed(population, target_permille), passing, seen, population)


def reaches(probability: float, confidence: float) -> bool:
    """Compare with the confidence, forgiving the rounding of the last digits."""
    return probability >= confidence - TOLERANCE


@lru_cache(maxsize=65536)
def evidenced_count(passing: int, seen: int, population: int, confidence: float) -> int:
    """Give the largest q with P(at least q pass) >= confidence (rule 4)."""
    low, high = passing, population - (seen - passing)
    while low < high:
        middle = (low + high + 1) // 2
        if reaches(chance_at_least(middle, passing, seen, population), confidence):
            low = middle
        else:
            high = middle - 1
    return low


def evidenced_share(passing: int, seen: int, population: int, confidence: float) -> float | None:
    """Give the evidenced share; None where nothing was seen: then there is no evidence."""
    if not seen:
        return None
    return evidenced_count(passing, seen, population, confidence) / population


def possible_share(passing: int, seen: int, population: int) -> float | None:
    """Give the share if every unseen item passed; None over an empty population."""
    return (passing + population - seen) / population if population else None


def looks_needed(
    passing: int, seen: int, population: int, target_permille: int, confidence: float
) -> int | None:
    """Give how many further looks, all passing, reach the confidence; None: no number does."""
    unseen = population - seen
    wanted = needed(population, target_permille)

    def enough(more: int) -> bool:
        reached = chance_at_least(wanted, passing + more, seen + more, population)
        return seen + more > 0 and reaches(reached, confidence)

    if not population or not enough(unseen):
        return None
    low, high = 0, unseen
    while low < high:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle + 1
    return low


def smallest_clean_sample(population: int, target_permille: int, confidence: float) -> int | None:
    """Give the smallest sample without a failure that reaches the confidence."""
    return looks_needed(0, 0, population, target_permille, confidence)


def _tail(first: int, step: int, rest: int, markers: int, places: int) -> float:
    """Sum the hypergeometric terms from `first` outward until they no longer matter."""
    least, most = max(0, markers + rest - places), min(rest, markers)
    if not least <= first <= most:
        return 0.0
    term = exp(
        _log_choose(rest, first)
        + _log_choose(places - rest, markers - first)
        - _log_choose(places, markers)
    )
    total, at = 0.0, first
    while True:
        total += term
        if at == (most if step > 0 else least) or term < total * _NEGLIGIBLE:
            return min(1.0, total)
        if step > 0:
            up, down = (rest - at) * (markers - at), (at + 1) * (places - rest - markers + at + 1)
        else:
            up, down = at * (places - rest - markers + at), (rest - at + 1) * (markers - at + 1)
        term *= up / down
        at += step


def _log_choose(whole: int, part: int) -> float:
    return lgamma(whole + 1) - lgamma(part + 1) - lgamma(whole - part + 1)

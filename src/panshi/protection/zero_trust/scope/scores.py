"""The nouns of scoring: a factor's score 3-2-1, or its bounds where facts are missing; sums."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LOWEST, HIGHEST = 1, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One factor of one system in one field."""

    factor: str
    "R1 to R6, I1 to I5."
    low: int
    "It scores at least so much whatever the missing facts are."
    high: int
    rule: str
    "`<factor>.<rule>`: why; the words stand in `content/zero_trust/scope.yaml`."
    facts: tuple[str, ...]
    "Facts it rests on."
    asks: tuple[str, ...] = ()
    "Facts that would settle it."

    @property
    def value(self) -> int | None:
        """The score, where it is settled."""
        return self.low if self.low == self.high else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The sum of factors, or its bounds."""

    scores: tuple[Score, ...]
    low: int
    high: int

    @property
    def value(self) -> int | None:
        """The sum, where every factor is settled."""
        return self.low if self.low == self.high else None


def total(scores: Iterable[Score]) -> Total:
    """Add scores up."""
    every = tuple(scores)
    return Total(
        scores=every, low=sum(each.low for each in every), high=sum(each.high for each in every)
    )


def settled(factor: str, value: int, rule: str, *facts: str) -> Score:
    """Give a score that is known."""
    return Score(factor=factor, low=value, high=value, rule=f"{factor}.{rule}", facts=facts)


def bounded(
    factor: str,
    low: int = LOWEST,
    high: int = HIGHEST,
    *,
    facts: tuple[str, ...] = (),
    asks: tuple[str, ...],
) -> Score:
    """Give a score of which only bounds are known."""
    if low == high:
        return settled(factor, low, "known", *facts, *asks)
    return Score(
        factor=factor, low=low, high=high, rule=f"{factor}.unknown", facts=facts, asks=asks
    )

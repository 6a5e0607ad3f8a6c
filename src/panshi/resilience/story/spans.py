"""Times in which something is down: sorted spans of minutes that do not touch."""

from __future__ import annotations

from collections.abc import Iterable

type Span = tuple[float, float]
type Spans = tuple[Span, ...]


def merged(spans: Iterable[Span]) -> Spans:
    """Join spans that touch; empty ones fall away."""
    made: list[Span] = []
    for begin, end in sorted(each for each in spans if each[1] > each[0]):
        if made and begin <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((begin, end))
    return tuple(made)


def up_from(down: Spans, moment: float, lasting: float = 0.0) -> float:
    """Give the first moment from `moment` on at which it is up and stays so for `lasting`."""
    for begin, end in down:
        if end <= moment:
            continue
        if begin >= moment + lasting and begin > moment:
            return moment
        moment = max(moment, end)
    return moment


def down_from(down: Spans, moment: float) -> float | None:
    """Give the first moment from `moment` on at which it is down; None where there is none."""
    for begin, end in down:
        if end > moment:
            return max(begin, moment)
    return None


def short_of(downs: Iterable[Spans], needed: int, count: int) -> Spans:
    """Give when fewer than `needed` of `count` things are up."""
    steps = sorted(
        step for each in downs for begin, end in each for step in ((begin, 1), (end, -1))
    )
    made: list[Span] = []
    lost, since = 0, 0.0
    for moment, change in steps:
        before, lost = lost, lost + change
        if count - before >= needed > count - lost:
            since = moment
        elif count - before < needed <= count - lost:
            made.append((since, moment))
    return merged(made)

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

"""Spans of places: half-open, told by the bounds they were written with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Interval(NamedTuple):
    """Places from `low` up to and without `high`, and the bounds as they were written."""

    low: bytes
    high: bytes
    told: tuple[str, str, str, bool]


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Order them and let those that overlap be one, told by its own two bounds."""
    kept: list[Interval] = []
    for each in sorted(intervals, key=lambda one: (one.low, one.high)):
        if kept and each.low < kept[-1].high:
            if each.high > kept[-1].high:
                kind, low, _, _ = kept[-1].told
                told = (kind, low, each.told[2], each.told[3])
                kept[-1] = Interval(kept[-1].low, each.high, told)
            continue
        kept.append(each)
    return kept

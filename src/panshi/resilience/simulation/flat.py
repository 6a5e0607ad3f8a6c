"""Lists of the model as flat arrays."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

import numpy as np

from panshi.model.resilience.graph import Delay
from panshi.resilience.simulation.program import Bytes, Ints, Keys, Reals
from panshi.resilience.simulation.streams import key_of


def ints(values: Iterable[int]) -> Ints:
    """Give whole numbers."""
    return np.array(list(values), np.int32)


def reals(values: Iterable[float]) -> Reals:
    """Give numbers."""
    return np.array(list(values), np.float64)


def flags(values: Iterable[int]) -> Bytes:
    """Give small numbers; yes and no as 1 and 0."""
    return np.array(list(values), np.uint8)


def firsts(lengths: Iterable[int]) -> Ints:
    """Give where each inner list begins, and where the last one ends."""
    return ints(accumulate(lengths, initial=0))


def delays(values: Iterable[Delay]) -> Reals:
    """Give durations as rows of low, likely and high."""
    rows = [(each.low, each.likely, each.high) for each in values]
    return np.array(rows, np.float64).reshape(len(rows), 3)


def keys(names: Iterable[str]) -> Keys:
    """Give the keys by which draws are told apart."""
    return np.array([key_of(name) for name in names], np.uint64)

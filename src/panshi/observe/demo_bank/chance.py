"""Repeatable chance: a number from a seed and a name, the same on every machine and day."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

_SCALE = float(1 << 64)


def share(*names: object) -> float:
    """Give a number in [0, 1) that depends on the names only."""
    text = "\x1f".join(map(str, names)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest()) / _SCALE


def whole(low: int, high: int, *names: object) -> int:
    """Give a whole number from `low` to `high`, both included."""
    return low + int(share(*names) * (high - low + 1))


def choice[T](options: Sequence[T], *names: object) -> T:
    """Give one of the options."""
    return options[int(share(*names) * len(options))]

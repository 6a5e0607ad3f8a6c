"""What every family's key is, and the little they share."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

LONGEST = 1024
"""Characters of a version; what is longer is no version anybody published."""

type Key = tuple[Any, ...]
"""Comparable with other keys of the same family only."""

type Family = Callable[[str], Key | None]
"""Gives the key of a version, or None where the ecosystem has no place for it."""


class Order(StrEnum):
    """How one version stands to another."""

    LESS = "<"
    EQUAL = "="
    GREATER = ">"
    UNKNOWN = "?"


def order(left: Key | None, right: Key | None) -> Order:
    """Compare two keys of one family."""
    if left is None or right is None:
        return Order.UNKNOWN
    if left == right:
        return Order.EQUAL
    return Order.LESS if left < right else Order.GREATER


def identifiers(text: str) -> Key:
    """Key of dotted identifiers as SemVer 2.0 §11.4 orders them: numbers below words."""
    return tuple(
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in text.split(".")
    )


def padded(segments: tuple[int | str, ...]) -> Key:
    """Key of a sequence that goes on in zeros for ever, words below numbers.

    Zeros are counted, not kept: how many stand before the next other segment decides, and the
    end of all others lies between "a word comes" and "a number comes".
    """
    key: list[tuple[int, int, int | str]] = []
    zeros = 0
    for segment in segments:
        if segment == 0:
            zeros += 1
        elif isinstance(segment, int):
            key.append((1, -zeros, segment))
            zeros = 0
        else:
            key.append((-1, zeros, segment))
            zeros = 0
    return (*key, (0, 0, 0))

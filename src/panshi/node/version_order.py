"""Pairs of versions put in order, line by line, as `panshi sbom order` answers them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from panshi.errors import BadInputError, UsageError
from panshi.protection.supply_chain.versions import ALIASES, FAMILIES, Order, compare, family

LONGEST_LINE = 4096
"""Bytes of a line; a longer one is no pair of versions."""
SIGNS = frozenset("<=>?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """One answered pair."""

    left: str
    order: Order
    right: str


def ecosystems() -> tuple[str, ...]:
    """Every name `order_pairs` knows."""
    return tuple(sorted({*FAMILIES, *ALIASES}))


def order_pairs(ecosystem: str, stream: BinaryIO) -> Iterator[Ordered]:
    """Answer each line: two versions apart by blanks, a sign between them is left unread.

    Empty lines and comments (`#`, `//`) are passed over; a line that is no pair is answered `?`.
    """
    if family(ecosystem) is None:
        raise UsageError(
            f"no order is known for ecosystem {ecosystem!r}",
            remedy=f"one of {', '.join(ecosystems())}",
        )
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise BadInputError(
                f"longer than {LONGEST_LINE:,} bytes",
                place=f"standard input, line {number}",
                remedy="one pair of versions a line",
            )
        words = line.decode("utf-8", "replace").split()
        if not words or words[0].startswith(("#", "//")):
            continue
        match words:
            case [left, sign, right] if sign in SIGNS:
                yield Ordered(left=left, order=compare(ecosystem, left, right), right=right)
            case [left, right]:
                yield Ordered(left=left, order=compare(ecosystem, left, right), right=right)
            case [left, *rest]:
                yield Ordered(left=left, order=Order.UNKNOWN, right=" ".join(rest))

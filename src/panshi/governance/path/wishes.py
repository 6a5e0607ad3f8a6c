"""Limits and what-if as people write them, on a command line, in a form or in an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from panshi.errors import UsageError
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.path.plan import Wishes

MOST_MONEY = 10**13
MOST_HOURS = 10**7
MOST_ALTERNATIVES = 20
MOST_NAMES = 200


def wishes_of(  # noqa: PLR0913 -- everything a caller may ask for
    *,
    quarters: int = 8,
    begins: str = "",
    budget: str = "",
    total: str = "",
    hours: Iterable[str] = (),
    without: Iterable[str] = (),
    force: Iterable[str] = (),
    alternatives: int = 3,
    curve: bool = True,
) -> Wishes:
    """Read limits; a budget is `3000000` or one figure per quarter, hours `PD-WRL-001=480`."""
    return Wishes(
        quarters=quarters,
        begins=str(Quarter.read(begins)) if begins else "",
        budget=figures(budget, "budget", MOST_MONEY),
        total=_total(total),
        hours=tuple(_hours(text) for text in hours),
        without=_names(without),
        force=_names(force),
        alternatives=max(0, min(alternatives, MOST_ALTERNATIVES)),
        curve=curve,
    )


def figures(text: str, name: str, most: int) -> tuple[int, ...]:
    """Read whole numbers parted by commas; empty for none."""
    parts = [part.strip().replace("_", "") for part in text.split(",")] if text.strip() else []
    for part in parts:
        if not part.isascii() or not part.isdecimal() or int(part[:19]) > most:
            raise UsageError(
                f"{name}: {part[:40]!r} is not a whole number up to {most:,}",
                remedy="write 3000000, or one figure per quarter parted by commas",
            )
    return tuple(int(part) for part in parts)


def _total(text: str) -> int | None:
    found = figures(text, "total", MOST_MONEY)
    if len(found) > 1:
        raise UsageError("total: one figure is expected", remedy="write 20000000")
    return found[0] if found else None


def _hours(text: str) -> tuple[str, tuple[int, ...]]:
    role, equals, given = text.partition("=")
    found = figures(given, role, MOST_HOURS)
    if not equals or not found:
        raise UsageError(f"{text[:60]!r} names no hours", remedy="write PD-WRL-001=480")
    return role.strip(), found


def _names(given: Iterable[str]) -> tuple[str, ...]:
    found: Sequence[str] = tuple(dict.fromkeys(name.strip() for name in given if name.strip()))
    if len(found) > MOST_NAMES:
        raise UsageError(f"{len(found)} projects named", remedy=f"name at most {MOST_NAMES}")
    return tuple(found)

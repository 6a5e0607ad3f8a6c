"""Filters as they are written in addresses and on command lines; several values by commas."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from panshi.errors import BadInputError
from panshi.protection.supply_chain.findings.finding import FindingFilters, Ssvc, Status

if TYPE_CHECKING:
    from collections.abc import Iterator


def chosen(
    *,
    systems: str = "",
    statuses: str = "",
    ssvc: str = "",
    **parts: Any,  # noqa: ANN401 -- fields
) -> FindingFilters:
    """Make filters; a word that is none of a list is refused."""
    return FindingFilters(
        systems=tuple(_parts(systems)),
        statuses=_words(statuses, Status),
        ssvc=_words(ssvc, Ssvc),
        **parts,
    )


def _parts(text: str) -> Iterator[str]:
    for each in text.split(","):
        if each.strip():
            yield each.strip()


def _words[Word: StrEnum](text: str, kind: type[Word]) -> tuple[Word, ...]:
    found = []
    for each in _parts(text):
        if each not in set(kind):
            raise BadInputError(f"{each[:40]!r} is no choice", remedy=f"one of {', '.join(kind)}")
        found.append(kind(each))
    return tuple(found)

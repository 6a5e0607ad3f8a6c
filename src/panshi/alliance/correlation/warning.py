"""Who shares the exposure of a campaign but has not reported it, and what may be told.

A member is compared only by the extract it chose to give (suppliers, products, vulnerabilities it
still has). It learns what it has in common with the campaign, which it holds itself, and of the
campaign's other values those that enough members reported; how many reported, never who
(k-anonymity, Sweeney 2002).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from panshi.alliance.correlation.traits import Trait

EXPOSED = frozenset({"supplier", "product", "cve"})
"Kinds by which an exposure is shared."
MOST_TOLD = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One item of a member's extract that a campaign has too."""

    member: str
    trait: Trait
    detail: str
    "As the member describes where it has it; told to nobody else."


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyWarning:
    """What one member is told of one campaign."""

    member: str
    shared: tuple[Trait, ...]
    "What it has in common with the campaign."
    details: tuple[str, ...]
    values: tuple[Trait, ...]
    "Of the campaign's values, those enough members reported."
    reporters: str
    "How many members reported, in words of counts that hide who."


def usual(reported: Mapping[Trait, frozenset[str]], reporters: int) -> tuple[Trait, ...]:
    """Give the exposures usual in a campaign: told by a third of its members, and by two."""
    least = max(2, -(-reporters // 3))
    found = (trait for trait, by in reported.items() if trait.kind in EXPOSED and len(by) >= least)
    return tuple(sorted(found))


def warnings(
    reported: Mapping[Trait, frozenset[str]],
    reporters: Iterable[str],
    exposures: Sequence[Exposure],
    *,
    least: int,
) -> tuple[EarlyWarning, ...]:
    """Give a warning for each exposed member that has not reported."""
    told_by = set(reporters)
    values = sorted(
        (trait for trait, by in reported.items() if len(by) >= least and trait.kind not in EXPOSED),
        key=lambda trait: (-len(reported[trait]), trait),
    )[:MOST_TOLD]
    found: dict[str, list[Exposure]] = {}
    for each in exposures:
        if each.member not in told_by:
            found.setdefault(each.member, []).append(each)
    return tuple(
        EarlyWarning(
            member=member,
            shared=tuple(sorted({each.trait for each in items})),
            details=tuple(dict.fromkeys(each.detail for each in items if each.detail)),
            values=tuple(values),
            reporters=count_told(len(told_by), least),
        )
        for member, items in sorted(found.items())
    )


def count_told(count: int, least: int) -> str:
    """Say how many, not exactly where few would show who."""
    return f"<{least}" if count < least else str(count)

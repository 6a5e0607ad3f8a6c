"""The terms points are computed under: governed parameters, never constants of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

PREFIX = "reward_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Every number the rules use; `content/parameters.yaml` says why each is what it is."""

    unit: float = 10.0
    "Points of a value that everybody independent confirms."
    half_voices: float = 3.0
    "Independent voices at which a value is worth half of that."
    even_share: float = 0.5
    "Share of an even distribution that a member may give one reporter whom others do not see."
    tolerance: float = 1.2
    "How far above the others' attention to a reporter a member's own may lie."
    first_half_life_hours: float = 24.0
    "Hours after which an independent second report is worth half the first."
    derived_share: float = 0.1
    "Worth of what is derived from something known, and of a late report that helped."
    use_weight: float = 0.3
    "Weight of a use beside that of a sighting."
    hindsight_weight: float = 0.5
    "Weight of a sighting from before the report: useful, but no warning."
    wrong_weight: float = 2.0
    "How many confirming voices one voice of a false positive outweighs."
    wrong_cost: float = 1.0
    "Points a value that is wrong costs, beside what a right one earns."
    horizon_days: float = 90.0
    "Echoes later than this count no more."
    knee: float = 400.0
    "Points of a period beyond which more grow with the logarithm only."


def terms_of(parameters: Mapping[str, float]) -> Terms:
    """Take the terms in force out of the governed parameters; defaults where one is missing."""
    named = {each.name: parameters.get(f"{PREFIX}{each.name}") for each in fields(Terms)}
    return Terms(**{name: value for name, value in named.items() if value is not None})

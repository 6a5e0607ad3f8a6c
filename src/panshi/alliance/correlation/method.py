"""The method as data: kinds of value, families, weights and limits from content/alliance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import msgspec

from panshi.errors import ContentError

MOST_CODES = 256
"A kind's code is one byte of a packed trait."


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Values that say nearly the same when they are shared together."""

    family: str
    match: float
    "How often tickets of one campaign are expected to share something of it."
    decay: float
    "Share of its weight that each further shared value keeps."
    cap: float
    "Most that the whole family counts."
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitKind:
    """One kind of value."""

    code: int
    kind: str
    family: str
    chance: float
    "Unrelated holders to reckon with beside those counted."
    seed: bool
    "Whether the value alone may lead to other tickets."
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How nearness in time counts."""

    slack_days: float
    most: float
    least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Thresholds of odds and bounds of work."""

    join: float
    leave: float
    merge_share: float
    holders: int
    candidates: int
    hub: int
    gathered: int
    house: float
    unseen: int
    values: int


@dataclass(frozen=True, kw_only=True)
class Method:
    """Everything that decides what binds."""

    version: str
    families: tuple[Family, ...]
    kinds: tuple[TraitKind, ...]
    timing: Timing
    limits: Limits

    def __post_init__(self) -> None:
        """Refuse a method that contradicts itself."""
        names = [each.family for each in self.families]
        codes = [each.code for each in self.kinds]
        if len(set(codes)) < len(codes) or not all(0 < code < MOST_CODES for code in codes):
            raise ContentError("codes of kinds are not one byte each, all different")
        if strange := {each.family for each in self.kinds} - set(names):
            raise ContentError(f"no such family: {', '.join(sorted(strange))}")
        if any(not 0 < each.match < 1 or not 0 < each.decay <= 1 for each in self.families):
            raise ContentError("match and decay of a family lie between 0 and 1")
        if any(each.chance <= 0 for each in self.kinds):
            raise ContentError("a chance of nought would make one value a proof")

    @cached_property
    def by_name(self) -> Mapping[str, TraitKind]:
        """Kinds by name."""
        return {each.kind: each for each in self.kinds}

    @cached_property
    def by_code(self) -> Mapping[int, TraitKind]:
        """Kinds by code."""
        return {each.code: each for each in self.kinds}

    @cached_property
    def family_of(self) -> tuple[int, ...]:
        """Place of the family by code of the kind."""
        places = {each.family: place for place, each in enumerate(self.families)}
        found = [0] * MOST_CODES
        for each in self.kinds:
            found[each.code] = places[each.family]
        return tuple(found)


def load_method(content: tuple[str, bytes]) -> Method:
    """Read the packaged method."""
    name, raw = content
    try:
        return msgspec.yaml.decode(raw, type=Method)
    except (msgspec.ValidationError, ContentError) as error:
        raise ContentError(str(error), place=name) from error

"""The trust model: which evidence counts, how much, how long, and what it is called.

It is content (`content/zero_trust/trust.yaml`), governed by whoever answers for the institution's
policy. Weights are natural logarithms of likelihood ratios: +0.7 makes trust twice as likely, -0.7
half as likely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from panshi.protection.zero_trust.trust.signal import SubjectKind

HEAVIEST = 12.0
"No single word weighs more than e^12, about 160,000 to one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One thing a source may say of a kind, and its weight."""

    id: str
    title_zh: str
    title_en: str
    weight: float
    "Log-odds when just observed; below zero is unfavourable."


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One kind of evidence."""

    id: str
    title_zh: str
    title_en: str
    about: SubjectKind
    "Of what its signals speak."
    required: bool
    "Whether its absence is told as missing, for a session that has such a subject."
    fresh_for_s: float
    "How long a favourable word counts at most."
    half_life_s: float
    "In what time a favourable word loses half its weight."
    recovers_s: float
    "In what time an unfavourable word loses half its weight; 0: it holds until taken back."
    grades: Mapping[str, Grade]
    "By id."
    lowest: float = 0.0
    "Families that take a ratio: least log-odds."
    highest: float = 0.0
    "Families that take a ratio: most log-odds."
    why_zh: str
    why_en: str
    cites: str
    "Document and clause the choice rests on."

    @property
    def takes_ratio(self) -> bool:
        """Whether signals carry log-odds themselves instead of a grade."""
        return not self.grades

    def weight_of(self, weight_class: str, value: object) -> float | None:
        """Give the weight of a word; None where the model does not know it."""
        if self.grades:
            grade = self.grades.get(weight_class)
            return None if grade is None else grade.weight
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 -- not a number
            return None
        return min(max(float(value), self.lowest), self.highest)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoveltyModel:
    """How novelty of place and time becomes a likelihood ratio."""

    smoothing: float
    "How many sign-ins the habits of everybody count for in one person's history."
    mimicry: float
    "Share of attackers who come from where and when the person does; bounds what habit can earn."
    forgets_s: float
    "In what time a habit counts half."
    countries: int
    "Among how many places an attacker is taken to choose."


@dataclass(frozen=True, kw_only=True)
class TrustModel:
    """The whole model."""

    version: str
    prior: float
    "Log-odds before anything is known."
    skew_s: float
    "How far a source's clock may run ahead."
    missed_beats: int
    "After so many intervals without a word a feed counts as lost."
    step_up_s: float
    "How long somebody asked for a stronger sign-in may take."
    idle_s: float
    "After so long without open access a session ends; 0: never."
    levels: tuple[tuple[str, str, int], ...]
    "Names of levels in Chinese and English with the least level, from the highest down."
    families: Mapping[str, Family]
    novelty: NoveltyModel

    @cached_property
    def required(self) -> tuple[Family, ...]:
        """Families whose absence is told."""
        return tuple(each for each in self.families.values() if each.required)

    def level_name(self, level: int) -> tuple[str, str]:
        """Give the Chinese and the English name of a level."""
        for name_zh, name_en, least in self.levels:
            if level >= least:
                return name_zh, name_en
        return self.levels[-1][:2]

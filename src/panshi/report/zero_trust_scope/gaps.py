"""What chosen fields lack and the stages planned for them, as values."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.governance.path.plan import Plan
from panshi.model.control import Control
from panshi.model.verdict import StageVerdict, Status, Verdict
from panshi.protection.zero_trust.scope.facts import Field

NOTHING_TO_JUDGE = frozenset({Status.NO_POPULATION, Status.NOT_APPLICABLE})
STAGES = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLine:
    """One control in one chosen field."""

    control: Control
    verdict: Verdict
    passing: tuple[str, ...]
    "Chosen systems that pass it, where it is judged over systems."
    failing: tuple[str, ...]
    unseen: tuple[str, ...]
    not_applicable: tuple[str, ...]
    "Chosen systems whose cloud model leaves it out."
    undecided: tuple[str, ...]
    "Chosen systems in the cloud for which the source does not say."


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGap:
    """One chosen field."""

    field: Field
    stage: StageVerdict
    labelled: bool
    "Whether any asset carries the field's label; without, the whole estate is judged instead."
    lines: tuple[GapLine, ...]

    @property
    def missing(self) -> tuple[GapLine, ...]:
        """Controls that do not hold and have something to hold over."""
        return tuple(
            each
            for each in self.lines
            if not each.verdict.met and each.verdict.status not in NOTHING_TO_JUDGE
        )

    @property
    def empty(self) -> tuple[GapLine, ...]:
        """Controls with no population in the field, or signed not applicable."""
        return tuple(each for each in self.lines if each.verdict.status in NOTHING_TO_JUDGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A stage to reach in the chosen fields by the end of a quarter."""

    stage: int
    by: str
    "Quarter, e.g. `2027Q4`."
    fields: tuple[str, ...]
    plan: Plan | None
    refused: str = ""
    "Why there is no plan at all."

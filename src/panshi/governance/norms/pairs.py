"""Pairs of clauses from two norms: what is proposed, and what people said of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from panshi.governance.norms.clauses import Norm
from panshi.governance.norms.confirming import PairStanding, PairState
from panshi.governance.norms.quantities import Contrast, Standing
from panshi.governance.norms.strengths import Force
from panshi.model.control import MappingRelation

if TYPE_CHECKING:
    from panshi.governance.norms.similarity import Likeness

CLOSE = 0.2
"From this score on they speak of one thing, so that numbers nobody can keep are a conflict."
SAME_ACT = 0.6
"So much of each other's words a duty and a prohibition hold where they are about the same act."


class Rationale(StrEnum):
    """Why two clauses were matched (NIST IR 8477, 4.3)."""

    SYNTACTIC = "syntactic"
    SEMANTIC = "semantic"
    FUNCTIONAL = "functional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One pair of clauses."""

    a: str
    b: str
    relation: MappingRelation
    score: float
    rank: int
    "Place among the counterparts of `a`, from 1."
    rationale: Rationale
    strength: Force
    same_evidence: tuple[str, ...] = ()
    parameters: tuple[Contrast, ...] = ()
    covered: float = 0.0
    "Share of the words of `a` that `b` contains."
    covering: float = 0.0
    mutual: bool = False
    "Each is the other's best counterpart."
    own: float = 0.0
    "Score of their own words, without what items say for the clause above them."
    through: tuple[str, str] = ("", "")
    "Clauses whose words the score comes from, where items speak for the clause above them."

    @property
    def compared(self) -> tuple[str, str]:
        """The two clauses whose words tell why they were put together."""
        return self.through if any(self.through) else (self.a, self.b)

    @property
    def conflict(self) -> bool:
        """Whether nobody can keep both."""
        if self.relation is MappingRelation.NONE or self.own < CLOSE:
            return False
        same_act = min(self.covered, self.covering) >= SAME_ACT
        opposed = self.strength is Force.OPPOSED and same_act
        return opposed or any(each.standing is Standing.CONFLICT for each in self.parameters)

    @property
    def differs(self) -> bool:
        """Whether one of the two is stricter, in strength or in a number."""
        strict = {Standing.FIRST_STRICTER, Standing.SECOND_STRICTER, Standing.DIFFERENT}
        return self.strength in {Force.FIRST_STRONGER, Force.SECOND_STRONGER} or any(
            each.standing in strict for each in self.parameters
        )


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two norms side by side."""

    one: Norm
    other: Norm
    pairs: tuple[Candidate, ...]
    gaps: tuple[str, ...]
    "Duties of the first norm without a counterpart."
    reverse_gaps: tuple[str, ...]
    "Duties of the second norm without a counterpart."
    likeness: Likeness
    "Every clause against every clause."

    @property
    def conflicts(self) -> tuple[Candidate, ...]:
        """Pairs that nobody can keep."""
        return tuple(pair for pair in self.pairs if pair.conflict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A candidate with what people said of it."""

    candidate: Candidate
    standing: PairStanding

    @property
    def relation(self) -> MappingRelation:
        """The relation people gave it, else the proposed one."""
        said = self.standing.state in {PairState.CONFIRMED, PairState.AWAITING}
        given = self.standing.relation
        return given if said and given else self.candidate.relation


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Two norms side by side, with what people said."""

    comparison: Comparison
    pairs: tuple[Judged, ...]

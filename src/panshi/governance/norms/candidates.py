"""Overlaps, conflicts and gaps between two norms, as candidates for a person to confirm.

    comparison = compare(one, other, glossary)
    comparison.pairs        ranked pairs with a typed relation (OSCAL mapping model, NIST IR 8477)
    comparison.gaps         duties of the first norm that have no counterpart in the second

A relation is proposed from how much of each clause's words the other contains. Legal equivalence
is never inferred: `equal-to` is proposed only where words, strength and numbers all agree. A
*conflict* is a pair about the same thing that nobody can keep: a floor above a ceiling, or a duty
against a prohibition.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from panshi.governance.norms import quantities
from panshi.governance.norms.clauses import Clause, Norm
from panshi.governance.norms.glossary import Glossary
from panshi.governance.norms.quantities import Contrast, Standing
from panshi.governance.norms.similarity import Likeness, Matrix, likeness
from panshi.governance.norms.strengths import Force, force
from panshi.model.control import MappingRelation, Strength

RELATED = 0.1
"From this score on two clauses are proposed as related; chosen on two mappings."
CLOSE = 0.2
"From this score on they speak of one thing, so that opposed duties and numbers are a conflict."
ALL_OF_IT = 0.8
MOST_OF_IT = 0.62
APART = 0.15
"By so much one clause must contain more of the other than the reverse to be the wider one."
PER_CLAUSE = 10


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

    @property
    def conflict(self) -> bool:
        """Whether nobody can keep both."""
        if self.relation is MappingRelation.NONE or self.score < CLOSE:
            return False
        opposed = self.strength is Force.OPPOSED
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

    @property
    def conflicts(self) -> tuple[Candidate, ...]:
        """Pairs that nobody can keep."""
        return tuple(pair for pair in self.pairs if pair.conflict)


def compare(one: Norm, other: Norm, glossary: Glossary, *, top: int = PER_CLAUSE) -> Comparison:
    """Propose the counterparts of every clause; the best `top` of each clause of either norm."""
    ours, theirs = one.judgeable, other.judgeable
    alike = likeness(one, other, glossary)
    if not ours or not theirs:
        return Comparison(
            one=one,
            other=other,
            pairs=(),
            gaps=tuple(each.id for each in ours if _duty(each)),
            reverse_gaps=tuple(each.id for each in theirs if _duty(each)),
        )
    ranks = _ranks(alike.score, [clause.id for clause in theirs])
    their_ranks = _ranks(alike.score.T, [clause.id for clause in ours]).T
    numbers = {id(clause): quantities.of_clause(clause) for clause in (*ours, *theirs)}
    pairs = [
        _candidate(
            ours[row],
            theirs[column],
            alike,
            (row, column),
            (int(ranks[row, column]), int(their_ranks[row, column])),
            quantities.compared(numbers[id(ours[row])], numbers[id(theirs[column])]),
        )
        for row, column in zip(*np.nonzero((ranks <= top) | (their_ranks <= top)), strict=True)
    ]
    place = {clause.id: number for number, clause in enumerate(ours)}
    return Comparison(
        one=one,
        other=other,
        pairs=tuple(sorted(pairs, key=lambda pair: (place[pair.a], pair.rank))),
        gaps=_without_counterpart(ours, alike.score.max(axis=1)),
        reverse_gaps=_without_counterpart(theirs, alike.score.max(axis=0)),
    )


def _ranks(score: Matrix, names: list[str]) -> Matrix:
    """Rank the columns of each row from 1, ties by name, so that order of clauses has no say."""
    by_name = np.argsort(np.argsort(np.array(names, dtype=object), kind="stable"))
    order = np.lexsort((np.broadcast_to(by_name, score.shape), -score), axis=1)
    ranks = np.empty_like(score)
    np.put_along_axis(ranks, order, np.arange(1.0, score.shape[1] + 1)[None, :], axis=1)
    return ranks


def _candidate(
    one: Clause,
    other: Clause,
    alike: Likeness,
    place: tuple[int, int],
    ranks: tuple[int, int],
    parameters: tuple[Contrast, ...],
) -> Candidate:
    score = float(alike.score[place])
    covered, covering = float(alike.covered[place]), float(alike.covering[place])
    strength = force(one, other)
    same_evidence = tuple(each for each in one.evidence if each in other.evidence)
    return Candidate(
        a=one.id,
        b=other.id,
        relation=_relation(score, covered, covering, agree=_agree(strength, parameters)),
        score=score,
        rank=ranks[0],
        rationale=_rationale(same_evidence, covered, covering),
        strength=strength,
        same_evidence=same_evidence,
        parameters=parameters,
        covered=round(covered, 3),
        covering=round(covering, 3),
        mutual=ranks == (1, 1),
    )


def _agree(strength: Force, parameters: tuple[Contrast, ...]) -> bool:
    return strength in {Force.SAME, Force.UNKNOWN} and all(
        each.standing is Standing.SAME for each in parameters
    )


def _relation(score: float, covered: float, covering: float, *, agree: bool) -> MappingRelation:
    """Propose a relation; exchanging the clauses reverses it."""
    if score < RELATED:
        return MappingRelation.NONE
    if min(covered, covering) >= ALL_OF_IT:
        return MappingRelation.EQUAL if agree else MappingRelation.INTERSECTS
    if covered >= MOST_OF_IT and covered - covering >= APART:
        return MappingRelation.SUBSET
    if covering >= MOST_OF_IT and covering - covered >= APART:
        return MappingRelation.SUPERSET
    return MappingRelation.INTERSECTS


def _rationale(same_evidence: tuple[str, ...], covered: float, covering: float) -> Rationale:
    if max(covered, covering) >= MOST_OF_IT:
        return Rationale.SYNTACTIC
    return Rationale.FUNCTIONAL if same_evidence else Rationale.SEMANTIC


def _without_counterpart(clauses: tuple[Clause, ...], best: Matrix) -> tuple[str, ...]:
    return tuple(
        clause.id
        for clause, score in zip(clauses, best, strict=True)
        if _duty(clause) and score < RELATED
    )


def _duty(clause: Clause) -> bool:
    """Whether a clause asks for something; texts that never say how strongly do so throughout."""
    return clause.strength is not Strength.MAY

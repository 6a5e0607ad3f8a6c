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

from collections.abc import Sequence

import numpy as np

from panshi.governance.norms import quantities
from panshi.governance.norms.clauses import Clause, Norm
from panshi.governance.norms.glossary import Glossary
from panshi.governance.norms.items import Matrix, below
from panshi.governance.norms.pairs import Candidate, Comparison, Rationale
from panshi.governance.norms.quantities import Contrast, Quantity, Standing
from panshi.governance.norms.similarity import Likeness, likeness
from panshi.governance.norms.strengths import Force, force
from panshi.model.control import MappingRelation, Strength

RELATED = 0.13
"From this score on two clauses are proposed as related; chosen on two mappings."
ALL_OF_IT = 0.8
MOST_OF_IT = 0.62
APART = 0.15
"By so much one clause must contain more of the other than the reverse to be the wider one."
PER_CLAUSE = 10

type Numbers = dict[str, tuple[Quantity, ...]]


def compare(one: Norm, other: Norm, glossary: Glossary, *, top: int = PER_CLAUSE) -> Comparison:
    """Propose the counterparts of every clause; the best `top` of each clause of either norm."""
    ours, theirs = one.judgeable, other.judgeable
    alike = likeness(one, other, glossary)
    pairs: list[Candidate] = []
    best, their_best = np.zeros(len(ours)), np.zeros(len(theirs))
    if ours and theirs:
        best, their_best = alike.score.max(axis=1), alike.score.max(axis=0)
        ranks, their_ranks = _both_ranks(alike, ours, theirs)
        wanted = zip(*np.nonzero((ranks <= top) | (their_ranks <= top)), strict=True)
        numbers = _numbers(one), _numbers(other)
        pairs = [
            _candidate(
                (ours, theirs),
                alike,
                (row, column),
                (int(ranks[row, column]), int(their_ranks[row, column])),
                numbers,
            )
            for row, column in wanted
        ]
    order = {clause.id: number for number, clause in enumerate(ours)}
    return Comparison(
        one=one,
        other=other,
        pairs=tuple(sorted(pairs, key=lambda pair: (order[pair.a], pair.rank))),
        gaps=_without_counterpart(ours, best),
        reverse_gaps=_without_counterpart(theirs, their_best),
        likeness=alike,
    )


def candidate(comparison: Comparison, a: str, b: str) -> Candidate:
    """Give one pair of two judgeable clauses, proposed or not."""
    found = next((pair for pair in comparison.pairs if (pair.a, pair.b) == (a, b)), None)
    if found is not None:
        return found
    ours, theirs = comparison.one.judgeable, comparison.other.judgeable
    row = next(number for number, clause in enumerate(ours) if clause.id == a)
    column = next(number for number, clause in enumerate(theirs) if clause.id == b)
    ranks, their_ranks = _both_ranks(comparison.likeness, ours, theirs)
    place = int(ranks[row, column]), int(their_ranks[row, column])
    numbers = (
        {a: quantities.of_clause(ours[row])},
        {b: quantities.of_clause(theirs[column])},
    )
    alike = comparison.likeness
    return _candidate((ours, theirs), alike, (row, column), place, numbers)


def _both_ranks(
    alike: Likeness, ours: Sequence[Clause], theirs: Sequence[Clause]
) -> tuple[Matrix, Matrix]:
    return _ranks(alike.score, theirs), _ranks(alike.score.T, ours).T


def _numbers(norm: Norm) -> Numbers:
    return {clause.id: quantities.of_clause(clause) for clause in norm.judgeable}


def _ranks(score: Matrix, clauses: Sequence[Clause]) -> Matrix:
    """Rank the columns of each row from 1; the order in which clauses stand has no say.

    Ties: a clause before its items, then by name.
    """
    names = np.array([clause.id for clause in clauses], dtype=object)
    by_name = np.argsort(np.argsort(names, kind="stable"))
    by_name = np.where(below(clauses), len(clauses), 0) + by_name
    order = np.lexsort((np.broadcast_to(by_name, score.shape), -score), axis=1)
    ranks = np.empty_like(score)
    np.put_along_axis(ranks, order, np.arange(1.0, score.shape[1] + 1)[None, :], axis=1)
    return ranks


def _candidate(
    sides: tuple[Sequence[Clause], Sequence[Clause]],
    alike: Likeness,
    place: tuple[int, int],
    ranks: tuple[int, int],
    numbers: tuple[Numbers, Numbers],
) -> Candidate:
    one, other = sides[0][place[0]], sides[1][place[1]]
    speaking = sides[0][alike.rows[place]].id, sides[1][alike.columns[place]].id
    score = float(alike.score[place])
    covered, covering = float(alike.covered[place]), float(alike.covering[place])
    strength = force(one, other)
    parameters = quantities.compared(numbers[0][one.id], numbers[1][other.id])
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
        own=float(alike.own[place]),
        through=speaking if speaking != (one.id, other.id) else ("", ""),
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

"""Norms in the documented JSON forms that command line and API share.

The keys `a`, `b`, `relation` and `score` of a pair are kept stable: other programs read them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from panshi.governance.norms.burden import Burden, Step
from panshi.governance.norms.changes import Change, Difference
from panshi.governance.norms.impact import Effect, Outlook
from panshi.governance.norms.pairs import Judged, Overlap
from panshi.governance.norms.quantities import Contrast, Quantity
from panshi.governance.norms.reasons import Grounds
from panshi.model.control import MappingRelation

type Explain = Callable[[Judged], Grounds]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersAnswer:
    """One number of two clauses side by side."""

    dimension: str
    standing: str
    "`same`, `first_stricter`, `second_stricter`, `different`, `conflict`, `only_first` …"
    first: str = ""
    second: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAnswer:
    """One candidate pair."""

    a: str
    b: str
    relation: str
    "In words of the OSCAL mapping model."
    score: float
    rank: int
    proposed: str
    "The relation the candidate proposed, whatever people said."
    rationale: str
    strength: str
    conflict: bool
    state: str
    decided_by: tuple[str, ...]
    reason: str
    covered: float
    covering: float
    shared_terms: tuple[str, ...]
    shared_concepts: tuple[tuple[str, str], ...]
    shared_evidence: tuple[str, ...]
    parameters: tuple[NumbersAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAnswer:
    """One change between two versions."""

    kinds: tuple[str, ...]
    old: str
    new: str
    title_zh: str
    title_en: str
    likeness: float
    strength: tuple[str, str]
    numbers: tuple[NumbersAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceAnswer:
    """Two versions."""

    old: str
    new: str
    unchanged: int
    changes: tuple[ChangeAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactRow:
    """One clause before and after."""

    clause: str
    effect: str
    before: str | None
    after: str | None
    failing_before: int
    failing_after: int
    unseen_before: int
    unseen_after: int
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One kind of evidence."""

    evidence: str
    document: bool
    clauses: tuple[str, ...]
    binding: int
    connected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRow:
    """A kind of evidence to connect next."""

    evidence: str
    adds: tuple[str, ...]
    covered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactAnswer:
    """What adopting a text would change today."""

    framework: str
    version: str
    estate: str
    counts: dict[str, int]
    impacts: tuple[ImpactRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BurdenAnswer:
    """Evidence and the clauses it serves."""

    kinds: int
    clauses: int
    covered: int
    connected: tuple[str, ...]
    evidence: tuple[EvidenceRow, ...]
    next: tuple[NextRow, ...]
    without: tuple[str, ...]


def pair_answers(overlap: Overlap, explain: Explain, *, top: int = 10) -> tuple[PairAnswer, ...]:
    """Give the best counterparts of each clause, and every pair proposed or decided on."""
    return tuple(
        _pair(judged, explain)
        for judged in overlap.pairs
        if judged.candidate.rank <= top
        or judged.relation is not MappingRelation.NONE
        or judged.standing.by
    )


def difference_answer(found: Difference) -> DifferenceAnswer:
    """Give what changed between two versions."""
    return DifferenceAnswer(
        old=found.old.key,
        new=found.new.key,
        unchanged=found.unchanged,
        changes=tuple(map(_change, found.changes)),
    )


def impact_answer(found: Outlook, estate: str) -> ImpactAnswer:
    """Give what adopting a text would change."""
    return ImpactAnswer(
        framework=found.framework,
        version=found.version,
        estate=estate,
        counts={effect.value: found.count(effect) for effect in Effect},
        impacts=tuple(
            ImpactRow(
                clause=each.clause,
                effect=each.effect,
                before=each.before,
                after=each.after,
                failing_before=each.failing[0],
                failing_after=each.failing[1],
                unseen_before=each.unseen[0],
                unseen_after=each.unseen[1],
                population=each.population,
            )
            for each in found.impacts
        ),
    )


def burden_answer(
    found: Burden, connected: tuple[str, ...], steps: tuple[Step, ...], covered: int
) -> BurdenAnswer:
    """Give what each kind of evidence serves, and what to connect next."""
    held = set(connected)
    return BurdenAnswer(
        kinds=len(found.served),
        clauses=found.clauses,
        covered=covered,
        connected=connected,
        evidence=tuple(
            EvidenceRow(
                evidence=each.evidence,
                document=each.document,
                clauses=each.clauses,
                binding=each.binding,
                connected=each.evidence in held,
            )
            for each in found.served
        ),
        next=tuple(
            NextRow(evidence=step.evidence, adds=step.adds, covered=step.covered) for step in steps
        ),
        without=found.without,
    )


def _pair(judged: Judged, explain: Explain) -> PairAnswer:
    candidate, standing = judged.candidate, judged.standing
    told = explain(judged)
    return PairAnswer(
        a=candidate.a,
        b=candidate.b,
        relation=judged.relation,
        score=candidate.score,
        rank=candidate.rank,
        proposed=candidate.relation,
        rationale=candidate.rationale,
        strength=candidate.strength,
        conflict=candidate.conflict,
        state=standing.state,
        decided_by=standing.by,
        reason=standing.reason,
        covered=candidate.covered,
        covering=candidate.covering,
        shared_terms=told.terms,
        shared_concepts=told.concepts,
        shared_evidence=candidate.same_evidence,
        parameters=numbers_answer(candidate.parameters),
    )


def numbers_answer(contrasts: tuple[Contrast, ...]) -> tuple[NumbersAnswer, ...]:
    """Give numbers side by side."""
    return tuple(
        NumbersAnswer(
            dimension=each.dimension,
            standing=each.standing,
            first=_said(each.first),
            second=_said(each.second),
        )
        for each in contrasts
    )


def _said(quantity: Quantity | None) -> str:
    return quantity.text if quantity else ""


def _change(change: Change) -> ChangeAnswer:
    shown = change.new or change.old
    return ChangeAnswer(
        kinds=tuple(kind.value for kind in change.kinds),
        old=change.old.id if change.old else "",
        new=change.new.id if change.new else "",
        title_zh=shown.title[0] if shown else "",
        title_en=shown.title[1] if shown else "",
        likeness=change.likeness,
        strength=(
            change.old.strength if change.old else "",
            change.new.strength if change.new else "",
        ),
        numbers=numbers_answer(change.numbers),
    )

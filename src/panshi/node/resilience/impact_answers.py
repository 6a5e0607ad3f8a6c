"""Impact analyses and contradictions in the JSON forms command line and API share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from panshi.model.resilience.plan import ImpactEntry
from panshi.node.resilience.impact import Checked, ServiceImpact, ServiceShown
from panshi.report.continuity_words import explained
from panshi.resilience.impact.analyses import Analysis, AnalysisState
from panshi.resilience.impact.contradictions import Contradiction, ContradictionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ContradictionAnswer:
    """One thing that cannot be."""

    kind: ContradictionKind
    subject: str
    other: str
    "What it breaks on; empty where it breaks on itself."
    wanted: float | None
    "Minutes, or people, that would do."
    found: float | None
    path: tuple[str, ...]
    "From the subject to what it breaks on, each standing on the next."
    ways: tuple[tuple[str, ...], ...]
    evidence: tuple[str, ...]
    "Ids of what was measured; without any, the figures are stated."
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceImpactAnswer:
    """One service of the register."""

    service: str
    name: str
    critical: bool
    state: AnalysisState | None
    "Null where nobody ever analysed it."
    mtpd_minutes: float | None
    rto_minutes: float | None
    rpo_minutes: float | None
    tolerable_minutes: float | None
    "When the first impact curve reaches what is not tolerable."
    layers: int
    expires: date | None
    waiting: str
    "Evidence id of the proposal that waits; empty where none does."
    contradictions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisAnswer:
    """One analysis with what became of it."""

    id: str
    state: AnalysisState
    entry: ImpactEntry
    why: str
    proposed_by: str
    "Names of people are empty where the reader may not know them."
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    reason: str
    expires: date | None
    flaws: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceShownAnswer:
    """One service with everything known of its impact."""

    service: ServiceImpactAnswer
    history: tuple[AnalysisAnswer, ...]
    "Newest first."
    contradictions: tuple[ContradictionAnswer, ...]
    if_approved: tuple[ContradictionAnswer, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAnswer:
    """Every contradiction of an institution."""

    estate: str
    day: date
    services: int
    nodes: int
    "Of the graph that was searched."
    contradictions: tuple[ContradictionAnswer, ...]


def service_answer(row: ServiceImpact) -> ServiceImpactAnswer:
    """Put a row of the register into its form."""
    entry = row.shown.entry if row.shown is not None else None
    reached = entry.tolerable if entry is not None else None
    return ServiceImpactAnswer(
        service=row.service.id,
        name=row.service.name,
        critical=row.critical,
        state=row.state,
        mtpd_minutes=entry.mtpd if entry is not None else None,
        rto_minutes=entry.rto if entry is not None else None,
        rpo_minutes=entry.rpo if entry is not None else None,
        tolerable_minutes=reached[0] if reached is not None else None,
        layers=len(entry.layers) if entry is not None else 0,
        expires=row.shown.expires if row.shown is not None else None,
        waiting=row.waiting.sealed.id if row.waiting is not None else "",
        contradictions=len(row.contradictions),
    )


def shown_answer(found: ServiceShown, *, people: bool) -> ServiceShownAnswer:
    """Put one service into its form."""
    after = found.if_approved
    return ServiceShownAnswer(
        service=service_answer(found.row),
        history=tuple(_analysis(each, found.day, people=people) for each in found.history),
        contradictions=contradiction_answers(found.row.contradictions, found.checked),
        if_approved=contradiction_answers(after, found.checked) if after is not None else None,
    )


def check_answer(found: Checked, kept: tuple[Contradiction, ...] | None = None) -> CheckAnswer:
    """Put contradictions into their form; `kept` are those that were asked for."""
    return CheckAnswer(
        estate=found.estate.id,
        day=found.day,
        services=len(found.graph.services),
        nodes=len(found.graph.nodes),
        contradictions=contradiction_answers(found.found if kept is None else kept, found),
    )


def contradiction_answers(
    found: tuple[Contradiction, ...], checked: Checked
) -> tuple[ContradictionAnswer, ...]:
    """Put contradictions into their form."""
    return tuple(
        ContradictionAnswer(
            kind=each.kind,
            subject=each.subject,
            other=each.other or "",
            wanted=each.wanted,
            found=each.found,
            path=each.path,
            ways=each.ways,
            evidence=each.evidence,
            zh=explained(each, checked.name, chinese=True),
            en=explained(each, checked.name, chinese=False),
        )
        for each in found
    )


def _analysis(each: Analysis, day: date, *, people: bool) -> AnalysisAnswer:
    entry = each.entry
    if not people:
        entry = _without_people(entry)
    return AnalysisAnswer(
        id=each.sealed.id,
        state=each.state(day),
        entry=entry,
        why=each.why,
        proposed_by=each.proposed_by if people else "",
        proposed_at=each.proposed_at,
        decided_by=each.decided_by if people else "",
        decided_at=each.decided_at,
        reason=each.reason,
        expires=each.expires,
        flaws=each.flaws if people else (),
    )


def _without_people(entry: ImpactEntry) -> ImpactEntry:
    return replace(entry, owner="", interviewed="")

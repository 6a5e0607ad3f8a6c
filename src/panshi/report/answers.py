"""Judgements and evidence in the documented JSON forms that command line and API share.

The keys of `assessment_answer` are kept stable: other programs read them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypedDict

import msgspec

from panshi.model.control import Basis
from panshi.model.estate import Estate
from panshi.model.observation import ObservationId, Outcome, Sealed
from panshi.model.verdict import Assessment, Reason, StageVerdict, Status, Verdict


class VerdictAnswer(TypedDict):
    """One verdict, its counts laid flat."""

    id: str
    "Id of the control within its framework."
    stage: int
    met: bool
    "Probability reaches the confidence and nothing contradicts; live exceptions count."
    claimed: float | None
    evidenced: float | None
    "Share of the population that passed; null where nothing was seen."
    possible: float | None
    "The share if all that is unseen passed."
    population: int
    seen: int
    passing: int
    failing: int
    unseen: int
    excepted: int
    status: Status
    basis: Basis
    probability: float | None
    target: float
    confidence: float
    met_without_exceptions: bool
    reasons: tuple[Reason, ...]
    expires_on: date | None
    "First day on which the verdict may change by age alone."
    evidence_ids: tuple[ObservationId, ...]


class AssessmentAnswer(TypedDict):
    """All verdicts of one framework over one estate at one moment."""

    as_of: datetime
    framework: str
    framework_version: str
    estate: str
    estate_version: int
    log_size: int
    log_root: str
    parameters: dict[str, float]
    stages: tuple[StageVerdict, ...]
    controls: list[VerdictAnswer]


class EstateAnswer(TypedDict):
    """One estate in a list."""

    id: str
    name_zh: str
    name_en: str
    version: int
    as_of: datetime
    assets: int
    relations: int
    demo: bool
    "Whether every number in it is demo data."


class ObservationAnswer(TypedDict):
    """One observation with its place in the log."""

    id: ObservationId
    position: int
    kind: str
    subject: str
    facet: str
    outcome: Outcome
    reason: str
    period_start: datetime | None
    observed_at: datetime
    received_at: datetime
    collector: str
    erased: bool
    body: Any
    "Fields as the kind documents them; null where nothing was seen or it was erased."


def assessment_answer(assessment: Assessment) -> AssessmentAnswer:
    """All verdicts of one framework over one estate."""
    return {
        "as_of": assessment.as_of,
        "framework": assessment.framework,
        "framework_version": assessment.framework_version,
        "estate": assessment.estate,
        "estate_version": assessment.estate_version,
        "log_size": assessment.log_size,
        "log_root": assessment.log_root,
        "parameters": assessment.parameters,
        "stages": assessment.stages,
        "controls": [verdict_answer(verdict) for verdict in assessment.verdicts],
    }


def verdict_answer(verdict: Verdict) -> VerdictAnswer:
    """One verdict, its counts laid flat."""
    return {
        "id": verdict.control.partition("/")[2],
        "stage": verdict.stage,
        "met": verdict.met,
        "claimed": verdict.claimed,
        "evidenced": verdict.evidenced,
        "possible": verdict.possible,
        "population": verdict.tally.population,
        "seen": verdict.tally.seen,
        "passing": verdict.tally.passing,
        "failing": verdict.tally.failing + verdict.tally.stale_fail,
        "unseen": verdict.tally.unseen,
        "excepted": verdict.tally.excepted,
        "status": verdict.status,
        "basis": verdict.basis,
        "probability": verdict.probability,
        "target": verdict.target,
        "confidence": verdict.confidence,
        "met_without_exceptions": verdict.met_without_exceptions,
        "reasons": verdict.reasons,
        "expires_on": verdict.expires_on,
        "evidence_ids": verdict.evidence_ids,
    }


def estate_answer(estate: Estate) -> EstateAnswer:
    """One estate in a list."""
    return {
        "id": estate.id,
        "name_zh": estate.name_zh,
        "name_en": estate.name_en,
        "version": estate.version,
        "as_of": estate.as_of,
        "assets": len(estate.assets),
        "relations": len(estate.relations),
        "demo": estate.demo,
    }


def observation_answer(sealed: Sealed) -> ObservationAnswer:
    """One observation with its place in the log."""
    seen = sealed.observation
    return {
        "id": sealed.id,
        "position": sealed.position,
        "kind": seen.kind,
        "subject": seen.subject,
        "facet": seen.facet,
        "outcome": seen.outcome,
        "reason": seen.reason,
        "period_start": seen.period_start,
        "observed_at": seen.observed_at,
        "received_at": sealed.received_at,
        "collector": seen.collector,
        "erased": sealed.erased,
        "body": msgspec.to_builtins(seen.body),
    }

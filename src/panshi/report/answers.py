"""Judgements and evidence in the documented JSON forms that command line and API share.

The keys of `assessment_answer` are kept stable: other programs read them.
"""

from __future__ import annotations

import msgspec

from panshi.model.estate import Estate
from panshi.model.observation import Sealed
from panshi.model.verdict import Assessment, Verdict


def assessment_answer(assessment: Assessment) -> dict[str, object]:
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


def verdict_answer(verdict: Verdict) -> dict[str, object]:
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


def estate_answer(estate: Estate) -> dict[str, object]:
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


def observation_answer(sealed: Sealed) -> dict[str, object]:
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

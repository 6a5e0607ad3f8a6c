"""Verdicts as OSCAL assessment results: a finding per control, resting on sealed evidence."""

from __future__ import annotations

from panshi.model.control import Basis, Framework
from panshi.model.estate import Estate
from panshi.model.verdict import Assessment, Status, Verdict
from panshi.report.oscal.checks import checked
from panshi.report.oscal.identity import (
    Node,
    derived_uuid,
    encoded,
    metadata,
    prop,
    token,
)
from panshi.report.words import verdict_words

EVIDENCE_LISTED = 200
"Evidence references per control; the count of all is given beside them."

_METHODS = {Basis.EVIDENCE: "TEST", Basis.DERIVED: "TEST", Basis.ATTESTED: "EXAMINE"}


def assessment_results(assessment: Assessment, framework: Framework, estate: Estate) -> bytes:
    """Write an assessment; what was not judged is left out, what is unknown is not satisfied."""
    judged = [each for each in assessment.verdicts if each.status is not Status.NOT_JUDGED]
    at = assessment.as_of.isoformat(timespec="seconds")
    key = (assessment.framework, assessment.estate, at)
    plan = derived_uuid("plan", *key)
    result: Node = {
        "uuid": derived_uuid("result", *key),
        "title": f"{estate.name_zh}：{framework.title_zh}",
        "description": "Computed from the evidence log named in the properties.",
        "start": at,
        "end": at,
        "props": [
            prop("estate", estate.id),
            prop("estate-version", str(assessment.estate_version)),
            prop("log-size", str(assessment.log_size)),
            prop("log-root", assessment.log_root or "none"),
            prop("demo-data", "true" if estate.demo else "false"),
        ],
        "reviewed-controls": {
            "control-selections": [
                {"include-controls": [{"control-id": _token(verdict)} for verdict in judged]}
            ]
        },
        "observations": [_observation(verdict, at) for verdict in judged],
        "findings": [_finding(verdict, framework) for verdict in judged],
    }
    document: Node = {
        "assessment-results": {
            "uuid": derived_uuid("assessment-results", *key),
            "metadata": metadata(str(result["title"]), at, assessment.as_of),
            "import-ap": {"href": f"#{plan}"},
            "results": [result],
            "back-matter": {
                "resources": [
                    {
                        "uuid": plan,
                        "title": "Continuous assessment",
                        "description": "The catalog names populations and checks; no other plan.",
                    }
                ]
            },
        }
    }
    known = {token(framework.id, control.id) for control in framework.controls}
    return encoded(checked(document, known=known))


def _token(verdict: Verdict) -> str:
    framework, _, control = verdict.control.partition("/")
    return token(framework, control)


def _observation(verdict: Verdict, at: str) -> Node:
    listed = verdict.evidence_ids[:EVIDENCE_LISTED]
    found: Node = {
        "uuid": derived_uuid("observation", verdict.control, at),
        "title": verdict.control,
        "description": verdict_words(verdict, chinese=True),
        "methods": [_METHODS.get(verdict.basis, "UNKNOWN")],
        "collected": at,
        "props": [
            prop("basis", verdict.basis),
            prop("population", str(verdict.tally.population)),
            prop("seen", str(verdict.tally.seen)),
            prop("passing", str(verdict.tally.passing)),
            prop("evidence-count", str(len(verdict.evidence_ids))),
            *_figures(verdict),
        ],
    }
    if listed:
        found["relevant-evidence"] = [
            {
                "href": f"urn:panshi:observation:{each}",
                "description": "Sealed observation",
            }
            for each in listed
        ]
    return found


def _figures(verdict: Verdict) -> list[Node]:
    figures = {
        "claimed": verdict.claimed,
        "evidenced": verdict.evidenced,
        "possible": verdict.possible,
        "probability": verdict.probability,
    }
    return [prop(name, f"{share:.6f}") for name, share in figures.items() if share is not None]


def _finding(verdict: Verdict, framework: Framework) -> Node:
    control = framework.by_id[verdict.control.partition("/")[2]]
    at = derived_uuid("finding", verdict.control, framework.version)
    satisfied = verdict.met or verdict.status is Status.ATTESTED
    return {
        "uuid": at,
        "title": control.title_zh,
        "description": verdict_words(verdict, chinese=True),
        "target": {
            "type": "statement-id",
            "target-id": f"{_token(verdict)}_smt",
            "status": {
                "state": "satisfied" if satisfied else "not-satisfied",
                "reason": "pass" if satisfied else _reason(verdict.status),
                "remarks": verdict.status,
            },
        },
        "props": [prop("status", verdict.status)],
    }


def _reason(status: Status) -> str:
    return "fail" if status in {Status.NOT_MET, Status.NOT_ATTESTED} else "other"

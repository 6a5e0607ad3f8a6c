"""Judgement: assessments, verdicts and their proofs."""

from __future__ import annotations

from dataclasses import replace

from panshi.api.asked import moment
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.model.observation import ObservationId
from panshi.model.verdict import Proof
from panshi.node.authority import permitted
from panshi.node.node import Node
from panshi.report.answers import assessment_answer

_PERSONS = ("claimed_by", "owner", "countersigned_by", "requested_by", "approved_by")
"Parameters of proofs that name people."


def assess(node: Node, asked: Asked) -> Answered:
    """Answer an assessment in the same form as the command line."""
    without = asked.query.get("without", "")
    assessment = node.assess(
        asked.query.get("framework", "zt36"),
        asked.query.get("estate") or None,
        in_field=asked.query.get("field", ""),
        as_of=moment(asked.query.get("as_of", "")),
        without=tuple(ObservationId(each) for each in without.split(",") if each),
    )
    return answered(assessment_answer(assessment))


def verdict(node: Node, asked: Asked) -> Answered:
    """Answer one verdict."""
    found = node.verdict(
        asked.names["control"],
        asked.query.get("estate") or None,
        asked.query.get("field", ""),
    )
    return answered(found)


def proof(node: Node, asked: Asked) -> Answered:
    """Answer one proof tree."""
    found = node.proof(
        asked.names["control"],
        asked.query.get("estate") or None,
        asked.query.get("field", ""),
    )
    if not permitted(asked.role, "evidence.personal"):
        found = _without_persons(found)
    return answered(found)


def _without_persons(proof: Proof) -> Proof:
    """Give a proof tree that names nobody."""
    return replace(
        proof,
        parameters={k: v for k, v in proof.parameters.items() if k not in _PERSONS},
        children=tuple(map(_without_persons, proof.children)),
    )


ROUTES = (
    Route(
        method="GET",
        path="/assess",
        action="verdict.view",
        handler=assess,
        query=("framework", "estate", "field", "as_of", "without"),
        summary="Judge a framework over an estate",
    ),
    Route(
        method="GET",
        path="/verdicts/{control:rest}",
        action="verdict.view",
        handler=verdict,
        query=("estate", "field"),
        summary="Judge one control",
    ),
    Route(
        method="GET",
        path="/proofs/{control:rest}",
        action="verdict.view",
        handler=proof,
        query=("estate", "field"),
        summary="Proof tree of one control's verdict",
    ),
)

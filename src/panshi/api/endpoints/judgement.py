"""Judgement: assessments, verdicts and their proofs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import Moment, moment, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.model.observation import ObservationId
from panshi.model.verdict import Proof, Verdict
from panshi.node.node import Node
from panshi.report.answers import AssessmentAnswer, assessment_answer

_PERSONS = ("claimed_by", "owner", "countersigned_by", "requested_by", "approved_by")
"Parameters of proofs that name people."


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentQuery:
    """What is judged, over what, when."""

    framework: Annotated[str, Meta(max_length=200)] = "zt36"
    estate: Annotated[str, Meta(max_length=200)] = ""
    "Id of an estate; the first without it."
    field: Annotated[str, Meta(max_length=200)] = ""
    "Narrow every population to one field."
    as_of: Moment = ""
    without: Annotated[str, Meta(max_length=33_000)] = ""
    "Ids of observations, with commas: judge as if they had never been made."


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictQuery:
    """Over what a control is judged."""

    estate: Annotated[str, Meta(max_length=200)] = ""
    "Id of an estate; the first without it."
    field: Annotated[str, Meta(max_length=200)] = ""
    "Narrow the population to one field."


def assess(node: Node, asked: Asked) -> Answered:
    """Answer an assessment in the same form as the command line."""
    query = queried(asked, AssessmentQuery)
    assessment = node.assess(
        query.framework,
        query.estate or None,
        in_field=query.field,
        as_of=moment(query.as_of),
        without=tuple(ObservationId(each) for each in query.without.split(",") if each),
    )
    return answered(assessment_answer(assessment))


def verdict(node: Node, asked: Asked) -> Answered:
    """Answer one verdict."""
    query = queried(asked, VerdictQuery)
    return answered(node.verdict(asked.names["control"], query.estate or None, query.field))


def proof(node: Node, asked: Asked) -> Answered:
    """Answer one proof tree."""
    query = queried(asked, VerdictQuery)
    found = node.proof(asked.names["control"], query.estate or None, query.field)
    return answered(found if asked.may("evidence.personal") else _without_persons(found))


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
        query=AssessmentQuery,
        summary="Judge a framework over an estate",
        answers=AssessmentAnswer,
    ),
    Route(
        method="GET",
        path="/verdicts/{control:rest}",
        action="verdict.view",
        handler=verdict,
        query=VerdictQuery,
        summary="Judge one control",
        answers=Verdict,
    ),
    Route(
        method="GET",
        path="/proofs/{control:rest}",
        action="verdict.view",
        handler=proof,
        query=VerdictQuery,
        summary="Proof tree of one control's verdict",
        answers=Proof,
    ),
)

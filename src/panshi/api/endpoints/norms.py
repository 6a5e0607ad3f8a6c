"""Norms: the library with its versions, any two texts side by side, and what adopting one does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from panshi.api.asked import body_of, given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.shapes import Recorded
from panshi.errors import BadInputError
from panshi.governance.norms.library_file import MOST_BYTES
from panshi.model.control import MappingRelation
from panshi.node import norm_impact, norms
from panshi.node.node import Node
from panshi.node.norms import NormEntry
from panshi.report.norm_answers import (
    BurdenAnswer,
    DifferenceAnswer,
    ImpactAnswer,
    PairAnswer,
    burden_answer,
    difference_answer,
    impact_answer,
    pair_answers,
)

type Name = Annotated[str, Meta(max_length=80)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapQuery:
    """Which pairs to answer."""

    top: Annotated[int, Meta(ge=1, le=50)] = 10
    "Counterparts per clause of the first norm."
    only: Literal["", "conflict", "decided"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportQuery:
    """What the one who imports says about the file."""

    file: Annotated[str, Meta(max_length=200)] = ""
    name: Name = ""
    "Id in the library; else what the file says."
    version: Name = ""
    valid_from: date | None = None
    valid_until: date | None = None
    "First day on which it is no longer in force."


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionAsked:
    """What a person says of a pair of clauses."""

    a: Annotated[str, Meta(min_length=1, max_length=120)]
    b: Annotated[str, Meta(min_length=1, max_length=120)]
    decision: Literal["confirmed", "rejected", "withdrawn"]
    reason: Annotated[str, Meta(min_length=1, max_length=2000)]
    relation: MappingRelation | None = None
    "Left out: the relation proposed."


@dataclass(frozen=True, slots=True, kw_only=True)
class GapsAnswer:
    """Duties of either norm without a counterpart in the other."""

    a: tuple[str, ...]
    b: tuple[str, ...]


def library(node: Node, asked: Asked) -> Answered:
    """Answer every version of every norm."""
    shown = norms.norms(node)
    if not asked.may("evidence.personal"):
        shown = tuple(replace(each, imported_by="") for each in shown)
    return answered(shown)


def take_in(node: Node, asked: Asked) -> Answered:
    """Take an uploaded norm into the library."""
    query = queried(asked, ImportQuery)
    found = norms.import_norm(
        node,
        _raw(asked),
        file=query.file or "upload",
        actor=asked.actor,
        name=query.name,
        version=query.version,
        valid_from=query.valid_from,
        valid_until=query.valid_until,
    )
    return answered(found, status=201)


def overlap(node: Node, asked: Asked) -> Answered:
    """Answer the candidates between two norms with what people said of them."""
    query = queried(asked, OverlapQuery)
    found = norms.overlap(node, asked.names["norm"], asked.names["other"])
    pairs = pair_answers(found, norms.explaining(node, found), top=query.top)
    if query.only:
        pairs = tuple(
            each
            for each in pairs
            if (each.conflict if query.only == "conflict" else each.decided_by)
        )
    if not asked.may("evidence.personal"):
        pairs = tuple(replace(each, decided_by=(), reason="") for each in pairs)
    return answered(pairs)


def gaps(node: Node, asked: Asked) -> Answered:
    """Answer the duties without a counterpart."""
    found = norms.overlap(node, asked.names["norm"], asked.names["other"]).comparison
    return answered(GapsAnswer(a=found.gaps, b=found.reverse_gaps))


def decide(node: Node, asked: Asked) -> Answered:
    """Seal what a person says of a pair."""
    wanted = given(asked, DecisionAsked)
    made = norms.decide(
        node,
        (asked.names["norm"], wanted.a),
        (asked.names["other"], wanted.b),
        decision=wanted.decision,
        reason=wanted.reason,
        actor=asked.actor,
        relation=wanted.relation or "",
    )
    return answered({"id": made}, status=201)


def changes(node: Node, asked: Asked) -> Answered:
    """Answer what changed between two versions."""
    found = norms.changes(node, asked.names["norm"], asked.names["other"])
    return answered(difference_answer(found))


def impact(node: Node, asked: Asked) -> Answered:
    """Answer what an uploaded text would change today; nothing is kept."""
    proposed = norm_impact.proposal(_raw(asked), file="body")
    found = norm_impact.impact(node, proposed, asked.names["estate"])
    return answered(impact_answer(found.outlook, found.estate))


def burden(node: Node, _asked: Asked) -> Answered:
    """Answer which evidence serves which clauses."""
    found = norm_impact.evidence_burden(node)
    return answered(burden_answer(found.burden, found.connected, found.steps, found.covered))


def _raw(asked: Asked) -> bytes:
    path = body_of(asked)
    if path.stat().st_size > MOST_BYTES:
        raise BadInputError(f"larger than {MOST_BYTES:,} bytes", place="body")
    return path.read_bytes()


ROUTES = (
    Route(
        method="GET",
        path="/norms",
        action="framework.view",
        handler=library,
        summary="Every version of every norm in the library",
        answers=tuple[NormEntry, ...],
    ),
    Route(
        method="POST",
        path="/norms",
        action="norm.import",
        handler=take_in,
        query=ImportQuery,
        takes_body=True,
        summary="Take a norm into the library: our YAML, OSCAL catalog, CISO Assistant library",
        statuses=(201,),
        answers=NormEntry,
    ),
    Route(
        method="GET",
        path="/norms/{norm}/overlap/{other}",
        action="framework.view",
        handler=overlap,
        query=OverlapQuery,
        summary="Candidates between two norms, with what people decided of them",
        answers=tuple[PairAnswer, ...],
    ),
    Route(
        method="GET",
        path="/norms/{norm}/gaps/{other}",
        action="framework.view",
        handler=gaps,
        summary="Duties of either norm without a counterpart in the other",
        answers=GapsAnswer,
    ),
    Route(
        method="POST",
        path="/norms/{norm}/overlap/{other}",
        action="norm.decide",
        handler=decide,
        body=DecisionAsked,
        example={
            "a": "1-1",
            "b": "8.2(3)",
            "decision": "confirmed",
            "reason": "both ask for a second factor",
            "relation": "intersects-with",
        },
        summary="Confirm, reject or take back a pair of clauses",
        statuses=(201,),
        answers=Recorded,
    ),
    Route(
        method="GET",
        path="/norms/{norm}/changes/{other}",
        action="framework.view",
        handler=changes,
        summary="What changed between two versions, clause by clause",
        answers=DifferenceAnswer,
    ),
    Route(
        method="POST",
        path="/estates/{estate}/norm-impact",
        action="verdict.view",
        handler=impact,
        takes_body=True,
        summary="What adopting an uploaded text would change today; nothing is kept",
        answers=ImpactAnswer,
    ),
    Route(
        method="GET",
        path="/norm-burden",
        action="framework.view",
        handler=burden,
        summary="Which evidence serves which clauses, and which to connect next",
        answers=BurdenAnswer,
    ),
)

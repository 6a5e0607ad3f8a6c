"""Two norms as an OSCAL mapping collection that says of every pair who vouches for it.

Pairs are gathered by the method they came about: `human` (a person chose the relation), `hybrid`
(proposed by the machine, confirmed by a person) and `automation` (proposed only). Rejected pairs
are left out, and duties without any counterpart are named in a gap summary.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from panshi.governance.norms.clauses import Norm
from panshi.governance.norms.confirming import PairState
from panshi.governance.norms.pairs import Judged, Overlap
from panshi.model.control import MappingRelation
from panshi.report.oscal.checks import checked
from panshi.report.oscal.identity import Node, derived_uuid, encoded, metadata, prop, token

DESCRIPTION = (
    "Candidates proposed from the words, numbers and evidence of both texts, and what people "
    "decided of them. Legal equivalence is never inferred."
)
METHODS = ("human", "hybrid", "automation")


def norm_mapping(overlap: Overlap, modified: datetime) -> bytes:
    """Write what is proposed and decided between two norms."""
    one, other = overlap.comparison.one, overlap.comparison.other
    by_method: dict[str, list[Judged]] = {}
    for judged in overlap.pairs:
        if judged.relation is not MappingRelation.NONE and (method := _method(judged)):
            by_method.setdefault(method, []).append(judged)
    if not by_method:
        by_method = {"automation": list(overlap.pairs[:1])}
    document: Node = {
        "mapping-collection": {
            "uuid": derived_uuid("norm-mapping", one.key, other.key),
            "metadata": metadata(
                f"{_title(one)} ↔ {_title(other)}", f"{one.version} / {other.version}", modified
            ),
            "provenance": {
                "method": "hybrid" if len(by_method) > 1 else next(iter(by_method)),
                "matching-rationale": "semantic",
                "status": "draft",
                "mapping-description": DESCRIPTION,
            },
            "mappings": [
                _mapping(one, other, method, by_method[method], overlap.comparison.gaps)
                for method in METHODS
                if method in by_method
            ],
        }
    }
    known = {token(text.id, clause.id) for text in (one, other) for clause in text.clauses}
    return encoded(checked(document, known=known))


def _method(judged: Judged) -> str:
    match judged.standing.state:
        case PairState.CONFIRMED:
            return "human" if judged.standing.changed else "hybrid"
        case PairState.REJECTED:
            return ""
        case _:
            return "automation"


def _mapping(
    one: Norm, other: Norm, method: str, pairs: Sequence[Judged], gaps: Sequence[str]
) -> Node:
    found: Node = {
        "uuid": derived_uuid("norm-mapping", one.key, other.key, method),
        "method": method,
        "matching-rationale": "semantic",
        "status": "draft" if method == "automation" else "complete",
        "source-resource": _resource(one),
        "target-resource": _resource(other),
        "maps": [_map(one, other, judged) for judged in pairs],
    }
    if gaps and method == "automation":
        found["source-gap-summary"] = {
            "uuid": derived_uuid("norm-gaps", one.key, other.key),
            "unmapped-controls": [{"with-ids": [token(one.id, each) for each in gaps]}],
        }
    return found


def _map(one: Norm, other: Norm, judged: Judged) -> Node:
    pair, standing = judged.candidate, judged.standing
    found: Node = {
        "uuid": derived_uuid("norm-map", one.key, pair.a, other.key, pair.b),
        "matching-rationale": pair.rationale,
        "relationship": judged.relation,
        "sources": [{"type": "control", "id-ref": token(one.id, pair.a)}],
        "targets": [{"type": "control", "id-ref": token(other.id, pair.b)}],
        "confidence-score": {"percentage": round(pair.score, 4)},
        "props": [prop("state", standing.state), prop("proposed", pair.relation)],
    }
    if standing.reason:
        found["remarks"] = standing.reason
    return found


def _resource(text: Norm) -> Node:
    return {"type": "catalog", "href": f"{text.id}.catalog.json"}


def _title(text: Norm) -> str:
    return text.title[0] or text.title[1] or text.id

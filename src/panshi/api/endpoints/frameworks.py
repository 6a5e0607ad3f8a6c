"""Frameworks: what is asked for, how each control is judged, and both as OSCAL."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, assert_never

from msgspec import Meta

from panshi.api.asked import queried
from panshi.api.exchange import Answered, Asked, answered, attached
from panshi.api.route import Route
from panshi.api.shapes import FrameworkRow, FrameworkShape
from panshi.errors import ForbiddenError
from panshi.governance.frameworks.coverage import Coverage, coverage
from panshi.model.control import Basis
from panshi.node.node import Node
from panshi.report.oscal import assessment_results, catalog, mapping_collection


class OscalModel(StrEnum):
    """A model of OSCAL 1.2."""

    CATALOG = "catalog"
    MAPPING = "mapping"
    ASSESSMENT_RESULTS = "assessment-results"
    "Judged now over an estate; needs `verdict.view`."


@dataclass(frozen=True, slots=True, kw_only=True)
class OscalQuery:
    """Which model is asked for."""

    model: OscalModel = OscalModel.CATALOG
    estate: Annotated[str, Meta(max_length=200)] = ""
    "For `assessment-results`; the first estate without it."


def frameworks(node: Node, _asked: Asked) -> Answered:
    """Answer the list of frameworks."""
    rows = [
        FrameworkRow(
            id=each.id,
            title_zh=each.title_zh,
            title_en=each.title_en,
            version=each.version,
            controls=len(each.controls),
            basis={basis: sum(c.basis is basis for c in each.controls) for basis in Basis},
        )
        for each in node.library.frameworks.values()
    ]
    return answered(rows)


def framework(node: Node, asked: Asked) -> Answered:
    """Answer one framework."""
    return answered(node.library.framework(asked.names["framework"]))


def coverage_of(node: Node, asked: Asked) -> Answered:
    """Answer how each control of a framework is judged."""
    return answered(coverage(node.library.framework(asked.names["framework"])))


def oscal(node: Node, asked: Asked) -> Answered:
    """Answer a framework, its crosswalk or its judgement as OSCAL."""
    query, library = queried(asked, OscalQuery), node.library
    found = library.framework(asked.names["framework"])
    match query.model:
        case OscalModel.CATALOG:
            content = catalog(found, node.clock())
        case OscalModel.MAPPING:
            content = mapping_collection(found, library.frameworks, library.mappings, node.clock())
        case OscalModel.ASSESSMENT_RESULTS:
            if not asked.may("verdict.view"):
                raise ForbiddenError("the token may not verdict.view", remedy="use another token")
            estate = node.estate(query.estate or None)
            content = assessment_results(node.assess(found.id, estate.id), found, estate)
        case _:
            assert_never(query.model)
    return attached(content, "application/json", f"{found.id}-{query.model}.json")


ROUTES = (
    Route(
        method="GET",
        path="/frameworks",
        action="framework.view",
        handler=frameworks,
        summary="Frameworks with their numbers of controls by basis",
        answers=tuple[FrameworkRow, ...],
    ),
    Route(
        method="GET",
        path="/frameworks/{framework}",
        action="framework.view",
        handler=framework,
        summary="One framework with its controls",
        answers=FrameworkShape,
    ),
    Route(
        method="GET",
        path="/frameworks/{framework}/coverage",
        action="framework.view",
        handler=coverage_of,
        summary="How each control is judged today",
        answers=Coverage,
    ),
    Route(
        method="GET",
        path="/frameworks/{framework}/oscal",
        action="framework.view",
        handler=oscal,
        query=OscalQuery,
        summary="Catalog, mapping or assessment results as OSCAL 1.2",
        answers=dict[str, Any],
    ),
)

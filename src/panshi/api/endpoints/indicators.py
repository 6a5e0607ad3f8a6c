"""Indicators: last frozen quarter, the quarter so far, trend; freezing and defining."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.shapes import Recorded
from panshi.api.texts import EstateQuery
from panshi.governance.indicators.definition import Direction, Unit
from panshi.governance.indicators.quarter import Quarter
from panshi.model.bodies.indicators import IndicatorDefinition
from panshi.model.observation import ObservationId
from panshi.node.indicator_answers import answer_of, detail_of
from panshi.node.indicators import define, freeze, indicator_named, snapshots, standings
from panshi.node.node import Node
from panshi.report.indicator_answers import (
    IndicatorAnswer,
    IndicatorDetail,
    QuarterAnswer,
    quarter_answer,
)

type Word = Annotated[str, Meta(min_length=1, max_length=200)]
type Text = Annotated[str, Meta(min_length=1, max_length=4000)]
type Note = Annotated[str, Meta(max_length=4000)]
type Estate = Annotated[str, Meta(max_length=200)]
type QuarterName = Annotated[str, Meta(pattern="^(19|20|21)[0-9]{2}Q[1-4]$", examples=["2026Q3"])]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeAsked:
    """Which quarter is frozen."""

    quarter: QuarterName
    why: Note = ""
    "Of a correction of a frozen quarter; it stands beside what was frozen first."
    without: Annotated[tuple[Word, ...], Meta(max_length=1000)] = ()
    "Evidence ids left out of a correction."
    estate: Estate = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionAsked:
    """What an indicator means from now on."""

    title_zh: Word
    title_en: Word
    formula: Text
    "In the closed language of indicators, JSON or YAML."
    unit: Unit
    direction: Direction
    owner: Word
    "Office that answers for it."
    tolerance: Annotated[float, Meta(ge=0, le=1e12)]
    why: Text
    targets: Annotated[tuple[Word, ...], Meta(max_length=60)] = ()
    "`2026Q4=0.8`, in the unit of the indicator."
    estate: Estate = ""
    "The first estate without it."


def listed(node: Node, asked: Asked) -> Answered:
    """Answer every indicator."""
    wanted = queried(asked, EstateQuery)
    return answered(tuple(map(answer_of, standings(node, wanted.estate or None))))


def shown(node: Node, asked: Asked) -> Answered:
    """Answer one indicator whole."""
    wanted = queried(asked, EstateQuery)
    found = indicator_named(node, asked.names["indicator"], wanted.estate or None)
    return answered(detail_of(found))


def quarters(node: Node, asked: Asked) -> Answered:
    """Answer the frozen quarters."""
    wanted = queried(asked, EstateQuery)
    return answered(tuple(map(quarter_answer, snapshots(node, wanted.estate or None))))


def frozen(node: Node, asked: Asked) -> Answered:
    """Freeze a quarter, or correct a frozen one."""
    wanted = given(asked, FreezeAsked)
    made = freeze(
        node,
        Quarter.read(wanted.quarter),
        actor=asked.actor,
        estate_id=wanted.estate or None,
        why=wanted.why,
        without=tuple(map(ObservationId, wanted.without)),
    )
    return answered({"id": made}, status=201)


def defined(node: Node, asked: Asked) -> Answered:
    """Change an indicator, or add one."""
    wanted = given(asked, DefinitionAsked)
    body = IndicatorDefinition(
        indicator=asked.names["indicator"],
        title_zh=wanted.title_zh,
        title_en=wanted.title_en,
        formula=wanted.formula,
        unit=wanted.unit,
        direction=wanted.direction,
        owner=wanted.owner,
        tolerance=wanted.tolerance,
        targets=wanted.targets,
        changed_by="",
        why=wanted.why,
    )
    made = define(node, body, actor=asked.actor, estate_id=wanted.estate or None)
    return answered({"id": made}, status=201)


ROUTES = (
    Route(
        method="GET",
        path="/indicators",
        action="indicator.view",
        handler=listed,
        query=EstateQuery,
        summary="Every indicator: last frozen quarter, target, the quarter so far, forecast",
        answers=tuple[IndicatorAnswer, ...],
    ),
    Route(
        method="GET",
        path="/indicators/{indicator}",
        action="indicator.view",
        handler=shown,
        query=EstateQuery,
        summary="One indicator: trend in segments of one definition, every revision",
        answers=IndicatorDetail,
    ),
    Route(
        method="POST",
        path="/indicators/{indicator}/definitions",
        action="indicator.define",
        handler=defined,
        body=DefinitionAsked,
        example={
            "title_zh": "零信任控制措施已證實比例",
            "title_en": "Zero-trust controls, mean share evidenced",
            "formula": '{"mean": "evidenced", "of": {"framework": "zt36", "stages": [1, 2]}}',
            "unit": "share",
            "direction": "up",
            "owner": "ciso",
            "tolerance": 0.03,
            "targets": ["2026Q4=0.7"],
            "why": "only the stages that are due",
        },
        summary="Change an indicator from now on, or add one",
        statuses=(201,),
        answers=Recorded,
    ),
    Route(
        method="GET",
        path="/quarters",
        action="indicator.view",
        handler=quarters,
        query=EstateQuery,
        summary="The frozen quarters with their corrections",
        answers=tuple[QuarterAnswer, ...],
    ),
    Route(
        method="POST",
        path="/quarters",
        action="indicator.freeze",
        handler=frozen,
        body=FreezeAsked,
        example={"quarter": "2026Q3", "why": "a collector reported twice"},
        summary="Seal the values of a quarter that ended; a frozen one is only corrected",
        statuses=(201,),
        answers=Recorded,
    ),
)

"""Governed thresholds: what they are, how they came to be, and changing one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import given
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.shapes import ParameterShape, Recorded
from panshi.errors import MissingError
from panshi.node.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterChangeAsked:
    """A new value from now on."""

    value: float
    why: Annotated[str, Meta(min_length=1, max_length=2000)]
    "Reason, sealed with the change."


def parameters(node: Node, asked: Asked) -> Answered:
    """Answer the governed thresholds."""
    shown = node.parameters()
    if not asked.may("evidence.personal"):
        shown = tuple(
            (replace(now, changed_by=""), tuple(replace(each, changed_by="") for each in past))
            for now, past in shown
        )
    return answered([{"in_force": now, "history": past} for now, past in shown])


def change(node: Node, asked: Asked) -> Answered:
    """Change one threshold; refused outside its limits."""
    wanted, name = given(asked, ParameterChangeAsked), asked.names["parameter"]
    if all(spec.name != name for spec in node.library.parameters):
        raise MissingError(f"there is no parameter {name!r}", remedy="GET /api/v1/parameters")
    made = node.set_parameter(name, wanted.value, actor=asked.actor, why=wanted.why)
    return answered({"id": made}, status=201)


ROUTES = (
    Route(
        method="GET",
        path="/parameters",
        action="parameter.view",
        handler=parameters,
        summary="Governed thresholds with their history",
        answers=tuple[ParameterShape, ...],
    ),
    Route(
        method="POST",
        path="/parameters/{parameter:rest}",
        action="parameter.change",
        handler=change,
        body=ParameterChangeAsked,
        example={"value": 0.95, "why": "stricter from this quarter on"},
        summary="Change a governed threshold from now on",
        statuses=(201,),
        answers=Recorded,
    ),
)

"""The calendar of drills: each layer with when it was really switched to, and when it is due again.

State is derived from sealed drills and the day; a layer is due a year after its last passed drill.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from panshi.model.bodies.vault import SWITCH_OVER, SwitchOverDrill
from panshi.model.observation import Sealed
from panshi.model.resilience.graph import Graph, Layer, NodeId
from panshi.node.node import Node

YEAR = timedelta(days=365)


class DrillState(StrEnum):
    """What is known of a layer's drills."""

    FAILED = "failed"
    NEVER = "never"
    OVERDUE = "overdue"
    PASSED = "passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillRow:
    """One layer and its newest drill."""

    layer: Layer
    state: DrillState
    drill: SwitchOverDrill | None = None
    sealed: Sealed | None = None
    due: date | None = None
    "When it is to be drilled again; None where it never was, which is now."

    @property
    def late(self) -> bool:
        """Whether it passed, but took longer than its objective."""
        drill = self.drill
        return drill is not None and drill.switch_minutes > drill.target_minutes


def calendar_of(
    node: Node, graph: Graph, today: date, estate_id: str | None = None
) -> tuple[DrillRow, ...]:
    """Give every layer, what failed first, then what is due first."""
    estate = node.estate(estate_id)
    newest: dict[tuple[str, str], tuple[Sealed, SwitchOverDrill]] = {}
    for sealed in node.log.records(SWITCH_OVER):
        body = sealed.observation.body
        if (
            isinstance(body, SwitchOverDrill)
            and body.layer
            and estate.resolve(sealed.observation.subject)
        ):
            key = (sealed.observation.subject, body.layer)
            held = newest.get(key)
            if held is None or held[1].held <= body.held:
                newest[key] = (sealed, body)
    rows = [_row(layer, newest, today) for layer in graph.layers]
    order = tuple(DrillState)
    return tuple(sorted(rows, key=lambda e: (order.index(e.state), e.due or date.min, e.layer.id)))


def _row(
    layer: Layer, newest: dict[tuple[str, str], tuple[Sealed, SwitchOverDrill]], today: date
) -> DrillRow:
    found = newest.get((layer.serves, _short(layer.id)))
    if found is None:
        return DrillRow(layer=layer, state=DrillState.NEVER)
    sealed, drill = found
    due = drill.held + YEAR
    state = DrillState.PASSED if drill.passed else DrillState.FAILED
    if drill.passed and due < today:
        state = DrillState.OVERDUE
    return DrillRow(layer=layer, state=state, drill=drill, sealed=sealed, due=due)


def _short(layer: NodeId) -> str:
    return layer.partition(":")[2]

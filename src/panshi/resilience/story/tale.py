"""What the likely course of a disaster consists of: blows, services, layers and their fate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panshi.model.resilience.graph import Layer, Node, NodeId
from panshi.model.resilience.plan import Effect, Scenario
from panshi.resilience.story.spans import Span, Spans


class Fate(StrEnum):
    """What became of a layer when it was needed."""

    STANDBY = "standby"
    "Not needed: what it serves was never lost."
    READY = "ready"
    "Could serve within the objective."
    LATE = "late"
    "Could serve, but after the objective."
    GONE = "gone"
    "What it stands on was lost as well, and came back too late or not at all."
    POISONED = "poisoned"
    "It holds a copy of what the intruder wrote."
    NO_CLEAN_COPY = "no_clean_copy"
    "Its oldest copy is younger than the intruder's entry."
    CROWDED = "crowded"
    "The people, seats or restore path it needs are never free."
    TOO_SHORT = "too_short"
    "It cannot be kept up until the primary is back."


@dataclass(frozen=True, slots=True, kw_only=True)
class Blow:
    """One node struck by one shock."""

    node: NodeId
    at: float
    until: float
    effect: Effect
    dwell: float = 0.0
    left: float = 0.0
    by: NodeId | None = None
    "The cause that took it along; None where the scenario strikes it itself."

    @property
    def span(self) -> Span:
        """From when until when."""
        return self.at, self.until

    @property
    def downs(self) -> bool:
        """Whether what it strikes is down by it."""
        return self.effect is not Effect.CAPACITY or self.left <= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTale:
    """One layer of one service in this course."""

    layer: Layer
    fate: Fate
    ready: float | None = None
    "Minutes from the loss until it could serve."
    held_up: float = 0.0
    "Minutes until what it stands on was back."
    waited: float = 0.0
    "Minutes waiting for people and seats others held."
    activation: float = 0.0
    "Minutes to switch over to it."
    queued: float = 0.0
    "Minutes waiting for the restore path, beside the activation."
    restored: float = 0.0
    "Minutes to bring its data in."
    loss: float = 0.0
    "Minutes of data lost when it serves."
    why: tuple[NodeId, ...] = ()
    "From what it stands on to what was struck."
    chosen: bool = False
    "It is what brought the service back."


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTale:
    """One service in this course."""

    node: Node
    lost_at: float | None
    "Minutes after the scenario began; None: it was never lost."
    outage: float | None
    "Minutes from the loss until it serves again; None: not within the horizon, if lost."
    loss: float
    "Minutes of data lost."
    why: tuple[NodeId, ...]
    "From the service to what was struck and kept it down longest."
    layers: tuple[LayerTale, ...] = ()
    "As they were in its longest outage."
    down: Spans = ()
    served: tuple[NodeId, ...] = ()
    "Layers that served at any time, in order."

    @property
    def lost(self) -> bool:
        """Whether it was lost at all."""
        return self.lost_at is not None

    @property
    def late(self) -> bool:
        """Whether it came back after its objective, or not at all."""
        if self.lost_at is None or self.node.rto is None:
            return False
        return self.outage is None or self.outage > self.node.rto

    @property
    def loses_too_much(self) -> bool:
        """Whether more data is lost than its objective allows; it may be without an outage."""
        return self.node.rpo is not None and self.loss > self.node.rpo


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The likely course of one scenario on one graph."""

    scenario: Scenario
    blows: tuple[Blow, ...]
    services: tuple[ServiceTale, ...]
    "In the order of urgency."

    @property
    def late(self) -> tuple[ServiceTale, ...]:
        """Services that miss their objective, worst first."""
        found = [each for each in self.services if each.late]
        return tuple(sorted(found, key=_overrun, reverse=True))


def _overrun(tale: ServiceTale) -> tuple[float, str]:
    outage = float("inf") if tale.outage is None else tale.outage
    return (outage / (tale.node.rto or 1.0), tale.node.id)

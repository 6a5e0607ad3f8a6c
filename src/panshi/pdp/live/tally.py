"""Counting what one change does while it is being carried out."""

from __future__ import annotations

from dataclasses import dataclass, field

from panshi.protection.zero_trust.sessions.facts import Consequence
from panshi.protection.zero_trust.sessions.nouns import Cause, Order, OrderKind

SESSIONS_NAMED = 50
SYSTEMS_NAMED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened, whom it concerns and who says so."""

    cause: Cause
    what: str = ""
    whom: str = ""
    source: str = ""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one change has done so far."""

    change: Change
    at: float
    orders: list[Order] = field(default_factory=list)
    ends: dict[int, tuple[str, ...]] = field(default_factory=dict)
    "Accesses closed by the end of a session, by the epoch of the order."
    resources: set[str] = field(default_factory=set)
    "What the orders are about."
    touched: int = 0
    ended: int = 0
    closed: int = 0
    narrowed: int = 0
    step_ups: int = 0
    notified: int = 0
    kept: int = 0

    def count(self, kind: OrderKind) -> None:
        """Count one order."""
        match kind:
            case OrderKind.CLOSE:
                self.closed += 1
            case OrderKind.NARROW:
                self.narrowed += 1
            case OrderKind.STEP_UP:
                self.step_ups += 1
            case OrderKind.NOTIFY:
                self.notified += 1
            case OrderKind.END_SESSION:
                pass  # counted once a session, not once an enforcement point

    def fact(self, now: float) -> Consequence:
        """Give it as a fact to be sealed."""
        change, orders = self.change, self.orders
        return Consequence(
            cause=change.cause,
            what=change.what,
            whom=change.whom,
            source=change.source,
            at=self.at,
            sessions_touched=self.touched,
            sessions_ended=self.ended,
            accesses_closed=self.closed,
            accesses_narrowed=self.narrowed,
            step_ups=self.step_ups,
            notified=self.notified,
            accesses_kept=self.kept,
            first_epoch=orders[0].epoch if orders else 0,
            last_epoch=orders[-1].epoch if orders else 0,
            latency_s=max(0.0, now - self.at),
            resources=tuple(sorted(self.resources)[:SYSTEMS_NAMED]),
            sessions=tuple(dict.fromkeys(order.session for order in orders))[:SESSIONS_NAMED],
        )

"""What becomes of one open access that is decided anew: keep, narrow, ask for more, close, end.

What is denied closes. What is allowed stays; an obligation may narrow it or ask for a stronger
sign-in within a time, and an order is due only where that differs from what was ordered before.
"""

from __future__ import annotations

from dataclasses import dataclass

from panshi.protection.zero_trust.sessions.nouns import OrderKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the policies now say of an access."""

    allowed: bool
    reason_zh: str = ""
    reason_en: str = ""
    narrowed: str = ""
    "What is left, where it is allowed in part: `read-only`."
    step_up: str = ""
    "Which stronger sign-in is asked: `aal3`."
    notify: bool = False
    terminate: bool = False
    "The whole session is to end."


@dataclass(frozen=True, slots=True, kw_only=True)
class Posture:
    """What an enforcement point was last told about an access that is open."""

    narrowed: str = ""
    step_up: str = ""
    due_at: float = 0.0
    "Until when the step-up must be done; 0: none asked."
    notified: bool = False


AS_OPENED = Posture()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What is ordered for an access, and how it stands after that."""

    orders: tuple[tuple[OrderKind, str], ...] = ()
    "Each with its detail."
    posture: Posture | None = None
    "None: it is closed."


def fate(before: Posture, ruling: Ruling, *, now: float, step_up_s: float) -> Fate:
    """Say what becomes of one access; deciding the same twice orders nothing the second time."""
    if ruling.terminate:
        return Fate(orders=((OrderKind.END_SESSION, ruling.step_up),))
    if not ruling.allowed:
        return Fate(orders=((OrderKind.CLOSE, ruling.step_up),))
    if ruling.step_up and before.step_up == ruling.step_up and now >= before.due_at:
        return Fate(orders=((OrderKind.CLOSE, ruling.step_up),))
    orders = []
    if ruling.narrowed != before.narrowed:
        orders.append((OrderKind.NARROW, ruling.narrowed))
    due_at = before.due_at
    if ruling.step_up != before.step_up:
        due_at = now + step_up_s if ruling.step_up else 0.0
        if ruling.step_up:
            orders.append((OrderKind.STEP_UP, ruling.step_up))
    if ruling.notify and not before.notified:
        orders.append((OrderKind.NOTIFY, ""))
    return Fate(
        orders=tuple(orders),
        posture=Posture(
            narrowed=ruling.narrowed,
            step_up=ruling.step_up,
            due_at=due_at,
            notified=ruling.notify,
        ),
    )

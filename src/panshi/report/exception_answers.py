"""Exceptions in the documented JSON forms that command line and API share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from panshi.governance.exceptions.flaws import Flaw
from panshi.governance.exceptions.story import ExceptionState
from panshi.governance.exceptions.views import (
    ApprovalView,
    Compensation,
    Effect,
    ExceptionDetail,
    ExceptionRegister,
    ExceptionView,
    StepView,
)
from panshi.model.bodies.exceptions import ExceptionBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionAnswer:
    """One exception."""

    number: str
    framework: str
    control: str
    state: ExceptionState
    flaw: Flaw | None
    "Why it is void."
    counts: bool
    "Whether it forgives anything today."
    scope: tuple[str, ...]
    "Assets; empty for the whole population."
    reason: str
    residual_risk: str
    requested_by: str
    "Empty where the reader may not see names."
    requested_on: date
    reviewed_by: str
    effective: date
    expires: date
    age_days: int
    days_left: int | None
    renews: str
    renewed_by: str
    renewals: int
    compensating: tuple[Compensation, ...]
    level: str
    "Level of authority it takes."
    approvals: tuple[ApprovalView, ...]
    missing: tuple[str, ...]
    "Offices that have yet to approve, or would have to for the share it covers today."
    failing_in_scope: int
    scope_permille: int
    met: bool
    met_without_exceptions: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAnswer:
    """Every exception of an estate, and the grades with and without them."""

    estate: str
    day: date
    live: int
    counting: int
    waiting: int
    lapsing_this_quarter: int
    effects: tuple[Effect, ...]
    exceptions: tuple[ExceptionAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailAnswer:
    """One exception with its history and what it was decided on."""

    exception: ExceptionAnswer
    steps: tuple[StepView, ...]
    decided_on: ExceptionBasis | None
    now: ExceptionBasis
    differs: tuple[str, ...]
    "Fields that are not as they were when it was decided."
    seen: str
    "Digest of what stands now, by which a decision says what it was shown."


_PLAIN = frozenset(
    each.name for each in fields(ExceptionAnswer) if each.name not in {"level", "scope"}
)


def exception_answer(view: ExceptionView) -> ExceptionAnswer:
    """One exception."""
    plain: dict[str, Any] = {name: getattr(view, name) for name in _PLAIN}
    level = view.level.id if view.level is not None else ""
    return ExceptionAnswer(level=level, scope=tuple(map(str, view.scope)), **plain)


def register_answer(
    register: ExceptionRegister, shown: Iterable[ExceptionView] | None = None
) -> RegisterAnswer:
    """Give the register; the counts are of all, whichever are shown."""
    every = register.exceptions if shown is None else shown
    return RegisterAnswer(
        estate=register.estate,
        day=register.day,
        live=len(register.live),
        counting=len(register.counting),
        waiting=len(register.waiting),
        lapsing_this_quarter=len(register.lapsing),
        effects=register.effects,
        exceptions=tuple(map(exception_answer, every)),
    )


def detail_answer(detail: ExceptionDetail) -> DetailAnswer:
    """One exception in full."""
    return DetailAnswer(
        exception=exception_answer(detail.view),
        steps=detail.steps,
        decided_on=detail.decided_on,
        now=detail.now,
        differs=detail.differs,
        seen=detail.seen,
    )


def without_persons(view: ExceptionView) -> ExceptionView:
    """Give an exception that names nobody."""
    approvals = tuple(replace(each, person="") for each in view.approvals)
    return replace(view, requested_by="", reviewed_by="", approvals=approvals)


def detail_without_persons(detail: ExceptionDetail) -> ExceptionDetail:
    """Give an exception in full that names nobody."""
    steps = tuple(replace(each, by="", detail="") for each in detail.steps)
    return replace(detail, view=without_persons(detail.view), steps=steps)

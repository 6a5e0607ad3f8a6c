"""Steps of an exception, from its request to its end; each is one sealed event.

The facet is the exception's number, for example `EX-2026-001`; what an exception is on a day is
derived from its steps and the day (`panshi.governance.exceptions`) and is written nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

REQUEST = "record.exception_request/1"
REVIEW = "record.exception_review/1"
BASIS = "record.exception_basis/1"
DECISION = "record.exception_decision/1"
WITHDRAWAL = "record.exception_withdrawal/1"
CLOSURE = "record.exception_closure/1"


class Ruling(StrEnum):
    """What an office decided."""

    APPROVE = "approve"
    REJECT = "reject"


@observation_kind(REQUEST, "例外申請", "Exception request", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRequest(Body):
    """Someone asks that items may fail a control for a while."""

    framework: str
    control: str
    scope: tuple[str, ...]
    "Asset ids; empty means the whole population."
    reason: str
    residual_risk: str
    compensating: tuple[str, ...]
    "`<framework>/<control>` ids met by evidence while the exception lives."
    effective: date
    expires: date
    "First day on which it is no exception any more."
    requested_by: str
    renews: str = ""
    "Number of the exception this one prolongs, by a review of its own."


@observation_kind(REVIEW, "例外審查開始", "Exception review", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionReview(Body):
    """Someone other than the requester takes the request up."""

    reviewed_by: str
    note: str = ""


@observation_kind(BASIS, "例外決定所依據", "Basis of a decision", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionBasis(Body):
    """What a decision is made on, frozen: the control, its failing items, what compensates."""

    request: str
    "Evidence id of the request decided on."
    control: str
    status: str
    met: bool
    met_without_exceptions: bool
    met_if_approved: bool
    stage: int
    "Stage of the framework over the whole estate; 0 where it has none."
    stage_without_exceptions: int
    population: int
    seen: int
    passing: int
    failing: int
    unseen: int
    failing_in_scope: int
    failing_sha256: str
    "SHA-256 over the ids of the failing items in scope, one a line, in order."
    scope_permille: int
    "Share of the population that live exceptions of the control would cover, in thousandths."
    compensating: tuple[str, ...]
    compensating_met: tuple[str, ...]
    "Those of them that are met by evidence alone."
    level: str
    "Level of authority it takes."
    estate: str
    estate_version: int
    log_size: int
    log_root: str


@observation_kind(DECISION, "例外決定", "Exception decision", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionDecision(Body):
    """Someone decides in an office; several offices are several decisions by several people."""

    ruling: Ruling
    decider: str
    office: str
    why: str
    basis_sha256: str
    "Digest of the basis sealed before it."
    resolution: str = ""
    "What the decision rests on outside, for example a minute of the board."


@observation_kind(WITHDRAWAL, "例外撤回", "Exception withdrawal", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionWithdrawal(Body):
    """The requester takes the request back before it is approved."""

    withdrawn_by: str
    why: str = ""


@observation_kind(CLOSURE, "例外終止", "Exception closure", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionClosure(Body):
    """An approved exception ends before its date."""

    closed_by: str
    why: str
    revoked: bool = False
    "Taken away, and not ended because it is needed no longer."

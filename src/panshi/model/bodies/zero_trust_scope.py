"""Answers and decisions about the zero-trust scope; each is one sealed event.

The facet of an answer is its number, for example `ZA-2026-001`; a withdrawal names the number.
What is known of a system is derived from the estate and these events and is written nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

ANSWER = "record.zt_scope_answer/1"
WITHDRAWAL = "record.zt_scope_withdrawal/1"
DECISION = "record.zt_scope_decision/1"


class Choice(StrEnum):
    """What somebody decided about a field or a system in it."""

    CHOSEN = "chosen"
    LEFT_OUT = "left_out"
    COMPUTED = "computed"
    "As computed: an earlier decision is taken back."


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeFact:
    """One fact that is answered."""

    fact: str
    "Name of the attribute of systems."
    value: str
    "As it is written in an estate file; several words parted by commas."


@observation_kind(ANSWER, "零信任盤點回答", "Zero-trust scope answer", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeAnswer(Body):
    """Someone says what the estate does not tell about systems."""

    number: str
    systems: tuple[str, ...]
    "Asset ids."
    answers: tuple[ScopeFact, ...]
    answered_by: str
    in_field: str = ""
    "The field it is about; empty: however the systems are reached."
    why: str = ""


@observation_kind(WITHDRAWAL, "零信任盤點回答撤回", "Scope answer withdrawn", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeWithdrawal(Body):
    """Someone takes an answer back; what was known before it counts again."""

    number: str
    withdrawn_by: str
    why: str = ""


@observation_kind(DECISION, "零信任場域決定", "Zero-trust scope decision", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeDecision(Body):
    """Someone decides otherwise than computed, with a reason."""

    in_field: str
    choice: Choice
    decided_by: str
    why: str
    system: str = ""
    "Asset id; empty: the whole field."

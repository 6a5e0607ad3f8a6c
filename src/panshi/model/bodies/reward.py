"""What people decide about points for shared intelligence; points themselves are computed.

The facet is the period of a statement, the number of an appeal (`RA-2026-001`) or the value a
ruling is about; what stands is derived from the steps (`panshi.alliance.reward.decisions`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

STATEMENT = "reward.statement/1"
APPEAL = "record.reward_appeal/1"
RULING = "record.reward_ruling/1"


class AppealStep(StrEnum):
    """What became of an appeal."""

    RAISED = "raised"
    PROPOSED = "proposed"
    "Somebody proposes how many points are corrected; nought is a refusal."
    CONFIRMED = "confirmed"
    "Another person confirms the proposal."


class RulingStep(StrEnum):
    """What became of a ruling over a contested value."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"


@observation_kind(STATEMENT, "獎勵季結算", "Statement of points")
@dataclass(frozen=True, slots=True, kw_only=True)
class RewardStatement(Body):
    """The points of one member in one period, as they stood when they were settled."""

    member: str
    period: str
    begins: date
    ends: date
    points: float
    earned: float
    "Before the bend of large sums."
    reports: int
    confirmed: int
    known: int
    wrong: int
    contested: int
    clipped: float
    "Share of the confirmations that did not count."
    sha256: str
    "Digest of the awards the sum is made of."
    terms_sha256: str


@observation_kind(APPEAL, "獎勵申覆", "Appeal about points", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class RewardAppeal(Body):
    """One step of an appeal; the correction counts from its confirmation."""

    step: AppealStep
    member: str
    period: str
    by: str
    why: str
    contribution: str = ""
    "Report it is about; empty for the whole statement."
    correction: float = 0.0
    "Points added or taken."
    proposal: str = ""
    "Evidence id of the proposal that is confirmed."


@observation_kind(RULING, "情資爭議裁定", "Ruling over a contested value", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class RewardRuling(Body):
    """One step of a ruling: whether a contested value is right."""

    step: RulingStep
    value_kind: str
    value: str
    upheld: bool
    by: str
    why: str
    proposal: str = ""

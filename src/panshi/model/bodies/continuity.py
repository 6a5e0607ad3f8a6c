"""Business impact of losing a service: proposed by one person, decided by another.

The facet is the service. What is in force on a day is derived from these steps and the day
(`panshi.resilience.impact.analyses`) and is written nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body
from panshi.model.resilience.plan import ImpactEntry

PROPOSAL = "record.impact_proposal/1"
DECISION = "record.impact_decision/1"


class ImpactRuling(StrEnum):
    """What the second person says."""

    APPROVE = "approve"
    REFUSE = "refuse"


@observation_kind(PROPOSAL, "營運衝擊分析提案", "Proposed business impact analysis", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactProposal(Body):
    """Someone states what losing a service does; a later proposal replaces an open one."""

    entry: ImpactEntry
    proposed_by: str
    why: str = ""
    "What changed, or where it was taken from, for example a file of interviews."


@observation_kind(DECISION, "營運衝擊分析決定", "Decision on an impact analysis", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactDecision(Body):
    """Another person approves or refuses one proposal, word for word."""

    proposal: str
    "Evidence id of the proposal."
    ruling: ImpactRuling
    decided_by: str
    why: str = ""

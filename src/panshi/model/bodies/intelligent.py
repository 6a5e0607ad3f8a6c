"""Bodies about AI systems."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("ai.system/1", "人工智慧系統", "AI system")
@dataclass(frozen=True, slots=True, kw_only=True)
class AiSystem(Body):
    """One AI system in the register."""

    registered: bool
    risk_assessed: date | None = None
    factors_assessed: int = 0
    "Of the six factors of article 46."
    interaction_disclosed: bool = False
    alternative_offered: bool = False
    prompts_filtered: bool = False
    "Confidential and personal input is blocked or controlled."
    validated: date | None = None
    monitored: bool = False
    documented: bool = False
    human_review: bool = False
    sole_basis: bool = False
    "The output alone decides."
    bias_assessed: bool = False
    third_party: bool = False

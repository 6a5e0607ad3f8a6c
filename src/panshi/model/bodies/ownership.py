"""Who answers for which control: assigned by somebody, from a day on; the newest record counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("record.ownership/1", "控制措施指派", "Control ownership", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership(Body):
    """A person answers for a control from a day on."""

    framework: str
    control: str
    owner: str
    "Account name; empty where nobody answers for it any more."
    since: date
    assigned_by: str

"""What was sealed last about each disaster an institution looks at; nothing where nobody sealed it.

outcomes_of(node, "demo-bank")        in the order scenarios are offered
"""

from __future__ import annotations

from dataclasses import dataclass

from panshi.model.bodies.continuity_judged import ScenarioOutcome
from panshi.model.observation import Sealed
from panshi.model.resilience.plan import Scenario
from panshi.node.node import Node
from panshi.node.resilience.story import newest_outcomes, scenarios_of

OFTEN = 0.05
"A service that is late in more of the trials counts as one that may well be."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One disaster and its newest sealed outcome."""

    scenario: Scenario
    sealed: Sealed | None = None
    body: ScenarioOutcome | None = None

    @property
    def late(self) -> int | None:
        """Services late in more than five of a hundred trials; None where none were played."""
        if self.body is None or not self.body.trials:
            return None
        return sum(each.late > OFTEN for each in self.body.service_chances)


def outcomes_of(node: Node, estate_id: str | None = None) -> tuple[Outcome, ...]:
    """Give every disaster with what was sealed about it last."""
    newest = newest_outcomes(node, estate_id)
    return tuple(_outcome(each, newest.get(each.id)) for each in scenarios_of(node, estate_id))


def _outcome(scenario: Scenario, sealed: Sealed | None) -> Outcome:
    body = sealed.observation.body if sealed is not None else None
    if not isinstance(body, ScenarioOutcome):
        return Outcome(scenario=scenario)
    return Outcome(scenario=scenario, sealed=sealed, body=body)

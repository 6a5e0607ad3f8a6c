"""The cheapest choice, proven: a program proposes, the courses judge, what fails is ruled out.

The program (CP-SAT) knows only costs and what was ruled out so far, so its optimum never costs more
than the true one; the first proposal whose failings it foresaw is therefore optimal (logic-based
Benders decomposition, Hooker and Ottosson 2003). First as many services as possible hold (critical
ones count first), then the cost is least, then fewest options are taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from panshi.errors import BadInputError
from panshi.model.resilience.graph import NodeId
from panshi.resilience.remedy.courses import Choice, Holding
from panshi.resilience.remedy.reach import Reach

ROUNDS = 2_000
"Proposals tried before giving up on a proof."


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A choice and what is known of it."""

    chosen: Choice
    cost: int
    failing: frozenset[NodeId]
    "Services that do not hold under it."
    proven: bool
    "No choice within the budget lets more services hold, and none that lets as many is cheaper."
    rounds: int


@dataclass(slots=True, kw_only=True)
class Search:
    """Searches over the same options share what was ruled out."""

    costs: Mapping[NodeId, int]
    "TWD a year by option."
    services: Sequence[NodeId]
    critical: frozenset[NodeId]
    reach: Mapping[NodeId, Reach]
    holds: Holding
    cuts: list[tuple[NodeId, frozenset[NodeId], frozenset[NodeId]]] = field(default_factory=list)
    "A service fails unless one of the first options is taken or one of the second is not."

    def cheapest(
        self,
        *,
        budget: int | None = None,
        unlike: Sequence[Choice] = (),
        failing: int | None = None,
    ) -> Found | None:
        """Give the best choice within a budget; `unlike` leaves out every choice that holds one.

        `failing` asks for at most so many failing services (weighed), None where there is none.
        """
        for rounds in range(1, ROUNDS + 1):
            proposed = self._propose(budget, unlike, failing)
            if proposed is None:
                return None
            chosen, foreseen = proposed
            fails = frozenset(self.services) - self.holds(chosen)
            unforeseen = fails - foreseen
            if not unforeseen or rounds == ROUNDS:
                return Found(
                    chosen=chosen,
                    cost=sum(self.costs[each] for each in chosen),
                    failing=fails,
                    proven=not unforeseen,
                    rounds=rounds,
                )
            for service in sorted(unforeseen):
                self._rule_out(service, chosen)
        raise AssertionError

    def weight(self, services: frozenset[NodeId]) -> int:
        """Weigh failing services: one critical weighs more than all others together."""
        many = len(self.services) + 1
        return sum(many if each in self.critical else 1 for each in services)

    def _rule_out(self, service: NodeId, chosen: Choice) -> None:
        reach = self.reach[service]
        taken = frozenset() if reach.alone else reach.options & chosen
        self.cuts.append((service, reach.options - chosen, taken))

    def _propose(
        self, budget: int | None, unlike: Sequence[Choice], failing: int | None
    ) -> tuple[Choice, frozenset[NodeId]] | None:
        model = cp_model.CpModel()
        take = {each: model.new_bool_var(f"take {each}") for each in sorted(self.costs)}
        fails = {each: model.new_bool_var(f"fails {each}") for each in sorted(self.services)}
        for service, missing, taken in self.cuts:
            model.add_bool_or(
                [take[each] for each in sorted(missing)]
                + [take[each].negated() for each in sorted(taken)]
                + [fails[service]]
            )
        for choice in unlike:
            model.add_bool_or([take[each].negated() for each in sorted(choice)])
        cost = sum(self.costs[each] * variable for each, variable in take.items())
        if budget is not None:
            model.add(cost <= budget)
        many = len(self.services) + 1
        weight = sum(
            (many if each in self.critical else 1) * variable for each, variable in fails.items()
        )
        if failing is not None:
            model.add(weight <= failing)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        for aim in (weight, cost, sum(take.values())):
            if isinstance(aim, int):
                continue
            model.minimize(aim)
            status = solver.solve(model)
            if status == cp_model.INFEASIBLE:
                return None
            if status != cp_model.OPTIMAL:
                raise BadInputError(f"the solver gave up: {solver.status_name(status)}")
            model.add(aim <= round(solver.objective_value))
        return (
            frozenset(each for each, variable in take.items() if solver.value(variable)),
            frozenset(each for each, variable in fails.items() if solver.value(variable)),
        )

"""The cheapest choice if everybody recovers as well as he can at best: a bound for every choice.

An integer programme (CP-SAT): which layers to take, and by which alternative each service goes on
at each moment; what is used of people and restore paths before each objective ends has to fit.
Whoever waits for whom it does not know, so it misses and costs no more than any choice really does;
a choice that really misses and costs no more than it is proven best. Layers may be forbidden to
help (`hopeless`), to look for others where what it proposed did not come true.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from panshi.model.resilience.graph import Graph, NodeId
from panshi.resilience.remedy.bounds import Alternative, Stay, Turn, Use
from panshi.resilience.remedy.effort import Effort
from panshi.resilience.remedy.terms import Choice, Goal, weight

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver, CpSolverStatus, IntVar

COUNT = 1_024
"Cost and number of layers in one figure: cost times this, and the number."
MOST = 8.0
"Of the solver for one proposal's misses, and again for its price, in its own measure."

SHARES = 1_000
"Of one seat: amounts are rounded so that less is asked than is needed."

type _Place = tuple[tuple[int, float], NodeId]
"""A moment of a scenario, and a pool."""
type _Decided = list[tuple[Alternative, IntVar]]
"The ways of one turn, each with whether it is taken."
type Hope = tuple[NodeId, Choice]
"""A service, and the layers of its own it has."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the programme found."""

    chosen: Choice
    least: int
    "Weight of what is missed."
    price: int
    "Cost times `COUNT`, and the number."
    whole: bool
    "Nothing is better in the programme."


class Programme:
    """The programme of one group of services."""

    def __init__(
        self,
        graph: Graph,
        turns: Sequence[Turn],
        costs: Mapping[NodeId, int],
        budget: int | None,
        effort: Effort,
    ) -> None:
        """Write it down."""
        from ortools.sat.python import cp_model  # noqa: PLC0415 -- loads a solver, where used

        self._cp, self._graph, self._effort = cp_model, graph, effort
        self._model: CpModel = cp_model.CpModel()
        self._taken: dict[NodeId, IntVar] = {
            each: self._model.new_bool_var(each) for each in sorted(costs)
        }
        self._lost: dict[Goal, IntVar] = {}
        self._price = sum((costs[each] * COUNT + 1) * taken for each, taken in self._taken.items())
        if budget is not None:
            self._model.add(sum(costs[e] * taken for e, taken in self._taken.items()) <= budget)
        used: dict[_Place, list[tuple[Use, IntVar]]] = defaultdict(list)
        seated: dict[_Place, list[tuple[Stay, IntVar]]] = defaultdict(list)
        before: dict[tuple[int, NodeId], _Decided] = {}
        for turn in turns:
            ways = self._decide(turn)
            if turn.ways[0].began is not None:
                self._follow(turn, ways, before)
            for each, way in ways:
                for use in each.uses:
                    used[turn.moment, use.pool].append((use, way))
                for stay in each.stays:
                    seated[turn.moment, stay.pool].append((stay, way))
        capacity = {pool.id: pool.capacity for pool in graph.pools}
        for (_moment, pool), uses in used.items():
            self._fit(uses, capacity[pool])
        for (_moment, pool), stays in seated.items():
            self._seat(stays, capacity[pool])

    def _follow(
        self,
        turn: Turn,
        ways: _Decided,
        before: dict[tuple[int, NodeId], _Decided],
    ) -> None:
        """Let an outage go on from where it was at the turn before."""
        key = turn.moment[0], turn.service
        for began in {each.began for each, _way in ways}:
            come = [way for each, way in before.get(key, ()) if turn.begun(each) == began]
            here = [way for each, way in ways if each.began == began]
            if key in before:
                self._model.add(sum(here) == sum(come))
        before[key] = ways

    def _decide(self, turn: Turn) -> _Decided:
        ways = [(each, self._way(turn, each)) for each in turn.ways]
        self._model.add_exactly_one(way for _each, way in ways)
        for each, way in ways:
            if each.layer in self._taken:
                self._model.add_implication(way, self._taken[each.layer])
            for goal in sorted(each.missed):
                self._model.add_implication(way, self._goal(goal))
        return ways

    def _way(self, turn: Turn, way: Alternative) -> IntVar:
        return self._model.new_bool_var(f"{turn.moment} {turn.service} {way.layer} {way.began}")

    def _goal(self, goal: Goal) -> IntVar:
        if goal not in self._lost:
            self._lost[goal] = self._model.new_bool_var(f"{goal}")
        return self._lost[goal]

    def _fit(self, uses: Sequence[tuple[Use, IntVar]], capacity: float) -> None:
        """Let what must be done between two minutes fit between them."""
        for since in sorted({use.since for use, _way in uses}):
            for within in sorted({use.within for use, _way in uses}):
                inside = [
                    (use, way) for use, way in uses if use.since >= since and use.within <= within
                ]
                for path in (False, True):
                    work = [(use.work, way) for use, way in inside if use.path is path]
                    room = int((within - since) * (1 if path else capacity))
                    if sum(each for each, _way in work) > room >= 0:
                        self._model.add(sum(each * way for each, way in work) <= room)

    def _seat(self, stays: Sequence[tuple[Stay, IntVar]], capacity: float) -> None:
        """Let all who have seats at one minute have them."""
        for moment in sorted({stay.since for stay, _way in stays}):
            here = [
                (int(stay.amount * SHARES), way)
                for stay, way in stays
                if stay.since <= moment < stay.until
            ]
            room = ceil(capacity * SHARES)
            if sum(each for each, _way in here) > room:
                self._model.add(sum(each * way for each, way in here) <= room)

    # -- solving ------------------------------------------------------------------------------

    def hopeless(self, goal: Goal, own: Iterable[NodeId], chosen: Choice) -> None:
        """Look on a goal as missed where a service has these layers of those offered to it."""
        same = [
            self._taken[each].negated() if each in chosen else self._taken[each] for each in own
        ]
        self._model.add_bool_or([*same, self._goal(goal)])

    def solve(self) -> Proposal | None:
        """Miss least, then pay least; None where that takes too long."""
        lost = sum(weight(self._graph, frozenset({goal})) * var for goal, var in self._lost.items())
        self._model.minimize(lost)
        first, status = self._solved(self._model)
        if status != self._cp.OPTIMAL:
            return None
        least = round(first.objective_value)
        model = self._model.clone()
        model.add(lost <= least)
        model.minimize(self._price)
        second, status = self._solved(model)
        if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            return None
        return Proposal(
            chosen=frozenset(
                each for each, taken in self._taken.items() if second.boolean_value(taken)
            ),
            least=least,
            price=round(second.best_objective_bound),
            whole=status == self._cp.OPTIMAL,
        )

    def _solved(self, model: CpModel) -> tuple[CpSolver, CpSolverStatus]:
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.linearization_level = 2  # seats and paths are what binds: sums
        solver.parameters.max_deterministic_time = max(0.0, min(MOST, self._effort.solving))
        status = solver.solve(model)
        self._effort.solving -= solver.deterministic_time
        return solver, status

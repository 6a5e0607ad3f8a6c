"""An integer program, written in CP-SAT's own model language and solved by it.

The model is written as the text form of `CpModelProto`, which is CP-SAT's public format, and given
to its C++ solver directly: OR-tools' Python model classes would bring in pandas, whose import costs
more time than any plan takes to find. One worker, a fixed seed and a limit in deterministic time
make the same model give the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

EFFORT = 30.0
"What a search may spend, in CP-SAT's deterministic time: roughly seconds of a quiet machine."
_FAR = 2**62

type Terms = Mapping[int, int]
"""Coefficients by variable; -1 - v stands for the negation of a boolean v."""


class Outcome(StrEnum):
    """What a search proved."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    "A solution, with a bound on how much better one could be."
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The best assignment found, and what is proved of it."""

    outcome: Outcome
    values: tuple[int, ...] = ()
    objective: int = 0
    bound: int = 0
    "No assignment is better than this."

    @property
    def found(self) -> bool:
        """Whether there is an assignment."""
        return self.outcome in {Outcome.OPTIMAL, Outcome.FEASIBLE}


class Purse:
    """Effort that several searches share, so that together they end, too."""

    def __init__(self, left: float = EFFORT) -> None:
        """Fill it."""
        self.left = left


class Program:
    """Variables, linear constraints and an objective to minimise."""

    def __init__(self) -> None:
        """Begin empty."""
        self._variables: list[str] = []
        self._constraints: list[str] = []
        self._objective = ""
        self._hint = ""

    def integer(self, low: int, high: int) -> int:
        """Add a variable between two whole numbers, both included."""
        self._variables.append(f"variables {{ domain: [{low}, {high}] }}")
        return len(self._variables) - 1

    def boolean(self) -> int:
        """Add a variable that is 0 or 1."""
        return self.integer(0, 1)

    def between(
        self,
        terms: Terms,
        low: int | None = None,
        high: int | None = None,
        *,
        where: Iterable[int] = (),
    ) -> None:
        """Keep a sum between two numbers, wherever the booleans `where` are all true."""
        kept = {variable: factor for variable, factor in terms.items() if factor}
        bounds = f"{-_FAR if low is None else low}, {_FAR if high is None else high}"
        self._constraints.append(
            f"constraints {{ {_enforced(where)}linear {{ vars: {list(kept)} "
            f"coeffs: {list(kept.values())} domain: [{bounds}] }} }}"
        )

    def any_of(self, booleans: Sequence[int], *, where: Iterable[int] = ()) -> None:
        """Let at least one be true; `~v` (-1 - v) is the negation of v."""
        self._constraints.append(
            f"constraints {{ {_enforced(where)}bool_or {{ literals: {list(booleans)} }} }}"
        )

    def most(self, terms: Terms, constant: int, low: int, high: int) -> int:
        """Add a variable equal to the greater of 0 and a sum plus a constant."""
        made = self.integer(low, high)
        variables, factors = list(terms), list(terms.values())
        self._constraints.append(
            f"constraints {{ lin_max {{ target {{ vars: [{made}] coeffs: [1] }} "
            f"exprs {{ offset: 0 }} "
            f"exprs {{ vars: {variables} coeffs: {factors} offset: {constant} }} }} }}"
        )
        return made

    def least_of(self, first: Terms, second: Terms, constant: int, high: int) -> int:
        """Add a variable equal to the smaller of a sum and of another sum plus a constant."""
        made = self.integer(0, high)
        one, other = _negated(first), _negated(second)
        self._constraints.append(
            f"constraints {{ lin_max {{ target {{ vars: [{made}] coeffs: [-1] }} "
            f"exprs {{ vars: {list(one)} coeffs: {list(one.values())} }} "
            f"exprs {{ vars: {list(other)} coeffs: {list(other.values())} offset: {-constant} }} "
            "} }"
        )
        return made

    def minimise(self, terms: Terms) -> None:
        """Set what is to be as small as possible."""
        self._objective = (
            f"objective {{ vars: {list(terms)} coeffs: {list(terms.values())} }}" if terms else ""
        )

    def hint(self, values: Sequence[int]) -> None:
        """Suggest where to begin."""
        self._hint = f"solution_hint {{ vars: {list(range(len(values)))} values: {list(values)} }}"

    def solve(self, purse: Purse, *, most: float = EFFORT, relaxing: bool = True) -> Answer:
        """Search until the best assignment is proved, or the effort is spent.

        Bounds from linear relaxations prove which choice is cheapest; when only places are sought
        for a given choice they cost more than they tell.
        """
        # Loaded on first use: no other part of Panshi needs the solver.
        from ortools.sat.python import cp_model_helper  # noqa: PLC0415 -- a heavy library

        if purse.left <= 0:
            return Answer(outcome=Outcome.UNKNOWN)
        model = cp_model_helper.CpModelProto()
        text = "\n".join((*self._variables, *self._constraints, self._objective, self._hint))
        if not model.parse_text_format(text):
            raise AssertionError("CP-SAT does not read the model written for it")
        parameters = cp_model_helper.SatParameters()
        parameters.parse_text_format(
            f"num_workers: 1 random_seed: 1 max_deterministic_time: {min(most, purse.left)} "
            f"linearization_level: {2 if relaxing else 0}"
        )
        solver = cp_model_helper.SolveWrapper()
        solver.set_parameters(parameters)
        response = solver.solve(model)  # type: ignore[no-untyped-call]
        purse.left -= response.deterministic_time
        outcome = _OUTCOMES.get(response.status.name, Outcome.UNKNOWN)
        if outcome not in {Outcome.OPTIMAL, Outcome.FEASIBLE}:
            return Answer(outcome=outcome)
        return Answer(
            outcome=outcome,
            values=tuple(response.solution),
            objective=round(response.objective_value) if self._objective else 0,
            bound=round(response.best_objective_bound) if self._objective else 0,
        )


_OUTCOMES = {
    "OPTIMAL": Outcome.OPTIMAL,
    "FEASIBLE": Outcome.FEASIBLE,
    "INFEASIBLE": Outcome.INFEASIBLE,
}


def _enforced(where: Iterable[int]) -> str:
    literals = list(where)
    return f"enforcement_literal: {literals} " if literals else ""


def _negated(terms: Terms) -> dict[int, int]:
    return {variable: -factor for variable, factor in terms.items()}

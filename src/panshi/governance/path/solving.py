"""The exact path: the cheapest choice of projects that makes every need hold (rule 8).

Which projects and when are two questions. The first is asked of a program without quarters, in
which only sums over the whole horizon limit; its answer costs no more than any path. Then the
chosen projects are placed into quarters. Where they do not fit, no choice that contains them fits
either: it is left out and the first question asked again. Where too many choices do not fit, both
questions are asked at once of a program with one boolean per project and quarter of start.

Three aims, each only among the best of the one before: least likely cost, earliest end, every
project early.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from panshi.governance.path.instance import SCALE, Instance, Need
from panshi.governance.path.program import Outcome, Program, Purse

ROUNDS = 40
"Choices tried for their quarters before both questions are asked at once."
TIES = 10
"Choices of equal cost compared by their end."
POLISH = 0.3
"Effort spent on starting each project early, once cost and end are settled."

BUDGET = ""
"Name of the budget where limits are named; the others are roles."

type Choice = frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Chosen candidates with the quarter each starts in, and what is proved of them."""

    outcome: Outcome
    starts: dict[int, int] = field(default_factory=dict)
    "Quarter of start by candidate, from 0."
    cost: int = 0
    bound: int = 0
    "No choice costs less."
    earliest: bool = False
    "Whether no choice of the same cost ends earlier."

    @property
    def found(self) -> bool:
        """Whether there is a choice."""
        return self.outcome in {Outcome.OPTIMAL, Outcome.FEASIBLE}

    @property
    def chosen(self) -> Choice:
        """The chosen candidates."""
        return frozenset(self.starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Chosen candidates in quarters."""

    outcome: Outcome
    starts: dict[int, int] = field(default_factory=dict)
    ends: int = 0
    "Quarters until the last one is done."


def cheapest(
    instance: Instance,
    *,
    at_least: int | None = None,
    without: Collection[Choice] = (),
    purse: Purse | None = None,
) -> Solution:
    """Give the cheapest choice that makes every need hold, or `at_least` so many of the open ones.

    `without` leaves out every choice that contains one of these.
    """
    purse = purse or Purse()
    model = PathProgram(instance, at_least=at_least)
    for each in without:
        model.leave_out(each)
    model.program.minimise(model.cost)
    for _ in range(ROUNDS):
        answer = model.program.solve(purse)
        if not answer.found:
            return Solution(outcome=answer.outcome)
        chosen = model.picked(answer.values)
        placing = place(instance, chosen, purse)
        if placing.outcome is Outcome.UNKNOWN:
            break
        if placing.outcome is not Outcome.INFEASIBLE:
            if answer.outcome is Outcome.OPTIMAL:
                placing, proved = _earliest(model, placing, answer.objective, purse)
            else:
                proved = False
            return Solution(
                outcome=answer.outcome,
                starts=placing.starts,
                cost=instance.cost(placing.starts),
                bound=answer.bound,
                earliest=proved and placing.outcome is Outcome.OPTIMAL,
            )
        model.leave_out(chosen)
    return _at_once(instance, at_least, without, purse)


def _earliest(model: PathProgram, best: Placing, cost: int, purse: Purse) -> tuple[Placing, bool]:
    """Compare with other choices of the same cost; say whether all of them were."""
    model.program.between(model.cost, high=cost)
    chosen = frozenset(best.starts)
    for _ in range(TIES):
        model.leave_out(chosen)
        answer = model.program.solve(purse)
        if not answer.found:
            return best, answer.outcome is Outcome.INFEASIBLE
        chosen = model.picked(answer.values)
        other = place(model.instance, chosen, purse)
        if other.starts and other.ends < best.ends:
            best = other
    return best, False


def _at_once(
    instance: Instance, at_least: int | None, without: Collection[Choice], purse: Purse
) -> Solution:
    model = PathProgram(instance, at_least=at_least, timed=True)
    for each in without:
        model.leave_out(each)
    model.program.minimise(model.cost)
    answer = model.program.solve(purse)
    if not answer.found:
        return Solution(outcome=answer.outcome)
    placing = place(instance, model.picked(answer.values), purse)
    starts = placing.starts or model.starts(answer.values)
    return Solution(
        outcome=answer.outcome, starts=starts, cost=instance.cost(starts), bound=answer.bound
    )


def smallest_raise(instance: Instance, name: str, purse: Purse) -> int | None:
    """Give by how much a limit must be raised in every quarter; None where that is not enough."""
    model = PathProgram(instance, timed=True, raising=name)
    model.program.minimise({model.more: 1})
    answer = model.program.solve(purse)
    return answer.objective if answer.outcome is Outcome.OPTIMAL else None


def place(instance: Instance, chosen: Choice, purse: Purse) -> Placing:
    """Place chosen candidates into quarters: the earliest end, then each one early."""
    lengths = {number: instance.candidates[number].quarters for number in chosen}
    if instance.limits.free or not chosen:
        starts = {number: instance.earliest[number] for number in sorted(chosen)}
        ends = max((at + lengths[number] for number, at in starts.items()), default=0)
        return Placing(outcome=Outcome.OPTIMAL, starts=starts, ends=ends)
    soonest = max(instance.earliest[number] + length for number, length in lengths.items())
    for ends in range(soonest, instance.limits.quarters + 1):
        model = PathProgram(_shortened(instance, ends), timed=True, only=chosen)
        answer = model.program.solve(purse, relaxing=False)
        if answer.outcome is Outcome.UNKNOWN:
            return Placing(outcome=Outcome.UNKNOWN)
        if answer.found:
            model.program.hint(answer.values)
            model.program.minimise({slot: quarter for _, quarter, slot in model.slots if quarter})
            early = model.program.solve(purse, most=POLISH, relaxing=False)
            starts = model.starts(early.values if early.found else answer.values)
            return Placing(outcome=Outcome.OPTIMAL, starts=starts, ends=ends)
    return Placing(outcome=Outcome.INFEASIBLE)


def _shortened(instance: Instance, quarters: int) -> Instance:
    limits = instance.limits
    return replace(
        instance,
        limits=replace(
            limits,
            quarters=quarters,
            budget=limits.budget[:quarters],
            hours=tuple((role, each[:quarters]) for role, each in limits.hours),
        ),
    )


class PathProgram:
    """The integer program of one path problem: which projects, and `timed` also when."""

    def __init__(
        self,
        instance: Instance,
        *,
        at_least: int | None = None,
        timed: bool = False,
        only: Choice | None = None,
        raising: str | None = None,
    ) -> None:
        """Write variables and constraints; with `only`, these candidates are to be placed.

        `raising` names the limit, a role or `BUDGET`, that `more` raises in every quarter.
        """
        self.instance = instance
        self.horizon = instance.limits.quarters
        self._timed, self._only, self._raising = timed, only, raising
        self.more = 0
        "By how much the limit is raised in every quarter."
        self.program = Program()
        self.slots: list[tuple[int, int, int]] = []
        "Candidate, quarter of start, and the boolean that says so."
        self.chosen: dict[int, int] = {}
        "Boolean per candidate that fits into the horizon."
        self._starts: dict[int, dict[int, int]] = {}
        self._place()
        self.cost = {
            variable: instance.candidates[number].cost for number, variable in self.chosen.items()
        }
        self._order()
        self._exclude()
        self._limit()
        if only is None:
            self._demand(at_least)

    def picked(self, values: Sequence[int]) -> Choice:
        """Give the chosen candidates."""
        return frozenset(number for number, variable in self.chosen.items() if values[variable])

    def starts(self, values: Sequence[int]) -> dict[int, int]:
        """Give the quarter of start of each chosen candidate."""
        return {number: quarter for number, quarter, variable in self.slots if values[variable]}

    def leave_out(self, chosen: Choice) -> None:
        """Forbid every choice that contains these."""
        self.program.any_of([-1 - self.chosen[number] for number in sorted(chosen)])

    # -- when ------------------------------------------------------------------------------

    def _place(self) -> None:
        for number, candidate in enumerate(self.instance.candidates):
            first = self.instance.earliest[number]
            last = self.horizon - candidate.quarters
            if first > last or (self._only is not None and number not in self._only):
                continue
            choice = self.program.boolean()
            self.chosen[number] = choice
            booleans = {first: choice}
            if self._timed and first < last:
                booleans = {quarter: self.program.boolean() for quarter in range(first, last + 1)}
                terms = {**dict.fromkeys(booleans.values(), 1), choice: -1}
                self.program.between(terms, 0, 0)
            self._starts[number] = booleans
            self.slots += [(number, quarter, each) for quarter, each in booleans.items()]
        for number in sorted(self.instance.forced if self._only is None else self._only):
            if number in self.chosen:
                self.program.between({self.chosen[number]: 1}, 1, 1)
            else:
                self.program.any_of(())

    def _order(self) -> None:
        for number, booleans in self._starts.items():
            for required in self.instance.candidates[number].requires:
                if required not in self.chosen:
                    self.program.between({self.chosen[number]: 1}, 0, 0)
                    continue
                self.program.any_of((-1 - self.chosen[number], self.chosen[required]))
                if self._timed:
                    self._after(booleans, required)

    def _after(self, booleans: dict[int, int], required: int) -> None:
        """Whoever starts by a quarter has what it requires ended before that quarter."""
        length = self.instance.candidates[required].quarters
        before = self._starts[required]
        for quarter in booleans:
            ended = {v: -1 for at, v in before.items() if at + length <= quarter}
            if len(ended) < len(before):
                begun = {v: 1 for at, v in booleans.items() if at <= quarter}
                self.program.between(begun | ended, high=0)

    def _exclude(self) -> None:
        pairs = {
            (min(number, other), max(number, other))
            for number in self.chosen
            for other in self.instance.candidates[number].excludes
            if other in self.chosen
        }
        for one, other in sorted(pairs):
            self.program.any_of((-1 - self.chosen[one], -1 - self.chosen[other]))

    # -- how much --------------------------------------------------------------------------

    def _limit(self) -> None:
        limits = self.instance.limits
        if limits.total is not None:
            self.program.between(self.cost, high=limits.total)
        if limits.budget:
            costs = {number: self.instance.candidates[number].cost for number in self.chosen}
            self._within(costs, limits.budget, BUDGET)
        for role, available in limits.hours:
            hours = {
                number: dict(self.instance.candidates[number].hours).get(role, 0)
                for number in self.chosen
            }
            self._within(hours, available, role)

    def _within(self, totals: Mapping[int, int], available: Sequence[int], name: str) -> None:
        """Keep to what there is in each quarter, or without quarters to the sum of all."""
        if name == self._raising:
            self.more = self.program.integer(0, sum(totals.values()))
        needed: list[dict[int, int]] = [{} for _ in range(self.horizon)]
        for number, start, variable in self.slots:
            if self._timed:
                for at, part in enumerate(self.instance.candidates[number].spread(totals[number])):
                    needed[start + at][variable] = needed[start + at].get(variable, 0) + part
        for terms, limit in zip(needed, available, strict=True):
            if sum(terms.values()) > limit:
                raised = {self.more: -1} if name == self._raising else {}
                self.program.between({**terms, **raised}, high=limit)
        # Follows from the limits of the quarters, and helps to prove the bound.
        sums = {self.chosen[number]: total for number, total in totals.items()}
        if sum(sums.values()) > sum(available) and name != self._raising:
            self.program.between(sums, high=sum(available))

    # -- what for --------------------------------------------------------------------------

    def _demand(self, at_least: int | None) -> None:
        counted: dict[int, int] = {}
        for at, need in enumerate(self.instance.needs):
            where: tuple[int, ...] = ()
            if at_least is not None and not need.holds:
                counted[at] = self.program.boolean()
                where = (counted[at],)
            self._hold(at, need, where)
        if at_least is not None:
            self.program.between(dict.fromkeys(counted.values(), 1), low=at_least)

    def _hold(self, at: int, need: Need, where: tuple[int, ...]) -> None:
        effects = [
            (self.chosen[number], effect)
            for number, effect in self.instance.effects_on[at]
            if number in self.chosen
        ]
        for flag in sorted(need.flags):
            settling = [variable for variable, effect in effects if flag in effect.settles]
            self.program.any_of(settling, where=where)
        fixed = {v: 100 * need.failing * e.fixes for v, e in effects if e.fixes}
        seen = {v: 100 * need.unseen * e.sees for v, e in effects if e.sees}
        found = {v: need.unseen * e.sees * (100 - e.passing) for v, e in effects if e.sees}
        found = {v: parts for v, parts in found.items() if parts}
        failing, unseen = SCALE * need.failing, SCALE * need.unseen
        if not found and len(need.corners) == 1 and need.corners[0].unseen >= need.unseen:
            missing = failing - SCALE * need.corners[0].failing
            if missing > 0:
                self.program.between(fixed, low=missing, where=where)
            return
        left: dict[int, int] = {}
        if failing:
            left = {self.program.most(_negative(fixed), failing, 0, failing): 1}
        dark = self.program.most(_negative(seen), unseen, 0, unseen)
        if found:
            left[self.program.least_of(found, {dark: -1}, unseen, unseen)] = 1
        reached = [self.program.boolean() for _ in need.corners]
        for corner, variable in zip(need.corners, reached, strict=True):
            self.program.between({dark: 1}, high=SCALE * corner.unseen, where=(variable,))
            self.program.between(left, high=SCALE * corner.failing, where=(variable,))
        self.program.any_of(reached, where=where)


def _negative(terms: dict[int, int]) -> dict[int, int]:
    return {variable: -factor for variable, factor in terms.items()}

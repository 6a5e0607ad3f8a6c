"""The cheapest path: ours beside the same integer program given to HiGHS, and beside simpler rules.

    python bench/path.py [--seeds 100] [--large 6] [--json]

Every instance is SYNTHETIC, drawn from a seed (`tests/simulators/paths.py`): only sizes, times and
the percentages between methods mean anything.

* **recipe**: 36 controls, 60 projects, prerequisites, target III, no limits: what greedy set cover
  and choosing per control cost over the optimum; all optima proved.
* **large**: 36 controls that are lifted in parts, 200 projects, 8 quarters, with budgets and hours
  of two roles per quarter, loose and tight; the target is 5 seconds.
* **peer**: HiGHS through `scipy.optimize.milp`, on the program with one variable per project and
  quarter of start, written by hand from the same instance; both must find the same cost.

Times are of the processor: both solve on one core, and others may be at work on the machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

sys.path.insert(0, str(Path(__file__).parents[1]))

from panshi.governance.path.comparing import greedy, per_control
from panshi.governance.path.instance import SCALE, Instance, Limits
from panshi.governance.path.program import Purse
from panshi.governance.path.solving import cheapest
from tests.simulators.paths import cover, partial

LIMIT = 60.0
"Seconds after which the peer is stopped."


def timed[T](act: Callable[[], T]) -> tuple[T, float]:
    """Do it and say how long the processor worked on it."""
    start = time.process_time()
    made = act()
    return made, time.process_time() - start


def recipe(seeds: int) -> dict[str, object]:
    """Measure what simpler rules cost over the optimum on plain covers."""
    rules = ("greedy", "greedy_tidied", "per_control")
    over: dict[str, list[float]] = {rule: [] for rule in rules}
    ours, peer, proved, equal = [], [], 0, 0
    for seed in range(seeds):
        instance = cover(seed)
        found, seconds = timed(lambda instance=instance: cheapest(instance))
        ours.append(seconds)
        proved += found.outcome == "optimal"
        theirs, seconds = timed(lambda instance=instance: highs(instance))
        peer.append(seconds)
        equal += theirs == found.cost
        for rule, chosen in (
            ("greedy", greedy(instance, tidy=False)),
            ("greedy_tidied", greedy(instance)),
            ("per_control", per_control(instance, Purse())),
        ):
            if chosen is not None:
                over[rule].append(100 * (instance.cost(chosen) / found.cost - 1))
    return {
        "instances": seeds,
        "proved": proved,
        "equal_to_peer": equal,
        **{
            f"{rule}_over_percent": {
                "mean": round(statistics.mean(each), 1),
                "max": round(max(each), 1),
            }
            for rule, each in over.items()
        },
        "ours_seconds": _spread(ours),
        "peer_seconds": _spread(peer),
        "peer_over_ours": round(sum(peer) / sum(ours), 1),
    }


def large(count: int) -> list[dict[str, object]]:
    """Measure 36 controls x 200 projects x 8 quarters."""
    rows = []
    for seed in range(count):
        drawn = partial(seed, needs=36, projects=200, quarters=8, hours=True, certain=True)
        free = replace(drawn, limits=Limits(quarters=8))
        base = cheapest(free)
        if not base.found:
            continue
        hours = {
            role: sum(dict(drawn.candidates[n].hours).get(role, 0) for n in base.chosen)
            for role, _ in drawn.limits.hours
        }
        for name, slack in (("loose", 2.0), ("usual", 1.3), ("tight", 1.05)):
            limits = Limits(
                quarters=8,
                budget=(round(base.cost / 8 * slack),) * 8,
                hours=tuple(
                    (role, (round(each / 8 * slack) + 1,) * 8) for role, each in hours.items()
                ),
            )
            instance = replace(drawn, limits=limits)
            found, seconds = timed(lambda instance=instance: cheapest(instance))
            theirs, peer = timed(lambda instance=instance: highs(instance))
            rows.append(
                {
                    "seed": seed,
                    "limits": name,
                    "outcome": str(found.outcome),
                    "cost": found.cost,
                    "projects": len(found.starts),
                    "peer_cost": theirs,
                    "ours_seconds": round(seconds, 2),
                    "peer_seconds": round(peer, 2),
                    "ratio": round(peer / seconds, 1),
                }
            )
    return rows


def highs(instance: Instance) -> int | None:
    """Give the least cost that HiGHS proves; None where it proves nothing in time."""
    program = Rows(instance)
    found = milp(
        program.cost,
        constraints=LinearConstraint(program.matrix(), program.low, program.high),
        integrality=np.ones(program.width),
        bounds=Bounds(0, 1),
        options={"time_limit": LIMIT, "mip_rel_gap": 0.0},
    )
    return round(found.fun) if found.status == 0 and found.fun is not None else None


class Rows:
    """The same problem as a matrix: x[p,t], and a boolean per corner of each need."""

    def __init__(self, instance: Instance) -> None:
        """Write it."""
        self.instance = instance
        self.slots: dict[tuple[int, int], int] = {}
        for number, candidate in enumerate(instance.candidates):
            first = instance.earliest[number]
            last = instance.limits.quarters - candidate.quarters
            quarters = (
                (first,) if instance.limits.free and first <= last else range(first, last + 1)
            )
            for quarter in quarters:
                self.slots[number, quarter] = len(self.slots)
        self.width = len(self.slots)
        self.entries: list[tuple[int, int, float]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self._order()
        self._limits()
        self._needs()
        costs = {at: instance.candidates[number].cost for (number, _), at in self.slots.items()}
        self.cost = np.array([costs.get(at, 0) for at in range(self.width)], dtype=float)

    def matrix(self) -> csr_array:
        """Give the coefficients."""
        rows, columns, values = zip(*self.entries, strict=True)
        return csr_array((values, (rows, columns)), shape=(len(self.low), self.width))

    def add(self, terms: dict[int, float], low: float, high: float) -> None:
        """Add a row."""
        row = len(self.low)
        self.entries += [(row, column, value) for column, value in terms.items()]
        self.low.append(low)
        self.high.append(high)

    def of(self, number: int, until: int | None = None) -> dict[int, float]:
        """Give the starts of a candidate, those by a quarter where one is named."""
        return {
            at: 1.0
            for (other, quarter), at in self.slots.items()
            if other == number and (until is None or quarter <= until)
        }

    def _order(self) -> None:
        for number, candidate in enumerate(self.instance.candidates):
            self.add(self.of(number), 0, 1)
            for required in candidate.requires:
                length = self.instance.candidates[required].quarters
                for quarter in range(self.instance.limits.quarters):
                    terms = self.of(number, quarter)
                    for at, value in self.of(required, quarter - length).items():
                        terms[at] = terms.get(at, 0) - value
                    if terms:
                        self.add(terms, -np.inf, 0)
            for other in candidate.excludes:
                self.add(self.of(number) | self.of(other), 0, 1)

    def _limits(self) -> None:
        limits = self.instance.limits
        costs = [each.cost for each in self.instance.candidates]
        if limits.budget:
            self._within(costs, limits.budget)
        for role, available in limits.hours:
            self._within([dict(e.hours).get(role, 0) for e in self.instance.candidates], available)

    def _within(self, totals: list[int], available: tuple[int, ...]) -> None:
        for quarter, limit in enumerate(available):
            terms: dict[int, float] = {}
            for (number, start), at in self.slots.items():
                candidate = self.instance.candidates[number]
                if start <= quarter < start + candidate.quarters:
                    terms[at] = candidate.spread(totals[number])[quarter - start]
            if terms:
                self.add(terms, -np.inf, limit)

    def _needs(self) -> None:
        for at, need in enumerate(self.instance.needs):
            effects = self.instance.effects_on[at]
            for flag in need.flags:
                terms: dict[int, float] = {}
                for number, effect in effects:
                    if flag in effect.settles:
                        terms |= self.of(number)
                self.add(terms, 1, np.inf)
            corners = [self.width + each for each in range(len(need.corners))]
            self.width += len(corners)
            self.add(dict.fromkeys(corners, 1.0), 1, np.inf)
            # Exact because everything newly seen passes in these instances.
            for corner, variable in zip(need.corners, corners, strict=True):
                self._corner(need.failing, corner.failing, "fixes", effects, variable)
                self._corner(need.unseen, corner.unseen, "sees", effects, variable)

    def _corner(self, have: int, most: int, share: str, effects: object, variable: int) -> None:
        missing = (have - most) * SCALE
        if missing <= 0:
            return
        terms: dict[int, float] = {variable: -float(missing)}
        for number, effect in effects:
            for at in self.of(number):
                terms[at] = 100.0 * have * getattr(effect, share)
        self.add(terms, 0, np.inf)


def _spread(seconds: list[float]) -> dict[str, float]:
    return {"mean": round(statistics.mean(seconds), 4), "max": round(max(seconds), 3)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--large", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    cheapest(cover(0))
    told = {"synthetic": True, "recipe": recipe(args.seeds), "large": large(args.large)}
    if args.json:
        print(json.dumps(told, indent=2))
        return
    print("SYNTHETIC instances; times on this machine.")
    for name, value in told["recipe"].items():
        print(f"  {name:<26} {value}")
    for row in told["large"]:
        print("  " + "  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()

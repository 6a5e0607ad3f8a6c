"""SYNTHETIC path problems drawn from a seed: plain covers, and covers in parts under limits."""

from __future__ import annotations

import random
from dataclasses import replace

from panshi.governance.path.instance import (
    Candidate,
    Corner,
    Effect,
    Instance,
    Limits,
    Need,
)

STAGES = (1,) * 12 + (2,) * 10 + (3,) * 9 + (4,) * 5
"Stages of the 36 zero-trust controls."
MET_AT_START = {1: 0.75, 2: 0.35, 3: 0.15, 4: 0.05}
TWD = 10_000
"What one unit of cost in the recipe stands for."
WHOLE = (Corner(unseen=0, failing=0),)
ROLES = ("DD-WRL-001", "IO-WRL-005", "PD-WRL-001")


def cover(seed: int, *, projects: int = 60, target: int = 3, quarters: int = 40) -> Instance:
    """Draw a plain cover: whole controls, prerequisites, no limits.

    Three quarters of the projects cover one control, the others two to five of one stage.
    """
    chance = random.Random(seed)
    met = [chance.random() < MET_AT_START[stage] for stage in STAGES]
    covered: list[tuple[int, ...]] = []
    for _ in range(projects):
        stage = chance.choice((1, 2, 3, 3))
        of_stage = [at for at, each in enumerate(STAGES) if each == stage]
        several = chance.random() < 0.25
        covered.append(tuple(chance.sample(of_stage, chance.randint(2, 5) if several else 1)))
    costs = [_cost(chance, each) for each in covered]
    requires = [
        tuple(earlier for earlier in range(at) if chance.random() < 0.03) for at in range(projects)
    ]
    needs = [at for at, stage in enumerate(STAGES) if stage <= target and not met[at]]
    for at in needs:
        if not any(at in each for each in covered):
            covered.append((at,))
            costs.append(12 * (3 * STAGES[at] + 2) * TWD)
            requires.append(())
    index = {at: number for number, at in enumerate(needs)}
    return Instance(
        needs=tuple(Need(key=f"c{at}", failing=1, corners=WHOLE) for at in needs),
        candidates=tuple(
            Candidate(
                id=f"p{number}",
                cost=cost,
                requires=required,
                effects=tuple(Effect(need=index[at], fixes=100) for at in each if at in index),
            )
            for number, (each, cost, required) in enumerate(
                zip(covered, costs, requires, strict=True)
            )
        ),
        limits=Limits(quarters=quarters),
    )


def _cost(chance: random.Random, controls: tuple[int, ...]) -> int:
    effort = sum(3 * STAGES[at] + chance.uniform(0, 4) for at in controls)
    discount = 0.55 if len(controls) > 1 else 1.0
    return round(10 * chance.lognormvariate(0, 0.5) * effort * discount * TWD)


def partial(
    seed: int,
    *,
    needs: int,
    projects: int,
    quarters: int,
    budgets: bool = False,
    hours: bool = False,
    certain: bool = False,
) -> Instance:
    """Draw needs with failing and unseen items, corners and flags, and projects that do parts.

    Where all is certain, whatever is newly seen passes.
    """
    chance = random.Random(seed)
    wanted = tuple(_need(chance, f"c{at}") for at in range(needs))
    drawn = [_candidate(chance, number, wanted, quarters) for number in range(projects)]
    if certain:
        drawn = [
            replace(each, effects=tuple(replace(e, passing=100) for e in each.effects))
            for each in drawn
        ]
    if projects > 2 and chance.random() < 0.5:
        one, other = chance.sample(range(projects), 2)
        drawn[one] = replace(drawn[one], excludes=(other,))
    total = sum(each.cost for each in drawn)
    load = {role: sum(dict(each.hours).get(role, 0) for each in drawn) for role in ROLES}
    limits = Limits(
        quarters=quarters,
        budget=tuple(_share(chance, total, quarters) for _ in range(quarters)) if budgets else (),
        hours=tuple(
            (role, tuple(_share(chance, load[role], quarters) for _ in range(quarters)))
            for role in ROLES[:2]
        )
        if hours
        else (),
    )
    return Instance(needs=wanted, candidates=tuple(drawn), limits=limits)


def _share(chance: random.Random, total: int, quarters: int) -> int:
    return round(total / quarters * chance.uniform(0.4, 1.1))


def _need(chance: random.Random, key: str) -> Need:
    failing, unseen = chance.randint(0, 30), chance.choice((0, 0, chance.randint(1, 20)))
    most = chance.randint(0, 4)
    corners = [Corner(unseen=unseen // 3, failing=most)]
    if unseen and most:
        corners.append(Corner(unseen=unseen, failing=most // 2))
    flags = frozenset({"drill"}) if chance.random() < 0.15 else frozenset[str]()
    return Need(key=key, failing=failing, unseen=unseen, corners=tuple(corners), flags=flags)


def _candidate(
    chance: random.Random, number: int, needs: tuple[Need, ...], quarters: int
) -> Candidate:
    others = [at for at in range(len(needs)) if at != number % len(needs)]
    touched = [number % len(needs)]
    touched += chance.sample(others, min(len(others), chance.choice((0, 0, 1, 2))))
    effects = tuple(
        Effect(
            need=at,
            fixes=chance.choice((30, 50, 70, 100, 100)),
            sees=chance.choice((0, 50, 100)),
            passing=chance.choice((80, 100)),
            settles=needs[at].flags,
        )
        for at in touched
    )
    worth = sum(needs[at].failing + needs[at].unseen + 5 for at in touched)
    requires = (chance.randrange(number),) if number and chance.random() < 0.15 else ()
    return Candidate(
        id=f"p{number}",
        cost=round(worth * chance.lognormvariate(0, 0.6) * TWD),
        quarters=chance.randint(1, min(3, quarters)),
        hours=tuple((role, chance.randint(20, 400)) for role in ROLES if chance.random() < 0.6),
        requires=requires,
        effects=effects,
    )

"""What simpler rules would choose: greedy set cover, and each control on its own.

They are the yardsticks of rule 8: what people do without a planner. Both look at costs only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from panshi.governance.path.instance import SCALE, Effect, Instance, Limits, Need, after
from panshi.governance.path.program import Purse
from panshi.governance.path.solving import Choice, cheapest


def greedy(instance: Instance, *, tidy: bool = True) -> Choice | None:
    """Again and again take the project, with what it requires, of least cost per progress.

    The progress of a need is the share of its way to the nearest corner, so that of whole lifts
    it counts needs. If `tidy`, what turns out to be spare in the end is dropped. None where
    progress ends before all needs hold.
    """
    chosen = _begun(instance)
    barred = frozenset(
        number
        for number, candidate in enumerate(instance.candidates)
        if instance.earliest[number] + candidate.quarters > instance.limits.quarters
    )
    while not _holds_all(instance, chosen):
        best: tuple[float, int, Choice] | None = None
        here = _distance(instance, chosen)
        for number in range(len(instance.candidates)):
            added = instance.closure(number) - chosen
            if not added or added & barred or _excluded(instance, chosen | added):
                continue
            gained = here - _distance(instance, chosen | added)
            if gained <= 0:
                continue
            rank = (instance.cost(added) / gained, number, added)
            if best is None or rank[:2] < best[:2]:
                best = rank
        if best is None:
            return None
        chosen |= best[2]
    return _tidied(instance, chosen) if tidy else chosen


def _tidied(instance: Instance, chosen: Choice) -> Choice:
    """Drop what turned out to be spare, the dearest first."""
    for number in sorted(chosen, key=lambda each: (-instance.candidates[each].cost, each)):
        rest = chosen - {number}
        needed = any(number in instance.candidates[other].requires for other in rest)
        if not needed and number not in instance.forced and _holds_all(instance, rest):
            chosen = rest
    return chosen


def _holds_all(instance: Instance, chosen: Choice) -> bool:
    return all(instance.holds(at, chosen) for at in range(len(instance.needs)))


def per_control(instance: Instance, purse: Purse) -> Choice | None:
    """For each missing control alone, take the projects that are cheapest for it."""
    chosen: set[int] = set(_begun(instance))
    for at in instance.open_needs:
        alone = cheapest(only_need(instance, at), purse=purse)
        if not alone.found:
            return None
        chosen |= alone.chosen
    return frozenset(chosen)


def only_need(instance: Instance, need: int) -> Instance:
    """Give the problem of one need alone, without limits of money and hours."""
    return Instance(
        needs=(instance.needs[need],),
        candidates=tuple(
            replace(
                candidate,
                effects=tuple(
                    replace(effect, need=0) for effect in candidate.effects if effect.need == need
                ),
            )
            for candidate in instance.candidates
        ),
        limits=Limits(quarters=instance.limits.quarters),
    )


def _begun(instance: Instance) -> Choice:
    forced = (instance.closure(number) for number in instance.forced)
    return frozenset[int]().union(*forced)


def _excluded(instance: Instance, chosen: Collection[int]) -> bool:
    return any(
        other in chosen for number in chosen for other in instance.candidates[number].excludes
    )


def _distance(instance: Instance, chosen: Collection[int]) -> float:
    total = 0.0
    for at in range(len(instance.needs)):
        effects = [effect for number, effect in instance.effects_on[at] if number in chosen]
        total += _left(instance.needs[at], effects)
    return total


def _left(need: Need, effects: list[Effect]) -> float:
    """Give the share of the way that is left, from 0 to 1."""
    way = _excess(need, [])
    settled = frozenset[str]().union(*(effect.settles for effect in effects))
    parts = [min(1.0, _excess(need, effects) / way)] if way else []
    parts += [0.0 if flag in settled else 1.0 for flag in need.flags]
    return sum(parts) / len(parts) if parts else 0.0


def _excess(need: Need, effects: list[Effect]) -> int:
    failing, unseen = after(need, effects)
    return min(
        (
            max(0, failing - SCALE * corner.failing) + max(0, unseen - SCALE * corner.unseen)
            for corner in need.corners
        ),
        default=SCALE,
    )

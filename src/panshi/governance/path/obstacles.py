"""Why a target is out of reach, and the smallest change of one limit that would bring it in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from panshi.governance.path.comparing import only_need
from panshi.governance.path.instance import Instance, Need, after, whole
from panshi.governance.path.plan import Obstacle, ObstacleKind, Relaxation, RelaxationKind
from panshi.governance.path.program import Purse
from panshi.governance.path.requirements import Demand
from panshi.governance.path.solving import BUDGET, cheapest, smallest_raise

LONGER = 12
"Further quarters tried."


def obstacles(
    instance: Instance, demands: tuple[Demand, ...], purse: Purse
) -> tuple[Obstacle, ...]:
    """Give every need that no choice of projects makes hold; else say that limits are too tight."""
    blocked = {(each.need.key, each.need.in_field) for each in demands if each.blocked}
    found = tuple(_of_needs(instance, blocked, purse))
    return found or (Obstacle(kind=ObstacleKind.LIMITS),)


def relaxations(instance: Instance, purse: Purse) -> tuple[Relaxation, ...]:
    """Give the smallest changes, one limit each, that bring the target into reach."""
    found: list[Relaxation] = []
    limits = instance.limits
    for more in range(1, LONGER + 1):
        if cheapest(longer(instance, more), purse=purse).found:
            found.append(Relaxation(kind=RelaxationKind.QUARTERS, by=more))
            break
    if limits.total is not None:
        free = cheapest(replace(instance, limits=replace(limits, total=None)), purse=purse)
        if free.found:
            found.append(Relaxation(kind=RelaxationKind.TOTAL, by=free.cost - limits.total))
    if limits.budget:
        by = smallest_raise(instance, BUDGET, purse)
        if by is not None:
            found.append(Relaxation(kind=RelaxationKind.BUDGET, by=by))
    for role, _ in limits.hours:
        by = smallest_raise(instance, role, purse)
        if by is not None:
            found.append(Relaxation(kind=RelaxationKind.HOURS, by=by, role=role))
    return tuple(found)


def longer(instance: Instance, more: int) -> Instance:
    """Give the same problem with further quarters like the last one."""
    limits = instance.limits
    return replace(
        instance,
        limits=replace(
            limits,
            quarters=limits.quarters + more,
            budget=_extended(limits.budget, more),
            hours=tuple((role, _extended(each, more)) for role, each in limits.hours),
        ),
    )


def _extended(each: tuple[int, ...], more: int) -> tuple[int, ...]:
    return each + each[-1:] * more


def _of_needs(
    instance: Instance, blocked: set[tuple[str, str]], purse: Purse
) -> Iterator[Obstacle]:
    for at in instance.open_needs:
        need = instance.needs[at]
        if (need.key, need.in_field) in blocked:
            yield _obstacle(ObstacleKind.NOT_JUDGED, need)
        elif not instance.effects_on[at]:
            yield _obstacle(ObstacleKind.NO_PROJECT, need)
        elif not cheapest(only_need(instance, at), purse=purse).found:
            alone = longer(only_need(instance, at), LONGER)
            if cheapest(alone, purse=purse).found:
                yield _obstacle(ObstacleKind.TOO_LONG, need)
            else:
                yield _too_little(instance, at, need)


def _obstacle(kind: ObstacleKind, need: Need) -> Obstacle:
    return Obstacle(
        kind=kind,
        control=need.key,
        in_field=need.in_field,
        failing=need.failing,
        unseen=need.unseen,
        flags=tuple(sorted(need.flags)),
    )


def _too_little(instance: Instance, at: int, need: Need) -> Obstacle:
    effects = [effect for _, effect in instance.effects_on[at]]
    settled = frozenset[str]().union(*(effect.settles for effect in effects))
    failing, unseen = map(whole, after(need, effects))
    return Obstacle(
        kind=ObstacleKind.TOO_LITTLE,
        control=need.key,
        in_field=need.in_field,
        failing=failing,
        unseen=unseen,
        flags=tuple(sorted(need.flags - settled)),
    )

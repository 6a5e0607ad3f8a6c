"""One trial of the terms: who holds which share of the points in a made-up quarter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import fmean

from panshi.alliance.reward.settling import Settlement, settle
from panshi.alliance.reward.terms import Terms
from panshi.node.alliance.reward.world import PERIOD, Ring, Shape, World, made


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Shares of the points above zero; all figures are synthetic."""

    seed: int
    ring_plays: Ring
    honest: float
    copiers: float
    flooders: float
    ring: float
    ring_genuine: float
    "Part of the ring's share that true reports earned."
    contributions: int
    echoes: int


def played(seed: int, shape: Shape | None = None, terms: Terms | None = None) -> Outcome:
    """Play one quarter and settle it under the terms."""
    shape = shape or Shape()
    world = made(seed, shape)
    told = settle(world.participants, world.contributions, world.echoes, terms or Terms(), PERIOD)
    held: dict[str, float] = defaultdict(float)
    for each in told.members:
        held[world.sides[each.member]] += max(0.0, each.points)
    whole = told.total or 1.0
    return Outcome(
        seed=seed,
        ring_plays=shape.playing,
        honest=held["honest"] / whole,
        copiers=held["copier"] / whole,
        flooders=held["flooder"] / whole,
        ring=held["ring"] / whole,
        ring_genuine=_genuine(world, told) / whole,
        contributions=len(world.contributions),
        echoes=len(world.echoes),
    )


def _genuine(world: World, told: Settlement) -> float:
    """Give what the ring earned by reports that are true."""
    found = 0.0
    for each in told.members:
        if world.sides[each.member] == "ring" and each.points > 0:
            true = (one for one in each.awards if one.claim.contribution.id in world.genuine)
            found += each.points * sum(one.points for one in true) / each.earned
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One strategy over several quarters: shares of the points, synthetic."""

    ring_plays: Ring
    honest_least: float
    honest_mean: float
    copiers: float
    flooders: float
    ring: float
    ring_genuine: float


def tried(
    strategies: Iterable[Ring], seeds: int, shape: Shape, terms: Terms | None = None
) -> tuple[Tried, ...]:
    """Play every strategy over as many quarters."""
    return tuple(_over(each, seeds, shape, terms) for each in strategies)


def _over(playing: Ring, seeds: int, shape: Shape, terms: Terms | None) -> Tried:
    found = [played(seed, replace(shape, playing=playing), terms) for seed in range(1, seeds + 1)]
    return Tried(
        ring_plays=playing,
        honest_least=min(each.honest for each in found),
        honest_mean=fmean(each.honest for each in found),
        copiers=fmean(each.copiers for each in found),
        flooders=fmean(each.flooders for each in found),
        ring=fmean(each.ring for each in found),
        ring_genuine=fmean(each.ring_genuine for each in found),
    )

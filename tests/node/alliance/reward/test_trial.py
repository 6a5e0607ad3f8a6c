"""Honest sharers keep the points, whatever copiers, flooders and rings of ten do."""

from statistics import mean

import pytest

from panshi.node.alliance.reward.trial import played
from panshi.node.alliance.reward.world import Ring, Shape, made

SEEDS = range(1, 21)
LEAST = 0.95


@pytest.mark.slow
@pytest.mark.parametrize("playing", [Ring.MIXING, Ring.QUIET])
def test_honest_sharers_hold_their_points_over_twenty_seeds(playing):
    # Given the two strategies that gain most, played over twenty quarters
    found = [played(seed, Shape(honest=40, playing=playing)) for seed in SEEDS]

    # Then honest sharers hold at least 95 % in each of them, true reports of the ring apart
    assert min(each.honest + each.ring_genuine for each in found) >= LEAST
    assert mean(each.honest for each in found) >= LEAST


@pytest.mark.parametrize("playing", list(Ring))
def test_honest_sharers_hold_their_points_against_each_strategy(playing):
    found = played(7, Shape(playing=playing))

    assert found.honest >= LEAST
    assert found.copiers < 0.01
    assert found.flooders < 0.01
    # What the ring gains by fakes, its true reports apart
    assert found.ring - found.ring_genuine < 0.02


def test_without_anybody_who_cheats_honest_members_hold_everything():
    found = played(3, Shape(honest=20, found=6, copiers=0, flooders=0, ring=0))

    assert found.honest == pytest.approx(1.0)


def test_a_quarter_follows_from_its_seed():
    shape = Shape(honest=10, found=3)

    assert made(5, shape).contributions == made(5, shape).contributions
    assert made(5, shape).contributions != made(6, shape).contributions

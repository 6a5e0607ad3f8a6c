"""Campaigns of two generators of different shape are found; the bench tells full figures."""

import importlib.util
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[3] / "bench"


@pytest.fixture(scope="module")
def bench():
    sys.path.insert(0, str(BENCH))
    try:
        spec = importlib.util.spec_from_file_location("bench_correlation", BENCH / "correlation.py")
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        yield made
    finally:
        sys.path.remove(str(BENCH))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("generator", "least"), [("campaign_generator", 0.9), ("wave_generator", 0.75)]
)
def test_known_campaigns_are_found(bench, generator, least):
    # Given a small sector with known campaigns
    module = getattr(bench, generator)
    # When its tickets are correlated
    row = bench._one_quality(module, 5_000, 7, 0.0)
    # Then pairs are mostly right
    assert row["f1"] >= least, row


def test_the_same_seed_makes_the_same_sector(bench):
    # Given a plan
    plan = bench.campaign_generator.Plan(size=400, seed=3)
    # When it is made twice
    # Then it is the same
    assert bench.campaign_generator.tickets(plan) == bench.campaign_generator.tickets(plan)

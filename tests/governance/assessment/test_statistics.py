"""The beta-binomial against whole-number enumeration, an independent way to the same posterior."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import UsageError
from panshi.governance.assessment.statistics import (
    TOLERANCE,
    chance,
    chance_at_least,
    evidenced_count,
    evidenced_share,
    looks_needed,
    needed,
    possible_share,
    reaches,
    smallest_clean_sample,
)


def enumerated(passing: int, seen: int, population: int, wanted: int) -> Fraction:
    """Hypergeometric likelihood, uniform K: the same posterior in whole numbers only."""
    weight = {
        total: comb(total, passing) * comb(population - total, seen - passing)
        for total in range(population + 1)
    }
    return Fraction(
        sum(each for total, each in weight.items() if total >= wanted), sum(weight.values())
    )


samples = st.integers(1, 120).flatmap(
    lambda population: st.integers(0, population).flatmap(
        lambda seen: st.tuples(st.integers(0, seen), st.just(seen), st.just(population))
    )
)
targets = st.integers(1, 1000)


@pytest.mark.parametrize(
    ("passing", "seen", "population", "expected"),
    [
        (9, 9, 10, 0.91),
        (9, 9, 400, 0.42),
        (59, 59, 400, 0.97),
        (380, 400, 400, 1.00),
        (190, 200, 400, 0.51),
    ],
)
def test_the_worked_numbers(passing, seen, population, expected):
    found = chance(passing, seen, population, 950)
    assert found == pytest.approx(expected, abs=0.01)
    assert found == pytest.approx(
        float(enumerated(passing, seen, population, needed(population, 950))), abs=1e-9
    )


@pytest.mark.parametrize(
    ("passing", "seen", "population", "expected"),
    [
        (9, 9, 10, 0.909),
        (9, 9, 400, 0.420),
        (59, 59, 400, 0.970),
        (380, 400, 400, 1.000),
        (190, 200, 400, 0.505),
        (396, 400, 400, 1.000),
        (40, 40, 400, 0.902),
        (50, 50, 5000, 0.929),
        (0, 0, 400, 0.052),
    ],
)
def test_the_table_of_rule_two(passing, seen, population, expected):
    found = chance(passing, seen, population, 950)
    assert found == pytest.approx(expected, abs=0.0005)
    exact = enumerated(passing, seen, population, needed(population, 950))
    assert found == pytest.approx(float(exact), abs=1e-9)


@pytest.mark.parametrize(
    ("population", "sample"),
    [(10, 9), (20, 13), (40, 21), (100, 31), (400, 40), (1000, 43), (5000, 44), (20000, 44)],
)
def test_the_smallest_clean_sample(population, sample):
    assert smallest_clean_sample(population, 950, 0.9) == sample


@pytest.mark.parametrize(
    ("passing", "seen", "population", "evidenced", "possible"),
    [
        (9, 9, 10, 1.00, 1.00),
        (9, 9, 400, 0.80, 1.00),
        (59, 59, 400, 0.97, 1.00),
        (380, 400, 400, 0.95, 0.95),
        (190, 200, 400, 0.93, 0.98),
    ],
)
def test_evidenced_and_possible(passing, seen, population, evidenced, possible):
    assert evidenced_share(passing, seen, population, 0.9) == pytest.approx(evidenced, abs=0.005)
    assert possible_share(passing, seen, population) == pytest.approx(possible, abs=0.0051)


def test_the_auditors_rule_of_fifty_nine():
    # Given an endless population, a clean sample speaks with 1 - 0.95 ** (n + 1) certainty,
    # the uniform prior being worth one look; auditors, without a prior, count 1 - 0.95 ** n.
    assert 1 - 0.95**59 > 0.95 > 1 - 0.95**58
    assert chance(58, 58, 10_000_000, 950) == pytest.approx(1 - 0.95**59, abs=1e-4)


@given(samples, targets)
def test_agrees_with_enumeration(sample, target):
    passing, seen, population = sample
    wanted = needed(population, target)
    exact = enumerated(passing, seen, population, wanted)
    assert chance(passing, seen, population, target) == pytest.approx(float(exact), abs=1e-10)


@given(samples, st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99]))
def test_evidenced_is_the_largest_count_the_confidence_reaches(sample, confidence):
    passing, seen, population = sample
    exact = max(
        wanted
        for wanted in range(population + 1)
        if enumerated(passing, seen, population, wanted) >= Fraction(str(confidence))
    )
    assert evidenced_count(passing, seen, population, confidence) == exact


@given(samples, targets)
def test_a_further_pass_never_lowers(sample, target):
    passing, seen, population = sample
    if seen < population:
        before = chance(passing, seen, population, target)
        assert chance(passing + 1, seen + 1, population, target) >= before - TOLERANCE
        count = evidenced_count(passing, seen, population, 0.9)
        assert evidenced_count(passing + 1, seen + 1, population, 0.9) >= count


@given(samples, targets)
def test_a_further_failure_never_raises(sample, target):
    passing, seen, population = sample
    if seen < population:
        before = chance(passing, seen, population, target)
        assert chance(passing, seen + 1, population, target) <= before + TOLERANCE
        count = evidenced_count(passing, seen, population, 0.9)
        assert evidenced_count(passing, seen + 1, population, 0.9) <= count


@given(samples, targets)
def test_a_pass_that_ages_out_never_raises(sample, target):
    passing, seen, population = sample
    if passing:
        before = chance(passing, seen, population, target)
        assert chance(passing - 1, seen - 1, population, target) <= before + TOLERANCE


@given(st.integers(1, 2000), st.data(), targets)
def test_fully_seen_is_certain(population, data, target):
    passing = data.draw(st.integers(0, population))
    assert chance(passing, population, population, target) == float(
        passing * 1000 >= target * population
    )


@given(st.integers(0, 50_000), targets)
def test_needed_has_no_floating_trap(population, target):
    wanted = needed(population, target)
    assert wanted * 1000 >= target * population > (wanted - 1) * 1000 or population == 0


def test_fifty_five_of_a_hundred_is_fifty_five():
    assert needed(100, 550) == 55


def test_a_probability_that_equals_the_confidence_reaches_it():
    # 8 of 8 seen of 9: P(all pass) is exactly 9/10.
    assert enumerated(8, 8, 9, 9) == Fraction(9, 10)
    assert reaches(chance_at_least(9, 8, 8, 9), 0.9)


@pytest.mark.parametrize("population", [20_000, 200_000])
def test_large_populations_stay_exact(population):
    # Fully seen but one, so that the answer is known: P = (passing + 1) / (population + 1).
    passing = population - 1
    found = chance_at_least(population, passing, passing, population)
    assert found == pytest.approx((passing + 1) / (population + 1), abs=TOLERANCE)


def test_looks_needed_counts_only_further_looks():
    # Given 31 clean looks suffice over 100, 10 made leave 21.
    assert looks_needed(10, 10, 100, 950, 0.9) == 21
    # When more already fail than the target allows, no number of looks helps.
    assert looks_needed(0, 6, 100, 950, 0.9) is None
    assert smallest_clean_sample(0, 950, 0.9) is None


def test_nothing_seen_is_no_evidence():
    assert evidenced_share(0, 0, 400, 0.9) is None
    assert possible_share(0, 0, 400) == 1.0
    assert possible_share(0, 0, 0) is None


def test_impossible_samples_are_refused():
    with pytest.raises(UsageError):
        chance_at_least(1, 3, 2, 10)

"""The simulation against trying every course: 100 random models."""

from math import sqrt

import pytest

from panshi.node.resilience.simulation import play
from panshi.resilience.simulation.results import beyond, results
from tests.resilience.simulation.models import small_model
from tests.simulators.plain_disaster import courses, stranded, up_again

TRIALS = 8_192


@pytest.mark.slow
def test_the_interval_holds_what_trying_everything_gives():
    within = 0
    for seed in range(100):
        # Given: a small model, and its exact probabilities
        graph = small_model(seed)
        service = graph.by_id["service:0"]
        late = nothing_left = 0.0
        for chance, struck in courses(graph):
            late += chance * (up_again(graph, struck)[service.id] > service.rto)
            nothing_left += chance * stranded(graph, struck)[service.id]

        # When: the model is played
        sample = play(graph, None, trials=TRIALS, seed=seed, workers=1)
        found = results(graph, sample)[0]

        # Then: no figure is further off than chance explains, intervals hold what they should
        for estimate, exact in ((found.late, late), (found.stranded, nothing_left)):
            spread = sqrt(max(exact * (1 - exact), 1e-9) / TRIALS)
            assert abs(estimate.value - exact) <= 4.5 * spread + 1e-9, (seed, estimate, exact)
            low, high = estimate.interval
            within += low - 1e-12 <= exact <= high + 1e-12
    assert within >= 180


@pytest.mark.slow
def test_one_seed_gives_one_answer_on_any_number_of_workers():
    graph = small_model(4)

    alone = play(graph, None, trials=20_000, seed=9, workers=1)
    two = play(graph, None, trials=20_000, seed=9, workers=2)
    shared = play(graph, None, trials=20_000, seed=9, workers=3)
    other = play(graph, None, trials=20_000, seed=10, workers=1)

    assert (alone.times == two.times).all()
    assert (alone.losses == two.losses).all()
    assert (alone.times == shared.times).all()
    assert (alone.losses == shared.losses).all()
    assert (alone.down == shared.down).all()
    assert not (alone.times == other.times).all()


@pytest.mark.slow
def test_fewer_trials_are_the_first_of_more():
    graph = small_model(4)

    few = play(graph, None, trials=5_000, seed=9, workers=1)
    many = play(graph, None, trials=9_000, seed=9, workers=1)

    assert (many.times[:, :5_000] == few.times).all()


def test_beyond_no_limit_there_is_no_chance():
    assert beyond(None, None) is None

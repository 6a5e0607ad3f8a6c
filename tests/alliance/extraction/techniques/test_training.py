"""A model learns from a bundle, knows what it is worth, and is the same each time."""

import numpy as np
import pytest

from panshi.alliance.extraction.techniques.examples import lessons
from panshi.alliance.extraction.techniques.training import calibration_error, train
from tests.simulators.attack_bundle import bundle


def test_what_was_learned_is_told(model):
    best = model.margins("the intruder created a scheduled task").argmax()

    assert model.classes[best] == "T1053.005"
    assert model.about.version == "0.1"
    assert model.about.learned == "small"
    assert model.about.measured.reports > 0
    assert 0 <= model.about.measured.calibration_error <= 1


def test_prose_shows_none(model):
    assert model.margins("The company has many employees.").argmax() == model.none


def test_the_same_lessons_make_the_same_model(model, cues):
    again = train(lessons(bundle()), cues, learned="small")

    assert again.about == model.about
    assert np.array_equal(again.weights, model.weights)
    assert again.features == model.features


def test_chances_rise_with_scores(model):
    for curve in (model.about.margins, model.about.chances):
        assert list(curve.chances) == sorted(curve.chances)
        assert all(0 <= each <= 1 for each in curve.chances)


@pytest.mark.parametrize(
    ("pairs", "error"),
    [
        ([], 0),
        ([(1.0, 1)] * 20, 0),
        ([(1.0, 0)] * 20, 1),
        ([(0.5, 0), (0.5, 1)] * 10, 0),
    ],
)
def test_calibration_error_is_the_gap_between_told_and_true(pairs, error):
    assert calibration_error(pairs) == pytest.approx(error)

"""Predicates in one line."""

from __future__ import annotations

import pytest

from panshi.governance.assessment.spelling import described, neighbourhood
from panshi.model.asset import RelationKind
from panshi.model.control import Neighbour
from panshi.model.predicate import AllOf, AnyOf, Comparison, Condition, Not

ONE = Condition(field="factors", comparison=Comparison.AT_LEAST, value=2)
TWO = Condition(field="shared", comparison=Comparison.IS, value=True)


@pytest.mark.parametrize(
    ("predicate", "text"),
    [
        (None, ""),
        (ONE, "factors at_least 2"),
        (AllOf(parts=(ONE, Not(part=TWO))), "(factors at_least 2 and not shared is True)"),
        (AnyOf(parts=(ONE, TWO)), "(factors at_least 2 or shared is True)"),
    ],
)
def test_predicates(predicate, text):
    assert described(predicate) == text


def test_neighbours():
    assert neighbourhood(None) == ""
    assert neighbourhood(Neighbour(relation=RelationKind.USES)) == "-uses-> any"

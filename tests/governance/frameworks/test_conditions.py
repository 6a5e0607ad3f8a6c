"""Predicates mean what content writes, and nothing else is accepted."""

from __future__ import annotations

from datetime import date

import pytest

from panshi.errors import ContentError
from panshi.governance.frameworks.conditions import predicate
from panshi.governance.frameworks.reading import parsed
from panshi.model.predicate import AllOf, AnyOf, Comparison, Condition, Not, compiled, of_attributes


def read(text: str):
    return predicate(parsed(text.encode(), source="f.yaml"))


def test_combinators_nest():
    # Given a predicate with all three combinators
    text = (
        "{all: [{field: a, is: true}, {any: [{field: b, at_least: 2}, {not: {field: c, is: x}}]}]}"
    )
    # When it is read
    found = read(text)
    # Then it has the shape written
    assert found == AllOf(
        parts=(
            Condition(field="a", comparison=Comparison.IS, value=True),
            AnyOf(
                parts=(
                    Condition(field="b", comparison=Comparison.AT_LEAST, value=2),
                    Not(part=Condition(field="c", comparison=Comparison.IS, value="x")),
                )
            ),
        )
    )


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("{field: n, at_most: 3}", True),
        ("{field: n, at_least: 3.5}", False),
        ("{field: t, one_of: [x, y]}", True),
        ("{field: many, contains: y}", True),
        ("{field: many, contains_any: [z, y]}", True),
        ("{field: many, lacks: y}", False),
        ("{field: d, within_days: 10}", True),
        ("{field: d, days_left: 0}", False),
        ("{field: none, missing: true}", True),
        ("{field: none, is: x}", False),
    ],
)
def test_every_comparison_is_read_and_holds_as_documented(text, fits):
    item = {"n": 3, "t": "x", "many": ("x", "y"), "d": date(2026, 9, 25)}
    assert compiled(read(text), of_attributes)(item, date(2026, 9, 30)) is fits


@pytest.mark.parametrize(
    "text",
    [
        "{all: []}",
        "{any: []}",
        "{}",
        "{field: a}",
        "{field: a, is: 1, at_least: 2}",
        "{field: a, all: [{field: b, is: 1}]}",
        "{all: [{field: b, is: 1}], any: [{field: b, is: 1}]}",
        "{field: a, equals: 1}",
        "{field: a, within_days: -1}",
        "{field: a, within_days: soon}",
        "{field: a, at_least: many}",
        "{field: a, at_least: true}",
        "{field: a, one_of: x}",
        "{field: a, missing: 1}",
        "x",
    ],
)
def test_what_is_no_predicate_is_refused_with_its_line(text):
    with pytest.raises(ContentError) as caught:
        read(text)
    assert caught.value.place == "f.yaml:1"

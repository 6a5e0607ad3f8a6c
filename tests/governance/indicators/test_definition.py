"""Definitions that ship, targets along their path, and revisions that say who and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from panshi.errors import ContentError, PanshiError
from panshi.governance.accountability.office import load_offices
from panshi.governance.indicators.definition import (
    DEFINITION_KIND,
    defined,
    load_indicators,
    revised,
    targets_from,
)
from panshi.governance.indicators.facts import needs
from panshi.governance.indicators.quarter import Quarter
from panshi.model.bodies.indicators import IndicatorDefinition
from panshi.model.observation import Observation, ObservationId, Sealed
from panshi.node.library import Library
from panshi.store import library

SHIPPED = load_indicators(library.indicators()[1], source="indicators.yaml")
THEN = datetime(2026, 1, 5, 4, tzinfo=UTC)
BODY = IndicatorDefinition(
    indicator="zt-evidenced",
    title_zh="一",
    title_en="one",
    formula="{mean: evidenced, of: {framework: zt36, stages: [1]}}",
    unit="share",
    direction="up",
    owner="ciso",
    tolerance=0.02,
    changed_by="lin.yating",
    why="the first stage only",
    targets=("2026Q1=0.5", "2026Q4=0.8"),
)


def sealed(number, body, at):
    return Sealed(
        id=ObservationId(f"{number:032x}"),
        position=number,
        received_at=at,
        observation=Observation(
            kind=DEFINITION_KIND, subject="institution:x", observed_at=at, collector="t", body=body
        ),
    )


def test_what_ships_serves_the_measures_and_names_what_exists():
    known, offices = Library(), load_offices(library.offices()[1], source="offices.yaml")
    assert len(SHIPPED) >= 20
    assert {"BP-01", "BP-02", "BP-06", "BP-10", "BP-15", "BP-28"} <= {
        measure for each in SHIPPED for measure in each.measures
    }
    for each in SHIPPED:
        assert each.owner in offices.offices
        assert each.references
        for name in needs((each.formula,)).frameworks:
            framework = known.framework(name)
            groups = {group.id for group in framework.groups}
            assert set(getattr(getattr(each.formula, "of", None), "groups", ())) <= groups


def test_targets_lie_on_a_line_between_two():
    (made,) = [each for each in SHIPPED if each.id == "zt-evidenced"]
    made = replace(made, targets=targets_from(("2026Q4=0.8", "2026Q1=0.5")))
    path = [made.target(Quarter.read(f"2026Q{n}")) for n in range(1, 5)]
    assert path == pytest.approx([0.5, 0.6, 0.7, 0.8])
    assert made.target(Quarter.read("2025Q4")) is None
    assert made.target(Quarter.read("2031Q1")) == 0.8


@pytest.mark.parametrize("texts", [("2026Q1",), ("2026Q1=x",), ("2026Q1=1", "2026Q1=2"), ("Q1=1",)])
def test_targets_that_are_none_are_refused(texts):
    with pytest.raises(PanshiError):
        targets_from(texts)


def test_a_change_is_a_revision_with_another_measure():
    known = defined(SHIPPED, [sealed(1, BODY, THEN)], THEN)["zt-evidenced"]
    assert [each.revision for each in known.revisions] == [1, 2]
    assert known.now.why == "the first stage only"
    assert known.now.measure != known.revisions[0].measure
    # A day before, it was not so.
    before = defined(SHIPPED, [sealed(1, BODY, THEN)], THEN - timedelta(days=1))["zt-evidenced"]
    assert before.now.revision == 1
    # Another target or owner is another revision of the same measure.
    softer = replace(BODY, targets=("2026Q4=0.6",), why="the board decided")
    again = defined(SHIPPED, [sealed(1, BODY, THEN), sealed(2, softer, THEN)], THEN)["zt-evidenced"]
    assert again.now.revision == 3
    assert again.now.measure == known.now.measure


@pytest.mark.parametrize(
    "change",
    [
        {"formula": "{mean: everything, of: {framework: zt36}}"},
        {"unit": "furlong"},
        {"direction": "sideways"},
        {"why": " "},
        {"changed_by": ""},
        {"tolerance": -1.0},
        {"tolerance": float("nan")},
        {"targets": ("soon",)},
        {"title_zh": ""},
    ],
)
def test_a_change_that_breaks_a_rule_is_as_if_not_made(change):
    broken = replace(BODY, **change)
    with pytest.raises(PanshiError):
        revised(broken, None, at=THEN)
    assert defined(SHIPPED, [sealed(1, broken, THEN)], THEN)["zt-evidenced"].now.revision == 1


def test_an_institution_adds_its_own():
    own = replace(BODY, indicator="ours")
    known = defined(SHIPPED, [sealed(1, own, THEN)], THEN)
    assert known["ours"].now.revision == 1
    assert len(known) == len(SHIPPED) + 1


def test_a_broken_file_names_its_line():
    raw = library.indicators()[1].replace(b"unit: share", b"unit: furlong", 1)
    with pytest.raises(ContentError, match="furlong") as refused:
        load_indicators(raw, source="indicators.yaml")
    assert refused.value.place.startswith("indicators.yaml:")

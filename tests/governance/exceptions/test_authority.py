"""Who may approve what: the shipped table, its rules, and what the loader refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import ContentError
from panshi.governance.exceptions.authority import (
    NOBODY,
    Measures,
    Severity,
    gate_clauses,
    load_authority,
)
from panshi.node.library import Library
from panshi.store import library
from tests.governance.assessment.worlds import clause, control, overlap

NAME, RAW = library.authority()
TABLE = load_authority(RAW, source=NAME)
SMALL = Measures(
    severity=Severity(stage=2),
    items=2,
    permille=20,
    days=30,
    same_control=1,
    institution=1,
    renewals=0,
)
measures = st.builds(
    Measures,
    severity=st.builds(
        Severity, binding=st.booleans(), gate=st.booleans(), stage=st.integers(0, 4)
    ),
    items=st.integers(0, 500),
    permille=st.integers(0, 1000),
    days=st.integers(0, 366),
    same_control=st.integers(1, 40),
    institution=st.integers(1, 60),
    renewals=st.integers(0, 5),
)


def height(case):
    return [level.id for level in TABLE.levels].index(TABLE.need(case).level.id)


def test_what_is_small_and_short_is_for_the_ciso_alone():
    assert TABLE.need(SMALL).level.needs == ("ciso",)
    assert TABLE.need(SMALL).because == ()


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({"severity": Severity(binding=True)}, "committee"),
        ({"severity": Severity(binding=True), "permille": 251}, "board"),
        ({"severity": Severity(gate=True)}, "committee"),
        ({"severity": Severity(stage=1), "permille": 51}, "committee"),
        ({"severity": Severity(stage=1), "permille": 50}, "ciso"),
        ({"severity": Severity(stage=0), "permille": 51}, "ciso"),
        ({"items": 26}, "committee"),
        ({"permille": 101}, "committee"),
        ({"permille": 501}, "board"),
        ({"days": 91}, "committee"),
        ({"days": 271}, "board"),
        ({"same_control": 3}, "committee"),
        ({"same_control": 5}, "board"),
        ({"institution": 11}, "committee"),
        ({"institution": 26}, "board"),
        ({"renewals": 1}, "committee"),
        ({"renewals": 2}, "board"),
    ],
)
def test_each_measure_lifts_and_says_why(changes, level):
    need = TABLE.need(replace(SMALL, **changes))
    assert need.level.id == level
    assert all(rule.lifts_to == level for rule in need.because)
    assert bool(need.because) is (level != "ciso")
    assert all(rule.why_zh and rule.why_en for rule in need.because)


@given(measures, st.sampled_from(["items", "permille", "days", "same_control", "institution"]))
def test_more_never_takes_less(case, name):
    more = replace(case, **{name: getattr(case, name) + 1})
    assert height(more) >= height(case)


@given(measures)
def test_a_binding_clause_never_takes_less(case):
    plain = replace(case, severity=replace(case.severity, binding=False))
    binding = replace(case, severity=replace(case.severity, binding=True))
    assert height(binding) >= height(plain)


def test_without_a_table_no_office_can_be_held():
    assert NOBODY.need(SMALL).level.needs == ("nobody",)


def test_every_office_of_the_table_is_an_office_of_the_institution():
    assert set(TABLE.offices) <= set(Library().offices.offices)


def test_the_gate_is_made_of_binding_clauses_of_other_frameworks():
    controls = (control("c", stage=2), clause("1"), clause("2"), control("own", stage=1))
    mappings = (overlap("f/c", "law/1"), overlap("f/c", "f/own"), overlap("nowhere/1", "law/2"))
    assert gate_clauses(controls, mappings) == {"law/1"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("longest_days: 365", "longest_days: 400", "out of range"),
        ("latest_start_days: 90", "latest_start_days: -1", "out of range"),
        (
            "lifts_to: board\n    when: {days_over: 270}",
            "lifts_to: king\n    when: {days_over: 270}",
            "no level",
        ),
        (
            "lifts_to: committee\n    when: {binding: true}",
            "lifts_to: ciso\n    when: {binding: true}",
            "no level",
        ),
        ("when: {days_over: 270}", "when: {}", "needs a condition"),
        ("when: {days_over: 270}", "when: {days_over: 366}", "out of range"),
        ("when: {days_over: 270}", "when: {weeks_over: 30}", "unknown key"),
        ("when: {days_over: 270}", "when: {days_over: many}", "whole number"),
        ("when: {days_over: 270}", "when: {binding: true}", "nothing lifts days_over"),
        (
            "when: {same_control_over: 4}",
            "when: {same_control_over: 4, gate: true}",
            "nothing lifts same_control_over",
        ),
        ("needs: [ciso, risk_committee]", "needs: [ciso, ciso]", "occurs twice"),
        ("  - id: committee", "  - id: board", "occurs twice"),
        ("lifts_to: board\n    when: {renewals_over: 1}", "when: {renewals_over: 1}", "missing"),
    ],
)
def test_a_table_that_leaves_a_way_out_is_refused(old, new, says):
    text = RAW.decode()
    assert old in text
    with pytest.raises(ContentError, match=says) as refused:
        load_authority(text.replace(old, new, 1).encode(), source=NAME)
    assert refused.value.place.startswith(NAME)

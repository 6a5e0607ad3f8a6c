"""Thresholds are governed: who, when, why, within limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from panshi.errors import UsageError
from panshi.governance.parameters import (
    KIND,
    checked_change,
    control_specs,
    history,
    values_in_force,
)
from panshi.model.bodies.records import ParameterChange
from panshi.model.observation import Observation, ObservationId, Sealed
from panshi.model.parameter import ParameterSpec
from tests.governance.assessment.worlds import attested, control, framework

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SPEC = ParameterSpec(
    name="confidence",
    title_zh="信心水準",
    title_en="Confidence",
    default=0.9,
    minimum=0.5,
    maximum=0.999,
    why_zh="選定值",
    why_en="chosen",
)


def change(value, *, days_ago, position=0, received=None, **changes):
    values = {"name": "confidence", "previous": 0.9, "changed_by": "Lin", "why": "audit"}
    made = NOW - timedelta(days=days_ago)
    return Sealed(
        id=ObservationId(f"{position:032x}"),
        position=position,
        received_at=made if received is None else NOW - timedelta(days=received),
        observation=Observation(
            kind=KIND,
            subject="parameter:confidence",
            observed_at=made,
            collector="test",
            body=ParameterChange(value=value, **(values | changes)),
        ),
    )


def test_the_default_holds_until_a_change():
    changes = (change(0.95, days_ago=10),)
    assert values_in_force((SPEC,), changes, NOW - timedelta(days=11)) == {"confidence": 0.9}
    assert values_in_force((SPEC,), changes, NOW - timedelta(days=10)) == {"confidence": 0.95}


def test_the_history_tells_who_when_and_why():
    changes = (change(0.8, days_ago=1, position=1), change(0.95, days_ago=10))
    ((current, settings),) = history((SPEC,), changes, NOW)
    assert current is settings[-1]
    assert [each.value for each in settings] == [0.9, 0.95, 0.8]
    assert (current.changed_by, current.why) == ("Lin", "audit")
    assert current.evidence_id == f"{1:032x}"
    assert settings[0].since is None


@pytest.mark.parametrize(
    "bad",
    [
        {"value": 0.4},
        {"value": 1.0},
        {"value": float("nan")},
        {"value": 0.95, "changed_by": " "},
        {"value": 0.95, "why": ""},
        {"value": 0.95, "name": "unknown"},
    ],
)
def test_a_bad_record_is_not_in_force_and_not_made(bad):
    sealed = change(days_ago=5, **bad)
    assert values_in_force((SPEC,), (sealed,), NOW) == {"confidence": 0.9}
    asked = {"name": "confidence", "changed_by": "Lin", "why": "audit"} | bad
    with pytest.raises(UsageError):
        checked_change((SPEC,), (), NOW, **asked)


def test_a_backdated_record_does_not_rewrite_the_past():
    changes = (change(0.95, days_ago=300, received=2),)
    assert values_in_force((SPEC,), changes, NOW - timedelta(days=3)) == {"confidence": 0.9}
    assert values_in_force((SPEC,), changes, NOW) == {"confidence": 0.95}


def test_a_good_change_remembers_what_it_replaces():
    made = checked_change(
        (SPEC,),
        (change(0.95, days_ago=10),),
        NOW,
        name="confidence",
        value=0.8,
        changed_by="Lin",
        why="too strict",
    )
    assert made.previous == 0.95


def test_every_check_brings_its_target_and_period():
    specs = control_specs((framework(control(), attested()),))
    assert [(spec.name, spec.default) for spec in specs] == [
        ("target_permille:f/c", 950.0),
        ("fresh_days:f/c", 30.0),
    ]

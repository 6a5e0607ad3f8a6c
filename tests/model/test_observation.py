"""Observations fail closed: no naive time, no body without a sight, no silence without reason."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta

import pytest

from panshi.errors import BadInputError
from panshi.model.bodies import KINDS
from panshi.model.bodies.hosts import SshServer
from panshi.model.observation import Observation, Outcome

NOW = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)


def look(**changes: object) -> Observation:
    parts: dict[str, object] = {
        "kind": "host.sshd/1",
        "subject": "host:a",
        "observed_at": NOW,
        "collector": "test 1",
        "body": SshServer(installed=True),
    }
    return Observation(**(parts | changes))  # type: ignore[arg-type]


def test_a_sight_with_its_body_is_an_observation() -> None:
    assert look().outcome.conclusive


@pytest.mark.parametrize(
    "changes",
    [
        {"observed_at": NOW.replace(tzinfo=None)},
        {"period_start": NOW.replace(tzinfo=None)},
        {"period_start": NOW + timedelta(seconds=1)},
        {"body": None},
        {"outcome": Outcome.FAILED, "reason": "time-out"},
        {"outcome": Outcome.FAILED, "body": None},
        {"outcome": Outcome.UNREACHABLE, "body": None},
        {"subject": ""},
        {"kind": ""},
    ],
)
def test_an_observation_that_says_too_little_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadInputError):
        look(**changes)


def test_a_sure_absence_needs_no_reason_and_has_no_body() -> None:
    assert look(outcome=Outcome.ABSENT, body=None).outcome.conclusive


def test_observations_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        look().subject = "host:b"  # type: ignore[misc]


def test_every_kind_has_a_version_and_names_in_both_languages() -> None:
    for name, spec in KINDS.items():
        assert name == spec.name
        assert name.rpartition("/")[2].isdecimal()
        assert spec.title_zh
        assert spec.title_en

"""Grype: matches by severity; a broken list of vulnerabilities or nothing examined says nothing."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError
from panshi.model.observation import Outcome
from panshi.observe.grype import OBSERVER
from tests.observe.hostile import mutations, observe, shapes, survives

GOLDEN = Path(__file__).parents[1] / "golden" / "grype"
IMAGE, BROKEN = GOLDEN / "image.json", GOLDEN / "broken-database.json"
WORDS = "matches source descriptor type target name version vulnerability artifact db status valid"


def written(tmp_path, **members):
    path = tmp_path / "report.json"
    path.write_text(json.dumps(json.loads(IMAGE.read_bytes()) | members))
    return path


def test_matches_are_counted_by_severity():
    [seen], warnings = observe(OBSERVER, IMAGE, subject="")

    assert warnings == []
    assert (seen.subject, seen.facet, seen.collector) == (
        "system:payments-api",
        "grype",
        "Grype 0.98.0",
    )
    body = seen.body
    assert (body.critical, body.high, body.medium, body.low, body.unknown) == (2, 1, 0, 1, 1)
    assert (body.ignored, body.fixable_serious) == (1, 2)
    assert body.database_built == date(2026, 11, 19)
    assert body.weaknesses[1].package == "log4j-core"


def test_a_broken_list_of_vulnerabilities_makes_the_look_fail():
    [seen], _ = observe(OBSERVER, BROKEN, subject="")

    assert seen.outcome is Outcome.FAILED
    assert "database metadata not found" in seen.reason


@pytest.mark.parametrize(
    ("members", "outcome"),
    [
        ({}, Outcome.SEEN),
        ({"distro": {"name": ""}}, Outcome.FAILED),
    ],
)
def test_no_match_is_clean_only_where_something_was_recognised(members, outcome, tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, matches=[], ignoredMatches=[], **members))

    assert seen.outcome is outcome


@pytest.mark.parametrize("lacking", ["matches", "source", "descriptor"])
def test_a_report_that_lacks_a_part_is_refused(lacking, tmp_path):
    with pytest.raises(BadInputError, match="lacks matches, source or descriptor"):
        observe(OBSERVER, written(tmp_path, **{lacking: None}))


@given(raw=mutations([IMAGE.read_bytes(), BROKEN.read_bytes()]))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    survives(OBSERVER, tmp_path / "mutated", raw)


@given(value=shapes(WORDS))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_is_read_or_refused(value, tmp_path):
    report = json.loads(IMAGE.read_bytes()) | {"matches": [value]} | value
    survives(OBSERVER, tmp_path / "shape", json.dumps(report).encode())

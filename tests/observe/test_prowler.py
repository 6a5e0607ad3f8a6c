"""Prowler: pass and fail count, muted and manual do not, and an account nobody judged is unseen."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.evidence.codec import encode_body
from panshi.model.observation import Outcome
from panshi.observe.prowler import OBSERVER
from tests.observe.hostile import mutations, named_by_itself, observe, shapes

GOLDEN = Path(__file__).parents[1] / "golden" / "prowler"
AWS = GOLDEN / "aws-5.46.0.ocsf.json"
WORDS = "class_uid metadata status_code status severity cloud account uid resources MUTED PASS time"


def written(tmp_path, *changes):
    path = tmp_path / "findings.json"
    first = json.loads(AWS.read_bytes())[0]
    path.write_text(json.dumps([first | each for each in changes]))
    return path


def test_real_findings_are_folded_by_account():
    found, warnings = observe(OBSERVER, AWS, subject="")

    assert warnings == []
    assert [(each.subject, each.outcome) for each in found] == [
        ("system:aws-123456789012", "seen"),
        ("system:aws-210987654321", "seen"),
        ("system:aws-345678901234", "failed"),
    ]
    first = found[0]
    assert (first.facet, first.collector) == ("prowler", "Prowler 5.46.0")
    assert first.observed_at == datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    body = first.body
    assert (body.evaluated, body.passed, body.passed_share) == (5, 3, 0.6)
    assert (body.critical, body.high, body.medium, body.muted, body.manual) == (1, 0, 1, 1, 1)
    assert body.failed_checks[0] == "critical iam_root_hardware_mfa_enabled: 1"
    assert body.regions == ("ap-northeast-1", "us-east-1")
    assert "1 muted, 1 manual" in found[2].reason


def test_nothing_of_what_a_resource_holds_is_kept():
    found, _ = observe(OBSERVER, AWS, subject="")

    sealed = b"".join(encode_body(each.body) for each in found if each.body is not None)
    assert b"AKIA" not in sealed
    assert b"someone@example.tw" not in sealed


@pytest.mark.parametrize(
    "change",
    [
        {"status_code": "PASS", "status": "Suppressed"},
        {"status_code": "PASS", "status_id": 3},
        {"status_code": "MUTED"},
        {"status_code": "MANUAL"},
        {"status_code": "SOMETHING"},
    ],
)
def test_what_was_not_judged_never_passes(change, tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, change))

    assert seen.outcome is Outcome.FAILED
    assert "nothing was judged" in seen.reason


def test_an_account_mostly_muted_is_not_seen(tmp_path):
    muted = {"status_code": "PASS", "status": "Suppressed"}
    path = written(tmp_path, {"status_code": "PASS"}, muted, muted)

    [seen], _ = observe(OBSERVER, path)

    assert seen.reason == "only 1 of 3 results were judged"


def test_a_severity_nobody_knows_counts_as_high(tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, {"severity": "Fatal"}))

    assert (seen.body.high, seen.body.low) == (1, 0)


@pytest.mark.parametrize("change", [{"class_uid": 1001}, {"metadata": {}}, {"class_uid": None}])
def test_other_findings_are_refused(change, tmp_path):
    with pytest.raises(BadInputError, match="not a finding of Prowler"):
        observe(OBSERVER, written(tmp_path, {}, change))


def test_one_name_does_not_stand_for_several_accounts():
    with pytest.raises(UsageError, match="3 accounts"):
        observe(OBSERVER, AWS)


@given(raw=mutations([AWS.read_bytes()]))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    named_by_itself(OBSERVER, tmp_path / "mutated", raw)


@given(value=shapes(WORDS))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_is_read_or_refused(value, tmp_path):
    first = json.loads(AWS.read_bytes())[0]
    named_by_itself(OBSERVER, tmp_path / "mutated", json.dumps([first | value]).encode())

"""Wazuh and OSSEC alerts: counted by agent; configuration assessments; no log line is kept."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.evidence.codec import encode_body
from panshi.model.observation import Outcome
from panshi.observe.wazuh import OBSERVER
from tests.observe.hostile import mutations, named_by_itself, observe, shapes

GOLDEN = Path(__file__).parents[1] / "golden" / "wazuh"
WAZUH, OSSEC = GOLDEN / "alerts.json", GOLDEN / "ossec.json"
WORDS = (
    "rule level id agent name timestamp data sca type summary passed failed invalid groups mitre"
)


def written(tmp_path, *alerts):
    path = tmp_path / "alerts.json"
    path.write_text("".join(json.dumps(each) + "\n" for each in alerts))
    return path


def alert(number="1", level=5, agent="a", **more):
    return {
        "timestamp": "2026-03-01T00:00:00+00:00",
        "id": number,
        "rule": {"level": level, "id": "100"},
        "agent": {"name": agent},
    } | more


def summary(passed, failed, invalid, total, **more):
    sca = {"type": "summary", "policy_id": "cis", "policy": "CIS", "passed": passed}
    sca |= {"failed": failed, "invalid": invalid, "total_checks": total}
    return alert(data={"sca": sca}, **more)


def test_alerts_are_counted_by_agent():
    found, warnings = observe(OBSERVER, WAZUH, subject="")

    assert warnings == []
    alerts = {each.subject: each for each in found if each.kind == "monitoring.agent/1"}
    web, database = alerts["host:web-01"], alerts["host:db-01"]
    # One alert stands twice and counts once.
    assert (web.body.alerts, web.body.critical, web.body.high, web.body.file_changes) == (
        5,
        0,
        2,
        1,
    )
    assert web.body.rules[0] == "5712 10: 1"
    assert web.body.techniques == ("T1110",)
    assert web.observed_at == datetime(2026, 11, 20, 1, 0, 6, 120000, tzinfo=UTC)
    assert web.period_start == datetime(2026, 11, 20, 1, 0, 1, 120000, tzinfo=UTC)
    assert (database.body.critical, database.body.vulnerabilities) == (1, 1)


def test_the_newest_assessment_of_a_configuration_counts_and_every_failure_is_grave():
    found, _ = observe(OBSERVER, WAZUH, subject="")

    results = {each.subject: each for each in found if each.kind == "xccdf.result/1"}
    body = results["host:web-01"].body
    assert (body.passed, body.failed, body.not_applicable, body.selected) == (95, 5, 84, 184)
    assert (body.passed_share, body.evaluated_share, body.failed_high) == (0.95, 1.0, 5)
    assert results["host:db-01"].outcome is Outcome.FAILED
    assert results["host:db-01"].facet == "cis_debian12"


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ((0, 0, 9, 9), "no check was evaluated"),
        ((1, 0, 0, 36), "only 1 of 36 checks"),
        ((-5, 9, 0, 4), "below zero"),
    ],
)
def test_an_assessment_that_says_little_is_a_failed_look(counts, reason, tmp_path):
    found, _ = observe(OBSERVER, written(tmp_path, summary(*counts)))

    assert found[1].outcome is Outcome.FAILED
    assert reason in found[1].reason


def test_ossec_is_read_too():
    [seen], _ = observe(OBSERVER, OSSEC, subject="")

    assert (seen.subject, seen.body.alerts, seen.body.high) == ("host:web-03", 1, 1)
    assert seen.observed_at == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("path", [WAZUH, OSSEC])
def test_no_line_user_or_address_is_kept(path):
    found, _ = observe(OBSERVER, path, subject="")

    sealed = b"".join(encode_body(each.body) for each in found if each.body is not None)
    for private in (b"wang.daming", b"203.0.113.9", b"secret line", b"Failed password"):
        assert private not in sealed


def test_an_alert_without_a_time_is_left_out_and_told(tmp_path):
    found, warnings = observe(OBSERVER, written(tmp_path, alert(), alert("2", timestamp="soon")))

    assert found[0].body.alerts == 1
    assert "without a time" in warnings[0]


@pytest.mark.parametrize("wrong", [{"rule": {}}, {"agent": {}}, {"rule": {"level": 99}}])
def test_what_is_no_alert_is_refused(wrong, tmp_path):
    with pytest.raises(BadInputError, match="no alert of Wazuh"):
        observe(OBSERVER, written(tmp_path, alert(), alert() | wrong))


def test_one_name_does_not_stand_for_several_agents():
    with pytest.raises(UsageError, match="2 agents"):
        observe(OBSERVER, WAZUH)


@given(raw=mutations([WAZUH.read_bytes(), OSSEC.read_bytes()]))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    named_by_itself(OBSERVER, tmp_path / "mutated", raw)


@given(value=shapes(WORDS))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_is_read_or_refused(value, tmp_path):
    named_by_itself(
        OBSERVER,
        tmp_path / "mutated",
        json.dumps([alert() | value, summary(1, 1, 0, 2) | value]).encode(),
    )

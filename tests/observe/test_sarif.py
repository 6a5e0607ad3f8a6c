"""SARIF logs: one observation per run, levels as the standard has them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.software import Finding
from panshi.model.observation import Outcome
from panshi.observe import sarif
from panshi.observe.sarif import OBSERVER
from tests.observe.hostile import NOW, mutations, observe, shapes, survives

GOLDEN = Path(__file__).parents[1] / "golden" / "sarif"
TWO = GOLDEN / "two-runs.sarif"
OLD = GOLDEN / "version-2.0.sarif"


def written(tmp_path, *runs, version="2.1.0"):
    path = tmp_path / "log.sarif"
    path.write_text(json.dumps({"version": version, "runs": runs}))
    return path


def run(results=(), *, tool="Scan", rules=(), **more):
    driver = {"name": tool, "rules": list(rules)}
    return {"tool": {"driver": driver}, "results": list(results)} | more


def test_levels_come_from_the_result_its_kind_its_rule_or_the_default():
    [seen, _], warnings = observe(OBSERVER, TWO, subject="")

    assert warnings == []
    assert (seen.subject, seen.facet) == ("system:payments", "ExampleScan")
    assert seen.collector == "ExampleScan 2.4.1"
    assert seen.observed_at == datetime(2026, 3, 1, 1, 5, 0, 123456, tzinfo=UTC)
    assert seen.period_start == datetime(2026, 3, 1, 1, tzinfo=UTC)
    body = seen.body
    # Absent since the baseline: not a result. Suppressed: a result, yet of no level's count.
    assert (body.rules, body.results, body.suppressed) == (4, 7, 1)
    assert (body.errors, body.warnings, body.notes) == (3, 1, 1)
    assert body.findings[0] == Finding(
        rule="SQL001",
        level="error",
        location="src/pay.py:12",
        message="Query built from user input",
    )
    assert [each.rule for each in body.findings] == [
        "SQL001", "SQL001", "SQL001", "EXT9", "GEN003", "STY002", "SQL001",
    ]  # fmt: skip
    assert [each.level for each in body.findings][-1] == "none"
    assert sum(each.suppressed for each in body.findings) == 1


def test_a_run_that_failed_says_nothing_of_the_system():
    [_, failed], _ = observe(OBSERVER, TWO, subject="")

    assert failed.outcome is Outcome.FAILED
    assert failed.reason == "the tool says that its run failed: licence expired"
    assert (failed.subject, failed.facet) == ("system:payments", "BrokenScan")


@pytest.mark.parametrize("results", [None, {}], ids=["null", "no list"])
def test_a_run_without_a_list_of_results_analysed_nothing(results, tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, run() | {"results": results}))

    assert seen.outcome is Outcome.FAILED
    assert "no list of results" in seen.reason


def test_an_empty_list_of_results_is_a_clean_run(tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, run()))

    assert seen.outcome is Outcome.SEEN
    assert (seen.body.results, seen.body.errors) == (0, 0)
    assert seen.observed_at == NOW


def test_version_2_0_is_tolerated():
    [seen], _ = observe(OBSERVER, OLD)

    body = seen.body
    assert (body.tool, body.rules, body.results, body.suppressed) == ("OldScan", 2, 4, 1)
    assert (body.errors, body.warnings, body.notes) == (1, 1, 0)
    assert body.findings[0].location == "a.c:3"


def test_an_invocation_may_configure_a_rule_otherwise(tmp_path):
    override = {"descriptor": {"id": "R", "index": 0}, "configuration": {"level": "note"}}
    path = written(
        tmp_path,
        run(
            [{"ruleId": "R", "ruleIndex": 0}, {"ruleId": "R"}],
            rules=[{"id": "R", "defaultConfiguration": {"level": "error"}}],
            invocations=[
                {"executionSuccessful": True, "ruleConfigurationOverrides": [override]},
            ],
        ),
    )

    [seen], _ = observe(OBSERVER, path)

    assert (seen.body.errors, seen.body.notes) == (0, 2)


def test_a_level_nobody_knows_counts_as_an_error(tmp_path):
    [seen], warnings = observe(OBSERVER, written(tmp_path, run([{"level": "critical"}])))

    assert seen.body.errors == 1
    assert "'critical' is not known" in warnings[0]


def test_fields_of_a_wrong_type_are_taken_as_absent(tmp_path):
    odd = {"level": ["error"], "kind": ["pass"], "ruleId": {}, "rule": [], "ruleIndex": "1"}
    odd |= {"message": [], "locations": {}, "suppressions": {}, "baselineState": []}

    [seen], _ = observe(OBSERVER, written(tmp_path, run([odd])))

    assert (seen.body.results, seen.body.warnings) == (1, 1)


def test_two_runs_of_one_tool_do_not_replace_each_other(tmp_path):
    seen, _ = observe(OBSERVER, written(tmp_path, run(), run([{}]), run(tool="Other")))

    assert [each.facet for each in seen] == ["Scan", "Scan #2", "Other"]


def test_the_system_is_taken_from_the_repository_or_the_automation_id_or_asked_for(tmp_path):
    for details, expected in [
        ({"versionControlProvenance": [{"repositoryUri": "git@host:a/core.git"}]}, "system:core"),
        ({"automationDetails": {"id": "core banking/2026-03"}}, "system:core-banking"),
        ({"automationDetails": {"id": "core"}}, "system:core"),
    ]:
        [seen], _ = observe(OBSERVER, written(tmp_path, run(**details)), subject="")
        assert seen.subject == expected

    with pytest.raises(UsageError, match="--subject"):
        observe(OBSERVER, written(tmp_path, run()), subject="")


def test_at_most_a_thousand_findings_are_listed_errors_first(tmp_path):
    results = [{"level": "note"}] * 1500 + [{"level": "error"}] * 900

    [seen], _ = observe(OBSERVER, written(tmp_path, run(results)))

    assert (seen.body.results, seen.body.errors, seen.body.notes) == (2400, 900, 1500)
    assert len(seen.body.findings) == sarif.FINDINGS_KEPT
    assert sum(each.level == "error" for each in seen.body.findings) == 900


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"version": "1.0.0", "runs": []}, "not a SARIF 2.1.0 log"),
        ({"version": "2.1.0"}, "no list of runs"),
        ({"version": "2.1.0", "runs": [{}]}, "without the name of its tool"),
        ({"version": "2.1.0", "runs": [1]}, "expected an object"),
        ({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "a"}}}] * 501}, "500 runs"),
    ],
)
def test_what_is_grossly_wrong_is_refused(document, problem, tmp_path):
    path = tmp_path / "log.sarif"
    path.write_text(json.dumps(document))

    with pytest.raises(BadInputError, match=problem):
        observe(OBSERVER, path)


def test_cut_off_anywhere_it_is_refused(tmp_path):
    raw = TWO.read_bytes().rstrip()
    path = tmp_path / "cut"
    for length in range(0, len(raw), 31):
        path.write_bytes(raw[:length])
        with pytest.raises(BadInputError):
            observe(OBSERVER, path)


@given(raw=mutations([TWO.read_bytes(), OLD.read_bytes()]))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    survives(OBSERVER, tmp_path / "mutated", raw)


WORDS = (
    "tool driver extensions name version rules id defaultConfiguration level results ruleId rule "
    "ruleIndex index toolComponent kind message text locations physicalLocation artifactLocation "
    "uri region startLine suppressions status invocations executionSuccessful startTimeUtc "
    "endTimeUtc toolExecutionNotifications exitCode ruleConfigurationOverrides descriptor "
    "configuration automationDetails versionControlProvenance repositoryUri resources error pass"
)


@given(
    part=shapes(WORDS),
    inside=shapes(WORDS),
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_of_json_is_read_or_refused(part, inside, tmp_path):
    log = {"version": "2.1.0", "runs": [run([inside]) | part, run([inside], rules=[part, inside])]}

    survives(OBSERVER, tmp_path / "log.sarif", json.dumps(log).encode())

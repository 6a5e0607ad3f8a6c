"""OSCAL assessment results: JSON and XML tell the same; what is not satisfied beats what is."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.observe.oscal_results import OBSERVER, controls_named
from panshi.observe.port import Look
from panshi.report.oscal import assessment_results
from tests.observe.hostile import NOW, mutations, observe, shapes, survives
from tests.report.oscal.test_exports import ESTATE, LIBRARY, assessment, faults_by_schema

GOLDEN = Path(__file__).parents[1] / "golden" / "oscal"
JSON, XML = GOLDEN / "results-1.1.3.json", GOLDEN / "results-1.1.3.xml"
BOTH = pytest.mark.parametrize("path", [JSON, XML], ids=["json", "xml"])
WORDS = (
    "assessment-results metadata oscal-version results findings target target-id status state "
    "satisfied not-satisfied observations uuid related-observations local-definitions components"
)


def written(tmp_path, change):
    document = json.loads(JSON.read_bytes())
    change(document["assessment-results"])
    path = tmp_path / "results.json"
    path.write_text(json.dumps(document))
    return path


@BOTH
def test_findings_are_kept_by_requirement_and_subject(path):
    found, warnings = observe(OBSERVER, path, subject="")

    assert warnings == []
    told = {(each.subject, each.facet): each.body.passed for each in found}
    assert told == {
        ("system:core-banking", "zt36-1-1_smt"): False,
        # Found twice: satisfied by one assessor, not by the other.
        ("system:core-banking", "zt36-1-2_smt"): False,
        ("host:db-01.bank.example.tw", "zt36-1-2_smt"): True,
        ("system:core-banking", "emerging-8.1-1_smt"): False,
        ("host:db-01.bank.example.tw", "emerging-8.1-1_smt"): False,
    }


@BOTH
def test_a_finding_says_on_what_it_rests(path):
    found, _ = observe(OBSERVER, path, subject="")

    body = found[0].body
    assert found[0].observed_at == datetime(2026, 11, 10, 1, tzinfo=UTC)
    assert (body.assessor, body.methods, body.risks_open) == (
        "示範評估公司",
        ("INTERVIEW", "TEST"),
        1,
    )
    assert (body.report, body.target_kind, body.reason) == (
        "114 年度資安評估",
        "statement-id",
        "fail",
    )


def test_the_two_forms_give_the_same_observations():
    assert observe(OBSERVER, JSON, subject="") == observe(OBSERVER, XML, subject="")


@pytest.mark.parametrize(
    ("framework", "target", "named"),
    [
        ("", "zt36-1-1_smt", ()),
        ("zt36", "zt36-1-1_smt", ("zt36/1-1", "zt36/1(1)")),
        ("emerging", "emerging-8.1-1_smt", ("emerging/8.1-1", "emerging/8.1(1)")),
        (
            "e",
            "e-4.1-3-1",
            ("e/4.1-3-1", "e/4.1(3)-1", "e/4.1-3(1)", "e/4.1(3)(1)", "e/4.1(3)1"),
        ),
        ("blueprint", "BP-15_obj.a-1", ("blueprint/BP-15", "blueprint/BP(15)")),
        ("f", "ac-1", ("f/ac-1", "f/ac(1)")),
    ],
)
def test_targets_name_controls_once_the_framework_is_told(framework, target, named):
    assert controls_named(framework, target) == named


def test_the_framework_is_told_by_an_option():
    look = Look(path=JSON, now=NOW, subject="system:core", options={"framework": "zt36"})

    assert {each.body.controls[0] for each in OBSERVER.observe(look)} >= {"zt36/1-1", "zt36/1-2"}


def test_one_subject_may_be_named_for_all():
    found, _ = observe(OBSERVER, JSON, subject="institution:bank")

    assert {each.subject for each in found} == {"institution:bank"}
    assert len(found) == 3


def test_a_report_that_names_nothing_itself_needs_a_subject(tmp_path):
    path = written(tmp_path, lambda told: told["results"][0].pop("local-definitions"))

    with pytest.raises(UsageError, match="--subject system:core"):
        observe(OBSERVER, path, subject="")


@pytest.mark.parametrize("version", ["1.0.4", "2.0.0", "1.1", "", "1.3.0"])
def test_other_versions_are_refused(version, tmp_path):
    path = written(tmp_path, lambda told: told["metadata"].update({"oscal-version": version}))

    with pytest.raises(BadInputError, match="version"):
        observe(OBSERVER, path)


def test_a_report_without_findings_assessed_nothing(tmp_path):
    path = written(tmp_path, lambda told: told["results"][0].pop("findings"))

    with pytest.raises(BadInputError, match="nothing was assessed"):
        observe(OBSERVER, path)


def test_a_finding_of_another_state_is_left_out_and_told(tmp_path):
    def change(told):
        told["results"][0]["findings"][0]["target"]["status"]["state"] = "partly"

    found, warnings = observe(OBSERVER, written(tmp_path, change))

    assert len(found) == 2
    assert "'partly'" in warnings[0]


@pytest.mark.data
def test_the_golden_report_is_valid_by_the_official_schema():
    assert faults_by_schema("assessment-results", json.loads(JSON.read_bytes())) == []


@pytest.mark.parametrize("framework", LIBRARY.frameworks)
def test_what_panshi_exports_is_read_back_by_control(framework, tmp_path):
    # Given our own verdicts as OSCAL, read as those of another node
    verdicts = assessment(framework)
    path = tmp_path / "results.json"
    path.write_bytes(assessment_results(verdicts, LIBRARY.framework(framework), ESTATE))
    look = Look(path=path, now=NOW, subject="institution:b", options={"framework": framework})

    # When they are observed, then every finding names the control it came from.
    found = list(OBSERVER.observe(look))
    judged = {each.control for each in verdicts.verdicts if each.status != "not_judged"}
    assert len(found) == len(judged)
    for each in found:
        assert judged & set(each.body.controls), each.facet


@given(raw=mutations([JSON.read_bytes(), XML.read_bytes()]))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    survives(OBSERVER, tmp_path / "mutated", raw)


@given(value=shapes(WORDS))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_is_read_or_refused(value, tmp_path):
    report = {"metadata": {"oscal-version": "1.1.2"}, "results": [{"findings": [value]} | value]}
    raw = json.dumps({"assessment-results": report | value}).encode()
    survives(OBSERVER, tmp_path / "shape", raw)

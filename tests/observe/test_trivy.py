"""Trivy: each scanner's findings counted, secrets never kept, nothing examined is a failed look."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.evidence.codec import encode_body
from panshi.model.observation import Outcome
from panshi.observe.port import Look
from panshi.observe.trivy import OBSERVER
from tests.observe.hostile import NOW, mutations, observe, shapes, survives

GOLDEN = Path(__file__).parents[1] / "golden" / "trivy"
IMAGE, CONFIG, NOTHING = (GOLDEN / name for name in ("image.json", "config.json", "nothing.json"))
WORDS = (
    "SchemaVersion ArtifactName ArtifactType Results Target Class os-pkgs config secret Secrets "
    "Vulnerabilities Misconfigurations Severity CRITICAL StartLine Match Packages Metadata"
)


def written(tmp_path, **members):
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"SchemaVersion": 2, "ArtifactName": "core"} | members))
    return path


def test_packages_are_counted_by_severity_the_gravest_first():
    [packages, _secrets], warnings = observe(OBSERVER, IMAGE, subject="")

    assert warnings == []
    assert (packages.kind, packages.subject, packages.facet) == (
        "vulnerability.scan/1",
        "system:payments-api",
        "trivy",
    )
    assert packages.collector == "Trivy 0.65.0"
    assert packages.observed_at == datetime(2026, 11, 20, 1, 30, 0, 123456, tzinfo=UTC)
    body = packages.body
    assert (body.critical, body.high, body.medium, body.low, body.unknown) == (2, 1, 0, 1, 1)
    assert (body.sources, body.packages, body.ignored, body.fixable_serious) == (2, 3, 1, 2)
    assert [each.id for each in body.weaknesses][:3] == [
        "CVE-2023-45853",
        "CVE-2021-44228",
        "CVE-2024-2961",
    ]
    assert body.weaknesses[1].location == "app/lib/log4j-core-2.14.1.jar"
    assert body.digest.endswith("3" * 64)


def test_of_a_secret_only_its_rule_and_place_are_kept():
    found, _ = observe(OBSERVER, IMAGE, subject="")

    secrets = found[1].body
    assert (secrets.secrets, secrets.critical) == (1, 1)
    assert secrets.places[0].location == "/app/config/settings.py:12"
    sealed = b"".join(encode_body(each.body) for each in found)
    assert b"SECRET-ITSELF" not in sealed
    assert b"hunter2" not in sealed


def test_configuration_counts_what_passed_beside_what_failed():
    [seen], _ = observe(OBSERVER, CONFIG, subject="")

    body = seen.body
    assert (seen.kind, body.evaluated, body.passed) == ("configuration.scan/1", 108, 105)
    assert (body.critical, body.high, body.low, body.ignored) == (1, 1, 1, 2)
    assert body.failures[0].location == "k8s/deployment.yaml:21"


def test_a_report_without_any_list_of_packages_is_a_failed_look():
    [seen], _ = observe(OBSERVER, NOTHING, subject="")

    assert seen.outcome is Outcome.FAILED
    assert "no list of packages" in seen.reason


def test_a_clean_image_is_seen_as_clean(tmp_path):
    path = written(tmp_path, Results=[{"Target": "debian", "Class": "os-pkgs"}])

    [seen], _ = observe(OBSERVER, path)

    assert seen.outcome is Outcome.SEEN
    assert (seen.body.critical, seen.body.packages) == (0, None)


def test_none_found_is_told_from_not_looked_for_only_where_stated():
    def kinds(**options):
        look = Look(path=NOTHING, now=NOW, subject="system:core", options=options)
        return {each.kind: each.outcome for each in OBSERVER.observe(look)}

    assert kinds() == {"vulnerability.scan/1": "failed"}
    assert kinds(scanners="secret") == {"secret.scan/1": "seen"}
    assert kinds(scanners="vuln, misconfig") == {
        "vulnerability.scan/1": "failed",
        "configuration.scan/1": "failed",
    }
    with pytest.raises(UsageError, match="licence"):
        kinds(scanners="licence")


@pytest.mark.parametrize("schema", [1, 3, "2x", None])
def test_another_schema_version_is_refused(schema, tmp_path):
    with pytest.raises(BadInputError, match="schema version 2"):
        observe(OBSERVER, written(tmp_path, SchemaVersion=schema))


@pytest.mark.parametrize("name", [".", "/", "..", "host name with blanks"])
def test_what_has_no_name_of_its_own_is_asked_for(name, tmp_path):
    with pytest.raises(UsageError, match="--subject system:core"):
        observe(OBSERVER, written(tmp_path, ArtifactName=name), subject="")


@given(raw=mutations([each.read_bytes() for each in (IMAGE, CONFIG, NOTHING)]))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    survives(OBSERVER, tmp_path / "mutated", raw)


@given(value=shapes(WORDS))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_is_read_or_refused(value, tmp_path):
    report = {"SchemaVersion": 2, "ArtifactName": "a", "Results": [value]} | value
    survives(OBSERVER, tmp_path / "shape", json.dumps(report).encode())

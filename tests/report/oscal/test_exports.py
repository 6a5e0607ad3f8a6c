"""OSCAL exports: valid by the official schema, and by the references it does not look at."""

import copy
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import regex

from panshi.errors import BadInputError
from panshi.model.control import Basis
from panshi.model.estate import Estate
from panshi.model.verdict import Assessment, Status, Tally, Verdict
from panshi.node.library import Library
from panshi.report.oscal import assessment_results, catalog, check, mapping_collection
from panshi.report.oscal.checks import checked
from panshi.report.oscal.identity import token

NOW = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)
SCHEMAS = Path(__file__).parents[4] / "shared" / "data" / "oscal-schemas.zip"
LIBRARY = Library()


def pattern(_validator: object, wanted: str, found: object, _schema: object) -> Iterator[object]:
    """OSCAL's patterns use Unicode classes, which the standard library's `re` does not know."""
    if isinstance(found, str) and not regex.search(wanted, found):
        yield jsonschema.ValidationError(f"{found!r} does not match {wanted!r}")


def faults_by_schema(name: str, document: object) -> list[str]:
    if not SCHEMAS.exists():
        pytest.skip("the official OSCAL schemas are not beside the repository")
    with zipfile.ZipFile(SCHEMAS) as bundle:
        found = next(e for e in bundle.namelist() if e.endswith(f"oscal_{name}_schema.json"))
        schema = json.loads(bundle.read(found))
    validator = jsonschema.validators.extend(jsonschema.Draft7Validator, {"pattern": pattern})
    return [
        f"{error.json_path}: {error.message[:200]}"
        for error in validator(schema).iter_errors(document)
    ]


def assessment(framework_id: str) -> Assessment:
    framework = LIBRARY.framework(framework_id)
    statuses = [Status.MET, Status.NOT_MET, Status.UNKNOWN, Status.ATTESTED, Status.NOT_JUDGED]
    verdicts = tuple(
        Verdict(
            control=control.key,
            basis=Basis.EVIDENCE,
            status=statuses[number % len(statuses)],
            stage=control.stage,
            tally=Tally(population=10, seen=9, passing=9, unseen=1),
            claimed=1.0,
            evidenced=0.9,
            possible=1.0,
            probability=0.91,
            met=number % len(statuses) == 0,
        )
        for number, control in enumerate(framework.controls)
    )
    return Assessment(
        framework=framework_id,
        framework_version=framework.version,
        estate="e",
        estate_version=1,
        as_of=NOW,
        verdicts=verdicts,
        log_size=10,
        log_root="00" * 32,
    )


ESTATE = Estate(id="e", name_zh="測試", name_en="test", version=1, as_of=NOW, assets=())


@pytest.mark.data
@pytest.mark.parametrize("framework_id", list(LIBRARY.frameworks))
def test_every_catalog_is_valid(framework_id: str) -> None:
    document = json.loads(catalog(LIBRARY.framework(framework_id), NOW))
    assert faults_by_schema("catalog", document) == []


@pytest.mark.data
@pytest.mark.parametrize("framework_id", ["zt36", "actionplan"])
def test_every_crosswalk_is_valid(framework_id: str) -> None:
    framework = LIBRARY.framework(framework_id)
    document = json.loads(mapping_collection(framework, LIBRARY.frameworks, LIBRARY.mappings, NOW))
    assert faults_by_schema("mapping", document) == []


@pytest.mark.data
@pytest.mark.parametrize("framework_id", list(LIBRARY.frameworks))
def test_every_assessment_is_valid(framework_id: str) -> None:
    framework = LIBRARY.framework(framework_id)
    document = json.loads(assessment_results(assessment(framework_id), framework, ESTATE))
    assert faults_by_schema("assessment-results", document) == []


def test_a_catalog_holds_every_control_once_and_the_same_each_time() -> None:
    framework = LIBRARY.framework("emerging")
    raw = catalog(framework, NOW)
    assert raw == catalog(framework, NOW)
    labels = raw.decode().count('"name": "label"')
    assert labels == len(framework.controls)


def test_an_unknown_verdict_is_not_satisfied() -> None:
    framework = LIBRARY.framework("zt36")
    document = json.loads(assessment_results(assessment("zt36"), framework, ESTATE))
    states = {
        finding["props"][0]["value"]: finding["target"]["status"]["state"]
        for finding in document["assessment-results"]["results"][0]["findings"]
    }
    assert states == {
        "met": "satisfied",
        "attested": "satisfied",
        "not_met": "not-satisfied",
        "unknown": "not-satisfied",
    }


@pytest.fixture
def mapping() -> dict[str, Any]:
    framework = LIBRARY.framework("zt36")
    raw = mapping_collection(framework, LIBRARY.frameworks, LIBRARY.mappings, NOW)
    return dict(json.loads(raw))


KNOWN = {
    token(framework.id, control.id)
    for framework in LIBRARY.frameworks.values()
    for control in framework.controls
}


def faults(document: dict[str, Any]) -> list[str]:
    return [fault.problem for fault in check(document, known=KNOWN)]


def test_a_sound_mapping_has_no_fault(mapping: dict[str, Any]) -> None:
    assert faults(mapping) == []


def test_a_duplicate_id_is_rejected(mapping: dict[str, Any]) -> None:
    maps = mapping["mapping-collection"]["mappings"][0]["maps"]
    maps.append(copy.deepcopy(maps[0]))
    assert any("stands at" in fault for fault in faults(mapping))


def test_a_dangling_reference_is_rejected(mapping: dict[str, Any]) -> None:
    mapping["mapping-collection"]["mappings"][0]["maps"][0]["targets"][0]["id-ref"] = "nowhere-1"
    assert faults(mapping) == ["id-ref nowhere-1 names no known control"]


def test_an_unknown_relation_is_rejected(mapping: dict[str, Any]) -> None:
    mapping["mapping-collection"]["mappings"][0]["maps"][0]["relationship"] = "resembles"
    with pytest.raises(BadInputError, match="unknown relation 'resembles'"):
        checked(mapping, known=KNOWN)


def test_a_bad_status_is_rejected(mapping: dict[str, Any]) -> None:
    mapping["mapping-collection"]["provenance"]["status"] = "published"
    assert faults(mapping) == ["unknown status 'published'"]


def test_a_duplicate_control_in_a_catalog_is_rejected() -> None:
    document = json.loads(catalog(LIBRARY.framework("zt36"), NOW))
    controls = document["catalog"]["groups"][0]["controls"]
    controls.append(copy.deepcopy(controls[0]))
    assert any("stands at" in fault for fault in faults(document))


@pytest.mark.slow
def test_trestle_reads_every_export(tmp_path: Path) -> None:
    """compliance-trestle, which has its own idea of OSCAL, loads and re-validates each file."""
    paths = []
    for framework in LIBRARY.frameworks.values():
        paths.append(tmp_path / f"{framework.id}.catalog.json")
        paths[-1].write_bytes(catalog(framework, NOW))
        if any(each.source.startswith(f"{framework.id}/") for each in LIBRARY.mappings):
            paths.append(tmp_path / f"{framework.id}.mapping.json")
            crosswalk = mapping_collection(framework, LIBRARY.frameworks, LIBRARY.mappings, NOW)
            paths[-1].write_bytes(crosswalk)
        paths.append(tmp_path / f"{framework.id}.results.json")
        paths[-1].write_bytes(assessment_results(assessment(framework.id), framework, ESTATE))
    done = subprocess.run(
        [sys.executable, "-c", TRESTLE, *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == ["ok"] * len(paths)


TRESTLE = """
import sys, pathlib
from trestle.oscal.catalog import Catalog
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.mapping import MappingCollection
MODELS = {"catalog": Catalog, "results": AssessmentResults, "mapping": MappingCollection}
for name in sys.argv[1:]:
    model = MODELS[name.split(".")[-2]]
    assert model.oscal_read(pathlib.Path(name)) is not None, name
    print("ok")
"""

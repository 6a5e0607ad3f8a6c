"""The CycloneDX export against the official 1.6 schema."""

import json
import zipfile
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from panshi.report.estate_files import estate_cyclonedx
from tests.simulators.estates import estates

SPECIFICATION = Path(__file__).resolve().parents[4] / "shared" / "data" / "cyclonedx-spec.zip"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not SPECIFICATION.exists(),
        reason="the CycloneDX specification is not beside the repository",
    ),
]


@cache
def validator():
    with zipfile.ZipFile(SPECIFICATION) as archive:
        schemas = {
            name: json.loads(archive.read(f"schema/{name}"))
            for name in ("bom-1.6.schema.json", "spdx.schema.json", "jsf-0.82.schema.json")
        }
    resources = [
        (schema["$id"], Resource(contents=schema, specification=DRAFT7))
        for schema in schemas.values()
    ]
    return jsonschema.Draft7Validator(
        schemas["bom-1.6.schema.json"],
        registry=Registry().with_resources(resources),
        format_checker=jsonschema.FormatChecker(),
    )


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(estates())
def test_every_estate_is_a_valid_document(estate):
    document = json.loads(estate_cyclonedx(estate))
    found = [f"{error.json_path}: {error.message}" for error in validator().iter_errors(document)]
    assert found == []


def test_the_schema_is_really_looked_at():
    assert list(validator().iter_errors({"bomFormat": "CycloneDX"}))

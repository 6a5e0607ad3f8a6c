"""SPDX documents, in three forms, become the same observation."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.software import Component
from panshi.observe.spdx import OBSERVER
from tests.observe.hostile import mutations, observe, shapes, survives

GOLDEN = Path(__file__).parents[1] / "golden" / "spdx"
JSON = GOLDEN / "webshop-2.3.spdx.json"
TAGS = GOLDEN / "webshop-2.2.spdx"
GRAPH = GOLDEN / "webshop-3.0.spdx.json"
ALL = [JSON, TAGS, GRAPH]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_each_form_says_the_same(path):
    [seen], _ = observe(OBSERVER, path, subject="")

    assert seen.subject == "system:webshop"
    assert seen.observed_at == datetime(2026, 3, 1, 2, 3, 4, tzinfo=UTC)
    assert seen.collector == "example-sbom-1.9"
    body = seen.body
    assert body.format == "SPDX"
    assert body.spec_version == {JSON: "2.3", TAGS: "2.2", GRAPH: "3.0.1"}[path]
    assert body.created == date(2026, 3, 1)
    assert (body.subject_name, body.subject_version) == ("webshop", "4.2.0")
    assert body.supplier == "Example Software Ltd."
    # The described package is no part of itself, nor is a file a package.
    assert [each.name for each in body.components] == ["openssl", "zlib", "in-house-forms"]
    assert body.components[0] == Component(
        name="openssl",
        version="3.0.15",
        purl="pkg:deb/debian/openssl@3.0.15",
        licence="Apache-2.0",
    )
    assert body.component_count == 3
    assert body.versioned_share == pytest.approx(2 / 3)
    assert body.identified_share == pytest.approx(2 / 3)


def test_parties_and_licences_that_nobody_asserts_are_left_empty():
    [seen], warnings = observe(OBSERVER, JSON)

    assert [each.supplier for each in seen.body.components] == ["", "Example Person", ""]
    assert [each.licence for each in seen.body.components] == ["Apache-2.0", "Zlib", ""]
    assert seen.body.skipped == 1
    assert warnings == [f"{JSON}: /packages/4: a component without a name; it is left out"]


def test_several_described_packages_are_parts_and_give_no_subject(tmp_path):
    path = tmp_path / "two.spdx.json"
    packages = [{"SPDXID": f"SPDXRef-{n}", "name": f"n{n}"} for n in range(3)]
    document = {"packages": packages, "documentDescribes": ["SPDXRef-0", "SPDXRef-1"]}
    path.write_text(json.dumps({"spdxVersion": "SPDX-2.2"} | document))

    [seen], _ = observe(OBSERVER, path, subject="system:core")

    assert seen.body.component_count == 3
    assert seen.body.subject_name == ""
    with pytest.raises(UsageError, match="--subject"):
        observe(OBSERVER, path, subject="")


def test_the_relation_described_by_counts_as_well(tmp_path):
    path = tmp_path / "by.spdx"
    path.write_text(
        "SPDXVersion: SPDX-2.3\nPackageName: app\nSPDXID: SPDXRef-a\n"
        "PackageName: lib\nSPDXID: SPDXRef-l\n"
        "Relationship: SPDXRef-a DESCRIBED_BY SPDXRef-DOCUMENT\n"
    )

    [seen], _ = observe(OBSERVER, path, subject="")

    assert seen.subject == "system:app"
    assert [each.name for each in seen.body.components] == ["lib"]


def test_a_text_that_is_never_closed_is_refused_with_its_line(tmp_path):
    path = tmp_path / "cut.spdx"
    path.write_text("SPDXVersion: SPDX-2.3\nCreatorComment: <text>begins\nand ends not\n")

    with pytest.raises(BadInputError, match=r"cut\.spdx:2"):
        observe(OBSERVER, path)


def test_a_line_that_is_no_tag_is_told(tmp_path):
    path = tmp_path / "odd.spdx"
    path.write_text("SPDXVersion: SPDX-2.3\nwhat is this\nPackageName: a\n")

    [seen], warnings = observe(OBSERVER, path)

    assert seen.body.component_count == 1
    assert warnings == [f"{path}:2: a line that is no tag"]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b'{"spdxVersion": "SPDX-1.2"}', "not an SPDX 2 document"),
        (b'{"@graph": []}', "not an SPDX 3 document"),
        (b'{"spdxVersion": "SPDX-2.3", "packages": {}}', "expected an array"),
        (b"PackageName: a\n", "not an SPDX 2 document"),
        (b"<rdf:RDF/>", "RDF/XML"),
    ],
)
def test_what_is_grossly_wrong_is_refused(raw, problem, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(raw)

    with pytest.raises(BadInputError, match=problem):
        observe(OBSERVER, path)


@given(raw=mutations([each.read_bytes() for each in ALL]))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    survives(OBSERVER, tmp_path / "mutated", raw)


WORDS = (
    "SPDXID name versionInfo supplier licenseConcluded licenseDeclared externalRefs referenceType "
    "referenceLocator purl packages relationships spdxElementId relationshipType created "
    "relatedSpdxElement DESCRIBES SPDXRef-DOCUMENT creationInfo creators documentDescribes type "
    "software_Package SpdxDocument CreationInfo Relationship Organization spdxId rootElement "
    "specVersion 3.0.1 suppliedBy externalIdentifier from to hasConcludedLicense createdUsing"
)


@given(part=shapes(WORDS), graph=st.booleans())
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_of_json_is_read_or_refused(part, graph, tmp_path):
    creation = {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1"}
    document = {"@graph": [creation, part, [part]]} if graph else {"packages": [part]} | part

    raw = json.dumps({"spdxVersion": "SPDX-2.3"} | document).encode()

    survives(OBSERVER, tmp_path / "file.spdx.json", raw)

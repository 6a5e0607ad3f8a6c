"""What a stream promises: components one at a time, then what the whole document says."""

import hashlib
import json
from pathlib import Path

import pytest

from panshi.errors import BadInputError
from panshi.model.supply_chain.bom import BomComponent
from panshi.observe.bom import cyclonedx_json, document, open_bom
from panshi.observe.bom.pieces import purl_defect

GOLDEN = Path(__file__).parents[2] / "golden"


def bill(parts, **more):
    top = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": parts} | more
    return json.dumps(top).encode()


RICH = {
    "type": "library",
    "bom-ref": "a",
    "name": "log4j-core",
    "group": "org.apache.logging.log4j",
    "version": "2.17.1",
    "purl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.17.1",
    "cpe": "cpe:2.3:a:apache:log4j:2.17.1:*:*:*:*:*:*:*",
    "scope": "required",
    "supplier": {"name": "Apache"},
    "licenses": [{"license": {"id": "Apache-2.0"}}],
    "hashes": [{"alg": "SHA-256", "content": "ab" * 32}],
}


def test_a_component_comes_with_all_it_says():
    [found] = open_bom(bill([RICH]))

    assert found == BomComponent(
        name="log4j-core",
        version="2.17.1",
        purl="pkg:maven/org.apache.logging.log4j/log4j-core@2.17.1",
        ref="a",
        type="library",
        supplier="Apache",
        licence="Apache-2.0",
        cpe="cpe:2.3:a:apache:log4j:2.17.1:*:*:*:*:*:*:*",
        scope="required",
        hashes=(("SHA-256", "ab" * 32),),
        place="/components/0",
        group="org.apache.logging.log4j",
    )


def test_the_head_is_complete_when_the_components_have_passed():
    raw = bill(
        [RICH, {"type": "library", "bom-ref": "b", "name": "b"}],
        serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        version=3,
        metadata={
            "timestamp": "2026-03-01T02:03:04Z",
            "tools": {"components": [{"type": "application", "name": "maker", "version": "1"}]},
            "authors": [{"name": "Ana"}],
            "component": {"type": "application", "name": "app", "version": "9", "bom-ref": "root"},
        },
        dependencies=[{"ref": "root", "dependsOn": ["a"]}, {"ref": "a", "dependsOn": ["b", "b"]}],
    )

    head = open_bom(raw, source="given").head

    assert (head.format, head.spec_version, head.version) == ("CycloneDX", "1.6", 3)
    assert head.created == "2026-03-01T02:03:04Z"
    assert (head.tools, head.authors) == (("maker 1",), ("Ana",))
    assert (head.subject.name, head.subject.ref) == ("app", "root")
    assert head.dependencies == (("root", ("a",)), ("a", ("b",)))
    assert head.components == 2
    assert (head.digest, head.size) == (hashlib.sha256(raw).hexdigest(), len(raw))


DIRTY = [
    ("a text", 1, "a component that is no object but text; it is left out"),
    ({"type": "library"}, 1, "a component without a name; it is left out"),
    ({"type": "library", "name": "\x00\x01"}, 1, "a component without a name; it is left out"),
    ({"type": "library", "name": "x", "version": "3.0.3-NA"}, 0, "version '3.0.3-NA' is none"),
    ({"type": "library", "name": "x", "version": "NOASSERTION"}, 0, "'NOASSERTION' is none"),
    ({"type": "library", "name": "x", "version": 3}, 0, "version is no text but number"),
    ({"type": "library", "name": "x", "purl": "pkg:npm/@1"}, 0, "package URL without a name"),
    ({"type": "library", "name": "x", "purl": "x@1"}, 0, "'x@1' is not a package URL"),
    ({"type": "library", "name": "x", "hashes": [{"alg": 5}]}, 0, "hashes[0].alg is no text"),
    ({"type": "library", "name": "x", "licenses": "MIT"}, 0, "licenses is no array but text"),
    ({"name": "x"}, 0, "a component without a type"),
]


@pytest.mark.parametrize(("dirt", "unreadable", "problem"), DIRTY)
def test_a_bad_entry_is_told_and_costs_nothing_else(dirt, unreadable, problem):
    stream = open_bom(bill([RICH, dirt, RICH]))

    found = list(stream)

    assert [each.name for each in found if each.name != "x"] == ["log4j-core", "log4j-core"]
    assert stream.unreadable == unreadable == 3 - len(found)
    [defect] = stream.defects
    assert problem in defect.problem
    assert defect.place.startswith("/components/1")


def test_the_quick_way_and_the_patient_way_say_the_same(monkeypatch):
    raw = bill(
        [RICH | {"components": [{"type": "file", "name": "inner"}]}, {"type": "x", "name": "y"}],
        metadata={"component": {"type": "library", "name": "app"}, "supplier": {"name": "S"}},
        dependencies=[{"ref": "a"}],
    )
    quick = open_bom(raw)
    one = list(quick)
    monkeypatch.setattr(cyclonedx_json, "decode", lambda _raw: None)
    monkeypatch.setattr("panshi.observe.bom.opening.decode", lambda _raw: None)
    patient = open_bom(raw)

    assert list(patient) == one
    assert [each.name for each in one] == ["inner", "log4j-core", "y"]
    assert patient.head == quick.head
    assert patient.defects == quick.defects


@pytest.mark.parametrize("name", ["webshop-2.3.spdx.json", "webshop-2.2.spdx"])
def test_spdx_is_streamed_as_it_is_decoded_whole(name, monkeypatch):
    raw = (GOLDEN / "spdx" / name).read_bytes()
    quick = open_bom(raw)
    one = list(quick)
    monkeypatch.setattr(document, "_WHOLE", 10)
    monkeypatch.setattr("panshi.observe.bom.opening.slim", lambda _raw: False)
    patient = open_bom(raw)

    assert list(patient) == one
    assert patient.head == quick.head


def test_relationships_of_spdx_become_dependencies():
    raw = json.dumps(
        {
            "spdxVersion": "SPDX-2.3",
            "packages": [
                {"SPDXID": f"SPDXRef-{each}", "name": each} for each in ("app", "lib", "tool")
            ],
            "relationships": [
                {
                    "spdxElementId": f"SPDXRef-{here}",
                    "relationshipType": kind,
                    "relatedSpdxElement": f"SPDXRef-{there}",
                }
                for here, kind, there in (
                    ("DOCUMENT", "DESCRIBES", "app"),
                    ("app", "DEPENDS_ON", "lib"),
                    ("tool", "BUILD_DEPENDENCY_OF", "app"),
                )
            ],
        }
    ).encode()

    head = open_bom(raw).head

    assert head.subject.name == "app"
    assert head.dependencies == (("SPDXRef-app", ("SPDXRef-lib", "SPDXRef-tool")),)


def test_statements_a_bill_carries_come_with_it():
    raw = bill(
        [RICH],
        vulnerabilities=[
            {
                "id": "CVE-2021-44228",
                "analysis": {"state": "not_affected", "justification": "code_not_reachable"},
                "affects": [{"ref": "a"}],
            }
        ],
    )

    [statement] = open_bom(raw).vex

    assert statement.vulnerability == "CVE-2021-44228"
    assert statement.status == "not_affected"
    assert statement.products[0].purl == RICH["purl"]


def test_a_document_of_another_kind_is_refused_where_one_kind_is_asked_for():
    spdx = b'{"spdxVersion": "SPDX-2.3", "packages": []}'

    with pytest.raises(BadInputError):
        list(open_bom(spdx, only="CycloneDX"))
    with pytest.raises(BadInputError):
        list(open_bom(bill([]), only="SPDX"))
    with pytest.raises(BadInputError, match="neither CycloneDX nor SPDX"):
        list(open_bom(b'{"hello": "world"}'))


@pytest.mark.parametrize(
    ("purl", "wrong"),
    [
        ("pkg:npm/%40angular/core@1", False),
        ("pkg:npm/@angular/core@1", False),
        ("pkg:golang/github.com/a/b@v1#sub", False),
        ("pkg:deb/debian/a@1:2?arch=all", False),
        ("pkg:npm/", True),
        ("pkg:npm", True),
        ("pkg:/a@1", True),
        ("pkg:golang/github.com/@v1", True),
        ("pkg:npm/@1?x=y", True),
        ("http://x", True),
    ],
)
def test_a_purl_that_names_nothing_is_known(purl, wrong):
    assert bool(purl_defect(purl)) is wrong


def test_who_leaves_early_still_gets_the_whole_head():
    stream = open_bom(bill([RICH] * 5))

    for _ in stream:
        break

    assert stream.head.components == 5
    assert list(stream) == []

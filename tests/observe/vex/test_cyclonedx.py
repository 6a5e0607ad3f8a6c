"""CycloneDX VEX: alone, inside a bill, by BOM-Link, as JSON and as XML."""

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from panshi.model.supply_chain.vex import VexStatus
from panshi.observe.vex.reading import read_vex

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "bom-examples.zip"
SERIAL = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"


def bom(**vulnerability):
    held = {
        "id": "CVE-2026-1",
        "analysis": {"state": "not_affected", "justification": "code_not_reachable"},
        "affects": [{"ref": "lib"}],
    } | vulnerability
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": SERIAL,
        "version": 2,
        "metadata": {"timestamp": "2026-01-01T00:00:00Z", "supplier": {"name": "Acme"}},
        "components": [
            {"bom-ref": "app", "components": [{"bom-ref": "lib", "purl": "pkg:pypi/x@1.0"}]}
        ],
        "vulnerabilities": [held],
    }


def read(made):
    return read_vex(json.dumps(made).encode())


def test_a_component_of_the_document_is_known_by_purl_and_by_link():
    (found,) = read(bom()).statements
    (product,) = found.products
    assert product.purl == "pkg:pypi/x@1.0"
    assert product.ref == "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2#lib"
    assert (found.status, found.author) == (VexStatus.NOT_AFFECTED, "Acme")
    assert found.justification == "vulnerable_code_not_in_execute_path"


def test_a_link_to_another_document_keeps_its_edition():
    link = "urn:cdx:AAAAAAAA-395b-41f5-a30f-a58921a69b79/1#pkg:maven/g/a@2.10.0?type=jar"
    (product,) = read(bom(affects=[{"ref": link}])).statements[0].products
    assert product.purl == "pkg:maven/g/a@2.10.0?type=jar"
    assert product.ref.startswith("urn:cdx:aaaaaaaa-395b-41f5-a30f-a58921a69b79/1#pkg:maven")


def test_versions_narrow_what_is_meant_and_contradictions_are_left_out():
    versions = [
        {"version": "1.0", "status": "unaffected"},
        {"range": "vers:pypi/>=2|<3"},
        {"version": "4", "status": "affected"},
        {"version": "5", "status": "unknown"},
        {},
    ]
    found = read(bom(affects=[{"ref": "lib", "versions": versions}]))
    assert [each.versions for each in found.statements[0].products] == [
        "vers:pypi/1.0",
        "vers:pypi/>=2|<3",
    ]
    assert len(found.defects) == 2


def test_our_last_day_and_system_come_back():
    properties = [
        {"name": "panshi:vex:expires", "value": "2026-12-31"},
        {"name": "panshi:vex:system", "value": "system:core"},
    ]
    (found,) = read(bom(properties=properties)).statements
    assert (found.expires, found.products[0].system) == (date(2026, 12, 31), "system:core")
    # And a last day nobody can read is long over
    properties[0]["value"] = "soon"
    assert read(bom(properties=properties)).statements[0].expires == date.min


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"affects": []}, True),
        ({"affects": [{}]}, True),
        ({"id": ""}, True),
        ({"analysis": {"state": "fine"}}, True),
        ({"analysis": {"state": "not_affected"}}, True),
        # No analysis tells of a vulnerability and states nothing: that is no defect
        ({"analysis": {}}, False),
    ],
)
def test_what_names_nothing_counts_for_nothing(wrong, told):
    found = read(bom(**wrong))
    assert found.statements == ()
    assert bool(found.defects) is told


XML = f"""<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" serialNumber="{SERIAL}" version="2">
 <metadata><timestamp>2026-01-01T00:00:00Z</timestamp><supplier><name>Acme</name></supplier></metadata>
 <components><component type="application" bom-ref="app"><name>a</name>
  <components><component type="library" bom-ref="lib"><name>x</name><purl>pkg:pypi/x@1.0</purl>
  </component></components></component></components>
 <vulnerabilities><vulnerability bom-ref="v"><id>CVE-2026-1</id>
  <analysis><state>not_affected</state><justification>code_not_reachable</justification></analysis>
  <affects><target><ref>lib</ref></target></affects></vulnerability></vulnerabilities>
</bom>"""


def test_xml_says_the_same_as_json():
    told, said = read_vex(XML.encode()), read(bom())
    assert told.statements[0]._replace(document="") == said.statements[0]._replace(document="")


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="no bom-examples.zip among the reference data")
def test_the_published_examples_are_read():
    stated, silent = {}, []
    with zipfile.ZipFile(DATA) as packed:
        for name in packed.namelist():
            if "/VEX/" in f"/{name}" and "vex" in Path(name).name and name.endswith(".json"):
                found = read_vex(packed.read(name))
                stated[name] = len(found.statements)
                silent += [] if found.statements else [(name, found.defects)]
    assert len(stated) >= 25
    assert sum(stated.values()) >= 100
    # One example affects nothing by name: read as such, never as one about everything
    ((name, defects),) = silent
    assert name.endswith("Case-7/vex.json")
    assert "counts for nothing" in defects[0].problem

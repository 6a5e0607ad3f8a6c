"""OpenVEX as published and as it was before 0.2.0."""

import json
import zipfile
from pathlib import Path

import pytest

from panshi.errors import BadInputError
from panshi.model.supply_chain.vex import VexStatus
from panshi.observe.vex.reading import read_vex

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "openvex-tests.zip"


def openvex(**statement):
    held = {
        "vulnerability": {"name": "CVE-2026-1", "aliases": ["GHSA-x"]},
        "products": [{"@id": "pkg:pypi/x@1"}],
        "status": "not_affected",
        "justification": "component_not_present",
    } | statement
    return json.dumps(
        {
            "@context": "https://openvex.dev/ns/v0.2.0",
            "@id": "urn:x",
            "author": "Acme",
            "timestamp": "2026-01-01T00:00:00Z",
            "statements": [held],
        }
    ).encode()


def test_a_statement_is_read_with_what_it_inherits():
    (found,) = read_vex(openvex()).statements
    assert (found.vulnerability, found.aliases) == ("CVE-2026-1", ("GHSA-x",))
    assert (found.author, found.issued) == ("Acme", "2026-01-01T00:00:00Z")
    assert (found.status, found.products[0].purl) == (VexStatus.NOT_AFFECTED, "pkg:pypi/x@1")


def test_the_form_before_0_2_0_is_read_alike():
    found = read_vex(openvex(vulnerability="CVE-2026-1", products=["pkg:pypi/x@1"]))
    assert found.statements[0].products[0].purl == "pkg:pypi/x@1"
    assert found.statements[0].vulnerability == "CVE-2026-1"


def test_parts_range_and_our_system_are_read_from_names():
    products = [
        {"@id": "pkg:oci/app@sha256%3Aab", "subcomponents": [{"@id": "pkg:apk/x@1"}]},
        {"@id": "pkg:pypi/y?vers=vers:pypi/%3E%3D1%7C%3C2&arch=x"},
        {"@id": "urn:panshi:asset:system:core", "subcomponents": ["pkg:pypi/z@1"]},
    ]
    (found,) = read_vex(openvex(products=products)).statements
    assert found.products[0].subcomponents == ("pkg:apk/x@1",)
    assert (found.products[1].purl, found.products[1].versions) == (
        "pkg:pypi/y?arch=x",
        "vers:pypi/>=1|<2",
    )
    assert (found.products[2].system, found.products[2].subcomponents) == (
        "system:core",
        ("pkg:pypi/z@1",),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"products": []},
        {"products": [{}]},
        {"vulnerability": {}},
        {"status": "fine"},
        {"justification": "", "impact_statement": ""},
        {"justification": "because"},
        {"products": [{"@id": "pkg:x/y@1", "subcomponents": [{}]}]},
    ],
)
def test_a_statement_that_says_too_little_counts_for_nothing_and_is_told(wrong):
    found = read_vex(openvex(**wrong))
    assert found.statements == ()
    assert found.defects
    assert all(each.place.startswith("/statements/0") for each in found.defects)


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="no openvex-tests.zip among the reference data")
def test_the_published_documents_are_read():
    with zipfile.ZipFile(DATA) as packed:
        names = [each for each in packed.namelist() if each.endswith(".json")]
        found = {name.rpartition("pkg/")[2]: read_vex(packed.read(name)) for name in names}
        yaml = next(each for each in packed.namelist() if each.endswith(".yaml"))
        # The one YAML form was given up by the format itself
        with pytest.raises(BadInputError):
            read_vex(packed.read(yaml))
    counts = {name: (each.format, len(each.statements)) for name, each in found.items()}
    assert counts == {
        "csaf/testdata/csaf.json": ("CSAF", 0),
        "csaf/testdata/openvex.json": ("OpenVEX", 1),
        "csaf/testdata/rhsa-2020_1358.json": ("CSAF", 0),
        "vex/testdata/csaf.json": ("CSAF", 1),
        "vex/testdata/v0.0.1-noversion.json": ("OpenVEX", 1),
        "vex/testdata/v0.0.1.json": ("OpenVEX", 1),
        "vex/testdata/v0.2.0.json": ("OpenVEX", 5),
        "vex/testdata/v001-1.vex.json": ("OpenVEX", 1),
        "vex/testdata/v001-2.vex.json": ("OpenVEX", 1),
        "vex/testdata/v020-1.vex.json": ("OpenVEX", 1),
        "vex/testdata/v020-2.vex.json": ("OpenVEX", 1),
    }
    # What states nothing says why
    assert all(each.defects for each in found.values() if not each.statements)

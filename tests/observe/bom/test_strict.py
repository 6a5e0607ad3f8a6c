"""Rules no schema expresses, and documents of SPDX held to what the standard demands."""

import json
from pathlib import Path

import pytest

from panshi.observe.bom.strict import check_bom

SPDX = Path(__file__).parents[2] / "golden" / "spdx"


def told(document):
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return [(each.place, each.problem) for each in check_bom(raw)]


TOP = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
LIBRARY = {"type": "library", "name": "a", "bom-ref": "a"}


def test_a_clean_document_has_nothing_against_it():
    assert told(TOP | {"components": [LIBRARY], "dependencies": [{"ref": "a"}]}) == []


def test_a_reference_stands_once_and_what_is_named_exists():
    doubled = TOP | {"components": [LIBRARY, LIBRARY | {"name": "b"}]}
    assert told(doubled) == [
        ("/components/1/bom-ref", "bom-ref 'a' stands twice, first at /components/0")
    ]
    dangling = TOP | {"components": [LIBRARY], "dependencies": [{"ref": "a", "dependsOn": ["z"]}]}
    assert told(dangling) == [
        ("/dependencies/0", "a dependency names 'z', which is not in the document")
    ]


def test_the_same_rules_hold_in_xml():
    raw = b"""<bom xmlns="http://cyclonedx.org/schema/bom/1.7" version="1"><components>
    <component type="library" bom-ref="a"><name>a</name></component>
    <component type="library" bom-ref="b"><name>b</name><versionRange>vers:npm/1</versionRange>
    </component></components><dependencies><dependency ref="z"/></dependencies></bom>"""

    assert told(raw) == [
        ("line 3", "a range of versions belongs to an external component (isExternal)"),
        ("line 4", "a dependency names 'z', which is not in the document"),
    ]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"specVersion": "2.0"}, "/specVersion"),
        ({"specVersion": 1.6}, "/specVersion"),
        ({"components": [{"name": "a"}]}, "/components/0"),
        ({"components": [LIBRARY | {"hashes": [{"alg": "MD5", "content": "x"}]}]}, "/components/0"),
        ({"serialNumber": "7"}, "/serialNumber"),
    ],
)
def test_a_breach_of_the_schema_has_its_place(change, place):
    assert any(where.startswith(place) for where, _ in told(TOP | change))


def test_nothing_is_loaded_from_outside(monkeypatch):
    import socket

    def refused(*_given, **_named):
        raise AssertionError("a schema was fetched")

    monkeypatch.setattr(socket, "getaddrinfo", refused)
    for version in ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7"):
        assert told(TOP | {"specVersion": version, "components": []}) == []
        assert (
            told(
                f'<bom xmlns="http://cyclonedx.org/schema/bom/{version}" version="1">'
                "<components/></bom>".encode()
            )
            == []
        )


GOOD = {
    "spdxVersion": "SPDX-2.3",
    "dataLicense": "CC0-1.0",
    "SPDXID": "SPDXRef-DOCUMENT",
    "name": "n",
    "documentNamespace": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    "creationInfo": {"created": "2026-03-01T02:03:04Z", "creators": ["Tool: x"]},
    "packages": [{"name": "a", "SPDXID": "SPDXRef-a", "downloadLocation": "NOASSERTION"}],
}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({}, None),
        ({"dataLicense": "MIT"}, "/dataLicense"),
        ({"name": ""}, ""),
        ({"spdxVersion": "SPDX-9.9"}, "/spdxVersion"),
        ({"creationInfo": {"created": "yesterday", "creators": ["x"]}}, "/creationInfo/created"),
        ({"packages": {}}, "/packages"),
        ({"packages": [{"name": "a"}]}, "/packages/0"),
        ({"packages": GOOD["packages"] * 2}, "/packages/1/SPDXID"),
        (
            {
                "relationships": [
                    {
                        "spdxElementId": "SPDXRef-a",
                        "relationshipType": "DEPENDS_ON",
                        "relatedSpdxElement": "SPDXRef-z",
                    }
                ]
            },
            "/relationships/0/relatedSpdxElement",
        ),
    ],
)
def test_spdx_is_held_to_what_the_standard_demands(change, place):
    places = [where for where, _ in told(GOOD | change)]

    assert (places == []) if place is None else (place in places)


def test_a_graph_of_spdx_3_needs_its_document_and_its_making():
    good = (SPDX / "webshop-3.0.spdx.json").read_bytes()
    assert told(good) == []

    graph = json.loads(good)
    graph["@graph"] = [each for each in graph["@graph"] if each.get("type") != "CreationInfo"]
    assert ("/@graph", "no CreationInfo") in told(graph)


def test_tags_and_values_need_what_the_standard_demands():
    good = (SPDX / "webshop-2.2.spdx").read_text()
    assert told(good.encode()) == []

    without = good.replace("DocumentNamespace:", "DocumentComment:")
    assert told(without.encode()) == [("", "DocumentNamespace is missing")]


def test_half_a_surrogate_pair_is_told():
    raw = b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":['
    raw += b'{"type":"library","name":"\\ud800"}]}'

    assert ("", "a text holds half a surrogate pair, which is no character") in told(raw)

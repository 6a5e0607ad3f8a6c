"""Norms from files: our own form and two foreign ones, also broken, hostile and huge."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.governance.norms.library_file import Format, read_norm
from panshi.model.control import Strength
from panshi.store import library

OSCAL = {
    "catalog": {
        "metadata": {
            "title": "A Catalog",
            "version": "2",
            "published": "2025-01-31T00:00:00Z",
            "remarks": "terms",
        },
        "groups": [
            {
                "title": "Access",
                "controls": [
                    {
                        "id": "ac-1",
                        "title": "Policy",
                        "props": [{"name": "label", "value": "AC-1"}],
                        "parts": [
                            {
                                "name": "statement",
                                "prose": "Keep a policy",
                                "parts": [
                                    {
                                        "name": "item",
                                        "prose": "reviewed {{ insert: param, p1 }} yearly; "
                                        "staff must know it",
                                    }
                                ],
                            },
                            {"name": "guidance", "prose": "Not the text."},
                        ],
                        "controls": [
                            {"id": "ac-1.1", "title": "Enhanced"},
                            {
                                "id": "ac-1.2",
                                "title": "Gone",
                                "props": [{"name": "status", "value": "withdrawn"}],
                            },
                        ],
                    }
                ],
            }
        ],
    }
}
LIBRARY = """
urn: urn:x:risk:library:demo
locale: en
name: Demo library
description: |
  text
copyright: own words
version: 3
publication_date: 2025-05-22
objects:
  framework:
    urn: urn:x:risk:framework:demo-1.0
    ref_id: DEMO-1.0
    name: Demo framework
    requirement_nodes:
    - urn: urn:x:risk:req_node:demo-1.0:id
      assessable: false
      depth: 1
      ref_id: ID
      name: Identify
    - urn: urn:x:risk:req_node:demo-1.0:id.am-1
      parent_urn: urn:x:risk:req_node:demo-1.0:id
      assessable: true
      depth: 2
      ref_id: ID.AM-1
      description: Inventories of hardware shall be kept.
      translations: {fr: {description: Inventaires}}
    - urn: urn:x:risk:req_node:demo-1.0:id.am-2
      parent_urn: urn:x:risk:req_node:demo-1.0:id
      assessable: true
      depth: 2
      name: Software
      description: null
"""


def test_our_own_yaml_is_read_with_strength_and_checks():
    name, raw = library.framework("zt36")
    found = read_norm(raw, source=name)
    assert found.format is Format.PANSHI
    assert found.norm.key == "zt36@2024-07-15"
    assert len(found.norm.clauses) == 36
    assert found.norm.valid_from is not None
    assert any(clause.thresholds for clause in found.norm.clauses)


def test_an_oscal_catalog_is_read_to_its_last_enhancement():
    found = read_norm(json.dumps(OSCAL).encode(), source="catalog.json")
    assert found.format is Format.OSCAL
    assert (found.norm.id, found.norm.version) == ("a-catalog", "2")
    assert str(found.norm.valid_from) == "2025-01-31"
    assert found.licence == "terms"
    policy, enhanced = found.norm.clauses
    assert policy.id == "AC-1"
    assert policy.text == ("", "Keep a policy reviewed   yearly; staff must know it")
    assert policy.strength is Strength.MUST
    assert enhanced.id == "ac-1.1"
    assert enhanced.context == ("", "Access\nPolicy")
    assert enhanced.parent == "AC-1"


def test_what_we_export_as_oscal_is_read_back():
    from datetime import UTC, datetime

    from panshi.node.library import Library
    from panshi.report.oscal import catalog

    framework = Library().framework("emerging")
    raw = catalog(framework, datetime(2026, 9, 30, tzinfo=UTC))
    found = read_norm(raw, source="emerging.json").norm
    assert {clause.id for clause in found.clauses} == set(framework.by_id)
    for clause in found.clauses:
        assert clause.strength is framework.by_id[clause.id].strength or (
            framework.by_id[clause.id].strength is Strength.NONE
        )


def test_a_library_gives_its_assessable_nodes_their_headings():
    found = read_norm(LIBRARY.encode(), source="demo.yaml")
    assert found.format is Format.CISO_ASSISTANT
    assert found.norm.key == "demo-1.0@3"
    assert found.licence == "own words"
    heading, first, second = found.norm.clauses
    assert not heading.judgeable
    assert first.text == ("", "Inventories of hardware shall be kept.")
    assert first.context == ("", "Identify")
    assert first.parent == second.parent == heading.id == "ID"
    assert first.strength is Strength.MUST
    assert second.id == "id.am-2"
    assert second.title == ("", "Software")
    assert [clause.id for clause in found.norm.judgeable] == ["ID.AM-1", "id.am-2"]


def test_a_chinese_library_is_chinese():
    text = LIBRARY.replace("Inventories of hardware shall be kept.", "應建立硬體清冊。").replace(
        "name: Software", "name: 軟體清冊"
    )
    found = read_norm(text.encode(), source="demo.yaml").norm
    assert found.clauses[1].text == ("應建立硬體清冊。", "")
    assert found.clauses[1].strength is Strength.MUST


def test_lists_that_occur_often_may_be_aliases():
    text = LIBRARY.replace(
        "      name: Software", "      implementation_groups: &g [a]\n      name: Software"
    ).replace("      translations: {fr: {description: Inventaires}}\n", "")
    text += "      questions: *g\n"
    assert len(read_norm(text.encode(), source="demo.yaml").norm.judgeable) == 2


def test_ids_that_occur_twice_stay_apart():
    text = LIBRARY.replace("      name: Software", "      ref_id: ID.AM-1\n      name: Software")
    found = read_norm(text.encode(), source="demo.yaml").norm
    assert [clause.id for clause in found.clauses] == ["ID", "ID.AM-1", "ID.AM-1#2"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no norm"),
        (b"{}", "no norm"),
        (b"[1, 2]", "no norm"),
        (b"{not json", "not JSON"),
        (b'{"catalog": {"controls": []}}', "no clause"),
        (b'{"catalog": 3}', "no norm"),
        (b"a: [", "not YAML"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"objects: {framework: {requirement_nodes: 3}}", "no clause"),
        (b"framework: x\ncontrols: []\n", "missing"),
        (b"a: &x [1]\nb: *x\n", "no norm"),
        (b"objects: &x {framework: *x}\n", "recursive"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "deeper"),
        (b"[" * 5000, "deeper"),
        (b"{a: " * 70 + b"1" + b"}" * 70, "deeper"),
    ],
)
def test_what_is_no_norm_is_refused_with_its_place(raw, said):
    with pytest.raises(BadInputError, match=said) as caught:
        read_norm(raw, source="norm.file")
    assert "norm.file" in caught.value.place


def test_a_huge_file_is_refused():
    with pytest.raises(BadInputError, match="larger than"):
        read_norm(b" " * (32 * 1024 * 1024 + 1), source="huge.json")


def test_too_many_clauses_are_refused():
    many = {"catalog": {"controls": [{"id": f"c{n}", "title": "x"} for n in range(20_001)]}}
    with pytest.raises(BadInputError, match="more than"):
        read_norm(json.dumps(many).encode(), source="many.json")


def test_texts_lose_what_cannot_be_printed():
    catalog = {"catalog": {"controls": [{"id": "c\x00\u202e1", "title": "a\x07b\u2028c"}]}}
    (clause,) = read_norm(json.dumps(catalog).encode(), source="x.json").norm.clauses
    assert clause.id == "c1"
    assert clause.title == ("", "abc")


KEYS = """
    catalog groups controls title id parts prose props name value objects framework
    requirement_nodes urn ref_id description assessable
"""
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=4)
    ),
    max_leaves=25,
)


def refusal(raw: bytes, source: str) -> BadInputError | None:
    """Read a file and give the refusal, if it was refused."""
    try:
        read_norm(raw, source=source)
    except BadInputError as error:
        return error
    return None


@settings(max_examples=200, deadline=None)
@given(trees)
def test_any_tree_is_a_norm_or_refused(tree):
    for raw in (json.dumps(tree).encode(), json.dumps({"catalog": tree}).encode()):
        try:
            found = read_norm(raw, source="tree.json")
        except BadInputError:
            continue
        assert found.norm.judgeable


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_norm_or_refused(raw):
    refused = refusal(raw, "bytes")
    assert refused is None or refused.problem


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(LIBRARY) - 1), put=st.sampled_from("{}[]:-&*!\x00\n \t\"'|>%@`"))
def test_one_wrong_character_is_read_or_refused(place, put):
    raw = (LIBRARY[:place] + put + LIBRARY[place + 1 :]).encode()
    refused = refusal(raw, "mutant.yaml")
    assert refused is None or "mutant.yaml" in refused.place

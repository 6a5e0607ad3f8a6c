"""The product tree: what ids mean, and what becomes of trees that contradict themselves."""

import pytest

from panshi.observe.vex.reading import read_vex
from tests.observe.vex.csaf_documents import document, packed, product, version


def purls(made):
    found = read_vex(packed(made))
    return (
        {one.purl for each in found.statements for one in each.products},
        [each.problem for each in found.defects],
    )


def branches(made):
    return made["product_tree"]["branches"][0]["branches"][0]["branches"]


def test_an_id_defined_twice_names_nothing():
    made = document()
    branches(made).append(version("9", "T1", "pkg:generic/acme/other@9"))
    named, told = purls(made)
    assert "pkg:generic/acme/teller@1.0" not in named
    assert "pkg:generic/acme/other@9" not in named
    assert any("6.1.2" in each for each in told)


def test_a_purl_that_is_none_names_nothing():
    made = document()
    branches(made)[0]["product"] = product("T1", "pkg:generic/")
    named, told = purls(made)
    assert any("6.1.13" in each for each in told)
    assert not any("known_affected" in each for each in named)
    assert "pkg:generic/acme/teller@1.0" not in named


@pytest.mark.parametrize("name", ["<2.0", "all versions", "1.0 and later", "2.*"])
def test_a_range_written_as_a_version_names_nothing(name):
    made = document()
    branches(made)[0] = version(name, "T1", "pkg:generic/acme/teller")
    _named, told = purls(made)
    assert any("6.1.31" in each for each in told)
    found = read_vex(packed(made))
    assert not any(each.status == "affected" for each in found.statements)


def test_a_range_in_words_is_not_guessed():
    made = document()
    branches(made)[3]["name"] = "before 3.0"
    _, told = purls(made)
    assert any("no vers" in each for each in told)
    found = read_vex(packed(made))
    ranges = {one.versions for each in found.statements for one in each.products}
    assert ranges == {""}


def test_relationships_in_a_circle_name_nothing_and_end():
    made = document()
    made["product_tree"]["relationships"] = [
        {
            "category": "default_component_of",
            "product_reference": "B",
            "relates_to_product_reference": "LIB",
            "full_product_name": {"name": "a", "product_id": "A"},
        },
        {
            "category": "default_component_of",
            "product_reference": "A",
            "relates_to_product_reference": "LIB",
            "full_product_name": {"name": "b", "product_id": "B"},
        },
    ]
    made["vulnerabilities"][0]["product_status"] = {"fixed": ["A", "B"]}
    named, told = purls(made)
    assert named == set()
    assert sum("6.1.3" in each for each in told) == 2


def test_a_relationship_with_what_nobody_defines_names_nothing():
    made = document()
    made["product_tree"]["relationships"][0]["relates_to_product_reference"] = "NONE"
    named, told = purls(made)
    assert any("6.1.1" in each for each in told)
    assert "pkg:pypi/jinja2@3.0.0" not in named


def test_a_group_defined_twice_has_no_members():
    made = document()
    made["product_tree"]["product_groups"] *= 2
    found = read_vex(packed(made))
    assert any("6.1.5" in each.problem for each in found.defects)
    assert all(each.action == "" for each in found.statements)


def test_branches_without_end_are_cut_off():
    made = document()
    inner = version("1", "DEEP", "pkg:generic/deep@1")
    for _ in range(150):
        inner = {"category": "product_family", "name": "x", "branches": [inner]}
    made["product_tree"]["branches"].append(inner)
    _, told = purls(made)
    assert any("levels deep" in each for each in told)

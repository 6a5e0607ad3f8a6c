"""What CSAF documents state, and what the mandatory tests make of those that break a rule."""

import pytest

from panshi.model.supply_chain.vex import VexStatus
from panshi.observe.vex.reading import read_vex
from tests.observe.vex.csaf_documents import document, packed, product


def read(made):
    return read_vex(packed(made))


def named(found):
    """(status, purl or parts, range) of everything stated."""
    return {
        (str(each.status), one.purl, one.subcomponents, one.versions)
        for each in found.statements
        for one in each.products
    }


def test_every_status_is_read_with_product_version_and_reason():
    # Given a whole document, when it is read
    found = read(document())
    # Then each product has the status, version and reason the document gives it
    assert (found.refused, found.defects) == ("", ())
    assert named(found) == {
        ("affected", "pkg:generic/acme/teller@1.0", (), ""),
        ("not_affected", "pkg:generic/acme/teller", (), "vers:semver/>=2.0.0|<3.0.0"),
        ("not_affected", "pkg:generic/acme/teller@1.2", ("pkg:pypi/jinja2@3.0.0",), ""),
        ("fixed", "pkg:generic/acme/teller@1.2", (), ""),
        ("under_investigation", "pkg:generic/acme/teller@1.1", (), ""),
    }
    by_status = {each.status: each for each in found.statements}
    lowered = by_status[VexStatus.NOT_AFFECTED]
    assert lowered.justification == "vulnerable_code_not_in_execute_path"
    assert lowered.aliases == ("GHSA-aaaa-bbbb-cccc",)
    assert (lowered.author, lowered.issued) == ("Acme", "2026-02-01T00:00:00Z")
    assert by_status[VexStatus.AFFECTED].action == "update to 1.2"


def test_version_2_1_names_its_products_by_several_purls():
    # Given the shape of 2.1: purls instead of purl
    made = document()
    made["document"]["csaf_version"] = "2.1"
    lib = made["product_tree"]["full_product_names"][0]
    lib["product_identification_helper"] = {
        "purls": ["pkg:pypi/jinja2@3.0.0", "pkg:deb/debian/python3-jinja2@3.0.0-1"]
    }
    # When it is read, then both are parts of the product
    parts = {each[2] for each in named(read(made)) if each[2]}
    assert parts == {("pkg:pypi/jinja2@3.0.0", "pkg:deb/debian/python3-jinja2@3.0.0-1")}


def test_a_platform_without_purl_is_left_out_where_the_package_is_its_own():
    # Given a package of a distribution, at one version, on a platform that only has a CPE
    made = document()
    listed = made["product_tree"]["full_product_names"]
    listed[0] = product("LIB", "pkg:rpm/acme/jinja@3.0.0-1.el9")
    made["vulnerabilities"][0]["product_status"]["fixed"] = ["OS:LIB"]
    # Then the package says enough
    assert ("fixed", "pkg:rpm/acme/jinja@3.0.0-1.el9", (), "") in named(read(made))
    # But without its version, or as a library of any product, it stays confined
    for purl in ("pkg:rpm/acme/jinja", "pkg:pypi/jinja2@3.0.0"):
        listed[0] = product("LIB", purl)
        assert not any(each[1] == purl for each in named(read(made)))


def broken(change):
    made = document()
    change(made)
    return made


def put(*path_and_value):
    *path, last, value = path_and_value

    def change(made):
        for part in path:
            made = made[part]
        made[last] = value

    return change


TRACKING = ("document", "tracking")
HISTORY = (*TRACKING, "revision_history")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (put(*TRACKING, "status", "draft"), "draft"),
        (put(*TRACKING, "status", "done"), "no status"),
        (put(*TRACKING, "version", "0"), "6.1.17"),
        (put(*TRACKING, "version", "2.0.0-rc1"), "6.1.17"),
        (put(*TRACKING, "version", "3"), "6.1.16"),
        (put(*TRACKING, "version", "two"), "no version"),
        (put(*HISTORY, []), "no revision history"),
        (put(*HISTORY, 0, "number", "0"), "6.1.18"),
        (put(*HISTORY, 0, "number", "2"), "6.1.22"),
        (put(*HISTORY, 0, "date", "2026-03-01T00:00:00Z"), "6.1.14"),
        (put(*HISTORY, 0, "number", "1.0.0"), "6.1.30"),
        (put("document", "csaf_version", "3.0"), "not known"),
        (put("document", "category", "CSAF VEX"), "6.1.26"),
        (put("document", "publisher", {}), "publisher"),
        (put("product_tree", {}), "6.1.27.4"),
        (put("vulnerabilities", []), "6.1.27.11"),
        (put("vulnerabilities", 0, "product_status", {"recommended": ["T1"]}), "6.1.27.7"),
    ],
)
def test_a_document_its_publisher_did_not_finish_states_nothing(change, told):
    found = read(broken(change))
    assert told in found.refused
    assert found.statements == ()
    assert found.advisories == ()
    assert any(told in each.problem and each.place for each in found.defects)


@pytest.mark.parametrize(
    ("change", "told", "kept"),
    [
        # A product in two groups that contradict each other has no status, the others keep theirs
        (
            put("vulnerabilities", 0, "product_status", "under_investigation", ["T1", "T11"]),
            "6.1.6",
            {"not_affected", "fixed", "under_investigation"},
        ),
        # A product nobody defines
        (
            put("vulnerabilities", 0, "product_status", "known_affected", ["NONE"]),
            "6.1.1",
            {"not_affected", "fixed", "under_investigation"},
        ),
        # Not affected without a reason
        (
            put("vulnerabilities", 0, "flags", []),
            "6.1.27.9",
            {"affected", "fixed", "under_investigation"},
        ),
        # Two justifications for one product are none
        (
            put(
                "vulnerabilities",
                0,
                "flags",
                [
                    {"label": "component_not_present", "product_ids": ["T2", "T12:LIB"]},
                    {"label": "vulnerable_code_not_present", "product_ids": ["T2", "T12:LIB"]},
                ],
            ),
            "6.1.33",
            {"affected", "fixed", "under_investigation"},
        ),
        (
            put(
                "vulnerabilities",
                0,
                "flags",
                [{"label": "component_not_present"}],
            ),
            "6.1.32",
            {"affected", "fixed", "under_investigation"},
        ),
        # An advice for a group nobody defines
        (
            put(
                "vulnerabilities",
                0,
                "remediations",
                [{"category": "mitigation", "details": "x", "group_ids": ["H"]}],
            ),
            "6.1.4",
            {"affected", "not_affected", "fixed", "under_investigation"},
        ),
        (
            put("vulnerabilities", 0, "remediations", [{"category": "mitigation", "details": "x"}]),
            "6.1.29",
            {"affected", "not_affected", "fixed", "under_investigation"},
        ),
    ],
)
def test_one_broken_rule_costs_its_own_product_only(change, told, kept):
    found = read(broken(change))
    assert found.refused == ""
    assert any(told in each.problem and each.place for each in found.defects)
    assert {str(each.status) for each in found.statements} == kept


def test_a_cve_that_stands_twice_counts_neither_time():
    made = document()
    made["vulnerabilities"] *= 2
    found = read(made)
    assert found.statements == ()
    assert [each.problem[:6] for each in found.defects] == ["6.1.23", "6.1.23"]


def test_a_vulnerability_without_cve_is_known_by_its_id():
    made = document()
    del made["vulnerabilities"][0]["cve"]
    assert {each.vulnerability for each in read(made).statements} == {"GHSA-aaaa-bbbb-cccc"}


def test_products_nobody_could_match_are_told_not_passed_over():
    made = document()
    for branch in made["product_tree"]["branches"][0]["branches"][0]["branches"]:
        branch["product"]["product_identification_helper"] = {}
    found = read(made)
    assert found.statements == ()
    assert any("without purl or CPE" in each.problem for each in found.defects)

"""A CSAF document as the advisory any feed could have sent."""

from panshi.model.supply_chain.advisory import AffectedRange
from panshi.observe.vex.reading import read_vex
from tests.observe.vex.csaf_documents import document, packed


def test_what_is_reached_is_told_by_version_and_range():
    # Given a document that says a version and a range are reached
    made = document()
    made["document"]["category"] = "csaf_security_advisory"
    made["vulnerabilities"][0]["product_status"] = {"known_affected": ["T1", "T2", "T12:LIB"]}
    # When it is read
    (found,) = read_vex(packed(made)).advisories
    # Then it is one advisory with its aliases, score and packages
    assert found.id == "ACME-2026-1:CVE-2026-1001"
    assert found.aliases == ("CVE-2026-1001", "GHSA-aaaa-bbbb-cccc")
    assert found.severity == (("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),)
    assert found.weaknesses == ("CWE-79",)
    assert [(each.ecosystem, each.name, each.versions, each.ranges) for each in found.affected] == [
        ("", "acme/teller", ("1.0",), ()),
        (
            "",
            "acme/teller",
            (),
            (AffectedRange("VERS", (("introduced", "vers:semver/>=2.0.0|<3.0.0"),)),),
        ),
        ("PyPI", "jinja2", ("3.0.0",), ()),
    ]


def test_what_is_not_reached_is_no_advisory():
    made = document()
    made["vulnerabilities"][0]["product_status"] = {"known_not_affected": ["T2"]}
    assert read_vex(packed(made)).advisories == ()

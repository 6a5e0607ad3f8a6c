"""OSV records: what they say is taken, what their schema does not allow costs only themselves."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.model.supply_chain.advisory import Advisory
from panshi.observe.feeds.osv import LARGEST_RECORD, read_osv, read_osv_yaml
from panshi.observe.feeds.records import Refused
from tests.simulators.advisories import damaged, osv_record


def read(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return read_osv(raw, feed="osv/PyPI", name="file")


def test_a_record_is_taken_with_everything_matching_needs():
    # Given a record with two packages, a severity on one of them and a weakness
    record = osv_record(
        severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}],
        database_specific={"cwe_ids": ["CWE-79"], "other": [1, {"deep": None}]},
        references=[{"type": "FIX", "url": "https://example.org/fix"}],
    )
    record["affected"].append(
        {
            "package": {"ecosystem": "Debian:12", "name": "lib-a", "purl": "pkg:deb/debian/lib-a"},
            "versions": ["1.0-1", "1.0-2"],
            "severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N"}],
        }
    )

    # When it is read
    found = read(record)

    # Then nothing of it is lost
    assert isinstance(found, Advisory)
    assert (found.id, found.aliases, found.source) == (record["id"], ("CVE-2026-0001",), "osv/PyPI")
    first, second = found.affected
    assert first.ranges[0].events == (("introduced", "0"), ("fixed", "1.2.3"))
    assert (second.ecosystem, second.versions) == ("Debian:12", ("1.0-1", "1.0-2"))
    assert found.severity == (("CVSS_V3", "CVSS:3.1/AV:N"), ("CVSS_V4", "CVSS:4.0/AV:N"))
    assert found.weaknesses == ("CWE-79",)
    assert found.references == (("FIX", "https://example.org/fix"),)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": 5}, "id"),
        ({"id": " padded "}, "name of an advisory"),
        ({"modified": "yesterday"}, "modified"),
        ({"withdrawn": "no"}, "withdrawn"),
        ({"affected": [{"package": {"ecosystem": "PyPI"}}]}, "name"),
        ({"affected": [{"package": {"ecosystem": "PyPI", "name": " "}}]}, "without ecosystem"),
        ({"affected": None, "aliases": None}, "neither"),
    ],
)
def test_a_record_whose_shape_is_not_the_schemas_is_refused_by_its_name(change, said):
    found = read(osv_record() | change)
    assert isinstance(found, Refused)
    assert said in found.problem
    assert found.name == ("DEMO-2026-0001" if "id" not in change else "file")


@pytest.mark.parametrize(
    ("range_", "said"),
    [
        ({"type": "LUNAR", "events": [{"introduced": "0"}]}, "unknown type"),
        ({"type": "SEMVER", "events": [{"invented": "0"}]}, "unknown kind"),
        ({"type": "SEMVER", "events": [{}]}, "empty event"),
        ({"type": "SEMVER", "events": [{"introduced": 0}]}, "Expected `str`"),
    ],
)
def test_half_an_advisory_is_none(range_, said):
    record = osv_record()
    record["affected"][0]["ranges"] = [range_]
    assert said in read(record).problem


def test_yaml_is_read_as_json_is_and_anchors_are_not():
    text = """
id: BANK-2026-001
modified: 2026-07-01T10:00:00Z
affected:
  - package: {ecosystem: Maven, name: "tw.example:lib"}
    vers: "vers:maven/>=1.0|<2.0"
    versions: [1.10]
"""
    found = read_osv_yaml(text.encode(), feed="own", name="x.yaml")
    assert found.affected[0].versions == ("1.10",)  # a text, not the number 1.1
    assert found.affected[0].ranges[0].type == "VERS"
    bomb = b"a: &a [1]\nb: &b [*a,*a]\nid: *b\n"
    assert "anchor" in read_osv_yaml(bomb, feed="own", name="x.yaml").problem


def test_what_is_too_large_or_too_deep_is_refused():
    assert "larger" in read(b" " * (LARGEST_RECORD + 1)).problem
    deep = b'{"id":"A-1","database_specific":' + b"[" * 200_000
    assert isinstance(read(deep), Refused)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(raw):
    assert isinstance(read(raw), Advisory | Refused)
    assert isinstance(read_osv_yaml(raw, feed="own", name="x"), Advisory | Refused)


def test_a_thousand_damaged_records_are_each_taken_or_named():
    raw = json.dumps(osv_record(details="x" * 300, versions=[])).encode()
    for seed in range(1_000):
        found = read(damaged(raw, seed))
        assert isinstance(found, Advisory | Refused)
        if isinstance(found, Refused):
            assert found.name
            assert found.problem

"""Bundles of alerts pass the reference library and are the same for the same story."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import stix2
from hypothesis import given
from hypothesis import strategies as st

from panshi.report.stix_alerts import AlertedFinding, AlertStory, bundle, bundle_id

FINDING = AlertedFinding(
    id="0" * 24,
    system="system:dig-ibank",
    system_name="網路銀行",
    purl="pkg:pypi/requests@2.31.0",
    package="PyPI/requests",
    version="2.31.0",
    fixed_in=("2.32.0",),
)
STORY = AlertStory(
    institution="institution:demo",
    institution_name="磐石示範銀行",
    vulnerability="CVE-2024-35195",
    aliases=("GHSA-9wx4-h78v-vm56",),
    summary="Session keeps verify=False",
    ssvc="act",
    due=date(2026, 11, 24),
    kev=True,
    epss=0.41,
    at=datetime(2026, 11, 21, 15, 30, 1, 123456, tzinfo=UTC),
    findings=(FINDING, replace(FINDING, id="1" * 24, system="system:dig-mbank")),
)


def test_the_reference_library_takes_it() -> None:
    # Given an alert on two systems, when its bundle is read by the reference library,
    read = stix2.parse(bundle(STORY), allow_custom=False)
    # then it holds a vulnerability, the software, the systems, and what joins them.
    kinds = sorted(each.type for each in read.objects)
    assert kinds == sorted(
        ["identity", "vulnerability", "software", "infrastructure", "infrastructure", "report"]
        + ["relationship"] * 4
    )
    report = next(each for each in read.objects if each.type == "report")
    known = {each.id for each in read.objects}
    assert set(report.object_refs) == known - {report.id}
    for each in read.objects:
        if each.type == "relationship":
            assert {each.source_ref, each.target_ref} <= known


def test_ids_of_software_are_the_ones_the_standard_derives() -> None:
    # Given the same name and version, when the reference library derives the id,
    theirs = stix2.Software(name="PyPI/requests", version="2.31.0")
    ours = [each for each in json.loads(bundle(STORY))["objects"] if each["type"] == "software"]
    # then it is ours.
    assert [each["id"] for each in ours] == [theirs.id]


def test_the_same_story_gives_the_same_bytes_whatever_the_order() -> None:
    turned = replace(STORY, findings=tuple(reversed(STORY.findings)))
    assert bundle(STORY) == bundle(turned)
    assert bundle_id(bundle(STORY)).startswith("bundle--")
    later = replace(STORY, at=datetime(2026, 11, 22, tzinfo=UTC))
    assert bundle_id(bundle(later)) != bundle_id(bundle(STORY))


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_any_names_travel(system: str, package: str, version: str) -> None:
    # Given names of any letters, when they are bundled,
    odd = replace(FINDING, system=system, package=package, version=version)
    made = bundle(replace(STORY, findings=(odd,)))
    # then they come out as they went in.
    objects = json.loads(made)["objects"]
    software = next(each for each in objects if each["type"] == "software")
    assert software["name"] == package
    assert software.get("version", "") == version

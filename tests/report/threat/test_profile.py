"""The exchange profile: our bundles conform; what is narrower or other is told."""

import json

import pytest

from panshi.alliance.stix.markings import TLP_2_IDS
from panshi.model.alliance.marking import Tlp
from panshi.report.threat.facts import ThreatReport
from panshi.report.threat.profile import defects
from panshi.report.threat.stix import threat_bundle
from tests.report.threat.test_threat_reports import facts


def bundle(tlp=Tlp.GREEN):
    return json.loads(threat_bundle(facts(ThreatReport.BULLETIN, tlp=tlp), chinese=False))


def told(changed):
    return defects(json.dumps(changed).encode())


@pytest.mark.parametrize("tlp", [Tlp.GREEN, Tlp.CLEAR])
def test_a_bulletin_conforms(tlp):
    assert told(bundle(tlp)) == ()


@pytest.mark.parametrize("tlp", [Tlp.RED, Tlp.AMBER_STRICT, Tlp.AMBER])
def test_what_is_marked_for_fewer_does_not_leave(tlp):
    found = told(bundle(tlp))
    assert found
    assert all("not marked for partners" in each for each in found)


def one_of(changed, kind):
    return next(each for each in changed["objects"] if each["type"] == kind)


def unmarked(changed):
    del one_of(changed, "campaign")["object_marking_refs"]


def second_creator(changed):
    changed["objects"].append(one_of(changed, "identity") | {"id": "identity--2"})


def custom(changed):
    one_of(changed, "indicator")["x_seen_by"] = "bank-001"


def strange(changed):
    changed["objects"].append({"type": "observed-data", "id": "observed-data--1"})


def dangling(changed):
    one_of(changed, "relationship")["target_ref"] = "campaign--none"


def backwards(changed):
    relation = one_of(changed, "relationship")
    relation["source_ref"], relation["target_ref"] = relation["target_ref"], relation["source_ref"]


def mixed(changed):
    one_of(changed, "report")["object_marking_refs"].append(TLP_2_IDS[Tlp.RED])


@pytest.mark.parametrize(
    "change", [unmarked, second_creator, custom, strange, dangling, backwards, mixed]
)
def test_each_breach_is_told(change):
    changed = bundle()
    change(changed)
    assert told(changed)

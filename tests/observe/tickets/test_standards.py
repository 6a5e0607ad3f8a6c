"""STIX, OCSF and IODEF as others write them, and as nobody should."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.tickets.reading import said
from panshi.errors import BadInputError
from panshi.observe.tickets import Form, drafts, recognised

NOW = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)
IODEF = """<?xml version="1.0" encoding="UTF-8"?>
<IODEF-Document version="2.00" xml:lang="en" xmlns="urn:ietf:params:xml:ns:iodef-2.0"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <Incident purpose="reporting" restriction="need-to-know" status="in-progress">
    <IncidentID name="csirt.example">189801</IncidentID>
    <RelatedActivity><IncidentID name="csirt.example">189800</IncidentID></RelatedActivity>
    <DetectTime>2026-09-29T10:00:00+00:00</DetectTime>
    <GenerationTime>2026-09-30T01:00:00+00:00</GenerationTime>
    <Description>Phishing against customers</Description>
    <Assessment><IncidentCategory>fraud</IncidentCategory>
      <SystemImpact severity="high" type="takeover-account"/>
      <MonetaryImpact currency="TWD">120000</MonetaryImpact></Assessment>
    <Method><Reference><URL>https://attack.mitre.org/techniques/T1566/002</URL></Reference>
      <Reference><Description>CVE-2024-3094</Description></Reference></Method>
    <Contact role="creator" type="organization"><ContactName>x</ContactName></Contact>
    <EventData><Flow>
      <System category="source"><Node>
        <Address category="ipv4-addr">203.0.113.7</Address></Node></System>
      <System category="target"><Node>
        <Address category="ipv4-addr">192.0.2.16</Address></Node></System>
    </Flow></EventData>
    <IndicatorData><Indicator><IndicatorID name="csirt.example" version="1">1</IndicatorID>
      <Observable><DomainData system-status="unknown" domain-status="unknown">
      <Name>evil.example</Name></DomainData></Observable></Indicator></IndicatorData>
  </Incident>
</IODEF-Document>
"""
CYCLE = {
    "type": "bundle",
    "id": "bundle--1",
    "objects": [
        {"type": "incident", "id": "incident--a", "name": "one"},
        {"type": "incident", "id": "incident--b", "name": "two"},
        {"type": "grouping", "id": "grouping--g", "object_refs": ["grouping--g", "incident--a", "ipv4-addr--1"]},  # noqa: E501
        {"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "203.0.113.7"},
        {"type": "ipv4-addr", "id": "ipv4-addr--2", "value": "203.0.113.8"},
        {"type": "relationship", "id": "relationship--1", "source_ref": "relationship--1", "target_ref": "relationship--1"},  # noqa: E501
        {"type": "relationship", "id": "relationship--2", "source_ref": "incident--b", "target_ref": "ipv4-addr--2"},  # noqa: E501
        {"type": "relationship", "id": "relationship--3", "source_ref": "incident--b", "target_ref": "indicator--1"},  # noqa: E501
        {"type": "indicator", "id": "indicator--1", "pattern": "[domain-name:value = 'evil.example']"},  # noqa: E501
    ],
}  # fmt: skip


def read(form, path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    assert recognised(path) is form
    return [
        said(json.dumps(each).encode(), "bank-a", NOW).ticket for each in drafts(form, path, NOW)
    ]


def values(ticket):
    return {each.value for each in ticket.indicators}


def test_a_document_of_iodef_is_a_ticket(tmp_path):
    (ticket,) = read(Form.IODEF, tmp_path / "a.xml", IODEF)
    assert (ticket.number, ticket.status, ticket.severity) == ("189801", "in-hand", "high")
    assert (ticket.category, ticket.impact.loss_twd) == ("fraud", 120_000)
    assert ticket.techniques == ("T1566.002",)
    assert ticket.cves == ("CVE-2024-3094",)
    assert ticket.marking.tlp == "amber+strict"
    assert values(ticket) == {"203.0.113.7", "evil.example"}
    assert ticket.assets == ("192.0.2.16",)  # the victim is no indicator
    assert ticket.related == ("189800",)


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]><IODEF-Document>&x;</IODEF-Document>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><IODEF-Document>&x;</IODEF-Document>',
        "<IODEF-Document>" + "<a>" * 200,
        "<IODEF-Document><Incident>",
        "<html/>",
        "",
    ],
)
def test_hostile_xml_is_refused(tmp_path, document):
    path = tmp_path / "a.xml"
    path.write_text(document)
    with pytest.raises(BadInputError):
        drafts(Form.IODEF, path, NOW)


def test_each_incident_of_a_bundle_has_what_is_beside_it_and_cycles_end(tmp_path):
    one, two = read(Form.STIX, tmp_path / "a.json", CYCLE)
    assert (one.title, values(one)) == ("one", {"203.0.113.7"})
    assert (two.title, values(two)) == ("two", {"203.0.113.8", "evil.example"})


def test_a_bundle_without_an_incident_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="no incident"):
        read(Form.STIX, tmp_path / "a.json", {"type": "bundle", "objects": []})


def test_a_detection_finding_is_a_ticket(tmp_path):
    (ticket,) = read(
        Form.OCSF,
        tmp_path / "a.json",
        {
            "class_uid": 2004,
            "time": 1_790_740_800_000,
            "severity_id": 6,
            "finding_info": {"uid": "f-1", "title": "Beacon", "created_time": 1_790_740_700_000},
            "attacks": [{"tactic": {"name": "Command and Control"}, "technique": {"uid": "T1071"}}],
            "observables": [{"name": "dst_endpoint.ip", "type_id": 2, "value": "203.0.113.7"}],
            "resources": [{"name": "ebank-web-01"}],
        },
    )
    assert (ticket.number, ticket.severity, ticket.phase) == (
        "f-1",
        "critical",
        "command-and-control",
    )
    assert values(ticket) == {"203.0.113.7"}


NAMES = st.sampled_from(
    [
        "type",
        "id",
        "objects",
        "incident",
        "bundle",
        "name",
        "extensions",
        "external_references",
        "object_refs",
        "pattern",
        "value",
        "hashes",
        "relationship",
        "source_ref",
        "target_ref",
        "class_uid",
        "finding_info",
        "attacks",
        "observables",
        "time",
        "severity_id",
        "resources",
        "vulnerabilities",
        "metadata",
        "criticality",
        "object_marking_refs",
    ]
)
LEAVES = st.none() | st.integers() | st.text(max_size=12) | st.sampled_from(["incident", "bundle"])
ANY = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=24,
)


@given(
    value=st.dictionaries(NAMES, ANY, max_size=8),
    objects=st.lists(st.dictionaries(NAMES, ANY, max_size=6), max_size=4),
    form=st.sampled_from([Form.STIX, Form.OCSF]),
)
def test_any_object_is_tickets_or_bad_input(tmp_path_factory, value, objects, form):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(value | {"objects": objects}))
    try:
        for each in drafts(form, path, NOW):
            said(json.dumps(each).encode(), "bank-a", NOW)
    except BadInputError:
        return


@given(st.lists(st.sampled_from(IODEF.replace("><", ">\n<").splitlines()), max_size=30))
def test_any_lines_of_a_document_are_tickets_or_bad_input(tmp_path_factory, lines):
    path = tmp_path_factory.getbasetemp() / "any.xml"
    path.write_text("\n".join(lines))
    try:
        for each in drafts(Form.IODEF, path, NOW):
            said(json.dumps(each).encode(), "bank-a", NOW)
    except BadInputError:
        return

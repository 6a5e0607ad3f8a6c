"""Alerts of three SIEMs in the shapes they send."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.tickets.reading import said
from panshi.errors import BadInputError
from panshi.observe.tickets import Form, drafts, recognised

NOW = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)
WAZUH = {
    "timestamp": "2026-09-30T03:58:00.123+0000",
    "rule": {
        "level": 12,
        "description": "Multiple authentication failures followed by a success",
        "id": "40112",
        "mitre": {"id": ["T1110"], "tactic": ["Credential Access"], "technique": ["Brute Force"]},
        "groups": ["syslog", "sshd", "authentication_failures"],
    },
    "agent": {"id": "001", "name": "ebank-web-01", "ip": "10.1.2.3"},
    "id": "1790000000.12345",
    "full_log": "Sep 30 03:58:00 sshd[1]: Accepted password for admin from 203.0.113.7",
    "data": {"srcip": "203.0.113.7", "dstuser": "admin"},
    "syscheck": {"path": "/etc/passwd", "sha256_after": "a" * 64},
}
NESTED = {
    "@timestamp": "2026-09-30T03:58:00.000Z",
    "kibana": {
        "alert": {
            "uuid": "b7c4",
            "severity": "high",
            "reason": "process event on ebank-web-01",
            "rule": {
                "name": "Suspicious PowerShell",
                "rule_id": "r-1",
                "threat": [
                    {
                        "tactic": {"name": "Execution"},
                        "technique": [
                            {"id": "T1059", "subtechnique": [{"id": "T1059.001"}]},
                        ],
                    }
                ],
            },
        }
    },
    "host": {"name": "ebank-web-01"},
    "source": {"ip": "203.0.113.7"},
    "dns": {"question": {"name": "evil.example"}},
}
DOTTED = {
    "@timestamp": "2026-09-30T03:58:00.000Z",
    "kibana.alert.uuid": "b7c4",
    "kibana.alert.severity": "high",
    "kibana.alert.reason": "process event on ebank-web-01",
    "kibana.alert.rule.name": "Suspicious PowerShell",
    "kibana.alert.rule.rule_id": "r-1",
    "kibana.alert.rule.threat": NESTED["kibana"]["alert"]["rule"]["threat"],
    "host.name": "ebank-web-01",
    "source.ip": "203.0.113.7",
    "dns.question.name": "evil.example",
}
SPLUNK = {
    "sid": "scheduler__admin__search__RMD5_at_1790000000_178",
    "search_name": "Brute force against e-banking",
    "app": "search",
    "owner": "admin",
    "results_link": "http://splunk.example:8000/app/search/@go?sid=x",
    "result": {
        "_time": "1790740680.5",
        "host": "ebank-web-01",
        "src": "203.0.113.7",
        "severity": "high",
        "mitre_technique_id": "T1110",
        "count": "812",
    },
}


def ticket_of(form, tmp_path, value):
    path = tmp_path / "alert.json"
    path.write_text(json.dumps(value))
    assert recognised(path) is form
    (draft,) = drafts(form, path, NOW)
    return said(json.dumps(draft).encode(), "bank-a", NOW, channel=form.channel).ticket


def values(ticket):
    return {(each.kind, each.value) for each in ticket.indicators}


def test_an_alert_of_wazuh_is_a_ticket(tmp_path):
    ticket = ticket_of(Form.WAZUH, tmp_path, WAZUH)
    assert ticket.number == "1790000000.12345"
    assert ticket.title.startswith("Multiple authentication failures")
    assert (ticket.severity, ticket.category) == ("high", "intrusion-attempts")
    assert (ticket.techniques, ticket.phase) == (("T1110",), "credential-access")
    assert ticket.assets == ("ebank-web-01",)
    assert {("ipv4", "203.0.113.7"), ("sha256", "a" * 64), ("file", "/etc/passwd")} == values(
        ticket
    )
    assert ticket.detected_at == datetime(2026, 9, 30, 3, 58, 0, 123000, tzinfo=UTC)
    assert ticket.channel == "wazuh"


def test_an_alert_of_elastic_is_the_same_nested_or_dotted(tmp_path):
    nested, dotted = (ticket_of(Form.ELASTIC, tmp_path, each) for each in (NESTED, DOTTED))
    assert nested.digest == dotted.digest
    assert (nested.number, nested.severity) == ("b7c4", "high")
    assert nested.techniques == ("T1059", "T1059.001")
    assert values(nested) == {("ipv4", "203.0.113.7"), ("domain", "evil.example")}


def test_an_alert_of_splunk_is_a_ticket(tmp_path):
    ticket = ticket_of(Form.SPLUNK, tmp_path, SPLUNK)
    assert ticket.title == "Brute force against e-banking"
    assert ticket.techniques == ("T1110",)
    assert values(ticket) == {("ipv4", "203.0.113.7")}
    assert "count: 812" in ticket.text
    assert ticket.detected_at.year == 2026


@pytest.mark.parametrize(
    ("form", "alert"), [(Form.WAZUH, WAZUH), (Form.ELASTIC, NESTED), (Form.SPLUNK, SPLUNK)]
)
def test_an_alert_sent_twice_is_one_ticket(form, alert, tmp_path):
    path = tmp_path / "alert.json"
    path.write_text(json.dumps(alert))
    first = drafts(form, path, NOW)
    later = drafts(form, path, NOW.replace(hour=5))
    assert first == later


def test_several_alerts_come_in_a_list_or_one_a_line(tmp_path):
    path = tmp_path / "alerts.json"
    path.write_text("\n".join(json.dumps(WAZUH | {"id": str(n)}) for n in range(3)))
    assert [each["number"] for each in drafts(Form.WAZUH, path, NOW)] == ["0", "1", "2"]
    path.write_text(json.dumps({"alerts": [NESTED, NESTED]}))
    assert len(drafts(Form.ELASTIC, path, NOW)) == 2


@pytest.mark.parametrize("raw", [b"", b"7", b"{", b'["x"]', b'{"alerts":[1]}', b"[" * 99_999])
def test_what_is_no_alert_is_bad_input(raw, tmp_path):
    path = tmp_path / "alert.json"
    path.write_bytes(raw)
    for form in (Form.WAZUH, Form.ELASTIC, Form.SPLUNK):
        with pytest.raises(BadInputError):
            drafts(form, path, NOW)


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
NAMES = st.sampled_from(
    [
        "rule",
        "level",
        "mitre",
        "id",
        "tactic",
        "data",
        "srcip",
        "syscheck",
        "agent",
        "name",
        "kibana",
        "alert",
        "kibana.alert.uuid",
        "kibana.alert.rule.threat",
        "technique",
        "subtechnique",
        "result",
        "_time",
        "src",
        "host",
        "source.ip",
        "groups",
        "win",
        "eventdata",
        "hashes",
        "threat",
        "severity",
    ]
)
FORMS = st.sampled_from([Form.WAZUH, Form.ELASTIC, Form.SPLUNK])
ANY = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)


@given(alert=st.dictionaries(NAMES, ANY, max_size=8), form=FORMS)
def test_any_alert_is_a_ticket_or_bad_input(tmp_path_factory, alert, form):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(alert))
    try:
        (draft,) = drafts(form, path, NOW)
        said(json.dumps(draft).encode(), "bank-a", NOW)
    except BadInputError:
        return

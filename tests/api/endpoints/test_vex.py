"""Statements on exploitability over the API: persons propose and approve, two of them."""

import json
from datetime import timedelta

from panshi.observe.vex.reading import read_vex
from tests.api.asking import ask as asked
from tests.observe.vex.csaf_documents import document, packed
from tests.web.small_bank import BANK

HERE = f"/estates/{BANK}/vex"
PIN = "pkg:pypi/werkzeug@2.2.2"
PROPOSED = {
    "vulnerability": "CVE-2024-34069",
    "purl": PIN,
    "status": "not_affected",
    "justification": "vulnerable_code_not_in_execute_path",
    "impact": "no debugger",
}


def proposed(bank, days=30):
    return PROPOSED | {"expires": (bank.clock().date() + timedelta(days=days)).isoformat()}


def ask(method, path, body=None, **how):
    path, _, query = path.partition("?")
    if body is not None:
        head = {"content-type": "application/json"}
        how |= {"body": json.dumps(body).encode(), "headers": head}
    status, _head, raw = asked(method, path, query=query, **how)
    return status, json.loads(raw or b"null")


def test_one_proposes_another_approves_and_the_component_is_answered(bank, token_of):
    # Given a proposal
    amy = token_of("analyst", person="lin.yating")
    status, made = ask("POST", f"{HERE}/decisions", proposed(bank), token=amy)
    assert (status, made["state"], made["counts"]) == (201, "proposed", False)
    one = f"{HERE}/decisions/{made['number']}"
    standing = f"{HERE}/standing?vulnerability=CVE-2024-34069&purl={PIN}"
    answer = ask("GET", standing, token=amy)[1]
    assert (answer["status"], answer["not_counted"]) == (None, [f"{made['number']}: proposed"])

    # Then neither an analyst nor its own author approves it, and another may
    assert ask("POST", f"{one}/ruling", {"approved": True}, token=amy)[0] == 403
    same = token_of("ciso", person="lin.yating")
    assert ask("POST", f"{one}/ruling", {"approved": True}, token=same)[0] == 403
    ben = token_of("approver", person="he.peishan")
    status, told = ask("POST", f"{one}/ruling", {"approved": True}, token=ben)
    assert (status, told["state"], told["approved_by"]) == (201, "in_force", "he.peishan")
    answer = ask("GET", standing, token=amy)[1]
    assert (answer["status"], answer["decision"]) == ("not_affected", made["number"])

    # And it leaves signed, and is withdrawn
    _status, _head, raw = asked("GET", f"{HERE}/export", query="signed=true", token=amy)
    assert len(read_vex(raw).statements) == 1
    assert ask("POST", f"{one}/withdrawal", {"why": "wrong"}, token=ben)[1]["state"] == "withdrawn"
    assert ask("GET", f"{HERE}/decisions?state=in_force", token=amy)[1] == []


def test_a_date_is_needed_and_what_is_no_decision_is_missing(bank, token_of):
    amy = token_of("analyst", person="lin.yating")
    assert ask("POST", f"{HERE}/decisions", PROPOSED, token=amy)[0] == 422
    assert ask("POST", f"{HERE}/decisions", proposed(bank, 400), token=amy)[0] == 422
    assert ask("GET", f"{HERE}/decisions/VT-2026-001", token=amy)[0] == 404


def test_a_document_is_received_and_counts_under_trust(bank, token_of):
    amy = token_of("analyst", person="lin.yating")
    ben = token_of("approver", person="he.peishan")
    sent = {"content-type": "application/json"}
    raw = packed(document())
    status, _head, told = asked("POST", f"{HERE}/documents", body=raw, headers=sent, token=amy)
    assert (status, json.loads(told)["statements"]) == (201, 4)
    assert asked("POST", f"{HERE}/documents", body=raw, headers=sent, token=amy)[0] == 200
    assert asked("POST", f"{HERE}/documents", body=b"{}", headers=sent, token=amy)[0] == 422
    assert [each["barred"] for each in ask("GET", f"{HERE}/documents", token=amy)[1]] == [
        "untrusted"
    ]
    wanted = {"author": "Acme", "why": "contract", "expires": proposed(bank)["expires"]}
    number = ask("POST", f"{HERE}/trust", wanted, token=amy)[1]["number"]
    assert ask("POST", f"{HERE}/trust/{number}/ruling", {"approved": True}, token=ben)[0] == 201
    assert [each["barred"] for each in ask("GET", f"{HERE}/documents", token=amy)[1]] == [""]


def test_programs_decide_nothing_and_people_are_named_by_duty_only(bank, token_of):
    assert ask("POST", f"{HERE}/decisions", proposed(bank), token=token_of("ciso"))[0] == 403
    ask("POST", f"{HERE}/decisions", proposed(bank), token=token_of("ciso", person="lin.yating"))
    reader = token_of("control_owner", person="hsieh.kuowei")
    listed = ask("GET", f"{HERE}/decisions", token=reader)[1]
    assert [each["proposed_by"] for each in listed] == [""]
    audit = token_of("internal_audit", person="wu.audit")
    assert ask("GET", f"{HERE}/decisions", token=audit)[0] == 200
    assert ask("POST", f"{HERE}/decisions", proposed(bank), token=audit)[0] == 403

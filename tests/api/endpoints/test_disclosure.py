"""Disclosure over the API: a case from report to publication, addresses by two people."""

import json
from datetime import UTC, date, datetime

import pytest

from panshi.model.bodies.disclosure import DisclosureChannel
from panshi.node.alliance.disclosure import exposures
from panshi.node.alliance.disclosure.channel import set_channel
from panshi.node.alliance.disclosure.intake import Told, receive
from tests.api.asking import ask
from tests.api.asking_hub import by_staff
from tests.node.alliance.members_at_hub import member_of

CASES, ADDRESSES = "/disclosure/cases", "/disclosure/addresses"
HOST = "www.bank.example"
KEY = f"bank-017|{HOST}:443"
DRAFT = {
    "headline": "登入頁面跨站指令碼",
    "summary": "登入頁面未過濾輸入。",
    "vendor": "Demo Software",
    "product": "eBank Login",
    "affected_version": "4.1.0",
    "fixed_version": "4.1.1",
    "remediation": "請更新至 4.1.1。",
    "cwe": "CWE-79",
    "cwe_name": (
        "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')"
    ),
    "cvss": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N",
}


@pytest.fixture
def number(hub):
    """A case told from outside."""
    channel = DisclosureChannel(
        accepting=True,
        base_url="https://f-isac.example",
        name="Demo F-ISAC",
        contacts=("mailto:report@f-isac.example",),
        expires=date(datetime.now(UTC).year + 1, 1, 1),
        languages=("zh-TW", "en"),
        policy_url="",
        acknowledgments_url="",
        set_by="",
    )
    set_channel(hub, channel, actor="chen.yiru")
    told = Told(
        headline="登入頁面 XSS",
        text="在 user 欄位輸入指令碼可執行。",
        reporter="A Researcher",
        contact="mailto:r@example.org",
    )
    return receive(hub, told, sender="192.0.2.7").number


def test_a_case_is_taken_to_publication_by_two_people(number, token_at):
    # Given a case that one analyst validated, answered, fixed and wrote the advisory of
    lin = token_at("lin.wei", "ciso")
    place = f"{CASES}/{number}"
    status, told = by_staff("POST", f"{place}/steps", lin, {"step": "validate"})
    assert (status, told["case"]["state"]) == (201, "validated")
    assert by_staff("POST", f"{place}/messages", lin, {"text": "收到。"})[0] == 201
    fixed = {"step": "fix", "day": datetime.now(UTC).date().isoformat()}
    assert by_staff("POST", f"{place}/steps", lin, fixed)[0] == 201
    status, drafted = by_staff("POST", f"{place}/advisory", lin, DRAFT)
    assert (status, drafted["csaf"]["document"]["csaf_version"]) == (201, "2.1")

    # When she publishes it herself it is refused; when another does, it is out
    publication = {"advisory": drafted["advisory"]}
    assert by_staff("POST", f"{place}/publication", lin, publication)[0] == 403
    chen = token_at("chen.yiru", "ciso")
    status, told = by_staff("POST", f"{place}/publication", chen, publication)
    assert (status, told["case"]["state"]) == (201, "published")
    _, listed = by_staff("GET", CASES, chen)
    assert [each["number"] for each in listed["cases"]] == [number]


def test_what_does_not_fit_is_refused_and_nothing_is_noted(number, token_at):
    lin = token_at("lin.wei", "ciso")
    place = f"{CASES}/{number}"
    before = by_staff("GET", place, lin)[1]
    for path, body, refused in (
        (f"{place}/steps", {"step": "publish"}, 422),
        (f"{place}/steps", {"step": "fix"}, 422),
        (f"{place}/steps", {"step": "forward", "member": "nobody"}, 404),
        (f"{place}/steps", {"step": "dance"}, 422),
        (f"{place}/steps", {"step": "validate", "cvss": "CVSS:9"}, 422),
        (f"{place}/messages", {"text": ""}, 422),
        (f"{place}/advisory", DRAFT | {"language": "!"}, 422),
        (f"{place}/advisory", DRAFT | {"unknown": "1"}, 422),
        (f"{place}/publication", {"advisory": "0" * 32}, 422),
        (f"{CASES}/VD-1999-001/steps", {"step": "validate"}, 404),
    ):
        assert by_staff("POST", path, lin, body)[0] == refused, (path, body)
    assert by_staff("GET", place, lin)[1] == before
    assert by_staff("GET", f"{CASES}/VD-1999-001", lin)[0] == 404
    assert by_staff("GET", f"{CASES}?state=unheard", lin)[0] in {404, 422}


def test_who_may_not_handle_reads_no_reporter_and_changes_nothing(number, token_at):
    audit = token_at("wang.audit", "internal_audit")
    status, told = by_staff("GET", f"{CASES}/{number}", audit)
    assert status == 200
    assert by_staff("POST", f"{CASES}/{number}/steps", audit, {"step": "validate"})[0] == 403
    assert told["case"]["state"] == "received"
    assert by_staff("GET", CASES, token_at("ko", "board_reader"))[0] == 403
    assert ask("GET", CASES)[0] == 401


def test_an_address_is_looked_at_only_when_proven_and_approved_by_another(
    hub, token_at, monkeypatch
):
    # Given an address a member declared
    member_of(hub, "bank-017")
    lin, chen = token_at("lin.wei", "ciso"), token_at("chen.yiru", "ciso")
    declared = {"member": "bank-017", "host": HOST}
    status, told = by_staff("POST", ADDRESSES, lin, declared)
    (one,) = told["addresses"]
    assert (status, one["key"], one["state"]) == (201, KEY, "declared")
    assert by_staff("POST", ADDRESSES, lin, declared)[0] == 422
    # Then it is neither approved nor looked at unproven, nor proven without its token
    named = {"key": KEY}
    assert by_staff("POST", f"{ADDRESSES}/approvals", chen, named)[0] == 422
    assert by_staff("POST", f"{ADDRESSES}/checks", lin, named)[0] == 403
    monkeypatch.setattr(exposures, "texts_of", lambda _host: ("another text",))
    assert by_staff("POST", f"{ADDRESSES}/proofs", lin, named)[0] == 422
    # When the token stands there, another person approves it, whoever declared it does not
    monkeypatch.setattr(exposures, "texts_of", lambda _host: (one["token"],))
    assert by_staff("POST", f"{ADDRESSES}/proofs", lin, named)[0] == 201
    assert by_staff("POST", f"{ADDRESSES}/approvals", lin, named)[0] == 403
    status, told = by_staff("POST", f"{ADDRESSES}/approvals", chen, named)
    assert (status, told["addresses"][0]["approved_by"]) == (201, "chen.yiru")
    # And once withdrawn it is looked at no more
    gone = named | {"why": "moved"}
    status, told = by_staff("POST", f"{ADDRESSES}/withdrawals", lin, gone)
    assert (status, told["addresses"][0]["state"]) == (201, "withdrawn")
    assert by_staff("POST", f"{ADDRESSES}/checks", lin, named)[0] == 403


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"member": "nobody", "host": HOST}, 422),
        ({"member": "bank-017", "host": "127.0.0.1"}, 422),
        ({"member": "bank-017", "host": "intranet.local"}, 422),
        ({"member": "bank-017", "host": HOST, "port": 22}, 422),
        ({"member": "bank-017", "host": HOST, "port": 0}, 422),
    ],
)
def test_an_address_inside_or_of_nobody_is_not_declared(hub, token_at, body, refused):
    member_of(hub, "bank-017")
    lin = token_at("lin.wei", "ciso")
    assert by_staff("POST", ADDRESSES, lin, body)[0] == refused
    status, _head, raw = ask("GET", ADDRESSES, query="member=bank-017", token=lin)
    assert (status, json.loads(raw)["addresses"]) == (200, [])

"""Members over the API: two people let one in, it keeps its own keys; elsewhere is nothing."""

import json
from base64 import b64encode

import pytest

from panshi.alliance.members.keys import rotation_text, thumbprint
from panshi.api import member_gate
from panshi.api.limits import BURSTS, DEFAULT, UNKNOWN_SHARE
from panshi.model.alliance.member import KeyState
from panshi.node.alliance.members import member
from tests.api.asking import ask
from tests.api.asking_hub import by_member, by_staff
from tests.node.alliance.members_at_hub import HOST, member_of, new_key, public_of, signed

SELF = "/hub/self"


@pytest.fixture
def liaison(token_at):
    """Make a token of a person who is a member liaison."""
    return lambda person: token_at(person, "member_liaison")


@pytest.mark.usefixtures("bank")
def test_a_bank_has_no_members():
    key = new_key()
    request = signed(key, "GET", f"/api/v1{SELF}", now=_now())
    headers = dict(request.fields) | {"host": HOST}
    assert ask("GET", SELF, headers=headers)[0] == 404
    assert ask("POST", "/hub/enrolment", headers=headers, body=b"{}")[0] == 404


def _now():
    from datetime import UTC, datetime

    return datetime.now(UTC)


def test_two_people_let_a_member_in(hub, liaison):
    # Given an invitation by one person
    chen, lin = liaison("chen.yiru"), liaison("lin.wei")
    asked = {"id": "bank-017", "name": "示範銀行", "sector": "banking", "communities": ["swift"]}
    status, invited = by_staff("POST", "/hub/members", chen, asked)
    assert status == 201
    # When the member shows its key
    key = new_key()
    shown = {"code": invited["code"], "public": public_of(key)}
    status, told, _ = by_member(hub, key, "POST", "/hub/enrolment", shown)
    assert (status, told["state"]) == (201, "waiting")
    status, told, _ = by_member(hub, key, "GET", SELF)
    assert (status, told["reason"]) == (401, "key_not_in_force")
    # Then who invited does not let it in, another does
    place = "/hub/members/bank-017"
    assert by_staff("POST", f"{place}/decision", chen, {"approved": True})[0] == 403
    status, detail = by_staff("POST", f"{place}/decision", lin, {"approved": True})
    assert (status, detail["member"]["state"]) == (200, "active")
    assert by_member(hub, key, "GET", SELF)[0] == 200
    # And the code is spent
    again = new_key()
    shown = {"code": invited["code"], "public": public_of(again)}
    assert by_member(hub, again, "POST", "/hub/enrolment", shown)[0] == 403


def test_a_key_is_not_enrolled_by_somebody_who_does_not_hold_it(hub, liaison):
    asked = {"id": "bank-017", "name": "x", "sector": "banking"}
    _, invited = by_staff("POST", "/hub/members", liaison("chen.yiru"), asked)
    mine, others = new_key(), new_key()
    shown = {"code": invited["code"], "public": public_of(others)}
    status, told, _ = by_member(hub, mine, "POST", "/hub/enrolment", shown)
    assert (status, told["reason"]) == (401, "signature")
    status, told, _ = by_member(
        hub, mine, "POST", "/hub/enrolment", {"code": invited["code"], "public": "A" * 44}
    )
    assert status in {401, 422}
    swapped = json.dumps({"code": invited["code"], "public": public_of(mine)}).encode()
    decoy = {"code": "bank-017.another", "public": public_of(mine)}
    status, told, _ = by_member(hub, mine, "POST", "/hub/enrolment", decoy, sent=swapped)
    assert (status, told["reason"]) == (400, "digest")
    assert member(hub, "bank-017").keys == ()


def rotation(hub, old, new, *, proof_by=None, **more):
    text = rotation_text("bank-017", _name(old), _name(new))
    proof = b64encode((proof_by or new).sign(text)).decode()
    asked = {"public": public_of(new), "proof": proof} | more
    return by_member(hub, old, "POST", f"{SELF}/keys", asked)


def _name(key):
    return thumbprint(key.public_key().public_bytes_raw())


def test_a_member_rotates_its_key_and_ends_the_old_one(hub):
    old, new = member_of(hub), new_key()
    # A key that is not held is not taken
    assert rotation(hub, old, new, proof_by=new_key())[0] == 422
    status, detail, _ = rotation(hub, old, new, overlap_days=1)
    assert status == 201
    assert [each["state"] for each in detail["keys"]] == ["active", "overlapping"]
    for key in (old, new):
        assert by_member(hub, key, "GET", SELF)[0] == 200
    # And the old one is ended with the new one, at once
    path = f"{SELF}/keys/{_name(old)}/revocation"
    assert by_member(hub, new, "POST", path, {"why": "rotated"})[0] == 200
    assert by_member(hub, old, "GET", SELF)[1]["reason"] == "key_not_in_force"
    assert member(hub, "bank-017").keys[0].state(hub.clock()) is KeyState.REVOKED


def test_a_token_is_shown_once_and_ended(hub):
    key = member_of(hub)
    asked = {"name": "taxii", "scopes": ["taxii.read"]}
    status, told, _ = by_member(hub, key, "POST", f"{SELF}/tokens", asked)
    assert status == 201
    assert told["token"].startswith("pmt_")
    _, shown, _ = by_member(hub, key, "GET", SELF)
    assert [each["name"] for each in shown["member"]["tokens"]] == ["taxii"]
    assert told["token"] not in json.dumps(shown)
    assert by_member(hub, key, "DELETE", f"{SELF}/tokens/taxii")[0] == 204
    assert by_member(hub, key, "DELETE", f"{SELF}/tokens/taxii")[0] == 404
    wrong = {"name": "x", "scopes": ["everything"]}
    assert by_member(hub, key, "POST", f"{SELF}/tokens", wrong)[0] == 422


def test_consent_is_the_members_own(hub, liaison):
    key = member_of(hub)
    status, told, _ = by_member(hub, key, "PUT", f"{SELF}/consent", {"granted": True})
    assert (status, told["member"]["exposure_consent"]) == (200, True)
    assert by_staff("PUT", f"{SELF}/consent", liaison("chen.yiru"), {"granted": False})[0] == 401
    assert member(hub, "bank-017").exposure_consent


def test_suspended_resumed_revoked(hub, liaison):
    key, place = member_of(hub), "/hub/members/bank-017/standing"
    chen, lin = liaison("chen.yiru"), liaison("lin.wei")
    suspended = {"standing": "suspend", "why": "leak"}
    assert by_staff("POST", place, chen, suspended)[0] == 200
    assert by_member(hub, key, "GET", SELF)[1]["reason"] == "member_not_active"
    resumed = {"standing": "resume", "why": "new keys"}
    assert by_staff("POST", place, chen, resumed)[0] == 403
    assert by_staff("POST", place, lin, resumed)[0] == 200
    assert by_member(hub, key, "GET", SELF)[0] == 200
    assert by_staff("POST", place, lin, {"standing": "revoke", "why": "left"})[0] == 200
    assert by_member(hub, key, "GET", SELF)[1]["reason"] == "key_not_in_force"


def test_what_is_left_out_of_terms_stays(hub, liaison):
    member_of(hub, communities=("swift",))
    token, place = liaison("chen.yiru"), "/hub/members/bank-017/terms"
    status, told = by_staff("PUT", place, token, {"batch": 7})
    assert (status, told["quotas"]["batch"], told["quotas"]["at_once"]) == (200, 7, 8)
    assert told["member"]["communities"] == ["swift"]
    assert by_staff("PUT", place, token, {"batch": 0})[0] == 422


def test_refusals_are_listed_without_content(hub, liaison):
    key = member_of(hub)
    status, told, _ = by_member(
        hub, key, "PUT", f"{SELF}/consent", {"granted": True}, sent=b'{"granted":"A123456789"}'
    )
    assert (status, told["reason"]) == (400, "digest")
    _, listed = by_staff("GET", "/hub/members/bank-017/refusals", liaison("chen.yiru"))
    assert [each["reason"] for each in listed] == ["digest"]
    assert "A123456789" not in json.dumps(listed)


def test_what_was_submitted_is_listed_to_both(hub, liaison):
    key = member_of(hub)
    ticket = {"number": "IR-1", "title": "釣魚", "reported_at": "2026-11-21T08:00:00+08:00"}
    tickets = {"tickets": [ticket]}
    by_member(hub, key, "POST", "/hub/tickets", tickets, idempotency_key="2026-000001")
    _, mine, _ = by_member(hub, key, "GET", f"{SELF}/submissions")
    _, theirs = by_staff("GET", "/hub/members/bank-017/submissions", liaison("chen.yiru"))
    assert [each["idempotency_key"] for each in mine] == ["2026-000001"]
    assert mine == theirs


def test_strangers_are_slowed_and_members_are_not(hub, monkeypatch):
    # Given strangers who ask all at once, however long this machine takes to answer them
    monkeypatch.setattr(member_gate, "monotonic", lambda: 0.0)
    key = member_of(hub)
    burst = round(DEFAULT * UNKNOWN_SHARE * BURSTS)
    # When they ask once more than they may
    answers = [by_member(hub, new_key(), "GET", SELF)[0] for _ in range(burst + 1)]
    # Then they are to wait, and a member is not
    assert answers == [401] * burst + [429]
    assert by_member(hub, key, "GET", SELF)[0] == 200


@pytest.mark.usefixtures("hub")
def test_a_token_of_the_api_opens_nothing_of_members(liaison):
    token = liaison("chen.yiru")
    status, _head, raw = ask("GET", SELF, token=token, headers={"host": HOST})
    assert (status, json.loads(raw)["reason"]) == (401, "token")

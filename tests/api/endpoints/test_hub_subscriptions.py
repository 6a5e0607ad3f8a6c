"""Subscriptions over the API: a member its own, the hub's liaison any; nobody another's."""

import pytest

from panshi.model.bodies.intelligence import NEED
from panshi.node.alliance import subscribing
from panshi.node.alliance.admission import admission
from panshi.node.alliance.members import member
from panshi.node.alliance.subscribing import subscriptions
from tests.api.asking import ask
from tests.api.asking_hub import by_member, by_staff
from tests.node.alliance.members_at_hub import HOST, member_of

OWN = "/hub/self/subscriptions"
ASKED = {"title": "供應鏈", "suppliers": ["甲雲科技"], "techniques": ["T1195"]}


def titles(answer):
    return [each["asked"]["title"] for each in answer]


def test_a_member_begins_lists_and_ends_its_own(hub):
    # Given two members
    key, other = member_of(hub, "bank-a"), member_of(hub, "bank-b")
    # When one subscribes
    status, made, _ = by_member(hub, key, "POST", OWN, ASKED)
    assert (status, made["id"], made["alias"]) == (201, "bank-a-1", "feed-bank-a-1")
    # Then it sees it, the other does not and cannot end it
    assert titles(by_member(hub, key, "GET", OWN)[1]) == ["供應鏈"]
    assert by_member(hub, other, "GET", OWN)[1] == []
    assert by_member(hub, other, "DELETE", f"{OWN}/bank-a-1")[0] == 404
    assert by_member(hub, other, "DELETE", f"{OWN}/no-such")[0] == 404
    # And it ends it
    assert by_member(hub, key, "DELETE", f"{OWN}/bank-a-1")[0] == 204
    assert by_member(hub, key, "GET", OWN)[1] == []
    # And a number is given once
    assert by_member(hub, key, "POST", OWN, ASKED)[1]["id"] == "bank-a-2"


def test_a_token_of_the_member_does_as_a_signature_where_it_may_read(hub):
    member_of(hub, "bank-a")

    def token(*scopes):
        issued = admission(hub).issue_token
        return issued(member(hub, "bank-a"), f"t-{scopes[0]}", scopes, days=1, actor="bank-a")

    reads, tells = token("taxii.read"), token("tickets.write")
    assert ask("GET", OWN, token=reads, headers={"host": HOST})[0] == 200
    assert ask("GET", OWN, token=tells, headers={"host": HOST})[0] == 403
    assert ask("GET", OWN, headers={"host": HOST})[0] == 401


def test_a_liaison_begins_and_ends_one_for_a_member(hub, token_at):
    member_of(hub, "bank-a")
    liaison, audit = token_at("lin.wei", "member_liaison"), token_at("aud", "internal_audit")
    place = "/hub/members/bank-a/subscriptions"
    assert by_staff("POST", place, liaison, ASKED)[0] == 201
    assert titles(by_staff("GET", "/hub/subscriptions", audit)[1]) == ["供應鏈"]
    # Then audit changes nothing, and one that is another member's is not there
    assert by_staff("POST", place, audit, ASKED)[0] == 403
    assert by_staff("DELETE", f"{place}/bank-a-1", audit)[0] == 403
    member_of(hub, "bank-b")
    assert by_staff("DELETE", "/hub/members/bank-b/subscriptions/bank-a-1", liaison)[0] == 404
    assert by_staff("POST", "/hub/members/nobody/subscriptions", liaison, ASKED)[0] == 404
    assert by_staff("DELETE", f"{place}/bank-a-1", liaison)[0] == 204
    assert by_staff("GET", "/hub/subscriptions", audit)[1] == []
    steps = [each.observation.body for each in hub.log.records(NEED)]
    assert [(each.by, each.over) for each in steps] == [("lin.wei", False), ("lin.wei", True)]


def test_the_list_is_narrowed_to_one_member(hub, token_at):
    for name in ("bank-a", "bank-b"):
        key = member_of(hub, name)
        assert by_member(hub, key, "POST", OWN, {"title": name})[0] == 201
    liaison = token_at("lin.wei", "member_liaison")

    def listed(name):
        status, _head, raw = ask("GET", "/hub/subscriptions", token=liaison, query=f"member={name}")
        return status, raw.decode()

    assert listed("bank-b")[0] == 200
    assert "bank-a" not in listed("bank-b")[1]
    assert listed("nobody")[0] == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"least": 101},
        {"suppliers": ["x" * 201]},
        {"suppliers": ["a\nb"]},
        {"sectors": ["a"] * 501},
        {"unknown": 1},
        {"suppliers": [f"s{n}" for n in range(300)], "techniques": [f"t{n}" for n in range(300)]},
    ],
)
def test_what_cannot_be_asked_for_leaves_nothing(hub, wrong):
    key = member_of(hub, "bank-a")
    assert by_member(hub, key, "POST", OWN, wrong)[0] == 422
    assert not list(hub.log.records(NEED))
    # And the feeds of all are as well as before
    assert subscriptions(hub) == ()
    assert by_member(hub, key, "POST", OWN, ASKED)[0] == 201


def test_a_member_begins_so_many_a_day(hub, monkeypatch):
    key = member_of(hub, "bank-a")
    monkeypatch.setattr(subscribing, "MOST_BEGUN", 2)
    for number in (1, 2):
        assert by_member(hub, key, "POST", OWN, {})[0] == 201
        assert by_member(hub, key, "DELETE", f"{OWN}/bank-a-{number}")[0] == 204
    status, told, _ = by_member(hub, key, "POST", OWN, {})
    assert status == 422
    assert "tomorrow" in str(told)


def test_a_bank_has_none(token_of):
    assert by_staff("GET", "/hub/subscriptions", token_of("analyst"))[0] == 404

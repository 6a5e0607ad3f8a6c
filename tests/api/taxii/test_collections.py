"""Collections over the API: one person asks, another opens, one alone closes."""

import json

import pytest

from tests.api.asking import ask


@pytest.fixture
def person(hub):
    """Make a token of a member liaison who is a person."""
    from panshi.node.accounts import accounts
    from panshi.protection.access.roles import ACTIONS

    def made(name):
        account = accounts().find(name)
        if account is None:
            accounts().invite(name, ["member_liaison"])
        elif "member_liaison" not in account.roles:  # another test met the person in another role
            accounts().assign(name, {*account.roles, "member_liaison"})
        return hub.tokens.make(
            name=name, role="member_liaison", days=1, now=hub.clock(), scopes=ACTIONS, person=name
        )

    return made


def told(method, path, token, value=None):
    body = b"" if value is None else json.dumps(value).encode()
    headers = {"content-type": "application/json"} if body else {}
    status, _head, raw = ask(
        method, f"/hub/collections{path}", token=token, body=body, headers=headers
    )
    return status, json.loads(raw)


def test_two_people_open_a_collection(person):
    # Given what one person asks for
    one, other = person("lin.yating"), person("chen.weiting")
    wanted = {"title": "Cloud", "readers": ["community:cloud"], "why": "asked for"}
    status, standing = told("PUT", "/cloud", one, wanted)
    assert status == 200
    assert [each["asked_by"] for each in standing["waiting"]] == ["lin.yating"]
    # When she decides herself, it is refused; when another does, it is open
    assert told("POST", "/cloud/decision", one, {"approved": True})[0] == 403
    status, standing = told("POST", "/cloud/decision", other, {"approved": True})
    assert status == 200
    opened = {each["alias"]: each["readers"] for each in standing["collections"]}
    assert opened["cloud"] == ["community:cloud"]
    assert {(each["objects"], each["newest"]) for each in standing["collections"]} == {(0, None)}
    # And one alone closes it
    status, standing = told("PUT", "/cloud", one, {"retired": True, "why": "over"})
    assert "cloud" not in {each["alias"] for each in standing["collections"]}


def test_a_program_on_its_own_opens_nothing(token_of):
    status, _answer = told("PUT", "/cloud", token_of("member_liaison"), {"why": "x"})
    assert status == 403


def test_what_is_not_known_is_refused(person):
    token = person("wang.limei")
    assert told("POST", "/nothing/decision", token, {"approved": True})[0] == 404
    assert told("PUT", "/cloud", token, {"why": "x", "surprise": 1})[0] == 422
    assert told("PUT", "/cloud", token, {"why": "x", "readers": ["no such!"]})[0] == 422

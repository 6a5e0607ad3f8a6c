"""Administrators invite, assign and lock out over the API; tokens are theirs to give and take."""

import json

import pytest

from tests.api.asking import ask

JSON = {"content-type": "application/json"}


@pytest.fixture
def administrator(token_of):
    return token_of("administrator", person="api-admin")


def call(method, path, token, **body):
    raw = json.dumps(body).encode() if body else b""
    status, _head, answer = ask(method, path, token=token, body=raw, headers=JSON)
    return status, json.loads(answer) if answer else None


def test_somebody_is_invited_changed_and_switched_off(administrator):
    status, made = call("POST", "/accounts", administrator, name="api-new", roles=["analyst"])
    assert status == 201
    assert made["path"].startswith("/welcome/")
    status, changed = call("PATCH", "/accounts/api-new", administrator, roles=["ciso"])
    assert (status, changed["roles"], changed["active"]) == (200, ["ciso"], True)
    status, changed = call("PATCH", "/accounts/api-new", administrator, active=False)
    assert (status, changed["roles"], changed["active"]) == (200, ["ciso"], False)
    names = [each["name"] for each in call("GET", "/accounts", administrator)[1]["accounts"]]
    assert "api-new" in names
    assert call("DELETE", "/accounts/api-new/passkeys", administrator) == (204, None)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/accounts/nobody-here", {}, 404),
        ("PATCH", "/accounts/nobody-here", {"active": True}, 404),
        ("PATCH", "/accounts/api-admin", {"roles": None, "active": None}, 422),
        ("PATCH", "/accounts/api-admin", {"roles": ["emperor"]}, 422),
        ("POST", "/accounts", {"name": "<b>"}, 422),
        ("POST", "/tokens", {"name": "x", "role": "emperor"}, 422),
        ("POST", "/tokens", {"name": "x", "role": "analyst", "person": "nobody-here"}, 422),
        ("POST", "/tokens", {"name": "x", "role": "analyst", "estates": ["none"]}, 422),
        ("POST", "/tokens", {"name": "x", "role": "ciso", "person": "api-admin"}, 422),
        ("DELETE", "/tokens/none", {}, 404),
    ],
)
def test_what_does_not_fit_is_refused_and_said(administrator, method, path, body, status):
    found, answer = call(method, path, administrator, **body)
    assert found == status, answer
    assert answer["title"]


def test_a_token_is_made_used_rotated_and_revoked(administrator):
    body = {"name": "siem", "role": "analyst", "scopes": ["evidence.view"]}
    status, made = call("POST", "/tokens", administrator, **body)
    assert status == 201
    told = call("GET", "/self", made["token"])
    assert told[0] == 403  # its scopes do not hold account.self
    assert call("GET", "/evidence", made["token"])[0] == 200
    listed = {each["name"]: each for each in call("GET", "/tokens", administrator)[1]}
    assert listed["siem"]["last_used"] is not None
    assert "token" not in listed["siem"]
    _status, new = call("POST", "/tokens/siem/rotation", administrator)
    assert call("GET", "/evidence", made["token"])[0] == 401
    assert call("GET", "/evidence", new["token"])[0] == 200
    assert call("DELETE", "/tokens/siem", administrator) == (204, None)
    assert call("GET", "/evidence", new["token"])[0] == 401


def test_a_token_tells_what_it_is_and_may(token_of):
    status, told = call("GET", "/self", token_of("board_reader"))
    assert status == 200
    assert told["role"] == "board_reader"
    assert "verdict.view" in told["actions"]
    assert "evidence.view" not in told["actions"]

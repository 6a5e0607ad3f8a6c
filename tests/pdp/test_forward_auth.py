"""What proxies are told, over real HTTP, and what no proxy can be talked into."""

import pytest

from panshi.pdp.settings import Settings
from tests.simulators.running_point import RunningPoint, table

PATH = "/zt/v1/forward-auth"


@pytest.fixture(scope="module")
def point():
    settings = Settings(table=table("pay.test"), sign_in="https://id.test/in")
    with RunningPoint(settings=settings) as running:
        yield running


def told(point, secret=None, *, path="/pay/x", method="GET", query="", **headers):
    given = {"X-Original-Method": method, "X-Original-URI": path, "X-Original-Host": "pay.test"}
    if secret:
        given["Cookie"] = f"a=b; panshi_zt={secret}"
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    given = {name: value for name, value in given.items() if value is not None}
    return point.ask("GET", PATH + query, headers=given)


def test_who_is_allowed_is_named(point):
    status, headers, _ = told(point, point.sign_in("amy"))
    assert status == 200
    assert headers["x-panshi-user"] == "amy"
    assert headers["x-panshi-assurance"] == "2"
    assert 0 <= int(headers["x-panshi-trust"]) <= 100


def test_who_is_not_signed_in_is_told_where(point):
    status, headers, body = told(point, Accept="text/html")
    assert status == 401
    assert headers["www-authenticate"] == 'Bearer realm="panshi"'
    assert headers["location"] == ("https://id.test/in?return_to=https%3A%2F%2Fpay.test%2Fpay%2Fx")
    assert "請先登入" in body.decode()
    status, headers, _ = told(point, Accept="text/html", query="?redirect=1")
    assert status == 302
    assert told(point, Accept="text/html", query="?redirect=1", method="POST")[0] == 401


def test_a_stronger_sign_in_is_asked_for_by_its_name(point):
    status, headers, _ = told(point, point.sign_in("amy"), method="POST")
    assert status == 401
    assert 'error="insufficient_user_authentication"' in headers["www-authenticate"]
    assert 'acr_values="aal3"' in headers["www-authenticate"]
    assert headers["location"].endswith("&acr_values=aal3")
    assert told(point, point.sign_in("amy", assurance=3), method="POST")[0] == 200


def test_a_refusal_says_why_and_nothing_of_the_inside(point):
    status, _, body = told(point, point.sign_in("amy"), path="/vault/x")
    assert status == 403
    assert b"vault" not in body
    assert b"use" not in body
    assert "目前的政策不允許此存取" in body.decode()
    status, _, body = told(point, point.sign_in("gone"))
    assert status == 403
    assert "帳號已停用" in body.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"path": "/nowhere"},
        {"path": "/pay/../vault/x"},
        {"path": "/pay/%2e%2e/vault"},
        {"path": "/pay//x"},
        {"path": "/PAY/x"},
        {"path": "/pay/x%2Fy"},
        {"path": "/pay/x;y"},
        {"path": "/pay/x."},
        {"path": "/pay/%00"},
        {"path": "https://pay.test/pay/x"},
        {"method": "TRACE"},
        {"method": "get"},
        {"method": "DELETE"},
        {"X_Original_Host": "other.test"},
        {"X_Original_Host": "pay.test."},
        {"X_Original_Host": None},
        {"X_Forwarded_Uri": "/pay/x"},
        {"X_Forwarded_Method": "GET"},
        {"X_Original_Method": None, "X_Original_URI": None},
        {"X_HTTP_Method_Override": "POST"},
    ],
)
def test_what_has_no_plain_name_is_denied_whoever_asks(point, changed):
    assert told(point, point.sign_in("amy", assurance=3), **changed)[0] == 403


def test_the_other_dialect_is_understood_alone(point):
    secret = point.sign_in("amy")
    headers = {"X-Forwarded-Method": "GET", "X-Forwarded-Uri": "/wiki/a?b=c"}
    headers |= {"X-Forwarded-Host": "pay.test:8443", "Authorization": f"Bearer {secret}"}
    assert point.ask("GET", PATH, headers=headers)[0] == 200


@pytest.mark.parametrize("credential", ["", "short", "x" * 2000, "n" * 32, "磐" * 30])
def test_no_other_credential_is_anybody(point, credential):
    assert told(point, Authorization=f"Bearer {credential}".encode())[0] == 401


def test_the_name_of_a_session_opens_nothing(point):
    secret = point.sign_in("amy")
    _, _, listed = point.ask("GET", "/zt/v1/sessions?user=amy")
    assert secret.encode() not in listed
    from panshi.protection.zero_trust.enforcement.credential import session_id_of

    assert told(point, session_id_of(secret))[0] == 401
    assert told(point, f"{secret}; panshi_zt={secret}")[0] == 401


def test_a_revoked_session_is_nobody(point):
    secret = point.sign_in("amy")
    assert told(point, secret)[0] == 200
    from panshi.protection.zero_trust.enforcement.credential import session_id_of

    name = session_id_of(secret)
    assert point.ask("DELETE", f"/zt/v1/sessions/{name}?cause=session_revoked")[0] == 200
    assert told(point, secret)[0] == 401


def test_ext_authz_over_http_answers_alike(point):
    secret = point.sign_in("amy")
    asked = {"Host": "pay.test", "Cookie": f"panshi_zt={secret}"}
    prefix = "/zt/v1/ext-authz"
    assert point.ask("GET", f"{prefix}/pay/x?y=1", headers=asked)[0] == 200
    assert point.ask("POST", f"{prefix}/pay/x", headers=asked)[0] == 401
    assert point.ask("GET", f"{prefix}/vault/x", headers=asked)[0] == 403
    assert point.ask("GET", f"{prefix}/pay/%2e%2e/x", headers=asked)[0] == 403
    assert point.ask("GET", f"{prefix}//pay/x", headers=asked)[0] == 403
    forged = asked | {"X-Original-URI": "/evil", "X-Original-Host": "evil.test", "Cookie": ""}
    place = point.ask("GET", f"{prefix}/pay/x", headers=forged)[1]["location"]
    assert "evil" not in place

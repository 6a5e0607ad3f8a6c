"""What our own enforcement points are told, and what a stolen credential is worth."""

import json

import pytest
import trustme
from cryptography import x509

from panshi.protection.zero_trust.enforcement.credential import session_id_of, thumbprint_of
from tests.simulators.running_point import RunningPoint


@pytest.fixture(scope="module")
def point():
    with RunningPoint() as running:
        yield running


def ask(point, system="payments", action="read", **more):
    status, _, told = point.ask("POST", "/zt/v1/ask", {"system": system, "action": action, **more})
    assert status == 200, told
    return json.loads(told)


def opened(point):
    return set(point.point.live.register.accesses)


def test_a_question_opens_nothing_and_a_stream_is_held_open(point):
    secret = point.sign_in("amy")
    assert ask(point, session=secret)["outcome"] == "allowed"
    assert not opened(point)
    told = ask(point, session=secret, pep="p", access="a-1", kind="stream")
    assert told["outcome"] == "allowed"
    assert told["session"] == session_id_of(secret)
    assert told["headers"]["x-panshi-user"] == "amy"
    assert opened(point) == {"a-1"}
    assert point.ask("DELETE", "/zt/v1/accesses/a-1")[0] == 200
    assert not opened(point)


@pytest.mark.parametrize(
    ("system", "action", "outcome"),
    [("vault", "read", "denied"), ("payments", "write", "step-up"), ("nothing", "read", "denied")],
)
def test_what_is_not_allowed_is_not_held_open(point, system, action, outcome):
    secret = point.sign_in("amy")
    told = ask(point, system, action, session=secret, pep="p", access="a-2", kind="stream")
    assert told["outcome"] == outcome
    assert not told["headers"].get("x-panshi-user")
    assert not opened(point)
    assert ask(point, system, action, session=secret)["outcome"] == outcome


def test_a_stolen_cookie_is_worth_nothing_without_its_certificate(point):
    # Given a session bound to a certificate (RFC 8705)
    ca = trustme.CA()
    mine, other = (ca.issue_cert(each).cert_chain_pems[0].bytes() for each in ("a.test", "b.test"))
    bound = thumbprint_of(x509.load_pem_x509_certificate(mine))
    secret = point.sign_in("amy", credential=bound)
    # Then it counts with that certificate only
    assert ask(point, session=secret, certificate=mine.decode())["outcome"] == "allowed"
    assert ask(point, session=secret, certificate=other.decode())["outcome"] == "sign-in"
    assert ask(point, session=secret, certificate="not a certificate")["outcome"] == "sign-in"
    assert ask(point, session=secret)["outcome"] == "sign-in"
    # And the certificate leads to the session by itself
    assert ask(point, certificate=mine.decode())["outcome"] == "allowed"


@pytest.mark.parametrize(
    "body",
    [
        {"system": "payments"},
        {"system": "payments", "action": "read", "colour": "red"},
        {"system": 1, "action": "read"},
        {"system": "payments", "action": "read", "access": "a", "kind": "stream"},
        {"system": "payments", "action": "read", "kind": "hope"},
        [],
    ],
)
def test_what_is_no_question_is_refused(point, body):
    assert point.ask("POST", "/zt/v1/ask", body)[0] == 400

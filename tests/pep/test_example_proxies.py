"""The example configurations with the real programs: who passes, what they learn, failing shut."""

import json

import pytest

from panshi.pdp.settings import Settings
from tests.simulators.proxies import get, pep_gate, plain_application, proxy
from tests.simulators.running_point import RunningPoint, table

pytestmark = pytest.mark.slow
KINDS = ("nginx", "envoy", "envoy-http", "traefik", "caddy", "haproxy")


@pytest.fixture(scope="module", params=KINDS)
def world(request, tmp_path_factory):
    # Traefik cannot show a token: there the decision point trusts loopback
    gate = None if request.param == "traefik" else pep_gate()
    settings = Settings(table=table(), sign_in="https://id.test/in")
    folder = tmp_path_factory.mktemp(request.param)
    with plain_application() as application, RunningPoint(settings=settings, gate=gate) as point:
        ports = {8430: point.port, 8431: point.grpc_port, 9000: application.server_port}
        with proxy(request.param, folder, ports) as (port, _):
            yield request.param, port, point, application


def sign_in(point, name="amy", **more):
    """Sign in behind the gate, as the identity front would."""
    import secrets
    import time

    from panshi.protection.cedar import Uid
    from panshi.protection.zero_trust.enforcement.credential import session_id_of
    from panshi.protection.zero_trust.sessions.nouns import Session

    secret = secrets.token_urlsafe(24)
    now = time.time()
    session = Session(
        id=session_id_of(secret),
        user=Uid("User", name),
        assurance=more.pop("assurance", 2),
        established_at=now,
        expires_at=now + 3600,
        **more,
    )
    point.within(lambda each: each.live.establish(session))
    return secret


def test_who_is_allowed_passes_and_is_named_whatever_they_claim(world):
    _, port, point, _ = world
    forged = {"X_Panshi_User": "root", "X_Panshi_Trust": "100", "X_Panshi_Decision": "forged"}
    status, _, body = get(port, "/pay/a?b=%20c", secret=sign_in(point), **forged)
    assert status == 200
    told = json.loads(body)
    assert told["path"] == "/pay/a?b=%20c"
    assert told["headers"]["x-panshi-user"] == "amy"
    assert told["headers"]["x-panshi-assurance"] == "2"
    assert told["headers"].get("x-panshi-trust") != "100"
    assert told["headers"].get("x-panshi-decision", "") != "forged"


def test_a_body_reaches_the_application_whole(world):
    _, port, point, _ = world
    secret = sign_in(point, assurance=3)
    status, _, body = get(port, "/pay/a", secret=secret, method="POST", body=b"x" * 20_000)
    assert status == 200
    assert json.loads(body)["body"] == 20_000


def test_nobody_is_sent_to_sign_in(world):
    _, port, _, application = world
    before = len(application.seen)
    status, headers, _ = get(port)
    assert status == 401
    assert headers["www-authenticate"].startswith("Bearer")
    status, headers, _ = get(port, Accept="text/html")
    assert status == 302
    assert headers["location"].startswith("https://id.test/in?return_to=")
    assert "%2Fpay%2Fx" in headers["location"]
    assert len(application.seen) == before


def test_a_stronger_sign_in_is_asked_for(world):
    _, port, point, _ = world
    status, headers, _ = get(port, secret=sign_in(point), method="POST", body=b"")
    assert status == 401
    assert "insufficient_user_authentication" in headers["www-authenticate"]
    assert 'acr_values="aal3"' in headers["www-authenticate"]


def test_what_is_not_allowed_or_not_mapped_is_forbidden(world):
    _, port, point, application = world
    secret, before = sign_in(point), len(application.seen)
    assert get(port, "/vault/x", secret=secret)[0] == 403
    assert get(port, "/nowhere", secret=secret)[0] == 403
    assert get(port, "/pay/x", secret=sign_in(point, "gone"))[0] == 403
    assert len(application.seen) == before


@pytest.mark.parametrize(
    "path",
    [
        "/pay/../vault/x",
        "/pay/%2e%2e/vault/x",
        "/pay/..%2fvault/x",
        "/pay/..%5cvault/x",
        "/pay//../vault/x",
        "//vault/x",
        "/./vault/x",
        "/VAULT/x",
        "/vault%00/x",
        "/pay/..;/vault/x",
        "/pay/%252e%252e/vault/x",
        "/vault./x",
        "/pay/x%2f..%2f..%2fvault",
    ],
)
def test_no_spelling_walks_around_the_policy(world, path):
    _, port, point, application = world
    before = len(application.seen)
    assert get(port, path, secret=sign_in(point))[0] in {400, 401, 403, 404, 301, 307, 308}
    assert len(application.seen) == before


def test_headers_of_the_proxy_s_own_dialect_cannot_be_forged(world):
    _, port, point, application = world
    secret, before = sign_in(point), len(application.seen)
    for forged in (
        {"X_Original_URI": "/pay/x", "X_Original_Method": "GET", "X_Original_Host": "pay.test"},
        {"X_Forwarded_Uri": "/pay/x", "X_Forwarded_Method": "GET"},
        {"X_HTTP_Method_Override": "GET"},
    ):
        assert get(port, "/vault/x", secret=secret, **forged)[0] in {400, 403}
    assert len(application.seen) == before


def test_a_session_that_ends_is_refused_at_once(world):
    _, port, point, _ = world
    from panshi.protection.zero_trust.enforcement.credential import session_id_of

    secret = sign_in(point)
    assert get(port, secret=secret)[0] == 200
    point.within(lambda each: each.live.end(session_id_of(secret)))
    assert get(port, secret=secret)[0] == 401


def test_without_a_decision_point_nothing_passes(world):
    # last: it stops the decision point of this proxy
    _, port, point, application = world
    secret, before = sign_in(point), len(application.seen)
    point.stop()
    for _ in range(3):
        assert get(port, secret=secret)[0] in {403, 500, 502, 503}
    assert len(application.seen) == before

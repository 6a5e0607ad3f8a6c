"""A browser signs in through a real provider, steps up, and is signed out from the back."""

import asyncio
import time
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlencode, urlsplit

import oidc_provider_mock
import pytest
import trustme
from cryptography import x509
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from oidc_provider_mock import User

from panshi.errors import ContentError
from panshi.node.home import Home
from panshi.node.zero_trust.ssf_client import Peer, call
from panshi.node.zero_trust.trust_content import trust_model
from panshi.pdp import ask, sign_in
from panshi.pdp.http import HttpRequest
from panshi.pdp.live.deciding import attach
from panshi.pdp.live.registry import Live
from panshi.pdp.original import COOKIE
from panshi.pdp.point import DecisionPoint
from panshi.pdp.sign_in.doors import ROUTES, SignIns
from panshi.pdp.sign_in.flow import Known
from panshi.pdp.sign_in.settings import load_settings
from panshi.protection.cedar import EntityStore, compile_policies
from panshi.protection.zero_trust.assurance.id_token import LOGOUT_EVENT
from panshi.protection.zero_trust.enforcement.credential import session_id_of, thumbprint_of

pytestmark = pytest.mark.slow
ALLOW = "permit (principal, action, resource) when { context.session.assurance >= 1 };"


@pytest.fixture(scope="module")
def provider():
    users = [User(sub="amy", claims={"preferred_username": "amy"})]
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def world(provider, tmp_path):
    return World(provider, tmp_path)


class World:
    """A decision point, asked by its handlers as the server asks them."""

    def __init__(self, provider, folder):
        self.live = Live(model=trust_model(), clock=time.time)
        self.point = DecisionPoint(
            policies=compile_policies(ALLOW, source="t.cedar"),
            entities=EntityStore.from_json([]),
            clock=time.time,
            live=self.live,
        )
        attach(self.live, self.point)
        raw = f"""
origin: http://localhost:8421
return_hosts: [app.bank.test]
providers:
  - id: bank
    title: {{zh: 行員, en: staff}}
    issuer: {provider}
    client_id: panshi
    user_claim: sub
    user_prefix: "account:"
"""
        settings = load_settings(raw.encode(), source="sign_in.yaml", folder=folder)
        home = Home(path=folder / "home")
        home.prepare()
        sign_in.install(self.point, SignIns(home.path, settings))
        self.jar = {}
        self.certificate = None

    async def get(self, url, method="GET", body=b""):
        parts = urlsplit(url)
        route = next(
            each
            for each in ROUTES
            if each.method == method
            and (
                each.path == parts.path
                or (each.path.endswith("/") and parts.path.startswith(each.path))
            )
        )
        cookies = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        answer = route.handler(
            self.point,
            HttpRequest(
                method=method, path=parts.path, query=parts.query, headers={"cookie": cookies},
                body=body, peer="192.0.2.7", certificate=self.certificate,
            ),
        )  # fmt: skip
        answer = await answer if asyncio.iscoroutine(answer) else answer
        for name, value in answer.headers:
            if name == "Set-Cookie":
                for key, morsel in SimpleCookie(value).items():
                    self.jar[key] = morsel.value
        return answer

    async def at_provider(self, url, sub="amy"):
        form = urlencode({"sub": sub}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        reply = await call("POST", url, Peer(plain_http=True), body=form, headers=kind)
        assert reply.status in {302, 303}, bytes(reply.body)[:300]
        return reply.headers["location"]

    async def sign_in(self, to="/work", acr=""):
        query = urlencode({"provider": "bank", "to": to, "acr": acr})
        begun = await self.get(f"/zt/sign-in/start?{query}")
        assert begun.status == 303, begun.body
        return await self.get(await self.at_provider(where(begun)))

    @property
    def session(self):
        return self.live.register.sessions.get(session_id_of(self.jar.get(COOKIE, "")) or "")


def where(answer):
    return dict(answer.headers)["Location"]


def play(scene):
    asyncio.run(scene)


def test_a_browser_comes_back_signed_in_with_a_cookie_that_says_nothing(world):
    async def scene():
        done = await world.sign_in()
        assert (done.status, where(done)) == (303, "/work")
        cookie = next(
            v for n, v in done.headers if n == "Set-Cookie" and v.startswith(COOKIE + "=")
        )
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        session = world.session
        assert session.user.id == "account:amy"
        assert (session.assurance, session.authenticators) == (1, ())  # nobody agreed on more
        assert session.address == "192.0.2.7"

    play(scene())


def test_pkce_state_and_nonce_are_asked_for(world):
    async def scene():
        begun = await world.get("/zt/sign-in/start?provider=bank&to=/&acr=urn:panshi:loa:3")
        asked = parse_qs(urlsplit(where(begun)).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert len(asked["code_challenge"][0]) == 43
        assert asked["acr_values"] == ["urn:panshi:loa:3"]
        assert asked["state"] != asked["nonce"]

    play(scene())


def test_another_browser_cannot_finish_what_this_one_began_nor_can_it_be_done_twice(world):
    async def scene():
        begun = await world.get("/zt/sign-in/start?provider=bank&to=/")
        back = await world.at_provider(where(begun))
        mine, world.jar = world.jar, {}
        assert (await world.get(back)).status == 403
        world.jar = mine
        assert (await world.get(back)).status == 403
        assert world.session is None

    play(scene())


@pytest.mark.parametrize("query", ["", "state=x&code=y", "error=access_denied&state=x"])
def test_an_odd_answer_signs_nobody_in(world, query):
    async def scene():
        answer = await world.get(f"/zt/sign-in/callback?{query}")
        assert answer.status == 403
        assert "登入未完成" in answer.body.decode()

    play(scene())


def test_stepping_up_keeps_the_session_of_the_same_person_only(world):
    async def scene():
        await world.sign_in()
        first = world.session.id
        await world.sign_in(acr="urn:panshi:loa:3")
        assert world.session.id == first
        begun = await world.get("/zt/sign-in/start?provider=bank&to=/")
        await world.get(await world.at_provider(where(begun), sub="bob"))
        assert world.session.user.id == "account:bob"
        assert world.session.id != first

    play(scene())


def test_a_session_is_bound_to_the_certificate_the_browser_shows(world):
    async def scene():
        leaf = trustme.CA().issue_cert("amy@bank.test").cert_chain_pems[0].bytes()
        world.certificate = leaf.decode()
        await world.sign_in()
        mine = thumbprint_of(x509.load_pem_x509_certificate(leaf))
        assert world.session.credential == mine
        question = {"system": "core", "action": "read", "session": world.jar[COOKIE]}

        def asked(certificate):
            import msgspec

            body = msgspec.json.encode(
                question | ({"certificate": certificate} if certificate else {})
            )
            request = HttpRequest(method="POST", path=ask.PATH, headers={}, body=body)
            return msgspec.json.decode(ask.ask(world.point, request).body)["outcome"]

        other = trustme.CA().issue_cert("eve@bank.test").cert_chain_pems[0].bytes().decode()
        assert asked(leaf.decode()) == "allowed"
        assert asked(other) == "sign-in"
        assert asked("") == "sign-in"

    play(scene())


def test_signing_out_ends_the_session(world):
    async def scene():
        await world.sign_in()
        name = world.session.id
        done = await world.get("/zt/sign-out", "POST")
        assert (done.status, where(done)) == (303, "/zt/sign-in")
        assert name not in world.live.register.sessions
        assert world.jar[COOKIE] == ""

    play(scene())


def test_a_bad_logout_token_ends_nothing(world):
    async def scene():
        await world.sign_in()
        for body in (b"", b"logout_token=a.b.c"):
            answer = await world.get("/zt/sign-out/back-channel/bank", "POST", body)
            assert answer.status == 400
        assert world.session is not None

    play(scene())


def test_a_provider_ends_whose_session_it_names_once(world):
    async def scene():
        await world.sign_in()
        mine, amy = dict(world.jar), world.session.id
        world.jar = {}
        begun = await world.get("/zt/sign-in/start?provider=bank&to=/")
        await world.get(await world.at_provider(where(begun), sub="bob"))
        flows = sign_in.doors._of(world.point).flows
        key = RSAKey.generate_key(2048, {"kid": "t"})
        held = flows.known["bank"]
        flows.known["bank"] = Known(metadata=held.metadata, keys=KeySet([key]), at=time.time())
        claims = {
            "iss": held.metadata["issuer"], "aud": "panshi", "sub": "amy", "jti": "1",
            "iat": int(time.time()), "events": {LOGOUT_EVENT: {}},
        }  # fmt: skip
        token = jwt.encode({"alg": "RS256", "kid": "t", "typ": "logout+jwt"}, claims, key)
        body = f"logout_token={token}".encode()

        first = await world.get("/zt/sign-out/back-channel/bank", "POST", body)
        again = await world.get("/zt/sign-out/back-channel/bank", "POST", body)

        assert (first.status, again.status) == (200, 400)
        assert amy not in world.live.register.sessions
        assert world.session.user.id == "account:bob"
        assert mine[COOKIE] != world.jar[COOKIE]

    play(scene())


def test_the_page_is_in_two_languages_and_runs_nothing(world):
    async def scene():
        page = await world.get("/zt/sign-in?to=https://evil.test/&acr=x")
        text = page.body.decode()
        policy = dict(page.headers)["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "行員" in text
        assert "staff" in text
        assert text.count("<script") == 1
        assert "script-src 'self'" in policy
        assert "evil.test" not in text

    play(scene())


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("/a?b=c", "/a?b=c"),
        ("//evil.test/", "/"),
        ("/\\evil.test", "/"),
        ("https://evil.test/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://app.bank.test/x", "http://app.bank.test/x"),
        ("http://app.bank.test@evil.test/", "/"),
        ("http://u@app.bank.test/", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("", "/"),
    ],
)
def test_browsers_are_sent_back_to_known_places_only(world, wanted, found):
    assert sign_in.doors._of(world.point).settings.way_back(wanted) == found


@pytest.mark.parametrize(
    ("old", "new"),
    [("https://id", "http://id"), ("RS256", "none"), ("RS256", "HS256")],
)
def test_weak_settings_are_refused(tmp_path, old, new):
    raw = """
origin: https://pdp.test
providers:
  - {id: a, title: {zh: 甲, en: A}, issuer: "https://id", client_id: c, user_claim: sub,
     algorithms: [RS256]}
"""
    load_settings(raw.encode(), source="s", folder=tmp_path)
    with pytest.raises(ContentError):
        load_settings(raw.replace(old, new).encode(), source="s", folder=tmp_path)

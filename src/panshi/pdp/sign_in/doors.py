"""The handlers of signing in and out."""

from __future__ import annotations

import secrets
from dataclasses import replace
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote
from weakref import WeakKeyDictionary

import msgspec
from cryptography import x509

from panshi.errors import BadInputError, ForbiddenError, MissingError, PanshiError
from panshi.node.zero_trust.assurance_content import assurance_table
from panshi.pdp.http import HttpAnswer, HttpRequest, PdpRoute, json_answer
from panshi.pdp.live.held import PHISHING_RESISTANT
from panshi.pdp.live.registry import Live
from panshi.pdp.original import COOKIE
from panshi.pdp.point import DecisionPoint
from panshi.pdp.sign_in.flow import FLOW_S, Flow, Flows
from panshi.pdp.sign_in.pages import HEADERS, SCRIPT, choice, refused
from panshi.pdp.sign_in.passkeys import ISSUER, Ceremonies, assurance_of
from panshi.pdp.sign_in.settings import ProviderSettings, SignInSettings, read_settings
from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.assurance.id_token import Claims, methods
from panshi.protection.zero_trust.assurance.mapping import SignIn, reached
from panshi.protection.zero_trust.enforcement.credential import session_id_of, thumbprint_of
from panshi.protection.zero_trust.sessions.nouns import Cause, Session
from panshi.store.devices import Devices
from panshi.store.passkeys import Passkeys

FLOW_COOKIE = "panshi_zt_flow"
HTML = "text/html; charset=utf-8"
PASSKEY = "/zt/passkey/"
BACK_CHANNEL = "/zt/sign-out/back-channel/"
MOST_REMEMBERED = 10_000
LEAST_TO_REGISTER = 2
"Level of a session that may make a passkey."
_LONGEST_ACR = 200
type Query = dict[str, str]


class SignIns:
    """What one decision point keeps about signing in."""

    def __init__(self, home: Path, settings: SignInSettings) -> None:
        self.home = home
        self.settings = settings
        self.flows = Flows(redirect_uri=settings.origin + "/zt/sign-in/callback")
        self.mapping = assurance_table(home).mapping
        self.passkeys = Ceremonies(settings.origin, Passkeys(home))
        self.logouts: dict[str, float] = {}
        "Names of logout tokens that were taken, against replays."


_INSTALLED: WeakKeyDictionary[DecisionPoint, SignIns] = WeakKeyDictionary()


def install(point: DecisionPoint, sign_ins: SignIns) -> None:
    """Let browsers sign in at a decision point."""
    _INSTALLED[point] = sign_ins


def install_from(point: DecisionPoint, home: Path) -> None:
    """Let browsers sign in where the home is set up for it."""
    settings = read_settings(home)
    if settings is not None:
        install(point, SignIns(home, settings))


def _of(point: DecisionPoint) -> SignIns:
    found = _INSTALLED.get(point)
    if found is None:
        raise MissingError("nobody signs in here", remedy="HOME/zero_trust/sign_in.yaml")
    return found


def _live(point: DecisionPoint) -> Live:
    if not isinstance(point.live, Live):
        raise MissingError("this decision point keeps no live sessions")
    return point.live


def choose(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Show how to sign in."""
    settings, asked = _of(point).settings, _query(request)
    back = settings.way_back(asked.get("to", "/"))
    page = choice(settings, back, asked.get("acr", "")[:_LONGEST_ACR])
    return HttpAnswer(body=page, content_type=HTML, headers=HEADERS)


async def start(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Send the browser to its provider."""
    sign_ins, asked = _of(point), _query(request)
    settings = sign_ins.settings
    provider = settings.provider(asked.get("provider", ""))
    if provider is None:
        return _not_signed_in("沒有這個登入方式。", "There is no such way to sign in.")
    back = settings.way_back(asked.get("to", "/"))
    acr = asked.get("acr", "")[:_LONGEST_ACR]
    try:
        url, browser = await sign_ins.flows.begin(provider, back=back, acr=acr, now=point.clock())
    except PanshiError:
        return _not_signed_in(
            "身分提供者暫時無法使用。", "The identity provider cannot be used now."
        )
    cookie = _cookie(FLOW_COOKIE, browser, settings, int(FLOW_S), path="/zt/sign-in")
    return _away(url, cookie)


async def callback(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Take the browser back from its provider, signed in."""
    sign_ins, asked = _of(point), _query(request)
    gone = _cookie(FLOW_COOKIE, "", sign_ins.settings, 0, path="/zt/sign-in")
    try:
        token, flow = await _signed_in(point, sign_ins, request, asked)
    except ForbiddenError as error:
        zh = "登入資訊無法驗證，請重新登入。"
        return _not_signed_in(zh, f"{error.problem}.", gone)
    except PanshiError:
        zh, en = "身分提供者暫時無法使用。", "The identity provider cannot be used now."
        return _not_signed_in(zh, en, gone)
    cookie = _cookie(COOKIE, token, sign_ins.settings, sign_ins.settings.lasts_s)
    return _away(flow.back, cookie, gone)


async def _signed_in(
    point: DecisionPoint, sign_ins: SignIns, request: HttpRequest, asked: Query
) -> tuple[str, Flow]:
    now = point.clock()
    browser = _cookies(request).get(FLOW_COOKIE, "")
    flow = sign_ins.flows.take(asked.get("state", ""), browser, now)
    provider = sign_ins.settings.provider(flow.provider)
    if provider is None or "error" in asked or not asked.get("code"):
        raise ForbiddenError("the provider did not sign anybody in")
    if asked.get("iss", provider.terms.issuer) != provider.terms.issuer:
        raise ForbiddenError("the answer is of another provider")
    claims = await sign_ins.flows.finish(provider, flow, asked["code"], now=now)
    token = await _establish(point, sign_ins, request, provider, claims)
    return token, flow


async def _establish(
    point: DecisionPoint,
    sign_ins: SignIns,
    request: HttpRequest,
    provider: ProviderSettings,
    claims: Claims,
) -> str:
    live, now = _live(point), point.clock()
    name = claims.get(provider.user_claim)
    if not isinstance(name, str) or not 1 <= len(name) <= 200 or not name.isprintable():  # noqa: PLR2004
        raise ForbiddenError(f"the provider does not say who it is ({provider.user_claim})")
    user = Uid("User", provider.user_prefix + name)
    acr = claims.get("acr")
    assurance = reached(
        SignIn(
            issuer=provider.terms.issuer,
            acr=acr if isinstance(acr, str) else "",
            amr=methods(claims),
        ),
        sign_ins.mapping,
    )
    credential = _thumbprint(request)
    token = _same_session(live, request, user, credential) or secrets.token_urlsafe(32)
    attributes = {"issuer": provider.terms.issuer, "sub": str(claims.get("sub", ""))}
    if isinstance(claims.get("sid"), str):
        attributes["sid"] = str(claims["sid"])
    live.establish(
        Session(
            id=session_id_of(token) or "",
            user=user,
            device=_device(sign_ins.home, credential),
            credential=credential,
            assurance=assurance.level,
            authenticators=_believed(methods(claims), resistant=assurance.phishing_resistant),
            established_at=now,
            expires_at=now + sign_ins.settings.lasts_s,
            address=request.peer,
            attributes=attributes,
        )
    )
    await live.journal.durable()
    return token


def _believed(named: tuple[str, ...], *, resistant: bool) -> tuple[str, ...]:
    """Keep the methods the mapping agrees with: a provider's word alone resists no phishing."""
    if not resistant:
        return tuple(each for each in named if each not in PHISHING_RESISTANT)
    return named if not PHISHING_RESISTANT.isdisjoint(named) else (*named, "phr")


def _same_session(live: Live, request: HttpRequest, user: Uid, credential: str | None) -> str:
    """Give the word of the session one signs in to again (step-up): same person, same binding."""
    token = _cookies(request).get(COOKIE, "")
    session = live.register.sessions.get(session_id_of(token) or "")
    same = session is not None and session.user == user and session.credential == credential
    return token if same else ""


def script(_point: DecisionPoint, _request: HttpRequest) -> HttpAnswer:
    """Give the script of the page."""
    return HttpAnswer(body=SCRIPT, content_type="text/javascript; charset=utf-8", headers=HEADERS)


class Finish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a browser answers to a ceremony."""

    ceremony: str
    credential: dict[str, Any]


async def passkey(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Take one step of a registration or a sign-in with a passkey."""
    sign_ins, live, now = _of(point), _live(point), point.clock()
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise BadInputError("JSON is expected", place="content-type")
    held = live.register.sessions.get(session_id_of(_cookies(request).get(COOKIE, "")) or "")
    if held is not None and held.credential not in {None, _thumbprint(request)}:
        held = None
    keys = sign_ins.passkeys
    match request.path.removeprefix(PASSKEY):
        case "register/begin" if held is not None:
            name, options = keys.begin_registration(held.user.id, _known(sign_ins, held), now)
            return json_answer({"ceremony": name, "options": options})
        case "register/finish" if held is not None:
            told = _finish(request.body)
            keys.finish_registration(told.ceremony, held.user.id, told.credential, now)
            return json_answer({"registered": True})
        case "sign-in/begin":
            name, options = keys.begin_sign_in(now)
            return json_answer({"ceremony": name, "options": options})
        case "sign-in/finish":
            return await _with_passkey(point, sign_ins, request)
        case _:
            raise ForbiddenError("sign in first")


def _known(sign_ins: SignIns, held: Session) -> int:
    """How surely the person of a session is known; a weak session makes no new way in."""
    if held.assurance < LEAST_TO_REGISTER:
        raise ForbiddenError("sign in with two factors first", place=f"level {held.assurance}")
    provider = sign_ins.mapping.provider(str(held.attributes.get("issuer", "")))
    known = provider.proofing if provider else sign_ins.mapping.unknown_proofing
    earlier = held.attributes.get("proofing", known)
    return min(known, earlier if isinstance(earlier, int) else known)


async def _with_passkey(
    point: DecisionPoint, sign_ins: SignIns, request: HttpRequest
) -> HttpAnswer:
    live, now, told = _live(point), point.clock(), _finish(request.body)
    row = sign_ins.passkeys.finish_sign_in(told.ceremony, told.credential, now)
    user, credential = Uid("User", row.user), _thumbprint(request)
    token = _same_session(live, request, user, credential) or secrets.token_urlsafe(32)
    live.establish(
        Session(
            id=session_id_of(token) or "",
            user=user,
            device=_device(sign_ins.home, credential),
            credential=credential,
            assurance=assurance_of(row, sign_ins.mapping).level,
            authenticators=("webauthn", "user"),
            established_at=now,
            expires_at=now + sign_ins.settings.lasts_s,
            address=request.peer,
            attributes={"issuer": ISSUER, "sub": row.user, "proofing": row.proofing},
        )
    )
    await live.journal.durable()
    cookie = _cookie(COOKIE, token, sign_ins.settings, sign_ins.settings.lasts_s)
    answer = json_answer({"signed_in": True})
    return replace(answer, headers=(("Cache-Control", "no-store"), cookie))


def _finish(raw: bytes) -> Finish:
    try:
        return msgspec.json.decode(raw, type=Finish)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInputError(str(error), place="body") from error


async def sign_out(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """End the session of this browser; SameSite=Lax keeps other sites from asking."""
    sign_ins, live = _of(point), _live(point)
    name = session_id_of(_cookies(request).get(COOKIE, ""))
    if name is not None and name in live.register.sessions:
        live.end(name, Cause.SIGNED_OUT, source="browser")
        await live.journal.durable()
    return _away("/zt/sign-in", _cookie(COOKIE, "", sign_ins.settings, 0))


async def back_channel(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """End what a provider says is over."""
    sign_ins, live, now = _of(point), _live(point), point.clock()
    provider = sign_ins.settings.provider(unquote(request.path.removeprefix(BACK_CHANNEL)))
    form = dict(parse_qsl(request.body.decode("utf-8", "replace"), max_num_fields=8))
    try:
        if provider is None or "logout_token" not in form:
            raise BadInputError("no logout token of a known provider")
        claims = await sign_ins.flows.logout(provider, form["logout_token"], now=now)
        _once(sign_ins, f"{provider.id} {claims['jti']}", now)
    except PanshiError as error:
        told = {"error": "invalid_request", "error_description": error.problem}
        return json_answer(told, HTTPStatus.BAD_REQUEST)
    names = [each.id for each in live.register.sessions.values() if _meant(each, provider, claims)]
    for each in names:
        live.end(each, Cause.SIGNED_OUT, source=provider.id)
    await live.journal.durable()
    return HttpAnswer(headers=(("Cache-Control", "no-store"),))


def _meant(session: Session, provider: ProviderSettings, claims: Claims) -> bool:
    """Whether a logout token is about a session: its sid where it names one, else its subject."""
    held = session.attributes
    if held.get("issuer") != provider.terms.issuer:
        return False
    if claims.get("sid"):
        return held.get("sid") == claims["sid"]
    return bool(claims.get("sub")) and held.get("sub") == claims["sub"]


def _once(sign_ins: SignIns, name: str, now: float) -> None:
    if name in sign_ins.logouts:
        raise ForbiddenError("this logout token was taken before")
    if len(sign_ins.logouts) >= MOST_REMEMBERED:
        del sign_ins.logouts[next(iter(sign_ins.logouts))]
    sign_ins.logouts[name] = now


def _thumbprint(request: HttpRequest) -> str | None:
    if request.certificate is None:
        return None
    return thumbprint_of(x509.load_pem_x509_certificate(request.certificate.encode()))


def _device(home: Path, credential: str | None) -> str | None:
    """Give the enrolled device whose certificate the browser shows."""
    if credential is None:
        return None
    rows = (each for each in Devices(home).all() if each.client_certificate == credential)
    return next((each.id for each in rows if each.revoked_at is None and each.approved_at), None)


def _query(request: HttpRequest) -> Query:
    return dict(parse_qsl(request.query, keep_blank_values=True, max_num_fields=16))


def _cookies(request: HttpRequest) -> Query:
    try:
        found = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in found.items()}


def _cookie(
    name: str, value: str, settings: SignInSettings, lasts_s: int, *, path: str = "/"
) -> tuple[str, str]:
    parts = [f"{name}={value}", f"Path={path}", f"Max-Age={lasts_s}", "HttpOnly", "SameSite=Lax"]
    if settings.secure:
        parts.append("Secure")
    if settings.cookie_domain and name == COOKIE:
        parts.append(f"Domain={settings.cookie_domain}")
    return "Set-Cookie", "; ".join(parts)


def _away(url: str, *cookies: tuple[str, str]) -> HttpAnswer:
    headers = (("Location", url), *HEADERS, *cookies)
    return HttpAnswer(status=HTTPStatus.SEE_OTHER, headers=headers)


def _not_signed_in(zh: str, en: str, *cookies: tuple[str, str]) -> HttpAnswer:
    return HttpAnswer(
        status=HTTPStatus.FORBIDDEN,
        body=refused(zh, en),
        content_type=HTML,
        headers=(*HEADERS, *cookies),
    )


ROUTES = (
    PdpRoute(method="GET", path="/zt/passkey.js", handler=script, scope=""),
    PdpRoute(method="POST", path=PASSKEY, handler=passkey, scope=""),
    PdpRoute(method="GET", path="/zt/sign-in", handler=choose, scope=""),
    PdpRoute(method="GET", path="/zt/sign-in/start", handler=start, scope=""),
    PdpRoute(method="GET", path="/zt/sign-in/callback", handler=callback, scope=""),
    PdpRoute(method="POST", path="/zt/sign-out", handler=sign_out, scope=""),
    PdpRoute(method="POST", path=BACK_CHANNEL, handler=back_channel, scope=""),
)

"""Forward auth: a proxy holds a request and asks by HTTP whether it may pass.

    nginx auth_request · Traefik ForwardAuth · Caddy forward_auth · HAProxy Lua
        GET /zt/v1/forward-auth  →  200 with identity headers | 401 | 403

401 asks to sign in (`Location` says where) or to sign in more strongly (RFC 9470). With
`?redirect=1` a browser that opens a page is sent there by 302, for proxies that pass the answer on
as it is. What no route maps, and what could be read in two ways, is 403.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from panshi.pdp.http import TEXT, HttpAnswer, HttpRequest, PdpRoute
from panshi.pdp.inquiry import Finding, Inquiry, Outcome, inquire
from panshi.pdp.original import (
    bearer_credential,
    certificate_told,
    cookie_credential,
    mapped,
    original,
)
from panshi.pdp.refusal_page import page
from panshi.pdp.settings import Settings, settings_of
from panshi.protection.zero_trust.enforcement.target import Refused

if TYPE_CHECKING:
    from panshi.pdp.point import DecisionPoint

PATH = "/zt/v1/forward-auth"
SCOPE = "zt.enforce"
HTML = "text/html; charset=utf-8"


def forward_auth(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Answer a proxy."""
    settings, headers = settings_of(point), request.headers
    target = original(headers)
    found = mapped(settings.table, target)
    if isinstance(found, Refused) or isinstance(target, Refused):
        return denied(request, NOT_MAPPED)
    inquiry = Inquiry(
        system=found.system,
        action=found.action,
        credential=credential_in(request),
        certificate=certificate_told(headers.get("x-client-certificate", "")),
        address=headers.get("x-forwarded-for", "").rpartition(",")[2].strip(),
        pep=request.caller,
        request_id=headers.get("x-request-id", ""),
    )
    dialect = "x-original-" if "x-original-uri" in headers else "x-forwarded-"
    back = way_back(headers, headers[dialect + "host"], headers[dialect + "uri"])
    asked = Asked(
        method=target.method, back=back, redirect="redirect=1" in request.query.split("&")
    )
    return told(request, inquire(point, inquiry, settings), settings, asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of the original request matters for sending a browser to sign in."""

    method: str
    back: str
    "The address to come back to; its host and path are in their plain form."
    redirect: bool
    "The proxy passes a 302 on as it is."


NOT_MAPPED = Finding(
    outcome=Outcome.DENIED,
    reason_zh="沒有任何規則允許此路徑。",
    reason_en="No route allows this path.",
)


def credential_in(request: HttpRequest) -> str | None:
    """Give the session's credential: cookie first, then a bearer token of the client.

    `Authorization` is the proxy's own where it had to show who it is; the client's then comes as
    `X-Original-Authorization`.
    """
    headers = request.headers
    found = cookie_credential(headers.get("cookie", ""))
    if found is not None:
        return found
    client = "x-original-authorization" if request.caller else "authorization"
    return bearer_credential(headers.get(client) or headers.get("x-original-authorization", ""))


def identity(finding: Finding) -> tuple[tuple[str, str], ...]:
    """Give the headers by which an application learns who was let in, and why it may believe it."""
    trust = "" if finding.trust is None else str(finding.trust)
    pairs = (
        ("x-panshi-user", quote(finding.user, safe="/:@!$&'()*+,;=-._~ ")),
        ("x-panshi-assurance", str(finding.assurance)),
        ("x-panshi-trust", trust),
        ("x-panshi-decision", finding.decision),
    )
    return tuple((name, value) for name, value in pairs if value)


def challenge(finding: Finding) -> str:
    """Give WWW-Authenticate: sign in, or sign in more strongly (RFC 9470, section 3)."""
    if finding.outcome is not Outcome.STEP_UP:
        return 'Bearer realm="panshi"'
    acr = f', acr_values="{_token(finding.acr)}"' if finding.acr else ""
    return (
        'Bearer realm="panshi", error="insufficient_user_authentication", '
        f'error_description="A stronger sign-in is required"{acr}'
    )


def way_back(headers: Mapping[str, str], host: str, uri: str) -> str:
    """Give the address a browser asked for; host and target are in their plain form already."""
    scheme = "http" if headers.get("x-forwarded-proto") == "http" else "https"
    return f"{scheme}://{host}{uri}"


def told(request: HttpRequest, finding: Finding, settings: Settings, asked: Asked) -> HttpAnswer:
    """Put an answer into the words of forward auth."""
    match finding.outcome:
        case Outcome.ALLOWED:
            return HttpAnswer(status=HTTPStatus.OK, headers=identity(finding))
        case Outcome.DENIED:
            return denied(request, finding)
        case Outcome.SIGN_IN | Outcome.STEP_UP:
            browser = _wants_html(request) and asked.method in {"GET", "HEAD"}
            place = _sign_in_place(finding, settings, asked.back)
            redirect = bool(place) and browser and asked.redirect
            return _asked_to_sign_in(request, finding, place, redirect=redirect)


def denied(request: HttpRequest, finding: Finding) -> HttpAnswer:
    """Refuse for good."""
    return HttpAnswer(
        status=HTTPStatus.FORBIDDEN,
        body=page(finding, html=_wants_html(request)),
        content_type=HTML if _wants_html(request) else TEXT,
        headers=(("cache-control", "no-store"),),
    )


def _asked_to_sign_in(
    request: HttpRequest, finding: Finding, place: str, *, redirect: bool
) -> HttpAnswer:
    headers = [("www-authenticate", challenge(finding)), ("cache-control", "no-store")]
    if place:
        headers.append(("location", place))
    return HttpAnswer(
        status=HTTPStatus.FOUND if redirect else HTTPStatus.UNAUTHORIZED,
        body=page(finding, html=_wants_html(request)),
        content_type=HTML if _wants_html(request) else TEXT,
        headers=tuple(headers),
    )


def _sign_in_place(finding: Finding, settings: Settings, back: str) -> str:
    """Give where to sign in, with the way back: only to a host and path that a route names."""
    if not settings.sign_in:
        return ""
    joint = "&" if "?" in settings.sign_in else "?"
    acr = f"&acr_values={quote(finding.acr, safe='')}" if finding.acr else ""
    return f"{settings.sign_in}{joint}return_to={quote(back, safe='')}{acr}"


def _wants_html(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _token(text: str) -> str:
    return "".join(each for each in text if each.isascii() and (each.isalnum() or each in "-._:/ "))


ROUTES = (PdpRoute(method="*", path=PATH, handler=forward_auth, scope=SCOPE),)

"""Who may manage which stream: client credentials (RFC 6749 section 4.4) and bearer tokens.

A receiver has an id and a secret; for them it gets an access token that holds for an hour at most
(CAEP interoperability profile 1.0, 2.7.1). Tokens are random, kept as digests, taken from the
Authorization header and nowhere else (RFC 6750 section 2), and name the receiver whose streams, and
no others, they open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, unquote

from panshi.pdp.http import HttpAnswer, HttpRequest, json_answer
from panshi.pdp.shared_signals.hub import Hub
from panshi.protection.zero_trust.signals.metadata import SCOPES
from panshi.store.signal_rows import ReceiverRow

LASTS_S = 3_600
READ, MANAGE = SCOPES
NO_STORE = ("Cache-Control", "no-store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A receiver that was let in."""

    receiver: ReceiverRow
    scopes: frozenset[str]


class NotLetInError(Exception):
    """A request is not let in; carries the answer (RFC 6750 section 3.1)."""

    def __init__(self, answer: HttpAnswer) -> None:
        """Keep the answer."""
        self.answer = answer
        super().__init__(answer.status)


def digest(secret: str) -> str:
    """Give the form in which a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def let_in(hub: Hub, request: HttpRequest, scope: str) -> Caller:
    """Give who asks, or raise the answer that says why not."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise NotLetInError(_challenge(HTTPStatus.UNAUTHORIZED, ""))
    found = hub.store.granted(digest(token.strip()), hub.clock())
    receiver = hub.store.receiver(found[0]) if found else None
    if found is None or receiver is None:
        raise NotLetInError(_challenge(HTTPStatus.UNAUTHORIZED, "invalid_token"))
    scopes = frozenset(found[1].split())
    if not _covers(scopes, scope):
        raise NotLetInError(_challenge(HTTPStatus.FORBIDDEN, "insufficient_scope", scope))
    return Caller(receiver=receiver, scopes=scopes)


def issue_token(hub: Hub, request: HttpRequest) -> HttpAnswer:
    """Answer the token endpoint."""
    form = {
        name: values[0]
        for name, values in parse_qs(request.body.decode("latin-1"), max_num_fields=20).items()
    }
    if form.get("grant_type") != "client_credentials":
        return _oauth_error("unsupported_grant_type")
    client, secret = _credentials(request, form)
    receiver = hub.store.receiver(client)
    expected = receiver.secret_digest if receiver is not None else digest("")
    if not hmac.compare_digest(digest(secret), expected) or receiver is None or not secret:
        return _oauth_error("invalid_client", HTTPStatus.UNAUTHORIZED)
    asked = form.get("scope", " ".join(SCOPES)).split()
    scopes = [
        each for each in asked if each.split(".")[:2] in ([["ssf", "read"], ["ssf", "manage"]])
    ]
    if not scopes:
        return _oauth_error("invalid_scope")
    token = secrets.token_urlsafe(32)
    hub.store.grant(digest(token), receiver.name, " ".join(scopes), hub.clock() + LASTS_S)
    answer = json_answer(
        {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": LASTS_S,
            "scope": " ".join(scopes),
        }
    )
    return HttpAnswer(body=answer.body, headers=(NO_STORE,))


def _covers(held: frozenset[str], needed: str) -> bool:
    """Whether scopes cover one: `ssf.manage` covers reading too, and either its own postfixes."""
    return needed in held or MANAGE in held or any(each.startswith(f"{needed}.") for each in held)


def _credentials(request: HttpRequest, form: dict[str, str]) -> tuple[str, str]:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        client, _, secret = text.partition(":")
        return unquote(client), unquote(secret)
    return form.get("client_id", ""), form.get("client_secret", "")


def _oauth_error(code: str, status: int = HTTPStatus.BAD_REQUEST) -> HttpAnswer:
    body = json_answer({"error": code}).body
    challenge = (("WWW-Authenticate", 'Basic realm="ssf"'),) if status != _BAD else ()
    return HttpAnswer(status=status, body=body, headers=(NO_STORE, *challenge))


_BAD = HTTPStatus.BAD_REQUEST


def _challenge(status: int, error: str, scope: str = "") -> HttpAnswer:
    parts = ['Bearer realm="ssf"']
    if error:
        parts.append(f'error="{error}"')
    if scope:
        parts.append(f'scope="{scope}"')
    body = json_answer({"error": error or "unauthorized"}).body
    return HttpAnswer(
        status=status, body=body, headers=(NO_STORE, ("WWW-Authenticate", ", ".join(parts)))
    )

"""OpenID Connect with a provider: authorisation code, PKCE, state bound to the browser, nonce.

OpenID Connect Core 1.0, 3.1; RFC 7636 (S256); RFC 9207 (iss in the answer); RFC 9700, 2.1. A flow
is good once, for ten minutes, and only in the browser that began it.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import quote, urlencode

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from panshi.errors import BadInputError, ForbiddenError, PanshiError
from panshi.node.zero_trust.ssf_client import Peer, call
from panshi.pdp.sign_in.settings import ProviderSettings
from panshi.protection.zero_trust.assurance.id_token import Claims, id_token, logout_token

FLOW_S = 600.0
KEYS_S = 600.0
"How long a provider's keys are believed before they are fetched again."
MOST_FLOWS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One sign-in on its way."""

    provider: str
    nonce: str
    verifier: str
    browser: bytes
    "SHA-256 of what the browser's cookie holds."
    back: str
    acr: str
    ends_at: float


@dataclass(slots=True)
class Known:
    """What a provider publishes."""

    metadata: dict[str, object]
    keys: KeySet
    at: float


@dataclass(slots=True)
class Flows:
    """Every sign-in on its way, and what providers publish."""

    redirect_uri: str
    open: dict[str, Flow] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)

    async def begin(
        self, provider: ProviderSettings, *, back: str, acr: str, now: float
    ) -> tuple[str, str]:
        """Give where the browser goes and what its cookie holds."""
        metadata = (await self._published(provider, now)).metadata
        state, browser, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(4))
        if len(self.open) >= MOST_FLOWS:
            del self.open[next(iter(self.open))]
        self.open[state] = Flow(
            provider=provider.id,
            nonce=nonce,
            verifier=verifier,
            browser=sha256(browser.encode()).digest(),
            back=back,
            acr=acr,
            ends_at=now + FLOW_S,
        )
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": provider.terms.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile email",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if acr:
            asked |= {"acr_values": acr, "prompt": "login"}
        endpoint = _text(metadata, "authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", browser

    def take(self, state: str, browser: str, now: float) -> Flow:
        """Take a flow up again, once, in the browser that began it."""
        flow = self.open.pop(state, None)
        if flow is None or now >= flow.ends_at:
            raise ForbiddenError("this sign-in is not open any more", remedy="begin again")
        if not hmac.compare_digest(flow.browser, sha256(browser.encode()).digest()):
            raise ForbiddenError("this sign-in was begun in another browser", remedy="begin again")
        return flow

    async def finish(
        self, provider: ProviderSettings, flow: Flow, code: str, *, now: float
    ) -> Claims:
        """Trade the code for an ID token and give its claims."""
        known = await self._published(provider, now)
        told = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": flow.verifier,
            "client_id": provider.terms.client_id,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if provider.secret:
            pair = f"{quote(provider.terms.client_id, safe='')}:{quote(provider.secret, safe='')}"
            headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
        url = _text(known.metadata, "token_endpoint")
        reply = await call(
            "POST", url, _peer(provider), body=urlencode(told).encode(), headers=headers
        )
        if reply.status != HTTPStatus.OK:
            raise ForbiddenError("the provider did not accept the sign-in", place=provider.id)
        answer = _json(bytes(reply.body))
        token, access = _text(answer, "id_token"), str(answer.get("access_token", ""))
        terms = provider.terms
        try:
            return id_token(
                token, known.keys, terms, nonce=flow.nonce, access_token=access, now=now
            )
        except ForbiddenError as error:
            if error.place or now - known.at < 1:
                raise
        again = await self._fetch(provider, now)  # the provider may have changed its keys
        return id_token(token, again.keys, terms, nonce=flow.nonce, access_token=access, now=now)

    async def logout(self, provider: ProviderSettings, token: str, *, now: float) -> Claims:
        """Give the claims of a logout token."""
        known = await self._published(provider, now)
        return logout_token(token, known.keys, provider.terms, now=now)

    async def _published(self, provider: ProviderSettings, now: float) -> Known:
        held = self.known.get(provider.id)
        if held is not None and now - held.at < KEYS_S:
            return held
        return await self._fetch(provider, now)

    async def _fetch(self, provider: ProviderSettings, now: float) -> Known:
        peer = _peer(provider)
        issuer = provider.terms.issuer
        address = issuer.rstrip("/") + "/.well-known/openid-configuration"
        metadata = _json(bytes((await call("GET", address, peer)).body))
        if metadata.get("issuer") != issuer:
            raise ForbiddenError("the provider's metadata is of another issuer", place=issuer)
        raw = bytes((await call("GET", _text(metadata, "jwks_uri"), peer)).body)
        try:
            keys = KeySet.import_key_set(_json(raw))  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise BadInputError("the provider's keys cannot be read", place=issuer) from error
        known = self.known[provider.id] = Known(metadata=metadata, keys=keys, at=now)
        return known


def _peer(provider: ProviderSettings) -> Peer:
    return Peer(ca_file=provider.ca_file, plain_http=provider.plain_http)


def _json(raw: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(raw, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInputError("the provider's answer is not JSON") from error


def _text(values: dict[str, object], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise PanshiError(f"the provider states no {name}")
    return value

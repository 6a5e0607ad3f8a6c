"""Ask an identity provider whether it fits: discovery, PKCE, keys; nobody signs in by this.

OpenID Connect Discovery 1.0 section 4: the issuer it names must be the one asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.error import URLError
from urllib.request import Request, urlopen

import msgspec

from panshi.errors import BadInputError, PanshiError
from panshi.node.oidc import Oidc, check_address

DISCOVERY = "/.well-known/openid-configuration"
SECONDS = 10
MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """What the discovery document says; further members are left aside."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    code_challenge_methods_supported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keys:
    keys: tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing asked of the provider."""

    what: str
    ok: bool
    why: str = ""


def check(settings: Oidc) -> tuple[Finding, ...]:
    """Ask, and give everything found; what follows from a failure is not asked."""
    try:
        raw = _fetch(settings.issuer.rstrip("/") + DISCOVERY)
        found = msgspec.json.decode(raw, type=Discovered)
    except (PanshiError, msgspec.MsgspecError) as error:
        return (Finding(what="discovery", ok=False, why=str(error)),)
    issuer = found.issuer.rstrip("/") == settings.issuer.rstrip("/")
    methods = found.code_challenge_methods_supported
    return (
        Finding(what="discovery", ok=True, why=found.issuer),
        Finding(what="issuer", ok=issuer, why="" if issuer else f"it calls itself {found.issuer}"),
        *(
            _encrypted(name, address)
            for name, address in (
                ("authorization endpoint", found.authorization_endpoint),
                ("token endpoint", found.token_endpoint),
            )
        ),
        Finding(
            what="PKCE S256",
            ok=not methods or "S256" in methods,
            why=", ".join(methods) or "unsaid",
        ),
        _keys(found.jwks_uri),
    )


def _encrypted(name: str, address: str) -> Finding:
    try:
        check_address(address)
    except BadInputError as error:
        return Finding(what=name, ok=False, why=str(error))
    return Finding(what=name, ok=True, why=address)


def _keys(address: str) -> Finding:
    try:
        keys = msgspec.json.decode(_fetch(address), type=_Keys).keys
    except (PanshiError, msgspec.MsgspecError) as error:
        return Finding(what="keys", ok=False, why=str(error))
    return Finding(what="keys", ok=bool(keys), why=f"{len(keys)}")


def _fetch(address: str) -> bytes:
    check_address(address)
    request = Request(address, headers={"Accept": "application/json"})  # noqa: S310 -- checked above
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 -- checked above
            content: bytes = answer.read(MOST_BYTES)
    except (URLError, TimeoutError, OSError) as error:
        raise BadInputError(f"cannot be asked: {error}", place=address) from error
    return content

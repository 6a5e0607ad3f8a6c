"""The request a proxy asks about, as told in headers; from one dialect, or not at all.

nginx, HAProxy and our examples say `X-Original-Method`, `-URI` and `-Host`; Traefik and Caddy say
`X-Forwarded-Method`, `-Uri` and `-Host`. A client can send the ones its proxy does not overwrite,
so a request that carries both dialects is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from panshi.protection.zero_trust.enforcement.routes import Mapped, RouteTable
from panshi.protection.zero_trust.enforcement.target import Refused, Target, target_of

COOKIE = "panshi_zt"
"Name of the cookie that carries a session."
DIALECTS = ("x-original-", "x-forwarded-")
TELLTALES = ("method", "uri")


def original(headers: Mapping[str, str]) -> Target | Refused:
    """Give the plain form of the request the proxy holds."""
    spoken = [each for each in DIALECTS if any(each + name in headers for name in TELLTALES)]
    if len(spoken) != 1:
        return Refused(why="told in no dialect or in two")
    dialect = spoken[0]
    method, uri, host = (headers.get(dialect + name, "") for name in ("method", "uri", "host"))
    passed = (name for name in headers if not name.startswith(DIALECTS))
    return target_of(method, host, uri, headers=passed)


def mapped(table: RouteTable, target: Target | Refused) -> Mapped | Refused:
    """Give what a request stands for."""
    return target if isinstance(target, Refused) else table.find(target)


def cookie_credential(cookies: str) -> str | None:
    """Give the session's credential; two of them are none."""
    found = [
        value.strip()
        for name, _, value in (each.partition("=") for each in cookies.split(";"))
        if name.strip() == COOKIE
    ]
    return found[0] if len(found) == 1 and found[0] else None


def bearer_credential(authorization: str) -> str | None:
    """Give the credential of a bearer token."""
    kind, _, token = authorization.partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


def certificate_told(value: str) -> str | None:
    """Give the certificate a proxy passes on percent-encoded (nginx, HAProxy, Envoy)."""
    text = unquote(value) if value else ""
    return text if text.startswith("-----BEGIN CERTIFICATE-----") else None

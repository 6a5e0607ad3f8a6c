"""Who sends a request: the address, the token, and whether there were too many of late.

An address that shows no valid token is slowed first; each token has a bucket of its own. Tokens
are compared in constant time. Behind a proxy (`PANSHI_URL`) the address is the last one the proxy
put into `X-Forwarded-For`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from time import monotonic
from typing import Any

from panshi.api.exchange import RefusalError
from panshi.api.limits import UNKNOWN_SHARE, Buckets, buckets, per_second
from panshi.api.route import Route
from panshi.errors import ForbiddenError
from panshi.node.accounts import held_roles
from panshi.node.authority import permitted, token_permitted
from panshi.node.node import Node
from panshi.node.tokens import Token

CHALLENGE = b'Bearer realm="panshi"'

type Scope = MutableMapping[str, Any]


class Senders:
    """The requests of late, counted per token and per address."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        """Read the rate, and whether a proxy stands in front."""
        rate = per_second(environment)
        self.tokens: Buckets = buckets(rate)
        self.addresses: Buckets = buckets(rate)
        self.unknown: Buckets = buckets(rate * UNKNOWN_SHARE)
        self._proxied = bool(environment.get("PANSHI_URL"))

    def address(self, scope: Scope) -> str:
        """Where the request comes from."""
        forwarded = header(scope, b"x-forwarded-for") if self._proxied else ""
        client = scope.get("client") or ("",)
        return forwarded.rpartition(",")[2].strip()[:64] or str(client[0])

    def check_open(self, scope: Scope) -> None:
        """Count a request anyone may make."""
        slow_down(self.addresses.wait(self.address(scope), monotonic()))

    def check_token(self, token: Token) -> None:
        """Count a request of a token."""
        slow_down(self.tokens.wait(token.sha256, monotonic()))

    def refuse_unknown(self, scope: Scope) -> RefusalError:
        """Count a request without a valid token, and give the refusal."""
        slow_down(self.unknown.wait(self.address(scope), monotonic()))
        shown = bool(header(scope, b"authorization"))
        challenge = CHALLENGE + (b', error="invalid_token"' if shown else b"")
        return RefusalError(
            HTTPStatus.UNAUTHORIZED,
            "no valid token",
            remedy="Authorization: Bearer <panshi token make>",
            headers=((b"www-authenticate", challenge),),
        )


def slow_down(seconds: float) -> None:
    """Refuse where somebody has to wait."""
    if seconds:
        wait = str(ceil(seconds))
        raise RefusalError(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too many requests",
            remedy=f"try again in {wait} s",
            headers=((b"retry-after", wait.encode()),),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whoever presented a valid token."""

    token: Token
    held: tuple[str, ...]
    "Every role of the person it is bound to; of a service the token's."


def bearer_of(node: Node, scope: Scope) -> Bearer | None:
    """Give who presents a valid token; one whose person left or lost the role is none."""
    scheme, _, clear = header(scope, b"authorization").partition(" ")
    if scheme.lower() != "bearer":
        return None
    token = node.tokens.holder(clear.strip(), node.clock())
    held = held_roles(token) if token is not None else ()
    return Bearer(token=token, held=held) if token is not None and held else None


def authorise(node: Node, bearer: Bearer, route: Route) -> None:
    """Refuse what role or scopes do not permit, and record it."""
    token = bearer.token
    node.tokens.note_use(token, node.clock())
    if token_permitted(token, route.action, bearer.held):
        return
    node.audit(
        token.actor, route.action, route.path, allowed=False, detail=f"by token {token.name}"
    )
    if permitted(token.role, route.action):
        why = f"its scopes do not name {route.action}, or no person who may stands behind it"
    else:
        why = f"role {token.role} may not {route.action}"
    raise ForbiddenError(why, remedy="use a token of another role, or with other scopes")


def header(scope: Scope, name: bytes) -> str:
    """Give a header; the first where it stands twice."""
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), "")

"""Webhooks over HTTP: signed, only to hosts that were allowed, following no redirect.

The signature is `HMAC-SHA256(secret, "<timestamp>.<body>")` in hexadecimal digits; whoever
receives it recomputes it and refuses old timestamps. The host must be in the list of allowed
hosts, named with its port where that is not the scheme's own, so that an address somebody typed
cannot reach into the network (SSRF).
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from panshi.errors import ForbiddenError, StoreError

WAIT_SECONDS = 10.0
LONGEST_ANSWER = 64 * 1024
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
GOOD = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Where webhooks go, and the secret both sides know."""

    name: str
    url: str
    secret: str

    def __repr__(self) -> str:
        """Say its name, never the secret."""
        return f"Hook({self.name})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message to one hook."""

    key: str
    body: bytes
    timestamp: int


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Give the signature of a message."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def send_post(hook: Hook, post: Post, allowed: Collection[str]) -> None:
    """Send one message; raises where it may not go there or is not taken."""
    parts = urlsplit(hook.url)
    checked(hook.url, allowed)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "panshi",
        "X-Panshi-Delivery": post.key,
        "X-Panshi-Timestamp": str(post.timestamp),
        "X-Panshi-Signature": f"v1={signature(hook.secret, post.timestamp, post.body)}",
    }
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        connection.request("POST", path, body=post.body, headers=headers)
        answer = connection.getresponse()
        answer.read(LONGEST_ANSWER)
    except (OSError, http.client.HTTPException, ValueError) as error:
        told = type(error).__name__
        raise StoreError(f"the webhook did not answer: {told}", place=hook.name) from error
    finally:
        connection.close()
    if answer.status not in GOOD:
        raise StoreError(f"the webhook answered {answer.status}", place=hook.name)


def checked(url: str, allowed: Collection[str]) -> None:
    """Refuse an address that was not allowed, or that would go out unencrypted."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ForbiddenError("the webhook's address is none", place=url[:80]) from error
    host = (parts.hostname or "").lower()
    named = f"{host}:{port}" if port else host
    if parts.username or parts.password or parts.scheme not in {"https", "http"} or not host:
        raise ForbiddenError("the webhook's address is none", place=url[:80])
    if named not in {each.lower() for each in allowed}:
        raise ForbiddenError(
            f"webhooks may not go to {named}", remedy="panshi notify allow-host names it"
        )
    if parts.scheme == "http" and host not in LOOPBACK:
        raise ForbiddenError("a webhook to another machine needs https", place=named)


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=WAIT_SECONDS, context=context)
    return http.client.HTTPConnection(host, port, timeout=WAIT_SECONDS)

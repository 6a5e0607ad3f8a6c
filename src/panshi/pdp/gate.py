"""Who may ask the decision point: bearer tokens with scopes, client certificates, or nobody barred.

AuthZEN 1.0 leaves authentication of the caller to the deployment; here a missing or unknown
credential is 401, a known one without the scope of the route is 403.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

EVALUATE = "zt.evaluate"
SEARCH = "zt.search"
SESSIONS = "zt.sessions"
ENFORCE = "zt.enforce"
ADMIN = "zt.admin"
EVERY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One that was let in."""

    name: str
    """Name of the token or of the certificate; empty where nobody is barred."""
    scopes: frozenset[str]
    """What it may ask; `*` = all."""
    until: float = math.inf
    """When its token expires, seconds since 1970."""

    def may(self, scope: str) -> bool:
        """Whether a route of this scope answers it."""
        return not scope or scope in self.scopes or EVERY in self.scopes


ANYONE = Caller(name="", scopes=frozenset({EVERY}))
NOBODY = Caller(name="", scopes=frozenset())
KEPT = 4096


class OpenGate:
    """Bars nobody: loopback without a home, and the control socket, which only the owner opens."""

    def caller(self, _authorization: bytes, _certificate: str | None) -> Caller:
        """Let in."""
        return ANYONE


class Gate:
    """Knows tokens and verified certificates.

    A token is looked up once and remembered until the tokens change; the memory is bounded, so
    guesses cannot fill it.
    """

    def __init__(
        self,
        *,
        find: Callable[[str], Caller | None],
        version: Callable[[], object],
        certified: Callable[[str], Caller | None] = lambda _pem: None,
    ) -> None:
        self._find = find
        self._version = version
        self._certified = certified
        self._known: dict[bytes, Caller] = {}
        self._seen: object = None

    def refresh(self) -> None:
        """Forget what was remembered where the tokens have changed; asked once a second."""
        seen, now = self._version(), time.time()
        if seen != self._seen or any(each.until <= now for each in self._known.values()):
            self._seen = seen
            self._known.clear()

    def caller(self, authorization: bytes, certificate: str | None) -> Caller:
        """Give who asks; NOBODY where the credential is missing or unknown."""
        if authorization:
            known = self._known.get(authorization)
            return known if known is not None else self._look_up(authorization)
        if certificate is not None:
            return self._certified(certificate) or NOBODY
        return NOBODY

    def _look_up(self, authorization: bytes) -> Caller:
        kind, _, secret = authorization.partition(b" ")
        if kind.lower() != b"bearer":
            return NOBODY
        found = self._find(secret.strip().decode("latin-1"))
        if found is None:
            return NOBODY
        if len(self._known) >= KEPT:
            self._known.clear()
        self._known[authorization] = found
        return found

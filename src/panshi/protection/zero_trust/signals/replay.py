"""Has this token been here before? The three answers, and how long tokens are remembered.

RFC 8935 section 2 and RFC 8936 section 2.4 let a transmitter send again what it is not sure we got,
and ask us to answer as the first time. So the same bytes are acknowledged again and do nothing
again. The same `jti` over other bytes is no repetition but a forgery or a broken sender: refused.
What is older than the time tokens are remembered for is refused by its `iat` before it gets here;
that is why the memory must reach at least as far back as the oldest token that is taken.
"""

from __future__ import annotations

from enum import StrEnum

from panshi.protection.zero_trust.signals.refusal import bad_request
from panshi.protection.zero_trust.signals.tokens import Issuer, Token


class Seen(StrEnum):
    """What a token is to the memory."""

    FIRST = "first"
    AGAIN = "again"


def judged(token: Token, remembered: str | None) -> Seen:
    """Compare a token with the digest kept for its issuer and `jti`."""
    if remembered is None:
        return Seen.FIRST
    if remembered == token.digest:
        return Seen.AGAIN
    raise bad_request(
        "this jti was used before for another token", "此 jti 曾用於另一個權杖，視為重放"
    )


def forgotten_before(issuer: Issuer, now: float) -> float:
    """Give the moment before which a `jti` need not be remembered: its token would be too old."""
    return now - issuer.oldest_s - issuer.ahead_s

"""Feeds as the decision point listens to them: what was set up, with keys that can verify.

Keys of an issuer are fetched when a token names one that is not known, at most once a minute, and
once a day besides; a set that was given by hand is never fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from panshi.errors import PanshiError
from panshi.node.zero_trust.ssf_client import Peer, call
from panshi.protection.zero_trust.signals import keys
from panshi.protection.zero_trust.signals.matching import Naming
from panshi.protection.zero_trust.signals.refusal import RefusedError
from panshi.protection.zero_trust.signals.strict_json import Limits, read_object
from panshi.protection.zero_trust.signals.tokens import Issuer
from panshi.store.signal_rows import FeedRow
from panshi.store.signal_streams import SignalStreams

REFRESH_S = 60.0
"Between two fetches because of an unknown key."
STALE_S = 86_400.0
KEY_LIMITS = Limits(bytes=256 * 1024, depth=6, values=5_000)
_OK = 200


@dataclass(slots=True, kw_only=True)
class Listening:
    """One feed with the keys of its issuer."""

    row: FeedRow
    issuer: Issuer
    naming: Naming
    tried_at: float = 0.0
    "When its keys were last asked for, whether or not an answer came."

    @property
    def source(self) -> str:
        """Give how the trust engine names it."""
        return f"ssf:{self.row.name}"


def listening(row: FeedRow) -> Listening:
    """Make a feed ready from what was set up."""
    ring = keys.KeyRing()
    if row.jwks:
        try:
            ring = keys.ring(read_object(row.jwks, KEY_LIMITS))
        except RefusedError:
            ring = keys.KeyRing(left_aside=("the JWK Set cannot be read",))
    return Listening(
        row=row,
        issuer=Issuer(
            iss=row.issuer,
            audience=row.audience,
            keys=ring,
            algorithms=keys.allowed(row.algorithms),
            oldest_s=row.oldest_s,
            critical=row.critical,
        ),
        naming=Naming(
            issuers=frozenset(row.subject_issuers or (row.issuer,)),
            domains=frozenset(each.casefold() for each in row.domains),
            tenant=row.tenant,
        ),
        tried_at=row.jwks_at,
    )


async def with_newer_keys(feed: Listening, store: SignalStreams, now: float) -> bool:
    """Fetch the issuer's keys where that is due and allowed; whether there are other keys now."""
    address = feed.row.endpoints.get("jwks_uri", "")
    if not address or now - feed.tried_at < REFRESH_S:
        return False
    feed.tried_at = now
    peer = Peer(ca_file=feed.row.ca_file, plain_http=feed.row.plain_http)
    try:
        reply = await call("GET", address, peer)
        document = read_object(bytes(reply.body), KEY_LIMITS)
    except (PanshiError, RefusedError):
        return False
    ring = keys.ring(document)
    if reply.status != _OK or not ring.keys:
        return False
    feed.row = replace(feed.row, jwks=reply.body.decode(), jwks_at=now)
    feed.issuer = replace(feed.issuer, keys=ring)
    store.keep_feed(feed.row)
    return True

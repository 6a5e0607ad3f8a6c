"""Who may have streams from this node, and under which name and keys it sends.

A receiver gets an id and a secret, shown once, with which it asks for access tokens; it makes its
streams by itself. Tokens are pushed only to hosts named here: what a receiver types in cannot reach
into the network.
"""

from __future__ import annotations

import hashlib
import secrets
from urllib.parse import urlsplit

from panshi.errors import MissingError, UsageError
from panshi.node.zero_trust.streams import NAME
from panshi.protection.zero_trust.signals.metadata import checked_address
from panshi.store.signal_rows import ReceiverRow
from panshi.store.signal_streams import SignalStreams

ISSUER, ADDRESS = "issuer", "address"
"Settings: who we are as a transmitter, and the address at which the decision point is reached."


def set_identity(
    store: SignalStreams, issuer: str, address: str = "", *, plain_http: bool = False
) -> None:
    """Say who this node is when it sends; from then on it does."""
    for each in (issuer, address or issuer):
        checked_address(each, plain_http=plain_http)
        if urlsplit(each).query or urlsplit(each).fragment:
            raise UsageError(
                f"{each} has a query or an anchor", remedy="SSF 1.0 section 7.1 allows neither"
            )
    if store.streams() and store.setting(ISSUER) not in {"", issuer}:
        raise UsageError(
            "streams were made under another name",
            remedy="remove the receivers first; a stream's issuer cannot change",
        )
    store.set(ISSUER, issuer)
    store.set(ADDRESS, (address or issuer).rstrip("/"))


def identity(store: SignalStreams) -> tuple[str, str]:
    """Give issuer and address; empty where nothing was set."""
    return store.setting(ISSUER), store.setting(ADDRESS)


def add_receiver(
    store: SignalStreams,
    name: str,
    *,
    audience: tuple[str, ...],
    push_hosts: tuple[str, ...] = (),
    plain_http: bool = False,
    actor: str,
    now: float,
) -> tuple[ReceiverRow, str]:
    """Let somebody have streams; gives its secret, which is not kept."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name of a receiver",
            remedy="small letters, digits, `.`, `_` and `-`",
        )
    if store.receiver(name) is not None:
        raise UsageError(f"there is a receiver {name!r} already", remedy="remove it first")
    if not audience:
        raise UsageError("it is not known how to address it", remedy="--audience")
    if not store.setting(ISSUER):
        raise UsageError(
            "this node has no name as a transmitter yet",
            remedy="`panshi zt stream issuer https://…` sets it",
        )
    secret = secrets.token_urlsafe(32)
    row = ReceiverRow(
        name=name,
        audience=audience,
        push_hosts=tuple(each.casefold() for each in push_hosts),
        created_at=now,
        created_by=actor,
        secret_digest=hashlib.sha256(secret.encode()).hexdigest(),
        plain_http=plain_http,
    )
    store.keep_receiver(row)
    return row, secret


def remove_receiver(store: SignalStreams, name: str) -> int:
    """Take a receiver out with its streams and access tokens; count the streams."""
    if store.receiver(name) is None:
        known = ", ".join(each.name for each in store.receivers()) or "none"
        raise MissingError(f"there is no receiver {name!r}", remedy=f"receivers: {known}")
    count = len(store.streams(name))
    store.drop_receiver(name)
    return count

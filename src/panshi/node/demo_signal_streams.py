"""Shared signals of the demo bank: a feed that lives, one that fell silent, one that is sent.

Demo data through and through: the feeds have no key that could verify anything, so nothing real can
come over them, and no address, so nobody is ever asked.
"""

from __future__ import annotations

import hashlib

from panshi.node.node import Node
from panshi.protection.zero_trust.signals.streams import POLL
from panshi.store.signal_rows import (
    Arrival,
    Fare,
    FeedRow,
    ReceiverRow,
    StreamFare,
    StreamRow,
)
from panshi.store.signal_streams import SignalStreams

_DEMO = "demo"
_NO_KEYS = '{"keys": []}'
_HOUR_S, _DAY_S = 3_600.0, 86_400.0
_ARRIVALS = (
    (
        5.0,
        "caep/risk-level-change",
        "iss_sub:https://idp.demo.example|chen.demo",
        "taken",
        ("risk.user = medium (user:chen.demo)",),
        "示範：由不常見的地點登入",
    ),
    (
        3.5,
        "caep/session-established",
        "email:lin@demo.example",
        "unmatched",
        (),
        "",
    ),
    (
        2.0,
        "risc/account-disabled",
        "email:wang@demo.example",
        "taken",
        ("disabled wang.demo", "account = disabled (user:wang.demo)"),
        "示範：離職",
    ),
)


def seed_signal_streams(node: Node) -> None:
    """Set up the demo feeds and one demo stream; anew each time, so that the demo repeats."""
    now = node.clock().timestamp()
    with SignalStreams(node.home.path) as store:
        if store.feed("idp-demo") is not None:
            return
        _feed(store, now, "idp-demo", "https://idp.demo.example", ("account", "risk.user"), _DAY_S)
        _feed(store, now, "edr-demo", "https://edr.demo.example", ("risk.device",), 300.0)
        for hours, event, subject, outcome, done, reason in _ARRIVALS:
            at = now - hours * _HOUR_S
            jti = hashlib.sha256(f"{event}{subject}".encode()).hexdigest()[:32]
            store.arrive(
                Arrival(
                    at=at,
                    feed="idp-demo",
                    jti=jti,
                    event=event,
                    subject=subject,
                    outcome=outcome,
                    done=done,
                    reason=reason,
                    delay_s=1.4,
                )
            )
        last = now - 2 * _HOUR_S
        store.keep_fare(
            "idp-demo",
            Fare(
                heard_at=last,
                verified_at=now - 6 * _HOUR_S,
                event_at=last,
                event="risc/account-disabled",
                delay_s=1.4,
                taken=3,
                unmatched=1,
            ),
        )
        store.keep_fare(
            "edr-demo",
            Fare(
                heard_at=now - 3 * _HOUR_S,
                verified_at=now - 3 * _HOUR_S,
                refused=2,
                error="invalid_key: the issuer has no key of this id for this algorithm",
                error_at=now - 3 * _HOUR_S,
            ),
        )
        _stream(store, now)


def _feed(
    store: SignalStreams,
    now: float,
    name: str,
    issuer: str,
    families: tuple[str, ...],
    interval_s: float,
) -> None:
    store.keep_feed(
        FeedRow(
            name=name,
            issuer=issuer,
            audience=("https://pdp.demo.example",),
            method="push",
            algorithms=("RS256",),
            interval_s=interval_s,
            created_at=now - 30 * _DAY_S,
            created_by=_DEMO,
            families=families,
            domains=("demo.example",),
            jwks=_NO_KEYS,
            jwks_at=now,
        )
    )


def _stream(store: SignalStreams, now: float) -> None:
    store.keep_receiver(
        ReceiverRow(
            name="siem-demo",
            audience=("https://siem.demo.example",),
            push_hosts=(),
            created_at=now - 30 * _DAY_S,
            created_by=_DEMO,
            secret_digest="",
        )
    )
    row = StreamRow(
        id="demo0000000000000000000000000000",
        receiver="siem-demo",
        audience=("https://siem.demo.example",),
        method=POLL,
        endpoint_url="",
        requested=None,
        description="示範資料 demo data",
        status="enabled",
        reason="",
        created_at=now - 30 * _DAY_S,
    )
    store.keep_stream(row, "")
    store.keep_stream_fare(
        row.id, StreamFare(active_at=now - 60, sent=12, acknowledged=11, refused=1)
    )

"""Sending alerts: each delivery until its receiver took it, under a key that names it.

    deliver(node)     what is due goes out; a failed one waits longer each time

Sealing that alerts were raised is a delivery too, to the evidence log, many in one append.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from panshi.errors import PanshiError, StoreError
from panshi.model.bodies.vulnerability_following import ALERT, FindingAlert
from panshi.model.observation import Observation
from panshi.node.alerting.settings import notify_settings
from panshi.node.node import Node
from panshi.node.notify.settings import NotifySettings
from panshi.node.records import institution_of
from panshi.node.supply_chain.alert_register import alerts_of
from panshi.report.stix_alerts import bundle_id
from panshi.store.alerts import Delivery, Outcome, Sending
from panshi.store.place import write_new_file
from panshi.store.senders import Mail, Post, send_mail, send_post

WAITS = (
    timedelta(seconds=20),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"Waits after the first, second … failure; after that many a delivery is dead."
AT_ONCE = 25
"Sent between two notes of how it went: a crash repeats at most so many, under their keys."
SEALED_AT_ONCE = 1_000
LONGEST = 20.0
"Seconds after which a round of sending makes way for the next look at the feeds."
COLLECTOR = "panshi sbom watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one round of sending did."""

    sent: int = 0
    failed: int = 0
    "Will be tried again."
    dead: int = 0
    problem: str = ""
    "What went wrong last."


def deliver(node: Node, *, leave: Callable[[], bool] = lambda: False) -> Delivered:
    """Send what is due now, what leaves this node first."""
    store, settings = alerts_of(node), notify_settings(node)
    until = time.monotonic() + LONGEST
    outcomes: list[Outcome] = []
    while time.monotonic() < until and not leave():
        claimed = store.claim(node.clock(), AT_ONCE)
        if not claimed:
            break
        done = [_tried(node, each, settings) for each in claimed]
        store.settle(done)
        outcomes += done
    while time.monotonic() < until and not leave():
        claimed = store.claim(node.clock(), SEALED_AT_ONCE, evidence=True)
        if not claimed:
            break
        done = _sealed(node, claimed)
        store.settle(done)
        outcomes += done
    failed = [each for each in outcomes if each.state is Sending.WAITING]
    dead = [each for each in outcomes if each.state is Sending.DEAD]
    problems = [each.error for each in (*failed, *dead)]
    return Delivered(
        sent=len(outcomes) - len(failed) - len(dead),
        failed=len(failed),
        dead=len(dead),
        problem=problems[-1] if problems else "",
    )


def _tried(node: Node, each: Delivery, settings: NotifySettings) -> Outcome:
    try:
        _send(node, each, settings)
    except PanshiError as error:
        return _failed(each, node.clock(), error.problem)
    return Outcome(delivery=each.id, state=Sending.SENT, at=node.clock())


def _failed(each: Delivery, now: datetime, problem: str) -> Outcome:
    last = each.attempts >= len(WAITS)
    return Outcome(
        delivery=each.id,
        state=Sending.DEAD if last else Sending.WAITING,
        at=now if last else now + WAITS[each.attempts],
        error=problem[:200],
    )


def _send(node: Node, each: Delivery, settings: NotifySettings) -> None:
    match each.channel:
        case "mail":
            if settings.mail is None:
                raise StoreError("no mail server is set", remedy="panshi notify mail")
            mail = Mail(
                to=each.address, subject=each.subject, text=each.body.decode(), key=each.key
            )
            send_mail(settings.mail, mail)
        case "stix_file":
            _put(Path(each.address), each.body)
        case _:
            hook = next((hook for hook in settings.hooks if hook.name == each.address), None)
            if hook is None:
                raise StoreError("the webhook was removed", place=each.address)
            now = int(node.clock().timestamp())
            send_post(
                hook, Post(key=each.key, body=each.body, timestamp=now), settings.allowed_hosts
            )


def _put(folder: Path, raw: bytes) -> None:
    """Put a bundle as a file named by its id; the same one twice is one file."""
    path = folder / f"{bundle_id(raw)}.json"
    if path.exists():
        return
    try:
        write_new_file(path, raw)
    except OSError as error:
        raise StoreError(
            f"the bundle cannot be written: {error.strerror}",
            place=str(folder),
            remedy="make the folder, writable for this user",
        ) from error


def _sealed(node: Node, claimed: Sequence[Delivery]) -> list[Outcome]:
    """Seal that alerts were raised; one that is in the log already is known to it."""
    now = node.clock()
    try:
        if node.estate_ids():
            subject = institution_of(node.estate())
            node.log.append([_observation(node, each, subject) for each in claimed], now)
    except PanshiError as error:
        return [_failed(each, now, error.problem) for each in claimed]
    return [Outcome(delivery=each.id, state=Sending.SENT, at=now) for each in claimed]


def _observation(node: Node, each: Delivery, subject: str) -> Observation:
    (alert,) = alerts_of(node).alerts(before=each.alert + 1, limit=1)
    return Observation(
        kind=ALERT,
        subject=subject,
        facet=alert.key,
        observed_at=alert.at,
        collector=COLLECTOR,
        body=msgspec.json.decode(each.body, type=FindingAlert),
    )

"""Sending what is due: each message claimed before it is sent, tried again with growing waits.

A message whose sender crashed half way stays `sending`: nobody can tell whether it went out, so it
is shown to people instead of being sent twice. After the last try it is dead, and shown too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from panshi.errors import PanshiError, StoreError
from panshi.node.node import Node
from panshi.node.notify.settings import NotifySettings
from panshi.node.notify.telling import register_of
from panshi.store.notices import Delivery, DeliveryState
from panshi.store.senders import Mail, Post, send_mail, send_post

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"Waits after the first, second … failure; after that many the message is dead."


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one round of sending did."""

    sent: int = 0
    failed: int = 0
    "Will be tried again."
    dead: int = 0


def deliver(node: Node, settings: NotifySettings, limit: int = 20) -> Delivered:
    """Send what is due now."""
    register = register_of(node)
    sent = failed = dead = 0
    for each in register.claim(node.clock(), limit):
        try:
            _send(each, settings, node)
        except PanshiError as error:
            last = each.attempts >= len(WAITS)
            state = DeliveryState.DEAD if last else DeliveryState.WAITING
            waits = None if last else node.clock() + WAITS[each.attempts]
            register.settle(each.id, state, error=error.problem, next_at=waits)
            failed, dead = failed + (not last), dead + last
        else:
            register.settle(each.id, DeliveryState.SENT)
            sent += 1
    return Delivered(sent=sent, failed=failed, dead=dead)


def requeue(node: Node, wanted: Callable[[Delivery], bool]) -> int:
    """Give dead and stuck messages another life; people decide, never the loop."""
    register = register_of(node)
    stuck = [
        each
        for state in (DeliveryState.DEAD, DeliveryState.SENDING)
        for each in register.deliveries(state)
        if wanted(each)
    ]
    for each in stuck:
        register.settle(each.id, DeliveryState.WAITING, next_at=node.clock())
    return len(stuck)


def _send(delivery: Delivery, settings: NotifySettings, node: Node) -> None:
    if delivery.channel == "mail":
        if settings.mail is None:
            raise StoreError("no mail server is set", remedy="panshi notify mail")
        send_mail(
            settings.mail,
            Mail(
                to=delivery.address,
                subject=delivery.subject,
                text=delivery.body,
                key=delivery.key,
            ),
        )
        return
    hook = next((each for each in settings.hooks if each.name == delivery.address), None)
    if hook is None:
        raise StoreError("the webhook was removed", place=delivery.address)
    post = Post(
        key=delivery.key,
        body=delivery.body.encode(),
        timestamp=int(node.clock().timestamp()),
    )
    send_post(hook, post, settings.allowed_hosts)

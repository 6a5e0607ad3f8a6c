"""The nouns: a notice in a person's console, and a delivery on its way out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a delivery is."""

    WAITING = "waiting"
    SENDING = "sending"
    "Handed to the sender; a crash leaves it here, and nobody can tell whether it went out."
    SENT = "sent"
    DEAD = "dead"
    "Given up after the last try; people decide."


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing one person was told in the console."""

    id: int = 0
    person: str
    key: str
    "The same for the same thing: a person is told of it once."
    occasion: str
    about: str
    title_zh: str
    title_en: str
    at: datetime
    read: bool = False
    personal: bool = False
    "When it is told: to the person alone, to no webhook."


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one address."""

    id: int = 0
    key: str
    "Unique: a message of the same key is queued once, ever."
    channel: str
    "`mail` or `webhook`."
    address: str
    "Mail address, or the webhook's name."
    subject: str
    body: str
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    next_at: datetime
    error: str = ""
    made_at: datetime

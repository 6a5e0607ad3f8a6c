"""Obligations: what an enforcement point must do with a decision.

AuthZEN obligations profile 1.0 (draft of 2026-07-03): types `step-up`, `notification` and
`session_termination`, beside `custom`. A policy asks for them in its `@obligation`, several parted
by commas:

    step-up:ACR                 a sign-in of at least this class; step-up:aal3:hwk+pin names methods
    notify  notify:WHOM         tell the security team, or whom the policy names
    terminate                   end every session of the subject
    custom:NAME                 agreed between policy and enforcement point

A request may declare what its enforcement point can do (`context.obligations_supported`); a permit
it could not honour is then denied outright (profile, section on non-compliance).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from panshi.errors import ContentError

SUPPORTED = ("step-up", "notification", "session_termination", "custom")
NARROW = "narrow"
"A permit of a part only; on the wire a custom obligation."
SECURITY = "security"
"Whom a notification without an addressee goes to."
_WORD = re.compile(r"[A-Za-z0-9_.@/+-]{1,80}")


class Duty(NamedTuple):
    """What a policy obliges to, before anybody asked."""

    type: str
    detail: str = ""
    """ACR, addressee or name."""
    methods: tuple[str, ...] = ()
    """Authentication methods a step-up must use."""


class Obligation(NamedTuple):
    """One obligation of one answer."""

    type: str
    """step-up, notification, session_termination or custom."""
    id: str
    """Unique within one answer."""
    members: Mapping[str, object] = {}
    """What the type asks for: acr_value, to, body, subject …"""

    def json(self) -> dict[str, object]:
        """Write it as the profile wants it; what is ours alone goes as custom."""
        if self.type == NARROW:
            return {"type": "custom", "id": self.id, "name": NARROW, **self.members}
        return {"type": self.type, "id": self.id, **self.members}


def duties(text: str, *, place: str = "") -> tuple[Duty, ...]:
    """Read an `@obligation`."""
    return tuple(_duty(part.strip(), place) for part in text.split(",") if part.strip())


def _duty(text: str, place: str) -> Duty:
    kind, *details = text.split(":", 1)
    detail = details[0] if details else ""
    match kind:
        case "step-up" if detail:
            acr, _, methods = detail.partition(":") if detail[:4] != "urn:" else (detail, "", "")
            return Duty("step-up", acr, tuple(each for each in methods.split("+") if each))
        case "notify":
            return Duty("notification", detail or SECURITY)
        case "terminate" if not detail:
            return Duty("session_termination")
        case "custom" if _WORD.fullmatch(detail):
            return Duty("custom", detail)
        case _:
            raise ContentError(
                f"@obligation({text[:80]!r}) is not known",
                place=place,
                remedy="step-up:ACR, notify, notify:WHOM, terminate or custom:NAME",
            )


def obligations(
    asked: Iterable[Duty], *, subject: str, topic: str, body: str
) -> tuple[Obligation, ...]:
    """Give the obligations of one answer: each asked for once, numbered."""
    unique = tuple(dict.fromkeys(asked))
    return tuple(
        Obligation(duty.type, f"obl-{number}", _members(duty, subject, topic, body))
        for number, duty in enumerate(unique, start=1)
    )


def _members(duty: Duty, subject: str, topic: str, body: str) -> dict[str, object]:
    match duty.type:
        case "step-up":
            methods = {"amr_values": list(duty.methods)} if duty.methods else {}
            return {"acr_value": duty.detail, **methods}
        case "notification":
            return {"to": duty.detail, "topic": topic, "body": body}
        case "narrow":
            return {"to": duty.detail}
        case "session_termination":
            return {"subject": subject}
        case _:
            return {"name": duty.detail}


def declared(value: object) -> frozenset[str] | None:
    """Read what an enforcement point says it can do; None where it says nothing."""
    if not isinstance(value, list | tuple | frozenset):
        return None
    return frozenset(each for each in value if isinstance(each, str) and each in SUPPORTED)

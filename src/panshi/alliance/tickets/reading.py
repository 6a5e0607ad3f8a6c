"""Tickets as members say them: strict JSON into the one type, and the digest that binds both.

    pieces(batch) ──► said(piece, member, now) ──► Said(ticket, canonical bytes, digest)

The digest is SHA-256 over the canonical JSON of exactly what the member wrote: keys sorted, no
spaces, UTF-8 (RFC 8785 for a document without fractions). What is not a field of the schema is
refused with its name, so that a field mistyped is never a field lost; what the hub alone decides
(id, member, time and channel of acceptance, digest) nobody can write.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from panshi.errors import BadInputError
from panshi.model.alliance.marking import Marking
from panshi.model.alliance.ticket import (
    Attachment,
    Channel,
    Impact,
    Observable,
    ReportItem,
    Ticket,
    ticket_id,
)

MOST_BATCH = 5_000
"Tickets of one batch."
MOST_PIECE = 2 * 1024 * 1024
"Bytes of one ticket."
AHEAD = timedelta(minutes=10)
"How far in the future a time may lie: clocks differ."

BY_HUB = frozenset({"id", "member", "accepted_at", "channel", "digest"})
"Fields that only the hub fills."

_encode = msgspec.json.Encoder(order="sorted").encode
_plain = msgspec.json.Decoder().decode


class _Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tickets: list[msgspec.Raw]


_batch = msgspec.json.Decoder(_Batch).decode


def _names(kind: type) -> frozenset[str]:
    return frozenset(each.name for each in dataclasses.fields(kind))


_FIELDS = _names(Ticket) - BY_HUB
_PARTS = {
    "impact": _names(Impact),
    "marking": _names(Marking) - {"originator"},
    "indicators": _names(Observable),
    "attachments": _names(Attachment),
    "report_items": _names(ReportItem),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One ticket as it was said, and as the one type."""

    ticket: Ticket
    "With id, member, accepted_at, channel and digest."
    canonical: bytes


def pieces(raw: bytes) -> tuple[bytes, ...]:
    """Give the single tickets of a batch `{"tickets": […]}`, each still unread."""
    try:
        found = _batch(raw).tickets
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadInputError(
            f"the batch does not fit: {error}", remedy='send {"tickets": [ … ]}'
        ) from error
    if len(found) > MOST_BATCH:
        raise BadInputError(
            f"a batch of {len(found):,} tickets", remedy=f"send at most {MOST_BATCH:,} at once"
        )
    return tuple(bytes(each) for each in found)


def said(
    piece: bytes,
    member: str,
    now: datetime,
    *,
    secret: bytes = b"",
    channel: Channel = Channel.API,
) -> Said:
    """Read one ticket of a member; raise with the field where it does not fit."""
    if len(piece) > MOST_PIECE:
        raise BadInputError(
            f"a ticket of {len(piece):,} bytes", remedy=f"at most {MOST_PIECE:,}; send files apart"
        )
    try:
        value = _plain(piece)
        _refuse_unknown(value)
        canonical = _encode(value)
        digest = sha256(canonical).hexdigest()
        number = value.get("number")
        ticket = msgspec.convert(
            value
            | {
                "id": ticket_id(member, number if isinstance(number, str) else "", secret),
                "member": member,
                "accepted_at": now.isoformat(),
                "channel": channel,
                "digest": digest,
            },
            Ticket,
        )
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadInputError(
            f"the ticket does not fit: {error}",
            place=_place(str(error)),
            remedy="`panshi soc ticket schema` shows its fields",
        ) from error
    _refuse_future(ticket, now)
    return Said(ticket=ticket, canonical=canonical)


def written(ticket: Ticket) -> bytes:
    """Write a ticket as its member would say it: without the hub's fields, canonical."""
    value = msgspec.to_builtins(ticket)
    said_of = {name: value[name] for name in _FIELDS if not _default(name, value[name])}
    said_of["marking"] = {
        name: part for name, part in value["marking"].items() if name != "originator"
    }
    return _encode(said_of)


def batch(tickets: tuple[bytes, ...]) -> bytes:
    """Put single tickets into one batch."""
    return b'{"tickets":[' + b",".join(tickets) + b"]}"


_DEFAULTS = msgspec.to_builtins(
    Ticket(number="-", title="-", reported_at=datetime.fromisoformat("2000-01-01T00:00:00Z"))
)


def _default(name: str, value: object) -> bool:
    required = name in {"number", "title", "reported_at", "schema", "version"}
    return not required and bool(_DEFAULTS[name] == value)


def _refuse_unknown(value: object) -> None:
    if not isinstance(value, dict):
        raise BadInputError("a ticket is a JSON object", remedy="see `panshi soc ticket schema`")
    if not value.keys() <= _FIELDS:
        _tell(value, _FIELDS, "")
    for name, fields in _PARTS.items():
        part = value.get(name)
        if isinstance(part, dict):
            if not part.keys() <= fields:
                _tell(part, fields, f"{name}.")
        elif isinstance(part, list):
            for each in part:
                if isinstance(each, dict) and not each.keys() <= fields:
                    _tell(each, fields, f"{name}[].")


def _tell(value: Mapping[str, object], fields: frozenset[str], place: str) -> None:
    name = min(value.keys() - fields)
    if name in BY_HUB or name == "originator":
        problem, remedy = f"{place}{name[:40]} is the hub's to say", "leave it out"
    else:
        problem = f"no field {place}{name[:40]!r}"
        remedy = "`panshi soc ticket schema` shows the fields; report_items takes others"
    raise BadInputError(problem, place=f"{place}{name[:40]}", remedy=remedy)


def _refuse_future(ticket: Ticket, now: datetime) -> None:
    for name in ("occurred_at", "detected_at", "contained_at", "closed_at", "reported_at"):
        moment: datetime | None = getattr(ticket, name)
        if moment is not None and moment - now > AHEAD:
            raise BadInputError(
                f"{name} lies {moment - now} in the future",
                place=name,
                remedy=f"set the clock or the zone; here it is {now.isoformat(timespec='seconds')}",
            )


def _place(message: str) -> str:
    """Give the field a message of msgspec names as `$.indicators[0].kind`."""
    _, mark, path = message.rpartition("at `$.")
    return path.removesuffix("`") if mark else ""

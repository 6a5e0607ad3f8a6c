"""Receipts: what the hub answers to each ticket, signed so that its member can prove it.

A receipt's signature covers its canonical JSON without the field `signature` (keys sorted, no
spaces, UTF-8), after the words `panshi-receipt/1` and a line feed, so that it can be mistaken for
nothing else the hub signs.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace

import msgspec

from panshi.errors import PanshiError
from panshi.model.alliance.ticket import Receipt, Taking, Ticket

PURPOSE = b"panshi-receipt/1\n"

_UNSIGNED = b',"signature":""'
_encode = msgspec.json.Encoder(order="sorted").encode


def message(receipt: Receipt) -> bytes:
    """Give the bytes that are signed."""
    # Quotes within texts are escaped, so that this can only be the field.
    raw = _encode(replace(receipt, signature="") if receipt.signature else receipt)
    return PURPOSE + raw.replace(_UNSIGNED, b"", 1)


def signed(receipt: Receipt, sign: Callable[[bytes], bytes]) -> Receipt:
    """Give the receipt with its signature; it names the key already."""
    return replace(receipt, signature=b64encode(sign(message(receipt))).decode())


def holds(receipt: Receipt, verify: Callable[[bytes, bytes], bool]) -> bool:
    """Whether the hub's key signed exactly this."""
    try:
        signature = b64decode(receipt.signature, validate=True)
    except ValueError:
        return False
    return verify(message(receipt), signature)


def refusal(error: PanshiError, member: str, number: str, version: int, *, key: str) -> Receipt:
    """Say why a ticket was not accepted."""
    return Receipt(
        taking=Taking.REFUSED,
        member=member,
        number=number,
        version=version,
        problem=error.problem,
        place=error.place,
        remedy=error.remedy,
        key=key,
    )


def conflict(ticket: Ticket, key: str) -> Receipt:
    """Say that another content stands under this version."""
    return Receipt(
        taking=Taking.REFUSED,
        member=ticket.member,
        number=ticket.number,
        version=ticket.version,
        ticket=ticket.id,
        problem=f"version {ticket.version} was accepted with another content",
        place="version",
        remedy=f"send the change as version {ticket.version + 1}",
        key=key,
    )

"""Incident tickets at a hub: accepted durably, listed; each answer is a signed receipt.

    receipts = accept_tickets(node, "bank-017", pieces(body))
    for position, ticket in tickets_since(node, cursor): …

Each ticket of a batch is judged by itself: one that does not fit is refused with its field named,
the others are accepted. Receipts are given only after the commit has returned from the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from threading import Lock
from weakref import WeakKeyDictionary

import msgspec

from panshi.alliance.tickets.reading import MOST_BATCH, Said, said, written
from panshi.alliance.tickets.receipts import conflict, refusal, signed
from panshi.errors import BadInputError, MissingError
from panshi.model.alliance.ticket import (
    MAX_NUMBER,
    Channel,
    Receipt,
    Taking,
    Ticket,
)
from panshi.model.bodies.hub_tickets import CHAIN, TicketChain
from panshi.model.observation import Observation
from panshi.node.node import Node
from panshi.store.keys import load_or_create_secret
from panshi.store.tickets import Arrival, Chosen, Placed, TicketStore, open_tickets

SEALED_EVERY = timedelta(minutes=1)
"How often the chain of accepted tickets is sealed in the evidence log while tickets come in."


@dataclass(slots=True, kw_only=True)
class Desk:
    """What a hub's node needs to take tickets in."""

    store: TicketStore
    secret: bytes
    sealed_at: datetime | None = None
    lock: Lock = field(default_factory=Lock)


_desks: WeakKeyDictionary[Node, Desk] = WeakKeyDictionary()
_opening = Lock()


def desk_of(node: Node) -> Desk:
    """Give the node's desk, opened on first use."""
    with _opening:
        desk = _desks.get(node)
        if desk is None:
            secret = blake2b(b"tickets", key=load_or_create_secret(node.home.path)).digest()[:32]
            store = open_tickets(node.home.path, node.home.database)
            desk = _desks[node] = Desk(store=store, secret=secret)
        return desk


def tickets_of(node: Node) -> TicketStore:
    """Give the node's register of tickets."""
    return desk_of(node).store


# -- taking in ---------------------------------------------------------------------------------


def accept_tickets(
    node: Node,
    member: str,
    batch: Sequence[bytes | Ticket],
    *,
    channel: Channel = Channel.API,
) -> tuple[Receipt, ...]:
    """Accept what a member sent, each by itself; durable before the answer."""
    if len(batch) > MOST_BATCH:
        raise BadInputError(
            f"a batch of {len(batch):,} tickets", remedy=f"send at most {MOST_BATCH:,} at once"
        )
    desk, now = desk_of(node), node.clock()
    key, sign = key_name(node), node.signer.sign
    receipts: list[Receipt | None] = []
    read: list[Said] = []
    for each in batch:
        piece = written(each) if isinstance(each, Ticket) else each
        try:
            read.append(said(piece, member, now, secret=desk.secret, channel=channel))
            receipts.append(None)
        except BadInputError as error:
            receipts.append(refusal(error, member, *_named(piece), key=key))
    places = iter(_placed(desk, read, key))
    answers = tuple(signed(each or next(places), sign) for each in receipts)
    _seal_chain(node, desk, now)
    return answers


def key_name(node: Node) -> str:
    """Name the key that signs receipts, as the verifier key of the node begins."""
    key = node.signer.key
    return f"{key.name}+{key.id.hex()}"


def _placed(desk: Desk, read: Sequence[Said], key: str) -> Iterator[Receipt]:
    arrivals = tuple(Arrival(ticket=each.ticket, said=each.canonical) for each in read)
    placed = desk.store.append(arrivals) if arrivals else ()
    for each, place in zip(read, placed, strict=True):
        yield conflict(each.ticket, key) if place.conflict else _accepted(each.ticket, place, key)


def _accepted(ticket: Ticket, place: Placed, key: str) -> Receipt:
    return Receipt(
        taking=Taking.ACCEPTED if place.new else Taking.KNOWN,
        member=ticket.member,
        number=ticket.number,
        version=ticket.version,
        ticket=ticket.id,
        digest=place.digest,
        position=place.position,
        accepted_at=place.accepted_at,
        key=key,
    )


def _named(piece: bytes) -> tuple[str, int]:
    """Give number and version of a ticket that does not fit, as far as they can be read."""
    try:
        value = msgspec.json.decode(piece)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "", 0
    if not isinstance(value, dict):
        return "", 0
    number, version = value.get("number"), value.get("version", 1)
    return (
        number[:MAX_NUMBER] if isinstance(number, str) else "",
        version if type(version) is int else 0,
    )


def _seal_chain(node: Node, desk: Desk, now: datetime) -> None:
    """Seal the end of the chain, at most once in a while."""
    with desk.lock:
        if desk.sealed_at is not None and now - desk.sealed_at < SEALED_EVERY:
            return
        desk.sealed_at = now
    seal_chain(node)


def seal_chain(node: Node) -> None:
    """Seal the end of the chain in the evidence log: nothing before it can be rewritten unseen."""
    end = tickets_of(node).chain()
    if not end.position:
        return
    now = node.clock()
    sealed = Observation(
        kind=CHAIN,
        subject="hub:tickets",
        observed_at=now,
        collector="panshi",
        body=TicketChain(position=end.position, digest=end.digest),
    )
    node.log.append((sealed,), now)


# -- looking -----------------------------------------------------------------------------------


def tickets_since(
    node: Node, position: int = 0, limit: int = 500
) -> tuple[tuple[int, Ticket], ...]:
    """Give what was accepted after a position, in order: the cursor of whoever follows."""
    return tickets_of(node).since(position, limit)


def tickets_listed(
    node: Node, chosen: Chosen, *, before: int = 0, limit: int = 100
) -> tuple[tuple[int, Ticket], ...]:
    """Give tickets, newest first, a page at a time."""
    return tickets_of(node).listed(chosen, before=before, limit=limit)


def versions_of(node: Node, ticket: str) -> tuple[Ticket, ...]:
    """Give all versions of a ticket, oldest first."""
    found = tickets_of(node).versions(ticket)
    if not found:
        raise MissingError(f"no ticket {ticket[:60]}", remedy="`panshi soc ticket list` shows ids")
    return tuple(each for _position, each in found)


def numbered(node: Node, member: str, number: str) -> tuple[Ticket, ...]:
    """Give all versions of a member's number, oldest first."""
    found = tickets_of(node).numbered(member, number)
    if not found:
        raise MissingError(f"no ticket of number {number[:60]!r}")
    return tuple(each for _position, each in found)


def damage(node: Node) -> Iterator[str]:
    """Tell what is wrong with the register of tickets, or with the chain that was sealed of it."""
    store = tickets_of(node)
    yield from store.verify()
    for each in node.log.records(CHAIN):
        body = each.observation.body
        if isinstance(body, TicketChain) and store.chain_at(body.position) != body.digest:
            yield f"the chain sealed at position {body.position} is not the one that stands"

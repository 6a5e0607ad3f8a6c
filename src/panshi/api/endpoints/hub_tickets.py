"""Incident tickets at a hub: members send and read their own; staff read what came."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypedDict

import msgspec
from msgspec import Meta

from panshi.alliance.tickets.reading import pieces
from panshi.api.asked import queried
from panshi.api.exchange import Answered, Asked, Came, answered
from panshi.api.route import Route
from panshi.errors import MissingError, UsageError
from panshi.model.alliance.member import Scope
from panshi.model.alliance.ticket import Category, Receipt, Severity, Status, Taking, Ticket
from panshi.node.alliance.admission import Done, Entry
from panshi.node.alliance.ticket_forms import read_document, schema
from panshi.node.alliance.tickets import (
    accept_tickets,
    key_name,
    numbered,
    tickets_listed,
    versions_of,
)
from panshi.node.node import Node
from panshi.observe.tickets import Form
from panshi.store.tickets import Chosen

MOST_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnQuery:
    """Which of its own tickets a member reads."""

    before: Annotated[int, Meta(ge=0)] = 0
    "Position below which the page begins: the last one seen; 0 for the newest."
    limit: Annotated[int, Meta(ge=1, le=MOST_PAGE)] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldQuery:
    """Which tickets of the hub are listed; what is left out does not choose."""

    member: Annotated[str, Meta(max_length=200)] = ""
    severity: Severity | None = None
    "At least."
    category: Category | None = None
    status: Status | None = None
    all_versions: bool = False
    before: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=1, le=MOST_PAGE)] = 100


class Taken(TypedDict):
    """What became of a batch, ticket by ticket, in its order."""

    accepted: int
    known: int
    refused: int
    receipts: tuple[Receipt, ...]


class TicketPage(TypedDict):
    """Tickets, newest first."""

    tickets: tuple[Ticket, ...]
    before: int
    "For the next page; 0 where this is the last."


class ReceiptKey(TypedDict):
    """The key by which receipts are checked."""

    name: str
    "As receipts name it."
    key: str
    "The verifier key: name, id and key."


def sent(node: Node, asked: Asked) -> Answered:
    """Accept a batch of a member, each ticket by itself."""
    came, entry = _came(asked)

    def work() -> Done:
        batch = pieces(came.body)
        entry.check_batch(len(batch))
        return _done(accept_tickets(node, entry.member.id, batch))

    return _answered(entry.once("tickets", work))


def sent_from(node: Node, asked: Asked) -> Answered:
    """Accept a document of one of the member's systems."""
    came, entry = _came(asked)
    form = _form(asked.names["form"])

    def work() -> Done:
        with tempfile.TemporaryDirectory(prefix="panshi-") as folder:
            path = Path(folder) / "body"
            path.write_bytes(came.body)
            batch = read_document(form, path, node.clock())
        entry.check_batch(len(batch))
        return _done(accept_tickets(node, entry.member.id, batch, channel=form.channel))

    return _answered(entry.once(f"tickets.{form}", work))


def own(node: Node, asked: Asked) -> Answered:
    """Answer a member's own tickets."""
    query, entry = queried(asked, OwnQuery), _came(asked)[1]
    chosen = Chosen(member=entry.member.id)
    return _page(node, chosen, query.before, query.limit)


def own_versions(node: Node, asked: Asked) -> Answered:
    """Answer every version of one of a member's own numbers."""
    entry = _came(asked)[1]
    return answered(numbered(node, entry.member.id, asked.names["number"]))


def held(node: Node, asked: Asked) -> Answered:
    """Answer the tickets the hub holds."""
    query = queried(asked, HeldQuery)
    chosen = Chosen(
        member=query.member,
        severity=query.severity,
        category=query.category,
        status=query.status,
        newest=not query.all_versions,
    )
    return _page(node, chosen, query.before, query.limit)


def held_versions(node: Node, asked: Asked) -> Answered:
    """Answer every version of a ticket."""
    return answered(versions_of(node, asked.names["ticket"]))


def told_schema(_node: Node, _asked: Asked) -> Answered:
    """Answer the JSON schema of the ticket."""
    return answered(schema())


def told_key(node: Node, _asked: Asked) -> Answered:
    """Answer the key by which receipts are checked."""
    return answered(ReceiptKey(name=key_name(node), key=str(node.signer.key)))


def _came(asked: Asked) -> tuple[Came, Entry]:
    if asked.came is None or asked.came.entry is None:
        raise TypeError("the route does not open to members")
    return asked.came, asked.came.entry


def _form(text: str) -> Form:
    try:
        return Form(text)
    except ValueError as error:
        raise MissingError(f"no form {text[:40]!r}", remedy=", ".join(Form)) from error


def _done(receipts: tuple[Receipt, ...]) -> Done:
    if not receipts:
        raise UsageError("a batch without tickets", remedy='send {"tickets": [ … ]}')
    counts = {each: sum(one.taking is each for one in receipts) for each in Taking}
    told = Taken(
        accepted=counts[Taking.ACCEPTED],
        known=counts[Taking.KNOWN],
        refused=counts[Taking.REFUSED],
        receipts=receipts,
    )
    return Done(answer=msgspec.json.encode(told), items=counts[Taking.ACCEPTED])


def _answered(done: Done) -> Answered:
    return Answered(body=done.answer, status=done.status)


def _page(node: Node, chosen: Chosen, before: int, limit: int) -> Answered:
    found = tickets_listed(node, chosen, before=before, limit=limit)
    more = found[-1][0] if len(found) == limit else 0
    return answered(TicketPage(tickets=tuple(each for _at, each in found), before=more))


EXAMPLE: dict[str, Any] = {
    "tickets": [
        {
            "number": "2026-0001",
            "title": "網路銀行前置主機異常登入",
            "reported_at": "2026-09-30T10:05:00+08:00",
            "severity": "high",
            "category": "intrusions",
            "text": "自 203.0.113.7 登入後執行編碼過的指令。",
            "indicators": [{"kind": "ipv4", "value": "203.0.113.7"}],
            "techniques": ["T1078", "T1059.001"],
            "marking": {"tlp": "amber"},
        }
    ]
}

ROUTES = (
    Route(
        method="POST",
        path="/hub/tickets",
        action="",
        opens=Scope.TICKETS_WRITE,
        handler=sent,
        summary="Send a signed batch of incident tickets; each is answered by a signed receipt",
        answers=Taken,
        conflicts=True,
        example=EXAMPLE,
    ),
    Route(
        method="POST",
        path="/hub/tickets/from/{form}",
        action="",
        opens=Scope.TICKETS_SOURCE,
        handler=sent_from,
        summary="Send alerts of Wazuh, Elastic or Splunk, a mail, a spreadsheet, IODEF, STIX, OCSF",
        answers=Taken,
        conflicts=True,
    ),
    Route(
        method="GET",
        path="/hub/tickets",
        action="",
        opens=Scope.TICKETS_READ,
        handler=own,
        query=OwnQuery,
        summary="A member's own tickets, newest first",
        answers=TicketPage,
    ),
    Route(
        method="GET",
        path="/hub/tickets/schema",
        action="",
        handler=told_schema,
        summary="The JSON schema of the incident ticket",
        answers=dict[str, Any],
    ),
    Route(
        method="GET",
        path="/hub/tickets/key",
        action="",
        handler=told_key,
        summary="The key by which receipts are checked; compare it over another way",
        answers=ReceiptKey,
    ),
    Route(
        method="GET",
        path="/hub/tickets/numbered/{number:rest}",
        action="",
        opens=Scope.TICKETS_READ,
        handler=own_versions,
        summary="Every version of one of a member's own tickets",
        answers=tuple[Ticket, ...],
    ),
    Route(
        method="GET",
        path="/hub/held-tickets",
        action="soc.view",
        handler=held,
        query=HeldQuery,
        summary="Tickets the hub holds, newest first",
        answers=TicketPage,
    ),
    Route(
        method="GET",
        path="/hub/held-tickets/{ticket}",
        action="soc.view",
        handler=held_versions,
        summary="Every version of a ticket",
        answers=tuple[Ticket, ...],
    ),
)

"""Tickets in and out of other forms: a document into accepted tickets, a ticket into a document.

receipts = accept_document(node, "bank-017", Form.MAIL, path)
checked = check_document(Form.SHEET, path, now)      nothing is kept
raw, media_type = exported(ticket, OutForm.STIX)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, assert_never

import msgspec

from panshi.alliance.tickets.crosswalk import (
    Crosswalk,
    FireItem,
    Phase,
    lacking,
    load_crosswalk,
    phase_of,
)
from panshi.alliance.tickets.reading import said, written
from panshi.alliance.tickets.schema import ticket_schema
from panshi.errors import BadInputError
from panshi.model.alliance.ticket import Receipt, Ticket
from panshi.node.alliance.tickets import accept_tickets
from panshi.node.node import Node
from panshi.observe.tickets import Draft, Form, drafts
from panshi.store import library

NOBODY = "unsent"
"Member of a ticket that is only checked."


class OutForm(StrEnum):
    """How a ticket is written."""

    TICKET = "ticket"
    STIX = "stix"
    OCSF = "ocsf"
    IODEF = "iodef"
    SHEET = "sheet"


MEDIA_TYPES = {
    OutForm.TICKET: ("application/json", "json"),
    OutForm.STIX: ("application/stix+json;version=2.1", "stix.json"),
    OutForm.OCSF: ("application/json", "ocsf.json"),
    OutForm.IODEF: ("application/xml", "iodef.xml"),
    OutForm.SHEET: (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTicket:
    """What becomes of one ticket if it is sent."""

    number: str
    version: int
    title: str = ""
    digest: str = ""
    "Digest the receipt would bind; empty where it would be refused."
    problem: str = ""
    place: str = ""
    remedy: str = ""
    phase: Phase | None = None
    "Report of FIRE v1.0 it amounts to."
    lacking: tuple[FireItem, ...] = ()
    "Essential items of that report it does not tell; none of them is a reason to refuse."

    @property
    def good(self) -> bool:
        """Whether it would be accepted."""
        return not self.problem


@cache
def crosswalk() -> Crosswalk:
    """Give the crosswalk that ships."""
    name, raw = library.alliance("ticket.yaml")
    return load_crosswalk(raw, source=name)


def schema() -> dict[str, Any]:
    """Give the JSON schema of the ticket."""
    return ticket_schema(crosswalk())


def read_document(form: Form, path: Path, now: datetime) -> tuple[bytes, ...]:
    """Give the tickets of a document as a member would say them, still unjudged."""
    return tuple(map(_said, drafts(form, path, now)))


def accept_document(node: Node, member: str, form: Form, path: Path) -> tuple[Receipt, ...]:
    """Accept the tickets of a document, each by itself."""
    pieces = read_document(form, path, node.clock())
    return accept_tickets(node, member, pieces, channel=form.channel)


def check_document(form: Form, path: Path, now: datetime) -> tuple[CheckedTicket, ...]:
    """Tell of each ticket whether it would be accepted, and what FIRE still lacks."""
    return tuple(_checked(each, now) for each in drafts(form, path, now))


def exported(tickets: Sequence[Ticket], form: OutForm) -> bytes:
    """Write tickets in a form; one only where the form holds no more."""
    from panshi.report.tickets import (  # noqa: PLC0415 -- lxml and xlsxwriter load slowly
        ticket_iodef,
        ticket_ocsf,
        ticket_stix,
        tickets_xlsx,
    )

    if form is OutForm.SHEET:
        return tickets_xlsx(tickets)
    (ticket,) = tickets
    match form:
        case OutForm.TICKET:
            return msgspec.json.format(written(ticket), indent=2)
        case OutForm.STIX:
            return ticket_stix(ticket)
        case OutForm.OCSF:
            return ticket_ocsf(ticket)
        case OutForm.IODEF:
            return ticket_iodef(ticket)
        case _:
            assert_never(form)


def _said(draft: Draft) -> bytes:
    try:
        return msgspec.json.encode(draft)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadInputError(f"is no ticket: {error}") from error


def _checked(draft: Draft, now: datetime) -> CheckedTicket:
    number, version = draft.get("number", ""), draft.get("version", 1)
    blank = CheckedTicket(
        number=number if isinstance(number, str) else "",
        version=version if isinstance(version, int) else 0,
    )
    try:
        ticket = said(_said(draft), NOBODY, now).ticket
    except BadInputError as error:
        return replace(blank, problem=error.problem, place=error.place, remedy=error.remedy)
    return replace(
        blank,
        title=ticket.title,
        digest=ticket.digest,
        phase=phase_of(ticket),
        lacking=lacking(ticket, crosswalk()),
    )

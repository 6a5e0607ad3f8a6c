"""Attestations: the register, the draw, one of them, its attachment, and every step."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import Moment, given, moment, queried
from panshi.api.exchange import Answered, Asked, answered, attached
from panshi.api.route import Handler, Route
from panshi.api.texts import EstateName, EstateQuery, Note, Text, Word
from panshi.errors import BadInputError
from panshi.governance.attestations.story import AttestationState
from panshi.governance.attestations.views import AttestationView
from panshi.node.attestations import AttestationDesk, Attesting, register, shown
from panshi.node.node import Node
from panshi.report.attestation_answers import (
    AttestationsAnswer,
    attestations_answer,
    without_signers,
)
from panshi.store.attachments import Attachments

MOST_BASE64 = 1_000_000
"Characters of an attachment in a JSON body; larger ones go by console or command line."


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationsQuery:
    """Which attestations."""

    estate: EstateName = ""
    "The first estate without it."
    state: AttestationState | None = None
    drawn: bool = False
    "Only those drawn this quarter."
    as_of: Moment = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationAsked:
    """What the token's person answers for."""

    control: Word
    "`<framework>/<control>`."
    scope: Text
    period_start: date
    period_end: date
    expires: date
    "First day on which it stands no longer; within a year."
    statement: Text
    attachment: Word
    "File name of what it rests on."
    content: Annotated[str, Meta(min_length=4, max_length=MOST_BASE64)]
    "Its bytes in base64."
    fulfilled: bool = True
    "False for an honest acknowledgement of non-compliance."
    estate: EstateName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountersignatureAsked:
    """The token's person signs what another one attested."""

    note: Note = ""
    estate: EstateName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationWithdrawalAsked:
    """Whoever attested takes it back."""

    why: Text
    estate: EstateName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReexaminationAsked:
    """What a second look at a drawn one found."""

    upheld: bool
    finding: Text
    estate: EstateName = ""


def attestations(node: Node, asked: Asked) -> Answered:
    """Answer the register."""
    wanted = queried(asked, AttestationsQuery)
    found = register(node, wanted.estate or None, moment(wanted.as_of))
    rows = found.drawn if wanted.drawn else found.attestations
    chosen = (each for each in rows if wanted.state in {None, each.state})
    if not asked.may("evidence.personal"):
        chosen = (without_signers(each) for each in chosen)
    return answered(attestations_answer(found, chosen))


def attestation(node: Node, asked: Asked) -> Answered:
    """Answer one attestation."""
    wanted = queried(asked, EstateQuery)
    return _told(node, asked, asked.names["number"], wanted.estate)


def attachment(node: Node, asked: Asked) -> Answered:
    """Answer what was attested on, hashed anew."""
    wanted = queried(asked, EstateQuery)
    view = shown(node, asked.names["number"], wanted.estate or None)
    content = Attachments(node.home.path).read(view.attachment_sha256)
    node.audit(asked.actor, "attestation.attachment", view.number)
    return attached(content, "application/octet-stream", view.attachment_sha256)


def make(node: Node, asked: Asked) -> Answered:
    """Seal an attestation."""
    wanted = given(asked, AttestationAsked)
    try:
        content = b64decode(wanted.content, validate=True)
    except (Base64Error, ValueError) as error:
        raise BadInputError("the attachment is not base64", place="content") from error
    number = _desk(node, asked, wanted.estate).make(
        Attesting(
            control=wanted.control,
            scope=wanted.scope,
            period_start=wanted.period_start,
            period_end=wanted.period_end,
            expires=wanted.expires,
            statement=wanted.statement,
            attachment=wanted.attachment,
            fulfilled=wanted.fulfilled,
        ),
        content,
    )
    return _told(node, asked, number, wanted.estate, status=201)


def countersign(node: Node, asked: Asked) -> Answered:
    """Seal a countersignature."""
    wanted, number = given(asked, CountersignatureAsked), asked.names["number"]
    _desk(node, asked, wanted.estate).countersign(number, note=wanted.note)
    return _told(node, asked, number, wanted.estate, status=201)


def withdraw(node: Node, asked: Asked) -> Answered:
    """Seal that it is taken back."""
    wanted, number = given(asked, AttestationWithdrawalAsked), asked.names["number"]
    _desk(node, asked, wanted.estate).withdraw(number, why=wanted.why)
    return _told(node, asked, number, wanted.estate, status=201)


def reexamine(node: Node, asked: Asked) -> Answered:
    """Seal what a second look found."""
    wanted, number = given(asked, ReexaminationAsked), asked.names["number"]
    _desk(node, asked, wanted.estate).reexamine(
        number, upheld=wanted.upheld, finding=wanted.finding
    )
    return _told(node, asked, number, wanted.estate, status=201)


def _desk(node: Node, asked: Asked, estate: str) -> AttestationDesk:
    return AttestationDesk(node, actor=asked.actor, estate_id=estate or None)


def _told(node: Node, asked: Asked, number: str, estate: str, *, status: int = 200) -> Answered:
    found = shown(node, number, estate or None)
    if not asked.may("evidence.personal"):
        found = without_signers(found)
    return answered(found, status=status)


def _step(path: str, action: str, handler: Handler, body: type, summary: str) -> Route:
    return Route(
        method="POST",
        path=path,
        action=action,
        handler=handler,
        body=body,
        summary=summary,
        statuses=(201,),
        answers=AttestationView,
        example=_EXAMPLES[body],
    )


_EXAMPLES: dict[type, dict[str, object]] = {
    AttestationAsked: {
        "control": "blueprint/BP-01",
        "scope": "whole bank",
        "period_start": "2026-07-01",
        "period_end": "2026-09-30",
        "expires": "2027-09-30",
        "statement": "the policy was reviewed and approved",
        "attachment": "minutes.txt",
        "content": "bWludXRlcw==",
    },
    CountersignatureAsked: {"note": "compared with the attachment"},
    AttestationWithdrawalAsked: {"why": "the procedure changed"},
    ReexaminationAsked: {"upheld": True, "finding": "as the attachment says"},
}
_ONE = "/attestations/{number:rest}"

ROUTES = (
    Route(
        method="GET",
        path="/attestations",
        action="attestation.view",
        handler=attestations,
        summary="Every attestation, and what was drawn this quarter",
        query=AttestationsQuery,
        answers=AttestationsAnswer,
    ),
    Route(
        method="GET",
        path="/attestation-attachments/{number:rest}",
        action="evidence.personal",
        handler=attachment,
        summary="What one was attested on, hashed anew",
        query=EstateQuery,
        media_type="application/octet-stream",
    ),
    Route(
        method="GET",
        path=_ONE,
        action="attestation.view",
        handler=attestation,
        summary="One attestation with what followed",
        query=EstateQuery,
        answers=AttestationView,
    ),
    _step("/attestations", "attestation.make", make, AttestationAsked, "Answer for a control"),
    _step(
        "/attestation-countersignatures/{number:rest}",
        "attestation.countersign",
        countersign,
        CountersignatureAsked,
        "Sign what another person attested",
    ),
    _step(
        "/attestation-withdrawals/{number:rest}",
        "attestation.make",
        withdraw,
        AttestationWithdrawalAsked,
        "Take one's own attestation back",
    ),
    _step(
        "/attestation-reexaminations/{number:rest}",
        "attestation.reexamine",
        reexamine,
        ReexaminationAsked,
        "Say what a second look at a drawn one found",
    ),
)

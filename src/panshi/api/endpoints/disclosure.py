"""Disclosure cases and exposure checks: the queue, a case, every step; advisories for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypedDict

import msgspec
from msgspec import Meta

from panshi.alliance.disclosure.case import CaseState
from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.texts import Note, Text, Word
from panshi.errors import UsageError
from panshi.model.bodies.disclosure import CaseStep
from panshi.model.bodies.exposure import ProofWay
from panshi.node.alliance.disclosure.cases import (
    CaseAnswer,
    CaseDetail,
    DisclosureDesk,
    answers,
    detail,
)
from panshi.node.alliance.disclosure.drafting import Drafted
from panshi.node.alliance.disclosure.exposures import (
    AddressAnswer,
    address_answers,
    approve,
    check,
    declare,
    prove,
    withdraw,
)
from panshi.node.alliance.disclosure.forwarding import forward
from panshi.node.alliance.disclosure.intake import write
from panshi.node.alliance.disclosure.publishing import preview
from panshi.node.node import Node

type Line = Annotated[str, Meta(max_length=300)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """Which cases."""

    state: CaseState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressQuery:
    """Whose addresses."""

    member: Annotated[str, Meta(max_length=80)] = ""


class CaseListAnswer(TypedDict):
    """The queue."""

    cases: tuple[CaseAnswer, ...]
    "Newest first."


class AddressListAnswer(TypedDict):
    """Addresses that members declared."""

    addresses: tuple[AddressAnswer, ...]


class DraftAnswer(TypedDict):
    """An advisory as it would be published."""

    advisory: str
    "Evidence id of what was sealed."
    csaf: Any
    "The CSAF 2.1 document."


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAsked:
    """One step; publishing has a path of its own."""

    step: CaseStep
    why: Note = ""
    member: Annotated[str, Meta(max_length=80)] = ""
    "To whom it is forwarded, or who acknowledges."
    day: date | None = None
    "Of the fix or the embargo."
    cvss: Line = ""
    duplicate_of: Annotated[str, Meta(max_length=40)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAsked:
    """What staff write to the reporter."""

    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAsked:
    """An advisory; who writes it is the token's person."""

    headline: Word
    summary: Text
    vendor: Word
    product: Word
    affected_version: Word
    remediation: Text
    fixed_version: Line = ""
    purl: Line = ""
    cve: Line = ""
    cwe: Line = ""
    cwe_name: Line = ""
    cvss: Line = ""
    language: Annotated[str, Meta(pattern="^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{2,8})*$")] = "zh-TW"
    change: Line = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationAsked:
    """The advisory that is published, as it was looked at."""

    advisory: Annotated[str, Meta(min_length=32, max_length=32)]
    "Evidence id of its newest revision."
    why: Note = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationAsked:
    """An address a member declares its own."""

    member: Word
    host: Word
    port: Annotated[int, Meta(ge=1, le=65535)] = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressStepAsked:
    """Which address, by its key."""

    key: Word
    "`member|host:port`."
    by: ProofWay = ProofWay.DNS
    "Of a proof: where the token stands."
    why: Note = ""


def cases(node: Node, asked: Asked) -> Answered:
    """Answer the queue."""
    return answered({"cases": answers(node, queried(asked, CaseQuery).state)})


def case(node: Node, asked: Asked) -> Answered:
    """Answer one case."""
    return _told(node, asked)


def step(node: Node, asked: Asked) -> Answered:
    """Take a step."""
    wanted, number = given(asked, StepAsked), asked.names["number"]
    if wanted.step is CaseStep.PUBLISH:
        raise UsageError("publishing has a path of its own", remedy="POST …/publication")
    if wanted.step is CaseStep.FORWARD:
        forward(node, number, wanted.member, actor=asked.actor, why=wanted.why)
    else:
        DisclosureDesk(node, actor=asked.actor).take(
            number,
            wanted.step,
            why=wanted.why,
            member=wanted.member,
            day=wanted.day,
            cvss=wanted.cvss,
            duplicate_of=wanted.duplicate_of,
        )
    return _told(node, asked, status=201)


def message(node: Node, asked: Asked) -> Answered:
    """Write to the reporter."""
    write(node, asked.names["number"], given(asked, MessageAsked).text, actor=asked.actor)
    return _told(node, asked, status=201)


def draft(node: Node, asked: Asked) -> Answered:
    """Seal an advisory and answer what would be published."""
    wanted, number = given(asked, DraftAsked), asked.names["number"]
    desk = DisclosureDesk(node, actor=asked.actor)
    body = msgspec.convert(wanted, Drafted, from_attributes=True).body(desk.person)
    sealed = desk.draft(number, body)
    return answered({"advisory": sealed, "csaf": msgspec.Raw(preview(node, number))}, status=201)


def publication(node: Node, asked: Asked) -> Answered:
    """Publish an advisory another person wrote."""
    wanted = given(asked, PublicationAsked)
    DisclosureDesk(node, actor=asked.actor).take(
        asked.names["number"], CaseStep.PUBLISH, advisory=wanted.advisory, why=wanted.why
    )
    return _told(node, asked, status=201)


def addresses(node: Node, asked: Asked) -> Answered:
    """Answer the addresses declared."""
    return answered({"addresses": address_answers(node, queried(asked, AddressQuery).member)})


def declaration(node: Node, asked: Asked) -> Answered:
    """Note an address."""
    wanted = given(asked, DeclarationAsked)
    declare(node, wanted.member, wanted.host, wanted.port, actor=asked.actor)
    return answered({"addresses": address_answers(node, wanted.member)}, status=201)


def proof(node: Node, asked: Asked) -> Answered:
    """Look for the token."""
    wanted = given(asked, AddressStepAsked)
    prove(node, wanted.key, wanted.by, actor=asked.actor)
    return _address(node, wanted.key)


def approval(node: Node, asked: Asked) -> Answered:
    """Approve an address."""
    wanted = given(asked, AddressStepAsked)
    approve(node, wanted.key, actor=asked.actor)
    return _address(node, wanted.key)


def withdrawal(node: Node, asked: Asked) -> Answered:
    """Withdraw an address."""
    wanted = given(asked, AddressStepAsked)
    withdraw(node, wanted.key, actor=asked.actor, why=wanted.why)
    return _address(node, wanted.key)


def looked(node: Node, asked: Asked) -> Answered:
    """Look at an address once."""
    wanted = given(asked, AddressStepAsked)
    check(node, wanted.key, actor=asked.actor)
    return _address(node, wanted.key)


def _address(node: Node, key: str) -> Answered:
    found = tuple(each for each in address_answers(node) if each.key == key)
    return answered({"addresses": found}, status=201)


def _told(node: Node, asked: Asked, *, status: int = 200) -> Answered:
    found = detail(node, asked.names["number"], people=asked.may("evidence.personal"))
    return answered(found, status=status)


def _post(path: str, action: str, handler: Any, body: type, summary: str, answers: Any) -> Route:  # noqa: ANN401 -- as Route has them
    return Route(
        method="POST",
        path=path,
        action=action,
        handler=handler,
        body=body,
        summary=summary,
        statuses=(201,),
        answers=answers,
    )


_ONE = "/disclosure/cases/{number}"
_HANDLE, _EXPOSE = "disclosure.handle", "exposure.handle"

ROUTES = (
    Route(
        method="GET",
        path="/disclosure/cases",
        action="disclosure.view",
        handler=cases,
        summary="Vulnerabilities told from outside, newest first",
        query=CaseQuery,
        answers=CaseListAnswer,
    ),
    Route(
        method="GET",
        path=_ONE,
        action="disclosure.view",
        handler=case,
        summary="One case: report, clocks, messages, advisory",
        answers=CaseDetail,
    ),
    _post(f"{_ONE}/steps", _HANDLE, step, StepAsked, "Take a case further", CaseDetail),
    _post(f"{_ONE}/messages", _HANDLE, message, MessageAsked, "Write to the reporter", CaseDetail),
    _post(f"{_ONE}/advisory", _HANDLE, draft, DraftAsked, "Write the advisory", DraftAnswer),
    _post(
        f"{_ONE}/publication",
        "disclosure.publish",
        publication,
        PublicationAsked,
        "Publish an advisory another person wrote",
        CaseDetail,
    ),
    Route(
        method="GET",
        path="/disclosure/addresses",
        action="disclosure.view",
        handler=addresses,
        summary="Addresses members declared for exposure checks, and what was found",
        query=AddressQuery,
        answers=AddressListAnswer,
    ),
    _post(
        "/disclosure/addresses",
        _EXPOSE,
        declaration,
        DeclarationAsked,
        "Declare an address",
        AddressListAnswer,
    ),
    _post(
        "/disclosure/addresses/proofs",
        _EXPOSE,
        proof,
        AddressStepAsked,
        "Look for the token that proves ownership",
        AddressListAnswer,
    ),
    _post(
        "/disclosure/addresses/approvals",
        "exposure.approve",
        approval,
        AddressStepAsked,
        "Approve an address another person declared",
        AddressListAnswer,
    ),
    _post(
        "/disclosure/addresses/withdrawals",
        _EXPOSE,
        withdrawal,
        AddressStepAsked,
        "Look at an address no more",
        AddressListAnswer,
    ),
    _post(
        "/disclosure/addresses/checks",
        _EXPOSE,
        looked,
        AddressStepAsked,
        "Look at an approved address once",
        AddressListAnswer,
    ),
)

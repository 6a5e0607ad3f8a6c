"""Offices: who answers for what; one person's token proposes, another's confirms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import Moment, given, moment, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.shapes import Recorded
from panshi.model.bodies.offices import Appointment
from panshi.node.accountability import confirm, propose, propose_end, register
from panshi.node.node import Node
from panshi.report.accountability_answers import OfficesAnswer, offices_answer

type Word = Annotated[str, Meta(min_length=1, max_length=200)]
type Note = Annotated[str, Meta(max_length=2000)]
type Estate = Annotated[str, Meta(max_length=200)]
type Names = Annotated[tuple[Word, ...], Meta(max_length=50)]
type Count = Annotated[int, Meta(ge=0, le=10**15)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficesQuery:
    """Which day."""

    estate: Estate = ""
    "The first estate without it."
    as_of: Moment = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentAsked:
    """Who is to hold which office."""

    person: Word
    "Account name."
    office: Word
    since: date
    title: Note = ""
    rank: Note = ""
    reports_to: Note = ""
    "Office reported to."
    concurrent_posts: Names = ()
    background: Note = ""
    certificates: Names = ()
    budget_twd: Count = 0
    staff: Count = 0
    decided_by: Note = ""
    authority: Note = ""
    security_background: bool = False
    independent: bool = False
    training_hours: Count = 0
    estate: Estate = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAsked:
    """Who holds which office no longer."""

    person: Word
    office: Word
    until: date
    "First day on which it is no longer held."
    decided_by: Note = ""
    estate: Estate = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirming:
    """Which proposal is confirmed."""

    proposal: Word
    "Its evidence id."
    estate: Estate = ""
    "The first estate without it."


def offices(node: Node, asked: Asked) -> Answered:
    """Answer the register of offices."""
    wanted = queried(asked, OfficesQuery)
    return answered(offices_answer(register(node, wanted.estate or None, moment(wanted.as_of))))


def appoint(node: Node, asked: Asked) -> Answered:
    """Seal a proposal."""
    wanted = given(asked, AppointmentAsked)
    terms = Appointment(
        person=wanted.person,
        office=wanted.office,
        since=wanted.since,
        appointed_by="",
        seconded_by="",
        title=wanted.title,
        rank=wanted.rank,
        reports_to=wanted.reports_to,
        concurrent_posts=wanted.concurrent_posts,
        background=wanted.background,
        certificates=wanted.certificates,
        budget_twd=wanted.budget_twd,
        staff=wanted.staff,
        decided_by=wanted.decided_by,
        authority=wanted.authority,
        security_background=wanted.security_background,
        independent=wanted.independent,
        training_hours=wanted.training_hours,
    )
    made = propose(node, terms, actor=asked.actor, estate_id=wanted.estate or None)
    return answered({"id": made}, status=201)


def end(node: Node, asked: Asked) -> Answered:
    """Seal the proposal of an end."""
    wanted = given(asked, EndAsked)
    made = propose_end(
        node,
        wanted.office,
        wanted.person,
        wanted.until,
        actor=asked.actor,
        decided_by=wanted.decided_by,
        estate_id=wanted.estate or None,
    )
    return answered({"id": made}, status=201)


def second(node: Node, asked: Asked) -> Answered:
    """Seal the appointment another person proposed."""
    wanted = given(asked, Confirming)
    made = confirm(node, wanted.proposal, actor=asked.actor, estate_id=wanted.estate or None)
    return answered({"id": made}, status=201)


ROUTES = (
    Route(
        method="GET",
        path="/offices",
        action="office.view",
        handler=offices,
        query=OfficesQuery,
        summary="Who holds which office, vacancies, findings, what waits for a second person",
        answers=OfficesAnswer,
    ),
    Route(
        method="POST",
        path="/offices/proposals",
        action="office.appoint",
        handler=appoint,
        body=AppointmentAsked,
        example={"person": "sung.peiyu", "office": "risk_committee", "since": "2026-12-01"},
        summary="Propose that someone holds an office; nothing changes until another confirms",
        statuses=(201,),
        answers=Recorded,
    ),
    Route(
        method="POST",
        path="/offices/ends",
        action="office.appoint",
        handler=end,
        body=EndAsked,
        example={"person": "luo.zihan", "office": "identity_head", "until": "2027-01-01"},
        summary="Propose that someone holds an office no longer",
        statuses=(201,),
        answers=Recorded,
    ),
    Route(
        method="POST",
        path="/offices/confirmations",
        action="office.appoint",
        handler=second,
        body=Confirming,
        example={"proposal": "0123456789abcdef0123456789abcdef"},
        summary="Confirm what another person proposed",
        statuses=(201,),
        answers=Recorded,
    ),
)

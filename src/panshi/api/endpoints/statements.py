"""The yearly statement and the CISO's report to the board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.api.asked import Moment, given, moment, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.shapes import Recorded
from panshi.api.texts import EstateQuery
from panshi.governance.accountability.board_report import Content
from panshi.governance.accountability.statement import Form, Remedy
from panshi.node import board_reports, statements
from panshi.node.node import Node
from panshi.report.accountability_answers import (
    OutlookAnswer,
    ReportAnswer,
    StatementAnswer,
    outlook_answer,
    report_answer,
    statement_answer,
)

type Word = Annotated[str, Meta(min_length=1, max_length=200)]
type Note = Annotated[str, Meta(max_length=4000)]
type Estate = Annotated[str, Meta(max_length=200)]
type Year = Annotated[int, Meta(ge=2000, le=2200)]


class Step(StrEnum):
    """A step of a paper on its way to the board."""

    SUBMIT = "submit"
    RECEIVE = "receive"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


class ReportStep(StrEnum):
    """A step of a report on its way to the board."""

    SUBMIT = "submit"
    RECEIVE = "receive"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookQuery:
    """Which year."""

    year: Year
    as_of: Moment = ""
    "The last instant of the year without it."
    estate: Estate = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAsked:
    """What is stated of a year."""

    year: Year
    form: Form
    "The one that follows from the evidence; the other is refused."
    remedies: Annotated[tuple[Remedy, ...], Meta(max_length=2000)] = ()
    "One for each unmet clause."
    estate: Estate = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningAsked:
    """Under which office it is signed."""

    office: Word
    estate: Estate = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAsked:
    """What happens to a statement."""

    step: Step
    minute: Note = ""
    "Number of the board's minute, when it is received."
    why: Note = ""
    "When it is withdrawn."
    estate: Estate = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAsked:
    """Which period is reported on."""

    begins: date
    ends: date
    subject: Note = ""
    "Of a special report."
    estate: Estate = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentAsked:
    """What a person adds to a section."""

    section: Content
    text: Note
    estate: Estate = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStepAsked:
    """What happens to a report."""

    step: ReportStep
    minute: Note = ""
    "Number of the board's minute, when it is received."
    estate: Estate = ""
    "The first estate without it."


class Paper(TypedDict):
    """What was drafted, by its number."""

    number: str


class Verification(TypedDict):
    """Whether a statement holds against the log it names."""

    number: str
    root_holds: bool
    "The log, cut at the size named, has the root named."
    assessment_holds: bool
    "Judging the same moment again gives the same digest."
    problem: str


def listed(node: Node, asked: Asked) -> Answered:
    """Answer every statement."""
    wanted = queried(asked, EstateQuery)
    every = statements.every_statement(node, wanted.estate or None)
    return answered(tuple(map(statement_answer, every)))


def outlook(node: Node, asked: Asked) -> Answered:
    """Answer what could be stated."""
    wanted = queried(asked, OutlookQuery)
    found = statements.outlook(node, wanted.year, wanted.estate or None, moment(wanted.as_of))
    return answered(
        outlook_answer(
            year=found.year,
            as_of=found.as_of,
            form=found.form,
            clauses=len(found.binding.clauses),
            unmet=found.binding.unmet,
            excepted=found.binding.excepted,
            assessment_sha256=found.assessment_sha256,
        )
    )


def drafted(node: Node, asked: Asked) -> Answered:
    """Draft a statement."""
    wanted = given(asked, DraftAsked)
    number = statements.draft(
        node,
        wanted.year,
        wanted.form,
        wanted.remedies,
        actor=asked.actor,
        estate_id=wanted.estate or None,
    )
    return answered({"number": number}, status=201)


def shown(node: Node, asked: Asked) -> Answered:
    """Answer one statement."""
    wanted = queried(asked, EstateQuery)
    found = statements.statement(node, asked.names["statement"], wanted.estate or None)
    return answered(statement_answer(found))


def verified(node: Node, asked: Asked) -> Answered:
    """Answer whether a statement holds."""
    wanted = queried(asked, EstateQuery)
    found = statements.verify(node, asked.names["statement"], wanted.estate or None)
    return answered(
        {
            "number": found.stated.body.number,
            "root_holds": found.root_holds,
            "assessment_holds": found.assessment_holds,
            "problem": found.problem,
        }
    )


def signed(node: Node, asked: Asked) -> Answered:
    """Sign a statement."""
    wanted = given(asked, SigningAsked)
    made = statements.sign(
        node,
        asked.names["statement"],
        wanted.office,
        actor=asked.actor,
        estate_id=wanted.estate or None,
    )
    return answered({"id": made}, status=201)


def stepped(node: Node, asked: Asked) -> Answered:
    """Take a statement a step on its way."""
    wanted = given(asked, StepAsked)
    made = statements.take_step(
        node,
        asked.names["statement"],
        wanted.step,
        actor=asked.actor,
        minute=wanted.minute,
        why=wanted.why,
        estate_id=wanted.estate or None,
    )
    return answered({"id": made}, status=201)


def reports(node: Node, asked: Asked) -> Answered:
    """Answer every report to the board."""
    wanted = queried(asked, EstateQuery)
    every = board_reports.every_report(node, wanted.estate or None)
    return answered(tuple(map(report_answer, every)))


def reported(node: Node, asked: Asked) -> Answered:
    """Put a report together."""
    wanted = given(asked, ReportAsked)
    number = board_reports.draft(
        node,
        wanted.begins,
        wanted.ends,
        actor=asked.actor,
        subject=wanted.subject,
        estate_id=wanted.estate or None,
    )
    return answered({"number": number}, status=201)


def commented(node: Node, asked: Asked) -> Answered:
    """Add to a section of a draft."""
    wanted = given(asked, CommentAsked)
    made = board_reports.comment(
        node,
        asked.names["paper"],
        wanted.section,
        wanted.text,
        actor=asked.actor,
        estate_id=wanted.estate or None,
    )
    return answered({"id": made}, status=201)


def taken(node: Node, asked: Asked) -> Answered:
    """Take a report a step on its way."""
    wanted = given(asked, ReportStepAsked)
    made = board_reports.take_step(
        node,
        asked.names["paper"],
        wanted.step,
        actor=asked.actor,
        minute=wanted.minute,
        estate_id=wanted.estate or None,
    )
    return answered({"id": made}, status=201)


ROUTES = (
    Route(
        method="GET",
        path="/statements",
        action="statement.view",
        handler=listed,
        query=EstateQuery,
        summary="Every yearly statement",
        answers=tuple[StatementAnswer, ...],
    ),
    Route(
        method="POST",
        path="/statements",
        action="statement.draft",
        handler=drafted,
        body=DraftAsked,
        example={"year": 2025, "form": "acknowledgement"},
        summary="Draft a statement, in the one form that follows from the evidence",
        statuses=(201,),
        answers=Paper,
    ),
    Route(
        method="GET",
        path="/statement-outlook",
        action="statement.view",
        handler=outlook,
        query=OutlookQuery,
        summary="Which form a year allows, and which binding clauses were unmet",
        answers=OutlookAnswer,
    ),
    Route(
        method="GET",
        path="/statements/{statement}",
        action="statement.view",
        handler=shown,
        query=EstateQuery,
        summary="One statement with its signatures and its way to the board",
        answers=StatementAnswer,
    ),
    Route(
        method="GET",
        path="/statements/{statement}/verification",
        action="statement.view",
        handler=verified,
        query=EstateQuery,
        summary="Judge the moment of a statement again and compare",
        answers=Verification,
    ),
    Route(
        method="POST",
        path="/statements/{statement}/signatures",
        action="statement.sign",
        handler=signed,
        body=SigningAsked,
        example={"office": "ciso"},
        summary="Sign a statement under an office the token's person holds",
        statuses=(201,),
        answers=Recorded,
    ),
    Route(
        method="POST",
        path="/statements/{statement}/steps",
        action="statement.submit",
        handler=stepped,
        body=StepAsked,
        example={"step": "publish"},
        summary="Submit, receive, publish or withdraw a statement",
        statuses=(201,),
        answers=Recorded,
    ),
    Route(
        method="GET",
        path="/board-reports",
        action="statement.view",
        handler=reports,
        query=EstateQuery,
        summary="The CISO's reports to the board",
        answers=tuple[ReportAnswer, ...],
    ),
    Route(
        method="POST",
        path="/board-reports",
        action="statement.draft",
        handler=reported,
        body=ReportAsked,
        example={"begins": "2026-10-01", "ends": "2026-11-15", "subject": "credential stuffing"},
        summary="Put a report together from evidence, yearly or about one matter",
        statuses=(201,),
        answers=Paper,
    ),
    Route(
        method="POST",
        path="/board-reports/{paper}/comments",
        action="statement.draft",
        handler=commented,
        body=CommentAsked,
        example={"section": "risks", "text": "the outlook for next year"},
        summary="Add to a section of a draft; its facts stay",
        statuses=(201,),
        answers=Recorded,
    ),
    Route(
        method="POST",
        path="/board-reports/{paper}/steps",
        action="statement.submit",
        handler=taken,
        body=ReportStepAsked,
        example={"step": "submit"},
        summary="Submit a report as the CISO, or record that the board received it",
        statuses=(201,),
        answers=Recorded,
    ),
)

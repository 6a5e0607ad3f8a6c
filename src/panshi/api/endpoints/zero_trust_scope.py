"""The zero-trust scope: fields, funnel, gap and roadmap; answers, decisions and the sheet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import Moment, given, moment, queried
from panshi.api.exchange import Answered, Asked, answered, attached
from panshi.api.route import Handler, Route
from panshi.api.shapes import Recorded
from panshi.api.texts import EstateName, EstateQuery, Note, Text, Word
from panshi.errors import MissingError
from panshi.model.bodies.zero_trust_scope import Choice
from panshi.node.node import Node
from panshi.node.reporting import MEDIA_TYPES, Form
from panshi.node.zero_trust.scope import ScopeDesk, scoped
from panshi.node.zero_trust.scope_paper import gap_of, paper, seen_answer
from panshi.protection.zero_trust.scope.facts import Field
from panshi.report.zero_trust_scope.answers import ScopeAnswerShape, SystemAnswer
from panshi.report.zero_trust_scope.gap_answers import RoadmapAnswer, gap_answer
from panshi.report.zero_trust_scope.people import without_people

MOST_SYSTEMS = 1_000
PATH = "/zero-trust/scope"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeQuery:
    """Of which estate, and when."""

    estate: EstateName = ""
    "The first estate without it."
    as_of: Moment = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadmapQuery:
    """Of which estate, and the stages with their dates."""

    estate: EstateName = ""
    "The first estate without it."
    targets: Annotated[str, Meta(max_length=200)] = ""
    "`I=2027Q2,II=2027Q4`; a year per stage without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetQuery:
    """Of which estate, in which language."""

    estate: EstateName = ""
    "The first estate without it."
    lang: Annotated[str, Meta(pattern="^(zh-TW|en)$")] = "zh-TW"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerAsked:
    """Facts about systems that the token's person knows."""

    systems: Annotated[tuple[Word, ...], Meta(min_length=1, max_length=MOST_SYSTEMS)]
    answers: Annotated[dict[Word, Word], Meta(min_length=1, max_length=40)]
    "By attribute of systems, as an estate file writes it."
    field: Field | None = None
    "About one field only."
    why: Note = ""
    "Needed where the estate says otherwise."
    estate: EstateName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWithdrawalAsked:
    """An answer is taken back."""

    why: Note = ""
    estate: EstateName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeDecisionAsked:
    """A field, or a system in it, is decided otherwise than computed."""

    field: Field
    choice: Choice
    "`computed` takes an earlier decision back."
    why: Text
    system: Annotated[str, Meta(max_length=200)] = ""
    "The whole field without it."
    estate: EstateName = ""


def the_scope(node: Node, asked: Asked) -> Answered:
    """Answer the scope in the same form as the command line."""
    wanted = queried(asked, ScopeQuery)
    seen = scoped(node, wanted.estate or None, moment(wanted.as_of))
    return answered(seen_answer(seen, people=asked.may("evidence.personal")))


def one_system(node: Node, asked: Asked) -> Answered:
    """Answer the scope of one system."""
    wanted = queried(asked, EstateQuery)
    seen = scoped(node, wanted.estate or None)
    told = seen_answer(seen, people=asked.may("evidence.personal"))
    name = asked.names["system"]
    found = next((each for each in told["systems"] if each["system"] == name), None)
    if found is None:
        raise MissingError(f"estate {seen.estate.id} has no system {name[:200]!r}")
    return answered(found)


def the_roadmap(node: Node, asked: Asked) -> Answered:
    """Answer what chosen fields lack, and the stages planned."""
    wanted = queried(asked, RoadmapQuery)
    seen = scoped(node, wanted.estate or None)
    return answered(gap_answer(*gap_of(node, seen, targets_text=wanted.targets)))


def _sheet(form: Form) -> Handler:
    def sheet(node: Node, asked: Asked) -> Answered:
        """Answer the sheet as a file; that somebody took it is sealed."""
        wanted = queried(asked, SheetQuery)
        seen = scoped(node, wanted.estate or None)
        if not asked.may("evidence.personal"):
            seen = replace(seen, scope=without_people(seen.scope))
        made = paper(node, seen, form, chinese=wanted.lang != "en")
        node.audit(asked.actor, "report.zt_scope", seen.estate.id, detail=made.sha256)
        return attached(made.content, made.media_type, made.name)

    return sheet


def answering(node: Node, asked: Asked) -> Answered:
    """Seal answers about systems; the id is the answer's number."""
    wanted = given(asked, AnswerAsked)
    number = _desk(node, asked, wanted.estate).answer(
        wanted.systems,
        wanted.answers,
        in_field=wanted.field or "",
        why=wanted.why,
    )
    return answered({"id": number}, status=201)


def withdrawing(node: Node, asked: Asked) -> Answered:
    """Seal that an answer is taken back."""
    wanted = given(asked, AnswerWithdrawalAsked)
    desk = _desk(node, asked, wanted.estate)
    return answered({"id": desk.withdraw(asked.names["answer"], why=wanted.why)}, status=201)


def deciding(node: Node, asked: Asked) -> Answered:
    """Seal a decision."""
    wanted = given(asked, ScopeDecisionAsked)
    sealed = _desk(node, asked, wanted.estate).decide(
        wanted.field, wanted.choice, why=wanted.why, system=wanted.system
    )
    return answered({"id": sealed}, status=201)


def labelling(node: Node, asked: Asked) -> Answered:
    """Write the fields into the estate as labels; the id is the estate's version."""
    wanted = given(asked, EstateQuery)
    estate = _desk(node, asked, wanted.estate).label()
    return answered({"id": f"{estate.id} v{estate.version}"}, status=201)


def _desk(node: Node, asked: Asked, estate: str) -> ScopeDesk:
    return ScopeDesk(node, actor=asked.actor, estate_id=estate or None)


ROUTES = (
    Route(
        method="GET",
        path=PATH,
        action="scope.view",
        handler=the_scope,
        query=ScopeQuery,
        answers=ScopeAnswerShape,
        summary="Which fields systems fall into, the funnel, where to begin",
    ),
    Route(
        method="GET",
        path=f"{PATH}/systems/{{system}}",
        action="scope.view",
        handler=one_system,
        query=EstateQuery,
        answers=SystemAnswer,
        summary="Fields, reasons and scores of one system",
    ),
    Route(
        method="GET",
        path=f"{PATH}/roadmap",
        action="scope.view",
        handler=the_roadmap,
        query=RoadmapQuery,
        answers=RoadmapAnswer,
        summary="What chosen fields lack per control and stage, and the staged roadmap",
    ),
    *(
        Route(
            method="GET",
            path=f"{PATH}/{form}",
            action="scope.view",
            handler=_sheet(form),
            query=SheetQuery,
            media_type=MEDIA_TYPES[form],
            summary=f"The printable sheet as {form.upper()}",
        )
        for form in (Form.PDF, Form.XLSX, Form.DOCX)
    ),
    Route(
        method="POST",
        path=f"{PATH}/answers",
        action="scope.answer",
        handler=answering,
        body=AnswerAsked,
        example={
            "systems": ["system:branch-teller"],
            "answers": {"remote_staff_access": "false", "operated_by": "staff"},
        },
        answers=Recorded,
        statuses=(201,),
        summary="Answer facts about systems, all in one sealed record",
    ),
    Route(
        method="POST",
        path=f"{PATH}/answers/{{answer}}/withdrawal",
        action="scope.answer",
        handler=withdrawing,
        body=AnswerWithdrawalAsked,
        example={"why": "answered for the wrong system"},
        answers=Recorded,
        statuses=(201,),
        summary="Take an answer back",
    ),
    Route(
        method="POST",
        path=f"{PATH}/decisions",
        action="scope.decide",
        handler=deciding,
        body=ScopeDecisionAsked,
        example={"field": "remote_work", "choice": "left_out", "why": "renewed next year"},
        answers=Recorded,
        statuses=(201,),
        summary="Decide a field or a system otherwise than computed",
    ),
    Route(
        method="POST",
        path=f"{PATH}/labels",
        action="estate.change",
        handler=labelling,
        body=EstateQuery,
        example={},
        answers=Recorded,
        statuses=(201,),
        summary="Write the fields into the estate as labels",
    ),
)

"""Business impact: the register, one service, proposals, decisions, workbooks, contradictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from panshi.api.asked import body_of, given, queried
from panshi.api.exchange import Answered, Asked, answered, attached
from panshi.api.route import Route
from panshi.api.texts import Note
from panshi.errors import ForbiddenError
from panshi.model.bodies.continuity import ImpactRuling
from panshi.model.resilience.plan import ImpactEntry
from panshi.node.node import Node
from panshi.node.resilience.impact import (
    ImpactDesk,
    checked,
    exported,
    register,
    shown,
    template,
)
from panshi.node.resilience.impact_answers import (
    CheckAnswer,
    ContradictionAnswer,
    ServiceImpactAnswer,
    ServiceShownAnswer,
    check_answer,
    contradiction_answers,
    service_answer,
    shown_answer,
)
from panshi.resilience.impact.contradictions import ContradictionKind

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HERE = "/estates/{estate}/continuity"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckQuery:
    """Which contradictions."""

    kind: ContradictionKind | None = None
    of: Annotated[str, Meta(max_length=200)] = ""
    "Only those of this service or system."


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactProposed:
    """What the token's person proposes."""

    entry: ImpactEntry
    why: Note = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactDecided:
    """What another person decides."""

    approved: bool
    why: Note = ""
    "Needed where it is refused."


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookQuery:
    """Which workbook."""

    of: Literal["analyses", "questions"] = "analyses"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingQuery:
    """Whether anything is sealed."""

    preview: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactTaken:
    """What a workbook proposes."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    proposed: bool
    contradictions: tuple[ContradictionAnswer, ...]
    "Of the services it speaks of, were all of it approved."


def listed(node: Node, asked: Asked) -> Answered:
    """Answer every service."""
    return answered([service_answer(each) for each in register(node, asked.names["estate"])])


def one(node: Node, asked: Asked) -> Answered:
    """Answer one service."""
    return _told(node, asked)


def propose(node: Node, asked: Asked) -> Answered:
    """Seal a proposal."""
    wanted = given(asked, ImpactProposed)
    _desk(node, asked).propose(wanted.entry, why=wanted.why)
    found = shown(node, wanted.entry.service, asked.names["estate"])
    return answered(shown_answer(found, people=_people(asked)), status=201)


def decide(node: Node, asked: Asked) -> Answered:
    """Seal an approval or a refusal."""
    wanted = given(asked, ImpactDecided)
    ruling = ImpactRuling.APPROVE if wanted.approved else ImpactRuling.REFUSE
    _desk(node, asked).decide(asked.names["service"], ruling, why=wanted.why)
    return _told(node, asked, status=201)


def check(node: Node, asked: Asked) -> Answered:
    """Answer contradictions."""
    wanted = queried(asked, CheckQuery)
    found = checked(node, asked.names["estate"])
    kept = tuple(
        each
        for each in found.found
        if wanted.kind in {None, each.kind} and wanted.of in {"", each.subject}
    )
    return answered(check_answer(found, kept))


def workbook(node: Node, asked: Asked) -> Answered:
    """Answer a workbook."""
    wanted = queried(asked, WorkbookQuery)
    if wanted.of == "analyses" and not asked.may("evidence.personal"):
        raise ForbiddenError(
            "analyses name people", remedy="ask for questions, or with a role that may know them"
        )
    make = exported if wanted.of == "analyses" else template
    return attached(make(node, asked.names["estate"]), SHEET, f"{wanted.of}.xlsx")


def take(node: Node, asked: Asked) -> Answered:
    """Propose what a workbook holds, or only say what it would."""
    wanted = queried(asked, TakingQuery)
    found = _desk(node, asked).taken_in(body_of(asked), commit=not wanted.preview)
    answer = ImpactTaken(
        added=found.added,
        changed=found.changed,
        unchanged=found.unchanged,
        proposed=not wanted.preview,
        contradictions=contradiction_answers(found.contradictions, found.checked),
    )
    return answered(answer, status=200 if wanted.preview else 201)


def _desk(node: Node, asked: Asked) -> ImpactDesk:
    return ImpactDesk(node, actor=asked.actor, estate_id=asked.names["estate"])


def _told(node: Node, asked: Asked, *, status: int = 200) -> Answered:
    found = shown(node, asked.names["service"], asked.names["estate"])
    return answered(shown_answer(found, people=_people(asked)), status=status)


def _people(asked: Asked) -> bool:
    """Whoever decides has to know who proposed."""
    return asked.may("evidence.personal") or asked.may("continuity.approve")


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=f"{_HERE}/impact",
        action="continuity.view",
        handler=listed,
        answers=tuple[ServiceImpactAnswer, ...],
        summary="Every service with its impact analysis and contradictions, critical ones first",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/impact",
        action="continuity.propose",
        handler=propose,
        body=ImpactProposed,
        example={
            "entry": {
                "service": "service:cards",
                "owner": "示範負責人",
                "mtpd": 480,
                "rto": 240,
                "rpo": 15,
                "curves": [
                    {
                        "kind": "money",
                        "limit": 5000,
                        "basis": "財務估計（示範）",
                        "points": [{"minutes": 60, "value": 200}, {"minutes": 480, "value": 5000}],
                    }
                ],
            }
        },
        answers=ServiceShownAnswer,
        statuses=(201,),
        summary="Propose the impact analysis of one service",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/impact/{{service}}",
        action="continuity.view",
        handler=one,
        answers=ServiceShownAnswer,
        summary="One service: its analyses, and what contradicts now and once approved",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/impact/{{service}}/ruling",
        action="continuity.approve",
        handler=decide,
        body=ImpactDecided,
        answers=ServiceShownAnswer,
        statuses=(201,),
        summary="Approve or refuse what another person proposed",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/workbook",
        action="continuity.view",
        handler=workbook,
        query=WorkbookQuery,
        media_type=SHEET,
        summary="Impact analyses, or the questions of the interviews, as a workbook",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/workbook",
        action="continuity.propose",
        handler=take,
        query=TakingQuery,
        takes_body=True,
        answers=ImpactTaken,
        statuses=(200, 201),
        summary="Propose every analysis of a workbook that differs; all or none",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/contradictions",
        action="continuity.view",
        handler=check,
        query=CheckQuery,
        answers=CheckAnswer,
        summary="What cannot all be true, each with its way through the graph",
    ),
)

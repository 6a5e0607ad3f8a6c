"""Intelligence at an institution: what was pulled, what touches us, what was told back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Annotated, TypedDict

import msgspec
from msgspec import Meta

from panshi.api.asked import body_of, given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.texts import Note, Text
from panshi.errors import BadInputError, MissingError
from panshi.model.bodies.intelligence import AllowStep
from panshi.model.zone import day_of
from panshi.node.alliance.intelligence.allowing import allowed, propose, rule
from panshi.node.alliance.intelligence.answers import (
    AllowedAnswer,
    KnownAnswer,
    MatchedAnswer,
    PieceAnswer,
    ReportedAnswer,
    SightAnswer,
    SourceAnswer,
    TouchAnswer,
    allowed_answer,
    known_answer,
    matched_answer,
    open_to,
    piece_answer,
    reported_answer,
    sight_answer,
    source_answer,
    touch_answer,
)
from panshi.node.alliance.intelligence.known import known, known_values, shown, watched
from panshi.node.alliance.intelligence.matching import match
from panshi.node.alliance.intelligence.pulling import Pulled, pull
from panshi.node.alliance.intelligence.reporting import report
from panshi.node.alliance.intelligence.sources import pulled, sources
from panshi.node.alliance.intelligence.touching import touches
from panshi.node.node import Node

RED = "intel.red"
type Word = Annotated[str, Meta(max_length=4_000)]
type Place = Annotated[int, Meta(ge=0, le=2**53)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """Which part of a list, newest first."""

    before: Place = 0
    "Number of the last one seen; the newest without it."
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuesQuery:
    """Which values."""

    kind: Annotated[str, Meta(max_length=40)] = ""
    "With `value`: what is known of this one."
    value: Word = ""
    watched: bool = False
    "Only those still looked for."
    limit: Annotated[int, Meta(ge=1, le=10_000)] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchQuery:
    """What the extract is called."""

    name: Annotated[str, Meta(max_length=200)] = "extract.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullAsked:
    """From which sources; all without."""

    sources: Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(max_length=100)] = ()
    anew: bool = False
    "Ask for everything again."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAsked:
    """How it is told back."""

    named: bool = False
    "Say who we are; by default not."
    harmless: bool = False
    "A false alarm."


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowAsked:
    """A value that is to bind nothing."""

    kind: Annotated[str, Meta(max_length=40)]
    value: Word
    why: Text
    expires: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowRuled:
    """A second person's decision, or the end of one."""

    step: AllowStep
    why: Note = ""


class ObjectAnswer(TypedDict):
    """One object as each source gave it, with what it asks for."""

    pieces: tuple[PieceAnswer, ...]
    known: tuple[KnownAnswer, ...]
    objects: dict[str, msgspec.Raw]


class Numbered(TypedDict):
    """The number given."""

    number: str


def listed(node: Node, asked: Asked) -> Answered:
    """Answer what was pulled."""
    wanted, red = queried(asked, PageQuery), asked.may(RED)
    with pulled(node) as store:
        found = store.pieces(before=wanted.before, limit=wanted.limit)
    return answered([piece_answer(each) for each in found if open_to(each.piece.marking, red=red)])


def one(node: Node, asked: Asked) -> Answered:
    """Answer one object; what is RED is not there for whoever may not read it."""
    found, red = shown(node, asked.names["intelligence"]), asked.may(RED)
    kept = [each for each in found.kept if open_to(each.piece.marking, red=red)]
    if not kept:
        raise MissingError("nothing of this id was pulled", remedy="ask for the list")
    open_sources = {each.piece.source for each in kept}
    return answered(
        ObjectAnswer(
            pieces=tuple(piece_answer(each) for each in kept),
            known=tuple(
                known_answer(each) for each in found.known if open_to(each.marking, red=red)
            ),
            objects={
                source: msgspec.Raw(body) for source, body in found.bodies if source in open_sources
            },
        )
    )


def values(node: Node, asked: Asked) -> Answered:
    """Answer values with their scores."""
    wanted, red = queried(asked, ValuesQuery), asked.may(RED)
    if wanted.value:
        found = iter(known_values(node, wanted.kind, wanted.value))
    else:
        found = watched(node) if wanted.watched else known(node)
    shown_ones = (each for each in found if open_to(each.marking, red=red))
    return answered([known_answer(each) for each in islice(shown_ones, wanted.limit)])


def touched(node: Node, asked: Asked) -> Answered:
    """Answer what touches an institution."""
    red = asked.may(RED)
    found = touches(node, asked.names["estate"])
    return answered([touch_answer(each) for each in found if open_to(each.known.marking, red=red)])


def sights(node: Node, asked: Asked) -> Answered:
    """Answer what was found in extracts."""
    wanted, red = queried(asked, PageQuery), asked.may(RED)
    with pulled(node) as store:
        found = store.sights(before=wanted.before, limit=wanted.limit)
    return answered([sight_answer(each) for _n, each in found if open_to(each.marking, red=red)])


def told(node: Node, asked: Asked) -> Answered:
    """Answer what was told back."""
    wanted = queried(asked, PageQuery)
    with pulled(node) as store:
        found = store.reported(before=wanted.before, limit=wanted.limit)
    people = asked.may("evidence.personal")
    return answered([reported_answer(each, people=people) for _number, each in found])


def tell(node: Node, asked: Asked) -> Answered:
    """Tell a finding back to its sources."""
    wanted = given(asked, ReportAsked)
    made = report(
        node,
        asked.names["sight"],
        actor=asked.actor,
        named=wanted.named,
        denial=wanted.harmless,
    )
    people = asked.may("evidence.personal")
    return answered([reported_answer(each, people=people) for each in made], status=201)


def searched(node: Node, asked: Asked) -> Answered:
    """Search an extract that is sent."""
    name = queried(asked, MatchQuery).name
    extract = body_of(asked)
    if not extract.stat().st_size:
        raise BadInputError("the extract is empty", place=name, remedy="send it as the body")
    found = next(match(node, (extract,), actor=asked.actor, name=name))
    return answered(matched_answer(found, red=asked.may(RED)), status=201)


def where_from(node: Node, _asked: Asked) -> Answered:
    """Answer the sources."""
    return answered([source_answer(each) for each in sources(node)])


def fetch(node: Node, asked: Asked) -> Answered:
    """Pull now; each collection says how it fared."""
    wanted = given(asked, PullAsked)
    found = pull(node, tuple(wanted.sources), actor=asked.actor, anew=wanted.anew)
    return answered(list(found), status=201)


def allowed_ones(node: Node, asked: Asked) -> Answered:
    """Answer the institution's own values that bind nothing."""
    today, people = day_of(node.clock()), asked.may("evidence.personal")
    return answered([allowed_answer(each, today, people=people) for each in allowed(node)])


def allow(node: Node, asked: Asked) -> Answered:
    """Propose a value."""
    wanted = given(asked, AllowAsked)
    number = propose(
        node,
        wanted.kind,
        wanted.value,
        why=wanted.why,
        expires=wanted.expires,
        actor=asked.actor,
    )
    return answered(Numbered(number=number), status=201)


def decide(node: Node, asked: Asked) -> Answered:
    """Approve, refuse or withdraw."""
    wanted, number = given(asked, AllowRuled), asked.names["allowed"]
    rule(node, number, wanted.step, why=wanted.why, actor=asked.actor)
    return answered(Numbered(number=number), status=201)


ROUTES = (
    Route(
        method="GET",
        path="/intel/objects",
        action="intel.view",
        handler=listed,
        query=PageQuery,
        summary="Intelligence that was pulled, newest change first",
        answers=tuple[PieceAnswer, ...],
    ),
    Route(
        method="GET",
        path="/intel/objects/{intelligence}",
        action="intel.view",
        handler=one,
        summary="One object as each source gave it, and the score of what it asks for",
        answers=ObjectAnswer,
    ),
    Route(
        method="GET",
        path="/intel/values",
        action="intel.view",
        handler=values,
        query=ValuesQuery,
        summary="Values with their scores and the voices behind them",
        answers=tuple[KnownAnswer, ...],
    ),
    Route(
        method="GET",
        path="/estates/{estate}/intel/touches",
        action="intel.view",
        handler=touched,
        summary="Where intelligence meets suppliers, products, vulnerabilities and own addresses",
        answers=tuple[TouchAnswer, ...],
    ),
    Route(
        method="GET",
        path="/intel/sightings",
        action="intel.view",
        handler=sights,
        query=PageQuery,
        summary="What was found in extracts of telemetry",
        answers=tuple[SightAnswer, ...],
    ),
    Route(
        method="POST",
        path="/intel/sightings/{sight}/report",
        action="intel.work",
        handler=tell,
        body=ReportAsked,
        example={},
        summary="Tell a finding back to the sources of what was found, anonymous by default",
        statuses=(201,),
        answers=tuple[ReportedAnswer, ...],
    ),
    Route(
        method="GET",
        path="/intel/reported",
        action="intel.view",
        handler=told,
        query=PageQuery,
        summary="Sightings that were told back",
        answers=tuple[ReportedAnswer, ...],
    ),
    Route(
        method="POST",
        path="/intel/match",
        action="intel.work",
        handler=searched,
        query=MatchQuery,
        takes_body=True,
        example="",
        summary="Look for intelligence in an extract of telemetry",
        statuses=(201,),
        answers=MatchedAnswer,
    ),
    Route(
        method="GET",
        path="/intel/sources",
        action="intel.view",
        handler=where_from,
        summary="From where intelligence is pulled",
        answers=tuple[SourceAnswer, ...],
    ),
    Route(
        method="POST",
        path="/intel/pull",
        action="intel.work",
        handler=fetch,
        body=PullAsked,
        example={},
        summary="Pull what is new from known sources",
        statuses=(201,),
        answers=tuple[Pulled, ...],
    ),
    Route(
        method="GET",
        path="/intel/allowed",
        action="intel.view",
        handler=allowed_ones,
        summary="Values that bind nothing here",
        answers=tuple[AllowedAnswer, ...],
    ),
    Route(
        method="POST",
        path="/intel/allowed",
        action="intel.allow",
        handler=allow,
        body=AllowAsked,
        example={
            "kind": "domain",
            "value": "cdn.example",
            "why": "our own delivery network",
            "expires": "2027-06-30",
        },
        summary="Propose a value that is to bind nothing",
        statuses=(201,),
        answers=Numbered,
    ),
    Route(
        method="POST",
        path="/intel/allowed/{allowed}/decision",
        action="intel.allow",
        handler=decide,
        body=AllowRuled,
        example={"step": "approved"},
        summary="Approve or refuse what another person proposed, or withdraw it",
        statuses=(201,),
        answers=Numbered,
    ),
)

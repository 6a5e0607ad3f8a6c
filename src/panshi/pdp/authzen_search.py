"""AuthZEN Search APIs (section 8): who may do this, with what, and what at all.

    POST /access/v1/search/subject · /resource · /action

What is found is what an evaluation would allow, decided one by one for the page that is given.
The page token is opaque: position, epoch and the digest of the question, under a key this process
made. When policies or entities have changed since, the token is refused, so that no page of one
state is joined to a page of another.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus

import msgspec

from panshi.errors import BadInputError
from panshi.pdp.authzen import entity_type, not_json, question_of
from panshi.pdp.authzen_bodies import (
    Action,
    ActionSearch,
    Entity,
    Evaluation,
    Page,
    ResourceSearch,
    SubjectSearch,
    decoded,
)
from panshi.pdp.gate import SEARCH
from panshi.pdp.http import HttpAnswer, HttpRequest, PdpRoute, json_answer
from panshi.pdp.point import DecisionPoint, Question
from panshi.protection.cedar import EntityStore, Uid
from panshi.protection.zero_trust.decisions.stated import holding

PAGE = 1_000
MOST_PAGE = 10_000
MAC_BYTES = 16
SUBJECT = msgspec.json.Decoder(SubjectSearch)
RESOURCE = msgspec.json.Decoder(ResourceSearch)
ACTION = msgspec.json.Decoder(ActionSearch)
NOBODY = "panshi-search"
"Stands for the side a search looks for while the question is put into Cedar's terms."
_KEY = os.urandom(32)


class Place(msgspec.Struct, frozen=True, array_like=True):
    """What a page token says."""

    epoch: int
    position: int
    limit: int
    question: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """One search in Cedar's terms."""

    question: Question
    """With NOBODY on the side that is looked for."""
    candidates: Callable[[EntityStore], Sequence[Uid]]
    """Those Cedar allows, or could."""
    asked: Callable[[Uid], Question]
    """The evaluation of one candidate."""
    shown: Callable[[Uid], dict[str, str]]


def search_subject(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Who may do this to this resource."""
    wrong = not_json(request)
    if wrong is not None:
        return wrong
    asked = decoded(SUBJECT, request.body)
    try:
        kind = entity_type(asked.subject.type)
        question = question_of(
            Evaluation(Entity(kind, NOBODY), asked.action, asked.resource, asked.context)
        )
    except BadInputError as error:
        return _nothing(error)

    def candidates(entities: EntityStore) -> Sequence[Uid]:
        return point.policies.permitted_principals(
            question.action, question.resource, question.context, entities, type=kind
        )

    looking = Looking(
        question=question,
        candidates=candidates,
        asked=lambda uid: question._replace(subject=uid),
        shown=_entity,
    )
    return _page(point, looking, asked.page, "subject")


def search_resource(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Find what this subject may do this to."""
    wrong = not_json(request)
    if wrong is not None:
        return wrong
    asked = decoded(RESOURCE, request.body)
    try:
        kind = entity_type(asked.resource.type)
        question = question_of(
            Evaluation(asked.subject, asked.action, Entity(kind, NOBODY), asked.context)
        )
    except BadInputError as error:
        return _nothing(error)

    def candidates(entities: EntityStore) -> Sequence[Uid]:
        return point.policies.permitted_resources(
            question.subject, question.action, question.context, entities, type=kind
        )

    looking = Looking(
        question=question,
        candidates=candidates,
        asked=lambda uid: question._replace(resource=uid),
        shown=_entity,
    )
    return _page(point, looking, asked.page, "resource")


def search_action(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Find what this subject may do to this resource."""
    wrong = not_json(request)
    if wrong is not None:
        return wrong
    asked = decoded(ACTION, request.body)
    try:
        question = question_of(
            Evaluation(asked.subject, Action(NOBODY), asked.resource, asked.context)
        )
    except BadInputError as error:
        return _nothing(error)
    looking = Looking(
        question=question,
        candidates=point.actions,
        asked=lambda uid: question._replace(action=uid),
        shown=lambda uid: {"name": uid.id},
    )
    return _page(point, looking, asked.page, "action")


def _page(point: DecisionPoint, looking: Looking, page: Page | None, side: str) -> HttpAnswer:
    """Give one page: what is allowed from the position on, up to the limit."""
    epoch, digest = point.epoch, _digest(looking.question, side)
    start, limit = _start(page or Page(), epoch, digest)
    results: list[dict[str, str]] = []
    next_token = ""
    for position, uid in _allowed(point, looking, start):
        if len(results) == limit:
            next_token = _token(Place(epoch, position, limit, digest))
            break
        results.append(looking.shown(uid))
    return json_answer(
        {"results": results, "page": {"next_token": next_token, "count": len(results)}}
    )


def _allowed(point: DecisionPoint, looking: Looking, start: int) -> Iterator[tuple[int, Uid]]:
    found = _found(point, looking)
    for position, uid in enumerate(found[start:], start=start):
        if point.would_allow(looking.asked(uid)):
            yield position, uid


def _found(point: DecisionPoint, looking: Looking) -> Sequence[Uid]:
    """Give the candidates with what is stated held; both ways where it contradicts the store."""
    with point.without_change(), holding(looking.question.given, point.entities) as entities:
        return looking.candidates(entities)


def _start(page: Page, epoch: int, digest: bytes) -> tuple[int, int]:
    token = page.token or page.next_token or ""
    place = _place(token) if token else Place(epoch, 0, PAGE, digest)
    if place.epoch != epoch:
        raise BadInputError(
            "policies or entities have changed since the first page",
            remedy="search again without a token",
        )
    if place.question != digest:
        raise BadInputError("the page token belongs to another search")
    if page.limit is not None and page.limit < 0:
        raise BadInputError("page.limit is negative")
    return place.position, min(page.limit or place.limit, MOST_PAGE)


def _digest(question: Question, side: str) -> bytes:
    told = repr((side, question.subject, question.action, question.resource,
                 sorted(question.context.items(), key=lambda each: each[0]),
                 question.session_id, sorted(question.given.items())))  # fmt: skip
    return blake2b(told.encode("utf-8", "backslashreplace"), digest_size=12).digest()


def _token(place: Place) -> str:
    raw = msgspec.msgpack.encode(place)
    return base64.urlsafe_b64encode(_mac(raw) + raw).decode().rstrip("=")


def _place(token: str) -> Place:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        if _mac(raw[MAC_BYTES:]) != raw[:MAC_BYTES]:
            raise ValueError("altered")
        return msgspec.msgpack.decode(raw[MAC_BYTES:], type=Place)
    except ValueError as error:
        raise BadInputError(
            "the page token is not one of this decision point",
            remedy="search again without a token",
        ) from error


def _mac(raw: bytes) -> bytes:
    return blake2b(raw, key=_KEY, digest_size=MAC_BYTES).digest()


def _entity(uid: Uid) -> dict[str, str]:
    return {"type": uid.type, "id": uid.id}


def _nothing(error: BadInputError) -> HttpAnswer:
    """Find nothing where Cedar has no terms for the question."""
    return json_answer(
        {
            "results": [],
            "page": {"next_token": "", "count": 0},
            "context": {"error": {"status": HTTPStatus.BAD_REQUEST, "message": error.problem}},
        }
    )


ROUTES = (
    PdpRoute(method="POST", path="/access/v1/search/subject", handler=search_subject, scope=SEARCH),
    PdpRoute(
        method="POST", path="/access/v1/search/resource", handler=search_resource, scope=SEARCH
    ),
    PdpRoute(method="POST", path="/access/v1/search/action", handler=search_action, scope=SEARCH),
)

"""AuthZEN Authorization API 1.0: may this subject do this to this resource; one or many at once.

    POST /access/v1/evaluation     POST /access/v1/evaluations

`subject` and `resource` name Cedar entities by type and id, `action.name` the action
`Action::"name"`; their properties add to the stored attributes for this request only, `context` is
Cedar's context. Two of its members are the decision point's own: `session_id` (a live session,
whose context is merged in and wins) and `obligations_supported` (obligations profile).

A request of the wrong shape is answered 400. One of the right shape that Cedar has no terms for (a
type no policy can name, a list with null in it) is denied, and the answer says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import msgspec

from panshi.errors import BadInputError
from panshi.pdp.authzen_bodies import (
    Action,
    Entity,
    Evaluation,
    Evaluations,
    Explained,
    Item,
    PartEntity,
    Properties,
    decoded,
    keys,
    surely_once,
)
from panshi.pdp.gate import EVALUATE
from panshi.pdp.http import HttpAnswer, HttpRequest, PdpRoute, refusal
from panshi.pdp.point import NOTHING_STATED, Answer, DecisionPoint, Question
from panshi.protection.cedar import Uid, Value
from panshi.protection.cedar.values import normal, same
from panshi.protection.zero_trust.decisions.json_values import cedar_record
from panshi.protection.zero_trust.decisions.obligations import declared
from panshi.protection.zero_trust.decisions.stated import Stated

MOST_EVALUATIONS = 10_000
FIXED = 8
"Names in the smallest evaluation: three members, and what each of them must hold."
SEMANTICS: dict[str, Callable[[bool], bool]] = {
    "execute_all": lambda _allowed: False,
    "deny_on_first_deny": lambda allowed: not allowed,
    "permit_on_first_permit": lambda allowed: allowed,
}
"When to stop after an answer, section 7.1.2.1."
EVALUATION = msgspec.json.Decoder(Evaluation)
EVALUATIONS = msgspec.json.Decoder(Evaluations)
ITEM = msgspec.json.Decoder(Item)
EXPLAINED = msgspec.json.Decoder(Explained)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(::[A-Za-z_][A-Za-z0-9_]*)*")
_RESERVED = {"true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"}
_KNOWN_TYPES: set[str] = set()
_new: Any = tuple.__new__
"Makes a named tuple in a third of the time of its constructor; for what is made once a question."


def evaluation_hot(point: DecisionPoint, body: bytes, request_id: str) -> bytes | None:
    """Answer a plain evaluation, bytes to bytes; None for what the handler must look at."""
    try:
        asked = EVALUATION.decode(body)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if not surely_once(body, _names(asked)):
        return None
    return written(point.decide(question_of(asked, request_id)))


def evaluation(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Answer one evaluation."""
    wrong = not_json(request)
    if wrong is not None:
        return wrong
    asked = decoded(EVALUATION, request.body)
    explain = decoded(EXPLAINED, request.body).options
    return _single(point, asked, request, explain=explain is not None and explain.explain)


def evaluations(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Answer a batch; an error of one evaluation is its own denial."""
    wrong = not_json(request)
    if wrong is not None:
        return wrong
    asked = decoded(EVALUATIONS, request.body)
    explain = asked.options is not None and asked.options.explain
    if not asked.evaluations:
        return _single(point, decoded(EVALUATION, request.body), request, explain=explain)
    if len(asked.evaluations) > MOST_EVALUATIONS:
        return refusal(HTTPStatus.BAD_REQUEST, f"more than {MOST_EVALUATIONS:,} evaluations")
    semantic = asked.options.evaluations_semantic if asked.options else "execute_all"
    enough = SEMANTICS.get(semantic)
    if enough is None:
        return refusal(HTTPStatus.BAD_REQUEST, f"evaluations_semantic is one of {list(SEMANTICS)}")
    request_id = request.headers.get("x-request-id", "")
    answers: list[bytes] = []
    for allowed, each in _batch(point, asked, request_id, explain=explain):
        answers.append(each)
        if enough(allowed):
            break
    return HttpAnswer(body=b'{"evaluations":[%b]}' % b",".join(answers))


def _single(
    point: DecisionPoint, asked: Evaluation, request: HttpRequest, *, explain: bool
) -> HttpAnswer:
    try:
        question = question_of(asked, request.headers.get("x-request-id", ""), explain=explain)
    except BadInputError as error:
        return HttpAnswer(body=failed(HTTPStatus.BAD_REQUEST, error.problem))
    return HttpAnswer(body=written(point.decide(question), explain=explain))


def _batch(
    point: DecisionPoint, asked: Evaluations, request_id: str, *, explain: bool
) -> Iterator[tuple[bool, bytes]]:
    for raw in asked.evaluations or ():
        try:
            item = _completed(ITEM.decode(raw), asked)
            answer = point.decide(question_of(item, request_id, explain=explain))
        except (msgspec.MsgspecError, BadInputError, RecursionError) as error:
            message = error.problem if isinstance(error, BadInputError) else str(error)
            yield False, failed(HTTPStatus.BAD_REQUEST, message)
        else:
            yield answer.allowed, written(answer, explain=explain)


def _completed(item: Item, defaults: Item) -> Evaluation:
    """Fill one evaluation from the defaults, member by member (section 7.1.1).

    A member that is there stands for itself; only a type, an id or a name it lacks is filled in.
    """
    action = item.action or defaults.action
    name = action.name if action else None
    if name is None and defaults.action is not None:
        name = defaults.action.name
    if action is None or name is None:
        raise BadInputError("action.name is missing")
    return Evaluation(
        _filled("subject", item.subject, defaults.subject),
        Action(name, action.properties),
        _filled("resource", item.resource, defaults.resource),
        item.context if item.context is not None else defaults.context,
    )


def _filled(member: str, own: PartEntity | None, default: PartEntity | None) -> Entity:
    found = own or default
    if found is None:
        raise BadInputError(f"{member} is missing")
    behind = default or PartEntity()
    kind = found.type if found.type is not None else behind.type
    name = found.id if found.id is not None else behind.id
    if kind is None or name is None:
        raise BadInputError(f"{member}.{'type' if kind is None else 'id'} is missing")
    return Entity(kind, name, found.properties)


def question_of(asked: Evaluation, request_id: str = "", *, explain: bool = False) -> Question:
    """Put a request into Cedar's terms."""
    subject, action, resource = asked.subject, asked.action, asked.resource
    if subject.type not in _KNOWN_TYPES:
        entity_type(subject.type)
    if resource.type not in _KNOWN_TYPES:
        entity_type(resource.type)
    who = _new(Uid, (subject.type, subject.id))
    what = _new(Uid, ("Action", action.name))
    where = _new(Uid, (resource.type, resource.id))
    given: Stated = NOTHING_STATED
    if subject.properties or resource.properties or action.properties:
        given = _stated((who, subject.properties), (where, resource.properties))
        if action.properties:
            given = {**given, what: cedar_record(action.properties)}
    context, session_id, supported = asking(asked.context)
    parts = (who, what, where, context, session_id, request_id, given, supported, explain)
    question: Question = _new(Question, parts)
    return question


def _stated(subject: tuple[Uid, Properties], resource: tuple[Uid, Properties]) -> Stated:
    """Give what is stated of both sides; the same entity on both may not contradict itself."""
    given: dict[Uid, dict[str, Value]] = {}
    for uid, properties in (subject, resource):
        if not properties:
            continue
        stated = cedar_record(properties)
        own = given.get(uid, stated)
        if any(not same(normal(own[name]), normal(stated[name])) for name in own.keys() & stated):
            raise BadInputError("subject and resource are one and contradict each other")
        given[uid] = own | stated
    return given


def asking(
    context: Properties,
) -> tuple[dict[str, Value], str | None, frozenset[str] | None]:
    """Part the context into Cedar's, the live session and what the enforcement point can honour."""
    if not context:
        return {}, None, None
    found = cedar_record(context)
    supported = None
    if "obligations_supported" in context:
        supported = declared(context["obligations_supported"])
        del found["obligations_supported"]
    session = found.get("session_id")
    if session is not None and not isinstance(session, str):
        raise BadInputError("context.session_id is no text")
    return found, session, supported


def entity_type(name: str) -> str:
    """Give the Cedar entity type; a type no policy can name is a bad request."""
    if name in _KNOWN_TYPES:
        return name
    if not _NAME.fullmatch(name) or not _RESERVED.isdisjoint(name.split("::")):
        raise BadInputError(
            f"{name[:80]!r} is no entity type",
            remedy="letters, digits and _, parts joined by ::",
        )
    if len(_KNOWN_TYPES) < MOST_EVALUATIONS:
        _KNOWN_TYPES.add(name)
    return name


def written(answer: Answer, *, explain: bool = False) -> bytes:
    """Write an answer."""
    if answer.verdict is None:
        return b'{"decision":%b}' % (b"true" if answer.allowed else b"false")
    parts = [answer.verdict.opening, b',"epoch":%d' % answer.epoch]
    if answer.obligations:
        told = msgspec.json.encode([each.json() for each in answer.obligations])
        parts.append(b',"obligations":' + told)
    if answer.errors:
        parts.append(b',"policy_errors":' + msgspec.json.encode(answer.errors))
    if explain:
        parts.append(b',"attributes":' + msgspec.json.encode(answer.attributes))
    if answer.decision_id:
        parts.append(b',"id":"%b"' % answer.decision_id.encode())
    parts.append(b"}}")
    return b"".join(parts)


def failed(status: int, message: str) -> bytes:
    """Write the denial of an evaluation that is in error (section 7.2.1)."""
    return msgspec.json.encode(
        {"decision": False, "context": {"error": {"status": int(status), "message": message}}}
    )


def not_json(request: HttpRequest) -> HttpAnswer | None:
    """Refuse what is no JSON: another type is a bad request, a coded body is not taken."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.replace(" ", "").replace('"', "").lower()
    if kind.strip().lower() != "application/json" or charset not in {"", "charset=utf-8"}:
        return refusal(HTTPStatus.BAD_REQUEST, "content-type is application/json in UTF-8")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        return refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the body is taken uncoded only")
    if not request.body:
        return refusal(HTTPStatus.BAD_REQUEST, "the body is empty")
    return None


def _names(asked: Evaluation) -> int:
    subject, action = asked.subject.properties, asked.action.properties
    resource, context = asked.resource.properties, asked.context
    names = FIXED if context is None else FIXED + 1 + keys(context)
    if subject is not None or action is not None or resource is not None:
        for each in (subject, action, resource):
            if each is not None:
                names += 1 + keys(each)
    return names


ROUTES = (
    PdpRoute(
        method="POST",
        path="/access/v1/evaluation",
        handler=evaluation,
        scope=EVALUATE,
        hot=evaluation_hot,
    ),
    PdpRoute(method="POST", path="/access/v1/evaluations", handler=evaluations, scope=EVALUATE),
)

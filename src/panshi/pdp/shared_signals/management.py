"""The transmitter's side over HTTP: metadata, keys, stream management (SSF 1.0 sections 7, 8)."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import parse_qs

from panshi.pdp.http import HttpAnswer, HttpRequest, json_answer
from panshi.pdp.point import DecisionPoint
from panshi.pdp.shared_signals.access import (
    MANAGE,
    NO_STORE,
    READ,
    Caller,
    NotLetInError,
    issue_token,
    let_in,
)
from panshi.pdp.shared_signals.hub import Hub, hub_of
from panshi.pdp.shared_signals.sending import as_row, as_stream
from panshi.protection.zero_trust.signals import metadata, polling, streams, subjects
from panshi.protection.zero_trust.signals.metadata import BASE
from panshi.protection.zero_trust.signals.refusal import RefusedError
from panshi.protection.zero_trust.signals.streams import (
    MOST_SUBJECTS,
    SendingStream,
    StreamFaultError,
    StreamStatus,
)
from panshi.protection.zero_trust.signals.strict_json import Json, read_object
from panshi.store.signal_rows import StreamRow

POLL = f"{BASE}/poll/"
HOLD_S = 30.0
"How long a poll is held open while nothing waits."
LOOK_S = 0.05
LONGEST_STATE = 2_048

type Work = Callable[[Hub, Caller, HttpRequest], HttpAnswer]


def configuration(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Give the transmitter's metadata; it is public."""
    return _document(point, request, metadata.transmitter)


def protected_resource(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Give the metadata of the management API (RFC 9728)."""
    return _document(point, request, metadata.resource)


def authorization_server(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Give the metadata of the token endpoint (RFC 8414)."""
    return _document(point, request, metadata.authorization_server)


def key_set(point: DecisionPoint, _request: HttpRequest) -> HttpAnswer:
    """Give our public keys."""
    hub = hub_of(point)
    if hub is None or not hub.sender.issuer:
        return HttpAnswer(status=HTTPStatus.NOT_FOUND)
    body = json_answer(hub.sender.key_set()).body
    return HttpAnswer(body=body, headers=(("Cache-Control", "max-age=300"),))


def token(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Give an access token for client credentials."""
    hub = hub_of(point)
    if hub is None or not hub.sender.issuer:
        return HttpAnswer(status=HTTPStatus.NOT_FOUND)
    return issue_token(hub, request)


def create(hub: Hub, caller: Caller, request: HttpRequest) -> HttpAnswer:
    """Create a stream (8.1.1.1)."""
    if len(hub.store.streams(caller.receiver.name)) >= caller.receiver.most_streams:
        raise StreamFaultError(HTTPStatus.CONFLICT, "this receiver has as many streams as it may")
    made = streams.created(
        secrets.token_hex(16),
        caller.receiver.name,
        _body(request),
        hub.sender.terms(caller.receiver),
        hub.clock(),
    )
    hub.store.keep_stream(as_row(made), made.delivery.authorization_header)
    return _json(streams.as_json(made, hub.sender.terms(caller.receiver)), HTTPStatus.CREATED)


def read(hub: Hub, caller: Caller, request: HttpRequest) -> HttpAnswer:
    """Read one stream, or all of this receiver (8.1.1.2)."""
    terms = hub.sender.terms(caller.receiver)
    wanted = _query(request, "stream_id")
    if wanted is None:
        rows = hub.store.streams(caller.receiver.name)
        return _json([streams.as_json(as_stream(row), terms) for row in rows])
    row = _row(hub, caller, wanted)
    return _json(streams.as_json(as_stream(row), terms))


def update(hub: Hub, caller: Caller, request: HttpRequest) -> HttpAnswer:
    """Change what is named (8.1.1.3)."""
    return _changed(hub, caller, request, streams.patched)


def put(hub: Hub, caller: Caller, request: HttpRequest) -> HttpAnswer:
    """Replace all that is the receiver's (8.1.1.4)."""
    return _changed(hub, caller, request, streams.replaced)


def delete(hub: Hub, caller: Caller, request: HttpRequest) -> HttpAnswer:
    """Delete a stream (8.1.1.5)."""
    wanted = _query(request, "stream_id")
    if not wanted:
        raise StreamFaultError(HTTPStatus.BAD_REQUEST, "stream_id is missing")
    hub.store.drop_stream(_row(hub, caller, wanted).id)
    return HttpAnswer(status=HTTPStatus.NO_CONTENT, headers=(NO_STORE,))


def read_status(hub: Hub, caller: Caller, request: HttpRequest) -> HttpAnswer:
    """Read a stream's status (8.1.2.1)."""
    wanted = _query(request, "stream_id")
    if not wanted:
        raise StreamFaultError(HTTPStatus.BAD_REQUEST, "stream_id is missing")
    return _json(streams.status_json(as_stream(_row(hub, caller, wanted))))


def set_status(hub: Hub, caller: Caller, request: HttpRequest) -> HttpAnswer:
    """Change a stream's status (8.1.2.2)."""
    body = _body(request)
    row = _row(hub, caller, streams.stream_id_of(body))
    changed = streams.with_status(as_stream(row), body)
    hub.store.keep_stream(as_row(changed), hub.store.stream_secret(row.id))
    if changed.status is StreamStatus.DISABLED:
        hub.store.shorten(row.id, 0)
    elif changed.status is StreamStatus.ENABLED:
        hub.sender.arrived.add(row.id)
        fare = hub.store.stream_fare(row.id)
        hub.store.keep_stream_fare(row.id, replace(fare, failures=0, next_try=0.0))
    return _json(streams.status_json(changed))


def add_subject(hub: Hub, caller: Caller, request: HttpRequest) -> HttpAnswer:
    """Add a subject (8.1.3.2); whether we know it is not told (9.1)."""
    _subject(hub, caller, request, wanted=True)
    return HttpAnswer(status=HTTPStatus.OK, headers=(NO_STORE,))


def remove_subject(hub: Hub, caller: Caller, request: HttpRequest) -> HttpAnswer:
    """Take a subject out (8.1.3.3)."""
    _subject(hub, caller, request, wanted=False)
    return HttpAnswer(status=HTTPStatus.NO_CONTENT, headers=(NO_STORE,))


def verification(hub: Hub, caller: Caller, request: HttpRequest) -> HttpAnswer:
    """Send a verification event (8.1.4.2), not more often than agreed."""
    body = _body(request)
    row = _row(hub, caller, streams.stream_id_of(body))
    state = body.get("state")
    if state is not None and (not isinstance(state, str) or len(state) > LONGEST_STATE):
        raise StreamFaultError(HTTPStatus.BAD_REQUEST, "state is not a text")
    fare, now = hub.store.stream_fare(row.id), hub.clock()
    least = hub.sender.terms(caller.receiver).min_verification_interval
    if fare.asked_at is not None and now - fare.asked_at < least:
        raise StreamFaultError(HTTPStatus.TOO_MANY_REQUESTS, f"ask again after {least} seconds")
    hub.store.keep_stream_fare(row.id, replace(fare, asked_at=now, active_at=now))
    hub.sender.verify(row, state)
    return HttpAnswer(status=HTTPStatus.NO_CONTENT, headers=(NO_STORE,))


async def poll(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Answer a poll (RFC 8936): at once where something waits or nobody wants to wait."""
    hub = hub_of(point)
    if hub is None or not hub.sender.issuer:
        return HttpAnswer(status=HTTPStatus.NOT_FOUND)
    try:
        caller = let_in(hub, request, READ)
        row = _row(hub, caller, request.path.removeprefix(POLL))
        ask = polling.read_ask(_body(request))
    except NotLetInError as error:
        return error.answer
    except StreamFaultError as error:
        return _json({"error": error.problem}, error.status)
    except RefusedError as error:
        return _json({"error": error.refusal.english}, HTTPStatus.BAD_REQUEST)
    waiting, more = hub.sender.answer_poll(row, ask)
    loop = asyncio.get_running_loop()
    until = loop.time() + HOLD_S
    only_telling = bool(ask.ack or ask.errors) and ask.most == 0
    while not waiting and not ask.at_once and not only_telling and loop.time() < until:
        await asyncio.sleep(LOOK_S)
        if row.id in hub.sender.arrived:
            fresh = hub.store.stream(row.id)
            if fresh is None:
                return _json({"error": "the stream was deleted"}, HTTPStatus.NOT_FOUND)
            waiting, more = hub.sender.answer_poll(fresh, replace(ask, ack=(), errors={}))
    return _json(polling.write_given(waiting, more=more))


def managed(work: Work, scope: str) -> Callable[[DecisionPoint, HttpRequest], HttpAnswer]:
    """Let a receiver in by its token, and turn what it cannot do into a status."""

    def handler(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
        hub = hub_of(point)
        if hub is None or not hub.sender.issuer:
            return HttpAnswer(status=HTTPStatus.NOT_FOUND)
        try:
            caller = let_in(hub, request, scope)
            return work(hub, caller, request)
        except NotLetInError as error:
            return error.answer
        except StreamFaultError as error:
            return _json({"error": error.problem}, error.status)
        except RefusedError as error:
            return _json({"error": error.refusal.english}, HTTPStatus.BAD_REQUEST)

    return handler


ROUTES_MANAGED: tuple[tuple[str, str, Work, str], ...] = (
    ("POST", "/streams", create, MANAGE),
    ("GET", "/streams", read, READ),
    ("PATCH", "/streams", update, MANAGE),
    ("PUT", "/streams", put, MANAGE),
    ("DELETE", "/streams", delete, MANAGE),
    ("GET", "/status", read_status, READ),
    ("POST", "/status", set_status, MANAGE),
    ("POST", "/subjects/add", add_subject, MANAGE),
    ("POST", "/subjects/remove", remove_subject, MANAGE),
    ("POST", "/verification", verification, READ),
)


def _document(
    point: DecisionPoint, request: HttpRequest, write: Callable[[str, str], dict[str, Json]]
) -> HttpAnswer:
    hub = hub_of(point)
    issuer = hub.sender.issuer if hub is not None else ""
    if hub is None or not issuer or not _is_ours(request.path, issuer):
        return HttpAnswer(status=HTTPStatus.NOT_FOUND)
    return json_answer(write(issuer, hub.sender.address))


def _is_ours(path: str, issuer: str) -> bool:
    """Whether a well-known address ends with the issuer's own path (SSF 7.2)."""
    own = issuer.partition("://")[2].partition("/")[2].rstrip("/")
    return path.endswith(own) if own else path.count("/") == 2  # noqa: PLR2004 -- /.well-known/name


def _changed(
    hub: Hub,
    caller: Caller,
    request: HttpRequest,
    change: Callable[[SendingStream, dict[str, Json], streams.Terms], SendingStream],
) -> HttpAnswer:
    body = _body(request)
    row = _row(hub, caller, streams.stream_id_of(body))
    terms = hub.sender.terms(caller.receiver)
    changed = change(as_stream(row), body, terms)
    secret = changed.delivery.authorization_header
    if "delivery" not in body:
        secret = hub.store.stream_secret(row.id)
    hub.store.keep_stream(as_row(changed), secret)
    return _json(streams.as_json(changed, terms))


def _subject(hub: Hub, caller: Caller, request: HttpRequest, *, wanted: bool) -> None:
    body = _body(request)
    row = _row(hub, caller, streams.stream_id_of(body))
    subject = subjects.read(body.get("subject"))
    if len(hub.store.subjects(row.id, wanted=wanted)) >= MOST_SUBJECTS:
        raise StreamFaultError(HTTPStatus.FORBIDDEN, "this stream has as many subjects as it may")
    text = json.dumps(subjects.write(subject), ensure_ascii=False, sort_keys=True)
    hub.store.want_subject(row.id, text, wanted=wanted)


def _row(hub: Hub, caller: Caller, stream_id: str) -> StreamRow:
    row = hub.store.stream(stream_id)
    if row is None or row.receiver != caller.receiver.name:
        raise StreamFaultError(HTTPStatus.NOT_FOUND, "there is no such stream for this receiver")
    fare = hub.store.stream_fare(row.id)
    hub.store.keep_stream_fare(row.id, replace(fare, active_at=hub.clock()))
    return row


def _body(request: HttpRequest) -> dict[str, Json]:
    return read_object(request.body)


def _query(request: HttpRequest, name: str) -> str | None:
    found = parse_qs(request.query, max_num_fields=20).get(name)
    return found[0] if found else None


def _json(value: object, status: int = HTTPStatus.OK) -> HttpAnswer:
    return HttpAnswer(status=status, body=json_answer(value).body, headers=(NO_STORE,))

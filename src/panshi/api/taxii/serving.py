"""One TAXII request: where it goes, who asks, what is answered.

Members come in by their signature or token (`member_gate`); people and programs of the hub by a
token of the node, as Bearer or as the password of HTTP Basic. A node that is no hub has no TAXII
server.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import os
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from time import monotonic
from typing import Any

from panshi.alliance.intelligence.collections import ROOT
from panshi.api.exchange import RefusalError
from panshi.api.member_gate import admitted
from panshi.api.receiving import Receive
from panshi.api.sender import Scope, Senders, header, slow_down
from panshi.api.taxii import resources
from panshi.api.taxii.asking import wanted_of
from panshi.api.taxii.messages import MEDIA, Reply, check_accept, check_content, told_error
from panshi.errors import ForbiddenError, MissingError, PanshiError
from panshi.model.alliance.member import Scope as MemberScope
from panshi.node.accounts import held_roles
from panshi.node.alliance.hub import is_hub
from panshi.node.alliance.members import reader_of
from panshi.node.alliance.objects import MOST_BYTES, Party, staff
from panshi.node.authority import token_permitted
from panshi.node.node import Node
from panshi.node.running import running_node
from panshi.node.tokens import PREFIX as NODE_TOKEN

PATH = resources.PREFIX
BODY_SECONDS = 60.0
READ, WRITE = "taxii.read", "taxii.write"
CHALLENGE = (
    (b"www-authenticate", b'Basic realm="panshi taxii", charset="UTF-8"'),
    (b"www-authenticate", b'Bearer realm="panshi taxii"'),
)
HEADERS = (
    (b"content-type", MEDIA.encode()),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)
MAX_PATH = 1_000

type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Answering = Callable[[Node, Party, bytes], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a method on a path leads to."""

    answer: Answering
    opens: str = READ
    takes_body: bool = False


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request."""
    try:
        answer = await _answer(scope, receive)
    except PanshiError as error:
        answer = told_error(_public(error))
    except Exception as error:  # noqa: BLE001 -- the entry point answers whatever happens
        answer = await asyncio.to_thread(_failed, error)
    await _send(scope, send, answer)


async def _answer(scope: Scope, receive: Receive) -> Reply:
    node = running_node()
    if not await asyncio.to_thread(is_hub, node):
        raise RefusalError(HTTPStatus.NOT_FOUND, "this node is no hub", remedy="`panshi hub`")
    ways = _ways(scope)
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    way = ways.get(method, Way(answer=_no_such_method(ways)))
    async with _party(node, scope, receive, way) as (party, body):
        check_accept(scope)
        if way.takes_body:
            check_content(scope)
        return await asyncio.to_thread(way.answer, node, party, body)


def _ways(scope: Scope) -> dict[str, Way]:
    """Give what the path offers, by method; nothing is looked up yet."""
    path = scope["path"]
    if len(path) > MAX_PATH or "\0" in path:
        return _nowhere()
    match [each for each in path[len(PATH) :].split("/") if each]:
        case []:
            return {"GET": Way(answer=lambda node, _p, _b: resources.discovery(node, _here(scope)))}
        case [root, *rest] if root == ROOT:
            return _below_root(scope, rest)
        case _:
            return _nowhere()


def _below_root(scope: Scope, rest: list[str]) -> dict[str, Way]:
    match rest:
        case []:
            return {"GET": Way(answer=lambda node, _p, _b: resources.api_root(node))}
        case ["status", name]:
            return {"GET": Way(answer=lambda node, party, _b: resources.status(node, name, party))}
        case ["collections"]:
            return {
                "GET": Way(answer=lambda node, party, _b: resources.every_collection(node, party))
            }
        case ["collections", name]:
            return {
                "GET": Way(
                    answer=lambda node, party, _b: resources.one_collection(node, name, party)
                )
            }
        case ["collections", name, *below]:
            return _in_collection(scope, name, below)
        case _:
            return _nowhere()


def _in_collection(scope: Scope, name: str, below: list[str]) -> dict[str, Way]:
    def found(
        give: Callable[..., Reply], *, object_id: str = "", versions: str = "last"
    ) -> Answering:
        def answer(node: Node, party: Party, _body: bytes) -> Reply:
            one = resources.opened_to(node, name, party)
            wanted = wanted_of(scope, object_id=object_id, versions=versions)
            return give(node, one, wanted, party)

        return answer

    def added(node: Node, party: Party, body: bytes) -> Reply:
        return resources.added(node, resources.opened_to(node, name, party), body, party)

    match below:
        case ["manifest"]:
            return {"GET": Way(answer=found(resources.manifest))}
        case ["objects"]:
            return {
                "GET": Way(answer=found(resources.objects)),
                "POST": Way(answer=added, opens=WRITE, takes_body=True),
            }
        case ["objects", object_id]:

            def removed(node: Node, party: Party, _body: bytes) -> Reply:
                one = resources.opened_to(node, name, party)
                wanted = wanted_of(scope, object_id=object_id, versions="all")
                return resources.removed(node, one, object_id, wanted, party)

            return {
                "GET": Way(answer=found(resources.of_object, object_id=object_id)),
                "DELETE": Way(answer=removed, opens=WRITE),
            }
        case ["objects", object_id, "versions"]:
            give = found(resources.versions, object_id=object_id, versions="all")
            return {"GET": Way(answer=give)}
        case _:
            return _nowhere()


def _nowhere() -> dict[str, Way]:
    def answer(_node: Node, _party: Party, _body: bytes) -> Reply:
        raise MissingError("there is nothing here")

    return dict.fromkeys(("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"), Way(answer=answer))


def _no_such_method(ways: dict[str, Way]) -> Answering:
    allowed = ", ".join((*ways, "HEAD")).encode()

    def answer(_node: Node, _party: Party, _body: bytes) -> Reply:
        raise RefusalError(
            HTTPStatus.METHOD_NOT_ALLOWED, "not this way", headers=((b"allow", allowed),)
        )

    return answer


# -- who asks ------------------------------------------------------------------------------------


@asynccontextmanager
async def _party(
    node: Node, scope: Scope, receive: Receive, way: Way
) -> AsyncIterator[tuple[Party, bytes]]:
    """Let a member or somebody of the hub in, with the request's body."""
    clear = _node_token(header(scope, b"authorization"))
    if clear:
        party = await asyncio.to_thread(_staff, node, scope, clear, way.opens)
        yield party, await _received(scope, receive) if way.takes_body else b""
        return
    if not header(scope, b"authorization") and not header(scope, b"signature-input"):
        slow_down(_seen().unknown.wait(_seen().address(scope), monotonic()))
        raise _unknown("no credentials")
    opens = MemberScope.TAXII_WRITE if way.opens == WRITE else MemberScope.TAXII_READ
    if way.takes_body:
        _check_told(scope)
    async with admitted(scope, receive, opens=opens) as came:
        if came.entry is None:
            raise _unknown("no member")
        member = came.entry.member
        yield Party(reader=reader_of(member), actor=came.entry.actor), came.body


def _staff(node: Node, scope: Scope, clear: str, action: str) -> Party:
    token = node.tokens.holder(clear, node.clock())
    held = held_roles(token) if token is not None else ()
    if token is None or not held:
        slow_down(_seen().unknown.wait(_seen().address(scope), monotonic()))
        raise _unknown("no valid token")
    node.tokens.note_use(token, node.clock())
    if not token_permitted(token, action, held):
        node.audit(token.actor, action, PATH, allowed=False, detail=f"by token {token.name}")
        raise ForbiddenError(f"role {token.role} may not {action}", remedy="use another token")
    return staff(token.actor)


def _node_token(authorization: str) -> str:
    """Give a token of this node from Bearer, or from the password of Basic; empty: none."""
    scheme, _, shown = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            shown = base64.b64decode(shown.strip(), validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    elif scheme.lower() != "bearer":
        return ""
    shown = shown.strip()
    return shown if shown.startswith(NODE_TOKEN) else ""


def _unknown(problem: str) -> RefusalError:
    return RefusalError(
        HTTPStatus.UNAUTHORIZED,
        problem,
        remedy="a token as Bearer, or as the password of HTTP Basic",
        headers=CHALLENGE,
    )


@cache
def _seen() -> Senders:
    return Senders()


# -- bodies and answers ----------------------------------------------------------------------


def _check_told(scope: Scope) -> None:
    told = header(scope, b"content-length")
    if told.isascii() and told.isdecimal() and int(told[:20]) > MOST_BYTES:
        raise _too_large()


async def _received(scope: Scope, receive: Receive) -> bytes:
    _check_told(scope)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise RefusalError(HTTPStatus.BAD_REQUEST, "the sender went away")
                size += len(message.get("body", b""))
                if size > MOST_BYTES:
                    raise _too_large()
                chunks.append(message.get("body", b""))
                if not message.get("more_body"):
                    return b"".join(chunks)
    except TimeoutError as error:
        raise RefusalError(HTTPStatus.REQUEST_TIMEOUT, "the body did not come in time") from error


def _too_large() -> RefusalError:
    return RefusalError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"larger than {MOST_BYTES:,} bytes (max_content_length)",
        remedy="send the objects in parts",
    )


def _public(error: PanshiError) -> PanshiError:
    """Give a refusal of a member the headers that belong to it."""
    refused = getattr(error, "refused", None)
    if refused is None:
        return error
    extra: list[tuple[bytes, bytes]] = []
    if refused.status == HTTPStatus.UNAUTHORIZED:
        extra += CHALLENGE
    if refused.retry_after:
        extra.append((b"retry-after", str(max(1, round(refused.retry_after))).encode()))
    return RefusalError(
        HTTPStatus(refused.status), refused.problem, remedy=refused.remedy, headers=tuple(extra)
    )


def _failed(error: Exception) -> Reply:
    """Answer to a fault nobody foresaw, and record it where that can be done."""
    try:
        running_node().audit("", "taxii.failure", PATH, detail=type(error).__name__)
    except PanshiError as unrecorded:
        return told_error(unrecorded)
    return told_error(PanshiError("an internal fault; it was recorded"))


def _here(scope: Scope) -> str:
    host = header(scope, b"host") or "localhost"
    return resources.address_of(host, os.environ.get("PANSHI_URL", ""))


async def _send(scope: Scope, send: Send, answer: Reply) -> None:
    size = (b"content-length", str(len(answer.body)).encode())
    headers = [*HEADERS, size, *answer.headers]
    await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
    body = b"" if scope["method"] == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})

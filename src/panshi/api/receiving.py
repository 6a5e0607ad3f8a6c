"""What a request brings: the parts of its query, and its body, each within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from panshi.api.decoding import MAX_JSON, decode_body, decode_query, refuse_unknown
from panshi.api.exchange import JSON, RefusalError
from panshi.api.names import MAX_NAME
from panshi.api.route import Route
from panshi.api.sender import Scope, header
from panshi.errors import BadInputError

MAX_BODY = 512 * 1024 * 1024
MAX_PARTS = 20
MAX_QUERY = 64 * 1024

type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


def query_of(scope: Scope) -> dict[str, str]:
    """Give the query's parts; each stands once."""
    raw = scope["query_string"].decode("latin-1")
    if len(raw) > MAX_QUERY:
        raise RefusalError(HTTPStatus.REQUEST_URI_TOO_LONG, "the query is too long")
    try:
        parts = parse_qsl(raw, keep_blank_values=True, max_num_fields=MAX_PARTS)
    except ValueError as error:
        raise BadInputError("too many parts in the query") from error
    query = dict(parts)
    if len(query) < len(parts):
        raise BadInputError("a part of the query stands twice", remedy="name each part once")
    check_texts(query.values())
    return query


def check_names(names: Mapping[str, str]) -> None:
    """Refuse named parts of a path that name nothing: too long, or no text."""
    check_texts(names.values())
    if any(len(each) > MAX_NAME for each in names.values()):
        raise RefusalError(
            HTTPStatus.NOT_FOUND, f"nothing has a name longer than {MAX_NAME} characters"
        )


def check_texts(texts: Iterable[str]) -> None:
    """Refuse characters that no name holds."""
    for text in texts:
        if "\0" in text or "\ufffd" in text:
            raise BadInputError("a text holds characters that are none", remedy="UTF-8 without NUL")


def wanted_of(route: Route, query: dict[str, str]) -> object:
    """Give the query as the route's dataclass, or check that its names are the route's."""
    if route.query is not None:
        return decode_query(query, route.query)
    refuse_unknown(query, set())
    return None


async def given_of(route: Route, scope: Scope, receive: Receive) -> object:
    """Give the JSON body as the route's dataclass."""
    if route.body is None:
        return None
    check_json(scope)
    parts: list[bytes] = []
    await _receive(scope, receive, MAX_JSON, parts.append)
    return await asyncio.to_thread(decode_body, b"".join(parts), route.body)


def check_json(scope: Scope) -> None:
    """Refuse a body that does not say that it is JSON."""
    media_type = header(scope, b"content-type").partition(";")[0].strip().lower()
    if media_type != JSON:
        raise RefusalError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the body is {media_type[:60] or 'of no type'}, not JSON",
            remedy=f"Content-Type: {JSON}",
        )


async def receive_into(path: Path, scope: Scope, receive: Receive) -> None:
    """Write the body to a file."""
    with path.open("wb") as file:
        await _receive(scope, receive, MAX_BODY, file.write)


async def _receive(
    scope: Scope, receive: Receive, most: int, keep: Callable[[bytes], object]
) -> None:
    told = header(scope, b"content-length")
    taken = int(told) if told.isascii() and told.isdecimal() else 0
    _check_size(taken, most)
    taken = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadInputError("the sender went away before the end")
        chunk = message.get("body", b"")
        taken += len(chunk)
        _check_size(taken, most)
        if chunk:
            await asyncio.to_thread(keep, chunk)
        if not message.get("more_body"):
            return


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"larger than {most:,} bytes")

"""Ask the ASGI application as a server would, without one."""

import asyncio
import json
from contextvars import copy_context
from itertools import count
from typing import Any

from panshi.api.asgi import application
from panshi.api.route import PREFIX
from panshi.node.node import Node

NUMBERS = count(1)
"Of tokens: two of one name would be one."
RUNNER = asyncio.Runner()
"One loop with its threads for all requests, as a server has it."


def ask(
    method: str,
    path: str,
    *,
    token: str = "",
    query: str = "",
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    prefix: str = PREFIX,
) -> tuple[int, dict[str, str], bytes]:
    """Send one request; gives status, headers and body."""
    sent: list[dict[str, Any]] = []
    told = [(key.encode(), value.encode()) for key, value in (headers or {}).items()]
    told += [(b"authorization", f"Bearer {token}".encode())] if token else []
    scope = {
        "type": "http",
        "method": method,
        "path": prefix + path,
        "query_string": query.encode(),
        "headers": told,
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    RUNNER.run(application(scope, receive, send), context=copy_context())
    head = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return sent[0]["status"], head, sent[1]["body"]


def answer(
    node: Node, method: str, path: str, *, role: str = "analyst", value: object = None
) -> tuple[int, dict[str, str], bytes]:
    """Ask as a program of a role, with a value as JSON; gives status, headers and body."""
    token = node.tokens.make(name=f"a-{next(NUMBERS)}", role=role, days=1, now=node.clock())
    path, _, query = path.partition("?")
    if value is None:
        return ask(method, path, token=token, query=query)
    head = {"content-type": "application/json"}
    body = json.dumps(value).encode()
    return ask(method, path, token=token, query=query, headers=head, body=body)


def asked(
    node: Node, method: str, path: str, *, role: str = "analyst", value: object = None
) -> tuple[int, Any]:
    """Ask as `answer` does; gives the status and what the JSON says."""
    status, _head, body = answer(node, method, path, role=role, value=value)
    return status, json.loads(body)

"""Ask the ASGI application as a server would, without one."""

import asyncio
from typing import Any

from panshi.api.asgi import application
from panshi.api.route import PREFIX


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

    asyncio.run(application(scope, receive, send))
    head = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return sent[0]["status"], head, sent[1]["body"]

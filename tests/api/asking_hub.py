"""Ask a hub as its staff with a token, or as a member that signs."""

import json

from tests.api.asking import ask
from tests.node.alliance.members_at_hub import HOST, signed


def by_staff(method, path, token, value=None):
    body = json.dumps(value).encode() if value is not None else b""
    headers = {"content-type": "application/json"} if body else {}
    status, _head, raw = ask(method, path, token=token, body=body, headers=headers)
    return status, json.loads(raw) if raw else None


def by_member(hub, key, method, path, value=None, *, sent=None, **more):
    """Send a request a member signed; `sent` is what comes instead of what was signed."""
    body = json.dumps(value).encode() if value is not None else None
    request = signed(key, method, f"/api/v1{path}", body, now=hub.clock(), **more)
    content = (body or b"") if sent is None else sent
    headers = dict(request.fields) | {"host": HOST}
    if content:
        headers |= {"content-length": str(len(content))}
    path, _, query = path.partition("?")
    status, head, raw = ask(method, path, query=query, body=content, headers=headers)
    return status, json.loads(raw) if raw else None, head

"""The OpenAPI 3.1 document, made from the table of routes and the types they name."""

from __future__ import annotations

from functools import cache
from typing import Any

from panshi import __version__
from panshi.api.exchange import JSON
from panshi.api.names import MAX_NAME, NAMES, Name
from panshi.api.route import PREFIX, Route
from panshi.api.routes import ROUTES
from panshi.api.schemas import Schema, Schemas, name_of, parameters, schemas

PROBLEM = "#/components/schemas/Problem"
REFUSALS = {
    400: "The signature or the digest is malformed",
    401: "No valid token, or no signature that holds",
    403: "The token's role or scopes do not permit it; the refusal is recorded",
    404: "What is named does not exist",
    408: "The body did not come in time",
    409: "What stands now does not allow it",
    413: "The body is too large",
    414: "The query is too long",
    415: "The body is not JSON",
    421: "Signed for another hub",
    422: "Something asked does not fit; the answer says what and where",
    429: "Too many requests; `Retry-After` says how many seconds to wait",
    503: "The place where state rests cannot be used now",
}
SUCCESSES = {
    200: "Done",
    201: "Made",
    202: "Taken; it is done afterwards",
    204: "Done; there is nothing to say",
    304: "Not modified",
}
ETAG: Schema = {"ETag": {"schema": {"type": "string"}, "description": "Digest of the answer"}}
RETRY: Schema = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait"}}
CHALLENGE: Schema = {"WWW-Authenticate": {"schema": {"type": "string"}}}


@cache
def document() -> dict[str, object]:
    """Describe every route."""
    described = schemas(
        [each.answers for each in ROUTES if each.answers is not None],
        [kind for each in ROUTES for kind in (each.query, each.body) if kind is not None],
    )
    paths: dict[str, dict[str, object]] = {}
    for route in ROUTES:
        path = PREFIX + route.path.replace(":rest", "")
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, described)
    queries = {
        name_of(each.query, described.components) for each in ROUTES if isinstance(each.query, type)
    }
    components = {k: v for k, v in described.components.items() if k not in queries}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Panshi",
            "version": __version__,
            "summary": "Resilience graded from evidence",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": each} for each in dict.fromkeys(route.tag for route in ROUTES)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by `panshi token make` or on the page of one's account",
                },
                "member": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Signature",
                    "description": "HTTP Message Signature (RFC 9421, Ed25519) of a hub's member",
                },
            },
            "schemas": {**components, "Problem": _PROBLEM},
        },
    }


_PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457 problem document",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "What is wrong"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What to do next"},
        "instance": {"type": "string", "description": "Where it was found"},
    },
    "required": ["type", "title", "status", "detail", "instance"],
}


def refusals(route: Route) -> tuple[int, ...]:
    """Give every status with which a route may refuse."""
    found = [429, 503]
    found += [401, 403] if route.action or route.opens else []
    found += [400, 408, 409, 413, 421] if route.opens else []
    found += [404] if route.of_hub or route.names or (route.method == "GET" and route.query) else []
    found += [409] if route.conflicts else []
    found += [413] if route.body or route.takes_body else []
    found += [414] if route.query else []
    found += [415] if route.body else []
    found += [422]
    return tuple(sorted(set(found)))


def _operation(route: Route, described: Schemas) -> dict[str, object]:
    told: list[Schema] = [_named(name, NAMES.get(name)) for name in route.names]
    if route.query is not None:
        told += parameters(route.query, described.components)
    operation: dict[str, object] = {
        "operationId": f"{route.method.lower()}_{route.tag}_{route.handler.__name__}",
        "summary": route.summary,
        "description": _opened_by(route),
        "tags": [route.tag],
        "parameters": told,
        "responses": _responses(route, described),
        "security": [{"token": []}] if route.action else [{"member": []}] if route.opens else [],
    }
    body = _body(route, described)
    return operation | ({"requestBody": body} if body else {})


def _opened_by(route: Route) -> str:
    if route.opens:
        return f"Opens to members of a hub: `{route.opens}`."
    return f"Action: `{route.action}`." if route.action else "For anyone."


def _responses(route: Route, described: Schemas) -> dict[str, object]:
    told: dict[str, object] = {}
    for status in route.statuses:
        schema = described.of[route.answers] if route.answers is not None else {}
        content = {"content": {route.media_type: {"schema": schema}}} if status != 204 else {}  # noqa: PLR2004 -- No Content
        tagged: Schema = {"headers": ETAG} if route.method == "GET" else {}
        told[str(status)] = {"description": SUCCESSES[status], **tagged, **content}
    if route.method == "GET":
        told["304"] = {"description": SUCCESSES[304], "headers": ETAG}
    problem = {"application/problem+json": {"schema": {"$ref": PROBLEM}}}
    for status in refusals(route):
        headers: Schema = {401: CHALLENGE, 429: RETRY}.get(status, {})
        told[str(status)] = {
            "description": REFUSALS[status],
            **({"headers": headers} if headers else {}),
            "content": problem,
        }
    return told


def _body(route: Route, described: Schemas) -> dict[str, object]:
    if route.body is not None:
        content: dict[str, Any] = {"schema": described.of[route.body]}
        if route.example is not None:
            content["example"] = route.example
        return {"required": True, "content": {JSON: content}}
    if route.takes_body:
        return {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    return {}


def _named(name: str, known: Name | None) -> Schema:
    schema = {"type": "string", "minLength": 1, "maxLength": MAX_NAME}
    told = {"name": name, "in": "path", "required": True, "schema": schema}
    return told | ({"description": known.description, "example": known.example} if known else {})

"""The OpenAPI 3.1 document, made from the table of routes."""

from __future__ import annotations

import re

from panshi import __version__
from panshi.api.route import PREFIX, Route
from panshi.api.routes import ROUTES


def document() -> dict[str, object]:
    """Describe every route."""
    paths: dict[str, dict[str, object]] = {}
    for route in ROUTES:
        path = PREFIX + route.path.replace(":rest", "")
        paths.setdefault(path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Panshi",
            "version": __version__,
            "summary": "Resilience graded from evidence",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _PROBLEM},
        },
    }


_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem document",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
    },
    "required": ["title", "status"],
}


def _operation(route: Route) -> dict[str, object]:
    named = re.findall(r"\{(\w+)", route.path)
    parameters = [_parameter(name, "path") for name in named]
    parameters += [_parameter(name, "query") for name in route.query]
    problem = {
        "description": "What went wrong and what to do next",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    operation: dict[str, object] = {
        "operationId": f"{route.method.lower()}_{route.handler.__name__}",
        "summary": route.summary,
        "parameters": parameters,
        "responses": {"200": {"description": route.summary}, "default": problem},
        "security": [{"token": []}] if route.action else [],
    }
    if route.takes_body:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": {}}},
        }
    return operation


def _parameter(name: str, where: str) -> dict[str, object]:
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "schema": {"type": "string"},
    }

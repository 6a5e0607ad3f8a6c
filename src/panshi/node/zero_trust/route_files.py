"""Reading the file that says which paths belong to which system: strict, with file and line.

routes:
  - host: pay.bank.example
    path: /transfers/**
    system: payments
    actions: {GET: read, POST: transfer}
"""

from __future__ import annotations

from pathlib import Path

from panshi.errors import BadInputError, ContentError
from panshi.governance.frameworks.reading import Part, parsed
from panshi.protection.zero_trust.enforcement.routes import Route, RouteTable


def route_of(part: Part, *, also: str = "") -> tuple[Route, dict[str, Part]]:
    """Read one route and what else the caller allows beside it; `also` lists further keys."""
    keys = part.keys(required="path system actions", optional=f"host {also}")
    methods = _actions(keys["actions"])
    route = Route(
        host=keys["host"].text() if "host" in keys else "*",
        path=keys["path"].text(),
        system=keys["system"].text(),
        actions=methods,
        place=part.place,
    )
    return route, {name: keys[name] for name in also.split() if name in keys}


def routes_of(raw: bytes, *, source: str) -> RouteTable:
    """Read a whole table."""
    top = parsed(raw, source=source).keys(required="routes")
    return RouteTable(route_of(part)[0] for part in top["routes"].items())


def read_routes(path: Path) -> RouteTable:
    """Read a table from a file; a file that cannot be read maps nothing and is an error."""
    return routes_of(read(path), source=path.name)


def read(path: Path) -> bytes:
    """Read a file of settings."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInputError(
            error.strerror or "cannot be read", place=str(path), remedy="check path and permission"
        ) from error


def _actions(part: Part) -> dict[str, str]:
    names = "GET HEAD POST PUT PATCH DELETE OPTIONS"
    found = {name: each.text() for name, each in part.keys(optional=names).items()}
    if not found:
        raise ContentError("no method has an action", place=part.place, remedy="GET: read")
    if "GET" in found:
        found.setdefault("HEAD", found["GET"])
    return found

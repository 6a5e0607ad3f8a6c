"""What a connection finds around it: limits, routes and the server that keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from panshi.pdp.http import PdpRoute

if TYPE_CHECKING:
    from panshi.pdp.point import DecisionPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one client may take."""

    target_bytes: int = 8_192
    """Length of the request target."""
    header_bytes: int = 32_768
    """Names and values of all headers."""
    header_count: int = 100
    """Number of headers."""
    body_bytes: int = 4_194_304
    """Length of a body."""
    waiting: int = 64
    """Pipelined requests that wait for the answer before them."""
    connections: int = 20_000
    """Connections at once; further ones are closed."""
    head_seconds: float = 10.0
    """From the first byte of a request to the end of its headers."""
    body_seconds: float = 30.0
    """From the end of the headers to the end of the body."""
    idle_seconds: float = 75.0
    """Between two requests."""


class Routes:
    """Routes by path: exact ones first, then the longest prefix."""

    def __init__(self, routes: Iterable[PdpRoute]) -> None:
        self._exact: dict[str, dict[str, PdpRoute]] = {}
        prefixes: dict[str, dict[str, PdpRoute]] = {}
        for route in routes:
            table = prefixes if route.path.endswith("/") else self._exact
            methods = table.setdefault(route.path, {})
            if route.method in methods:
                raise ValueError(f"two routes for {route.method} {route.path}")
            methods[route.method] = route
        self._prefixes = sorted(prefixes.items(), key=lambda each: -len(each[0]))
        self.hot = {
            path.encode(): (hot.hot, hot.scope)
            for path, methods in self._exact.items()
            if (hot := methods.get("POST")) is not None and hot.hot is not None
        }
        """Target → short way and the scope it needs."""

    def methods(self, path: str) -> dict[str, PdpRoute]:
        """Give the routes of a path by method; empty where there are none."""
        found = self._exact.get(path)
        if found is not None:
            return found
        return next((methods for prefix, methods in self._prefixes if path.startswith(prefix)), {})


class Around(Protocol):
    """The server, as a connection sees it."""

    point: DecisionPoint
    routes: Routes
    limits: Limits
    connections: set[Any]
    """Those that are open; each enters and leaves by itself."""
    stopping: bool
    now: float
    """The loop's time, at most a second old."""
    date: bytes
    """The Date header, ready to be written."""

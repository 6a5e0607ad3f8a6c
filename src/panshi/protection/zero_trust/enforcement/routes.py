"""Which system and which action a request stands for; what no route names is denied.

Patterns are made of whole segments: literal, `*` for any one, `**` at the end for any rest. The
most specific pattern wins, segment by segment. A path that would meet another route if it were
read without regard to case or to Unicode compatibility is refused: the application behind may read
so. `/admin` and `/ADMIN` are therefore never two doors to one room.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from panshi.errors import ContentError
from panshi.protection.zero_trust.enforcement.target import (
    METHODS,
    Refused,
    Target,
    folded,
    host_of,
    segments_of,
)

ANY_HOST = "*"
ONE, REST = "*", "**"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Paths of one host, the system they belong to, and what each method does there."""

    host: str
    "A plain name, or `*` for every host."
    path: str
    "For example `/accounts/*/transfers` or `/files/**`."
    system: str
    "Id of the System in the policies."
    actions: Mapping[str, str]
    "Method → action; a method not named is denied."
    place: str = ""
    "File and line, for messages."

    @property
    def pattern(self) -> tuple[str, ...]:
        """The pattern's segments."""
        return tuple(each for each in self.path.split("/") if each)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What a request stands for."""

    route: Route
    system: str
    action: str


@dataclass(slots=True)
class _Node:
    route: Route | None = None
    rest: Route | None = None
    below: dict[str, _Node] = field(default_factory=dict)


class RouteTable:
    """All routes of one institution; built once, asked per request."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Check every route and index them by host and segment."""
        self.routes = tuple(routes)
        self._exact: dict[str, _Node] = {}
        self._careless: dict[str, _Node] = {}
        for route in self.routes:
            _check(route)
            _put(self._exact.setdefault(route.host, _Node()), route, route.pattern)
            careless = tuple(map(folded, route.pattern))
            _put(self._careless.setdefault(route.host, _Node()), route, careless)

    def __len__(self) -> int:
        """Count the routes."""
        return len(self.routes)

    def find(self, target: Target) -> Mapped | Refused:
        """Give what a request stands for, or why it stands for nothing."""
        host = target.host if target.host in self._exact else ANY_HOST
        if host not in self._exact:
            return Refused(why="no route for this host")
        route = _find(self._exact[host], target.segments, 0)
        careless = _find(self._careless[host], tuple(map(folded, target.segments)), 0)
        if route is not careless:
            return Refused(why="a careless reader would take it for another route")
        if route is None:
            return Refused(why="no route for this path")
        action = route.actions.get(target.method)
        if action is None:
            return Refused(why="no action for this method")
        return Mapped(route=route, system=route.system, action=action)

    def issues(
        self, *, systems: frozenset[str] | None = None, actions: frozenset[str] | None = None
    ) -> Iterator[str]:
        """Yield what is wrong with a table beside the policies it is used with."""
        for route in self.routes:
            if systems is not None and route.system not in systems:
                yield f"{route.place}: no system {route.system!r} among the entities"
            for method, action in route.actions.items():
                if actions is not None and action not in actions:
                    yield f"{route.place}: {method} means {action!r}, which no policy knows"


def _check(route: Route) -> None:
    if route.host != ANY_HOST and host_of(route.host) != route.host:
        raise ContentError(
            f"{route.host!r} is not a plain host name",
            place=route.place,
            remedy="lower case, without port; `*` for every host",
        )
    literal = [each for each in route.pattern if each not in {ONE, REST}]
    plain = "/" + "/".join(route.pattern)
    asked = segments_of("/" + "/".join(_quoted(each) for each in literal))
    wrong = route.path not in {plain, plain + "/"} or REST in route.pattern[:-1]
    if wrong or asked != tuple(literal) or any("*" in each for each in literal):
        raise ContentError(
            f"{route.path!r} is not a pattern of whole, plain segments",
            place=route.place,
            remedy="write /part/*/part, or /part/** for everything below; Unicode unescaped",
        )
    if not route.actions or not route.system:
        raise ContentError(
            "a route needs a system and an action for at least one method", place=route.place
        )
    for method in route.actions:
        if method not in METHODS:
            raise ContentError(
                f"{method!r} is not a method that can be mapped",
                place=route.place,
                remedy=f"one of: {', '.join(sorted(METHODS))}",
            )


def _quoted(segment: str) -> str:
    return "".join(
        each if each.isascii() else "".join(f"%{octet:02X}" for octet in each.encode())
        for each in segment
    )


def _put(node: _Node, route: Route, pattern: tuple[str, ...]) -> None:
    rest = bool(pattern) and pattern[-1] == REST
    for part in pattern[:-1] if rest else pattern:
        node = node.below.setdefault(part, _Node())
    there = node.rest if rest else node.route
    if there is not None:
        raise ContentError(
            f"{route.path!r} reads like {there.path!r} of {there.place or 'another route'}",
            place=route.place,
            remedy="keep one; patterns that differ only in case are one",
        )
    if rest:
        node.rest = route
    else:
        node.route = route


def _find(node: _Node, segments: tuple[str, ...], at: int) -> Route | None:
    if at == len(segments):
        return node.route or node.rest
    for part in (segments[at], ONE):
        below = node.below.get(part)
        if below is not None:
            found = _find(below, segments, at + 1)
            if found is not None:
                return found
    return node.rest

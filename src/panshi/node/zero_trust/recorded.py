"""Requests that were really made, with their whole context, in the order they came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from panshi.node.node import Node
from panshi.protection.cedar import Request, Uid, Value
from panshi.protection.zero_trust.policies.comparing import Recorded
from panshi.store.request_tape import Line, RequestTape


def recorded(node: Node, since: float, until: float) -> Iterator[Recorded]:
    """Give the recorded requests of a time; `since` counts, `until` does not."""
    return map(_recorded, RequestTape(node.home.path).read(since, until))


def newest(node: Node, before: float) -> Iterator[Recorded]:
    """Give recorded requests from the newest before a time to the oldest that is kept."""
    return map(_recorded, RequestTape(node.home.path).backwards(before))


def line_of(
    at: float, decision_id: str, request: Request, *, allowed: bool, reasons: tuple[str, ...]
) -> Line:
    """Write a request down."""
    context = request.context
    if not all(map(_is_plain, context.values())):
        context = {name: _plain(value) for name, value in context.items()}  # type: ignore[misc]
    return Line(
        at,
        decision_id,
        request.principal,
        request.action,
        request.resource,
        context,
        allowed,
        reasons,
    )


_ONE = frozenset({bool, int, str})
_MANY = frozenset({frozenset, tuple, list})


def _is_plain(value: object) -> bool:
    """Whether JSON holds it as it is; the contexts of live sessions are all so."""
    if type(value) is dict:
        return all(map(_is_flat, value.values()))
    return _is_flat(value)


def _is_flat(value: object) -> bool:
    return type(value) in _ONE or (
        type(value) in _MANY and all(type(each) is str for each in value)  # type: ignore[attr-defined]
    )


def _recorded(line: Line) -> Recorded:
    request = Request(
        Uid(*line.principal),
        Uid(*line.action),
        Uid(*line.resource),
        {name: _value(value) for name, value in line.context.items()},
    )
    return Recorded(line.id, line.at, request, line.allowed, line.reasons)


def _plain(value: object) -> object:
    """Give what JSON holds; entities and extension values are marked as what they are."""
    match value:
        case Uid():
            return {"__entity": {"type": value.type, "id": value.id}}
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case frozenset() | set() | tuple() | list():
            return sorted((_plain(each) for each in value), key=repr)
        case bool() | int() | str():
            return value
        case _:
            return {"__text": str(value)}


def _value(value: object) -> Value:
    match value:
        case {"__entity": {"type": str(kind), "id": str(name)}}:
            return Uid(kind, name)
        case {"__text": str(text)}:
            return text
        case dict():
            return {str(name): _value(each) for name, each in value.items()}
        case list():
            return tuple(_value(each) for each in value)
        case bool() | int() | str():
            return value
        case _:
            return str(value)

"""Queries and JSON bodies into frozen dataclasses: strict, bounded, with the field named.

A dataclass decoded by msgspec ignores fields it does not know, which is right for files of other
programs and wrong for requests: a filter mistyped would be a filter not applied. So unknown names
are refused here, at any depth. Characters no record may hold (NUL) are refused too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

import msgspec
from msgspec import inspect

from panshi.errors import BadInputError

MAX_JSON = 1 << 20
"Bytes of a JSON body."
MAX_DEPTH = 32
"Objects and arrays within each other."


def decode_query[T](query: Mapping[str, str], kind: type[T]) -> T:
    """Give a query as a dataclass; an empty part is an empty text, never a number left out."""
    known = {each.name for each in dataclasses.fields(_dataclass(kind))}
    refuse_unknown(query, known)
    _refuse_null(query, kind)
    try:
        return msgspec.convert(query, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadInputError(f"the query does not fit: {error}", remedy=_choices(known)) from error


def _refuse_null(query: Mapping[str, str], kind: type) -> None:
    """Refuse the word null where msgspec would read it as nothing said."""
    fields = _fields(_described(cast("Any", kind))) or {}
    for name, value in query.items():
        if value.casefold() == "null" and isinstance(fields[name], inspect.UnionType):
            raise BadInputError(f"{name} is null", remedy="leave it out instead")


def refuse_unknown(query: Mapping[str, str], known: set[str]) -> None:
    """Refuse parts of a query that the route does not know."""
    unknown = sorted(set(query) - known)
    if unknown:
        raise BadInputError(f"no part {unknown[0][:40]!r} of this query", remedy=_choices(known))


def decode_body[T](raw: bytes, kind: type[T]) -> T:
    """Give a JSON body as a dataclass; unknown fields at any depth are refused."""
    try:
        value = msgspec.json.decode(raw)
        _check(value, _described(cast("Any", kind)), "$", 0)
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise BadInputError(f"the body does not fit: {error}", remedy="see openapi.json") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInputError(f"the body is not JSON: {error}") from error
    except RecursionError as error:
        raise BadInputError(f"the body is deeper than {MAX_DEPTH} levels") from error


@cache
def _described(kind: Any) -> inspect.Type:  # noqa: ANN401 -- a type is hashable, mypy doubts it
    return inspect.type_info(kind)


def _check(value: object, kind: inspect.Type | None, place: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise BadInputError(f"the body is deeper than {MAX_DEPTH} levels", place=place[:80])
    match value:
        case dict():
            fields = _fields(kind)
            for name, inner in value.items():
                if fields is not None and name not in fields:
                    raise BadInputError(
                        f"no field {str(name)[:40]!r}", place=place, remedy=_choices(fields)
                    )
                _check(name, None, place, depth)
                known = _inner(kind) if fields is None else fields[name]
                _check(inner, known, f"{place}.{name}", depth + 1)
        case list():
            for position, inner in enumerate(value):
                _check(inner, _inner(kind), f"{place}[{position}]", depth + 1)
        case str() if "\0" in value:
            raise BadInputError("a text holds a NUL character", place=place[:80])
        case _:
            pass


def _fields(kind: inspect.Type | None) -> dict[str, inspect.Type] | None:
    """Give the fields of a dataclass or typed dict, also where it is one of a union."""
    match kind:
        case inspect.DataclassType() | inspect.TypedDictType():
            return {each.encode_name: each.type for each in kind.fields}
        case inspect.UnionType():
            return next((found for each in kind.types if (found := _fields(each))), None)
        case inspect.Metadata():
            return _fields(kind.type)
        case _:
            return None


def _inner(kind: inspect.Type | None) -> inspect.Type | None:
    """Give the type of what a collection holds."""
    match kind:
        case inspect.VarTupleType() | inspect.ListType():
            return kind.item_type
        case inspect.DictType():
            return kind.value_type
        case inspect.UnionType():
            return next((found for each in kind.types if (found := _inner(each))), None)
        case inspect.Metadata():
            return _inner(kind.type)
        case _:
            return None


def _dataclass(kind: type) -> Any:  # noqa: ANN401 -- typeshed's DataclassInstance is a protocol
    return kind


def _choices(names: object) -> str:
    return "known: " + ", ".join(sorted(map(str, names))) if names else "it takes none"  # type: ignore[call-overload]

"""AuthZEN attributes as Cedar values.

JSON knows what Cedar does not, so each case is decided, and always so that nothing opens:

    true, "text", 12           as they are
    12.5                       decimal, where it has no more than four digits after the point
    1.23456, 10e20, 2^63       its text: present, equal to no number, an error in arithmetic
    null                       as if not said; never takes away what is stored
    [ … ]                      set; one with null in it is refused
    { … }                      record; {"__entity": …} and {"__extn": …} as in Cedar's own JSON
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from panshi.errors import BadInputError
from panshi.protection.cedar import Decimal, Uid, Value
from panshi.protection.cedar.documents import read_value
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.values import LONG_MAX, LONG_MIN, RecordKey, Truth
from panshi.protection.zero_trust.decisions.records import MASK, is_secret

MOST_LEVELS = 16
_PLAIN = frozenset({str, bool})


def cedar_record(document: Mapping[str, Any], depth: int = 0) -> dict[str, Value]:
    """Read attributes or a context; those that are null are left out."""
    found: dict[str, Value] = {}
    for name, each in document.items():
        kind = type(each)
        if kind in _PLAIN or (kind is int and LONG_MIN <= each <= LONG_MAX):
            found[name] = each
        elif each is not None:
            found[name] = cedar_value(each, depth + 1)
    return found


def cedar_value(document: Any, depth: int = 0) -> Value:  # noqa: ANN401 -- JSON
    """Read one value."""
    if depth > MOST_LEVELS:
        raise BadInputError(f"attributes are nested more than {MOST_LEVELS} levels deep")
    match document:
        case bool() | str():
            return document
        case int():
            return document if LONG_MIN <= document <= LONG_MAX else str(document)
        case float():
            return _number(document)
        case list():
            if None in document:
                raise BadInputError("a list of attributes holds null, which no set can")
            return tuple(cedar_value(each, depth + 1) for each in document)
        case dict():
            return _record(document, depth)
        case _:
            raise BadInputError(f"no attribute value: {type(document).__name__}")


def _number(value: float) -> Value:
    """Give a decimal, or the text where Cedar's decimals cannot hold the number."""
    if value.is_integer() and abs(value) < 2**53:
        return int(value)
    text = repr(value)
    try:
        return Decimal.parse(text)
    except EvaluationError:
        return text


def _record(document: dict[str, Any], depth: int) -> Value:
    if len(document) == 1 and ("__entity" in document or "__extn" in document):
        try:
            return cast("Value", read_value(document))
        except (EvaluationError, RecursionError) as error:
            raise BadInputError(f"not a Cedar value: {error}") from error
    return cedar_record(document, depth)


def shown(value: Value | Truth | RecordKey) -> object:
    """Write a value for people: extensions and entities as text, sets as lists, no secrets."""
    match value:
        case bool() | int() | str():
            return value
        case Truth():
            return value is Truth.TRUE
        case Uid():
            return str(value)
        case RecordKey():
            return shown(dict(value))  # type: ignore[arg-type]
        case Mapping():
            return {
                str(name): MASK if is_secret(str(name)) else shown(each)
                for name, each in value.items()
            }
        case tuple() | list() | frozenset():
            return [shown(cast("Value", each)) for each in value]
        case _:
            return str(value)

"""Cedar's JSON forms of values and entities, read and written.

Only the explicit forms are read (`__entity`, `__extn`): what a schema leaves implicit is made
explicit by Cedar's own parser first (`schema.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from panshi.protection.cedar.addresses import IpAddress
from panshi.protection.cedar.decimals import Decimal
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.instants import Datetime, Duration
from panshi.protection.cedar.values import Normal, RecordKey, SetValue, Truth, Uid, Value, key

type Json = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None

CONSTRUCTORS: dict[str, Callable[[str], Normal]] = {
    "decimal": Decimal.parse,
    "ip": IpAddress.parse,
    "datetime": Datetime.parse,
    "duration": Duration.parse,
}
EPOCH: dict[str, Json] = {"__extn": {"fn": "datetime", "arg": "1970-01-01"}}


SCALARS = frozenset({str, int, bool})


def read_value(document: Json) -> Normal:
    """Read a value; `EvaluationError` says what is wrong with it."""
    if type(document) in SCALARS:
        return document  # type: ignore[return-value]
    if isinstance(document, dict):
        return _read_object(document)
    if isinstance(document, list):
        return SetValue(key(read_value(each)) for each in document)
    raise EvaluationError(f"Cedar has no such value: {document!r}")


def _read_object(document: dict[str, Json]) -> Normal:
    match document:
        case {"__entity": {"type": str(kind), "id": str(name)}}:
            return Uid(kind, name)
        case {"__extn": {"fn": str(function), "arg": str(text)}} if function in CONSTRUCTORS:
            return CONSTRUCTORS[function](text)
        case {"__extn": {"fn": "offset", "args": [base, by]}}:
            instant, span = read_value(base), read_value(by)
            if isinstance(instant, Datetime) and isinstance(span, Duration):
                return instant.offset(span)
            raise EvaluationError("offset needs a datetime and a duration")
        case _:
            if any(name.startswith("__") for name in document):
                raise EvaluationError(f"not an entity or extension value: {document!r}")
            return {name: read_value(each) for name, each in document.items()}


def read_record(document: Json) -> dict[str, Normal]:
    """Read a record, such as attributes or a context."""
    if not isinstance(document, Mapping):
        raise EvaluationError("a record is expected")
    return {name: read_value(each) for name, each in document.items()}


def write_value(value: Value | Truth | RecordKey) -> Json:  # noqa: PLR0911 -- one return a type
    """Write a value in the explicit form."""
    match value:
        case bool() | int() | str():
            return value
        case Truth():
            return value is Truth.TRUE
        case Uid():
            return {"__entity": {"type": value.type, "id": value.id}}
        case Decimal():
            return {"__extn": {"fn": "decimal", "arg": str(value)}}
        case IpAddress():
            return {"__extn": {"fn": "ip", "arg": str(value)}}
        case Duration():
            return {"__extn": {"fn": "duration", "arg": str(value)}}
        case Datetime():
            by: Json = {"__extn": {"fn": "duration", "arg": str(value)}}
            return {"__extn": {"fn": "offset", "args": [EPOCH, by]}}
        case RecordKey():
            return {name: write_value(each) for name, each in value}
        case Mapping():
            return {name: write_value(each) for name, each in value.items()}
        case _:
            return [write_value(each) for each in value]


def write_record(record: Mapping[str, Value]) -> dict[str, Json]:
    """Write a record, such as attributes or a context."""
    return {name: write_value(each) for name, each in record.items()}


def write_uid(uid: Uid) -> dict[str, str]:
    """Write the name of an entity as requests and parents hold it."""
    return {"type": uid.type, "id": uid.id}

"""The values Cedar computes with, and when two of them are the same.

Python holds `True == 1`, Cedar does not; so whatever is compared or kept in a set goes through
`key`, which sets truths apart from numbers and makes records hashable
(Cedar language reference: data types, `==`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from panshi.errors import BadInputError
from panshi.protection.cedar.addresses import IpAddress
from panshi.protection.cedar.decimals import Decimal
from panshi.protection.cedar.instants import Datetime, Duration

LONG_MIN = -(2**63)
LONG_MAX = 2**63 - 1


class Uid(NamedTuple):
    """The name of an entity: `User::"alice"`."""

    type: str
    "With its namespace, for example `Bank::User`."
    id: str

    def __str__(self) -> str:
        """As Cedar writes it."""
        return f'{self.type}::"{self.id}"'


@lru_cache(maxsize=65_536)
def uid(kind: str, name: str) -> Uid:
    """Name an entity; names seen before are the same object, made and compared faster."""
    return Uid(kind, name)


class Truth(Enum):
    """A Boolean as an element of a set, where it must not meet 0 and 1."""

    FALSE = 0
    TRUE = 1


class SetValue(frozenset["Key"]):
    """A Cedar set; its elements are keys."""

    __slots__ = ()


class RecordKey(frozenset[tuple[str, "Key"]]):
    """A record as something that can be compared and kept in a set."""

    __slots__ = ()


type Key = (
    Truth | int | str | Uid | SetValue | RecordKey | Decimal | IpAddress | Datetime | Duration
)
type Value = (
    bool
    | int
    | str
    | Uid
    | Decimal
    | IpAddress
    | Datetime
    | Duration
    | SetValue
    | frozenset["Value"]
    | tuple["Value", ...]
    | list["Value"]
    | Mapping[str, "Value"]
)
"What callers may hand in; sets come as frozenset, tuple or list."
type Normal = (
    bool
    | int
    | str
    | Uid
    | Decimal
    | IpAddress
    | Datetime
    | Duration
    | SetValue
    | Mapping[str, Value]
)
"What expressions compute with: sets are `SetValue`, the insides of records are as handed in."

EXTENSIONS = (Decimal, IpAddress, Datetime, Duration)
PLAIN = frozenset({str, int, bool, Uid, SetValue, *EXTENSIONS})


def normal(value: Value) -> Normal:
    """Turn whatever a caller handed in into what expressions compute with."""
    if type(value) in PLAIN:
        return value  # type: ignore[return-value]
    if isinstance(value, Mapping):
        return value
    if isinstance(value, Uid):
        return Uid(*value)
    if isinstance(value, frozenset | set | tuple | list):
        return SetValue(key(each) for each in value)  # type: ignore[arg-type]
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    raise BadInputError(f"Cedar has no such value: {value!r}", remedy="leave it out")


def key(value: Value) -> Key:
    """Give what stands for the value in sets, tables and comparisons."""
    if value is True:
        return Truth.TRUE
    if value is False:
        return Truth.FALSE
    plain = normal(value)
    if isinstance(plain, Mapping):
        return RecordKey((name, key(each)) for name, each in plain.items())
    return plain


def same(left: Normal, right: Normal) -> bool:
    """Cedar's `==`: values of different types are never equal, and that is no error."""
    if type(left) in PLAIN or type(right) in PLAIN:
        return type(left) is type(right) and left == right
    return key(left) == key(right)


TYPE_NAMES: dict[type, str] = {
    bool: "bool",
    int: "long",
    str: "string",
    SetValue: "set",
    Decimal: "decimal",
    IpAddress: "ipaddr",
    Datetime: "datetime",
    Duration: "duration",
}


def type_name(value: Normal) -> str:
    """Name the value's type, as messages give it."""
    if type(value) is Uid:
        return f"entity of type `{value.type}`"
    return TYPE_NAMES.get(type(value), "record")

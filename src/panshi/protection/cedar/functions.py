"""Cedar's functions and methods that read no entity: sets and the extension types."""

from __future__ import annotations

from collections.abc import Callable

from panshi.protection.cedar.addresses import IpAddress
from panshi.protection.cedar.decimals import Decimal
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.instants import DAY, HOUR, MINUTE, SECOND, Datetime, Duration
from panshi.protection.cedar.values import Normal, SetValue, Uid, key, type_name


def _wrong(expected: str, value: Normal) -> EvaluationError:
    return EvaluationError(f"type error: expected {expected}, got {type_name(value)}")


def entity(value: Normal) -> Uid:
    """Insist on an entity."""
    if type(value) is Uid:
        return value
    raise _wrong("an entity", value)


def string(value: Normal) -> str:
    """Insist on a string."""
    if type(value) is str:
        return value
    raise _wrong("string", value)


def _set(value: Normal) -> SetValue:
    if type(value) is SetValue:
        return value
    raise _wrong("set", value)


def _decimal(value: Normal) -> int:
    if type(value) is Decimal:
        return value.scaled
    raise _wrong("decimal", value)


def _address(value: Normal) -> IpAddress:
    if type(value) is IpAddress:
        return value
    raise _wrong("ipaddr", value)


def _instant(value: Normal) -> Datetime:
    if type(value) is Datetime:
        return value
    raise _wrong("datetime", value)


def _span(value: Normal) -> Duration:
    if type(value) is Duration:
        return value
    raise _wrong("duration", value)


UNARY: dict[str, Callable[[Normal], Normal]] = {
    "isEmpty": lambda value: not _set(value),
    "decimal": lambda value: Decimal.parse(string(value)),
    "ip": lambda value: IpAddress.parse(string(value)),
    "datetime": lambda value: Datetime.parse(string(value)),
    "duration": lambda value: Duration.parse(string(value)),
    "isIpv4": lambda value: _address(value).version == 4,  # noqa: PLR2004
    "isIpv6": lambda value: _address(value).version == 6,  # noqa: PLR2004
    "isLoopback": lambda value: _address(value).is_loopback(),
    "isMulticast": lambda value: _address(value).is_multicast(),
    "toDate": lambda value: _instant(value).date(),
    "toTime": lambda value: _instant(value).time(),
    "toMilliseconds": lambda value: _span(value).milliseconds,
    "toSeconds": lambda value: _span(value).whole(SECOND),
    "toMinutes": lambda value: _span(value).whole(MINUTE),
    "toHours": lambda value: _span(value).whole(HOUR),
    "toDays": lambda value: _span(value).whole(DAY),
}
BINARY: dict[str, Callable[[Normal, Normal], Normal]] = {
    "contains": lambda left, right: key(right) in _set(left),
    "containsAll": lambda left, right: _set(left) >= _set(right),
    "containsAny": lambda left, right: not _set(left).isdisjoint(_set(right)),
    "lessThan": lambda left, right: _decimal(left) < _decimal(right),
    "lessThanOrEqual": lambda left, right: _decimal(left) <= _decimal(right),
    "greaterThan": lambda left, right: _decimal(left) > _decimal(right),
    "greaterThanOrEqual": lambda left, right: _decimal(left) >= _decimal(right),
    "isInRange": lambda left, right: _address(left).within(_address(right)),
    "offset": lambda left, right: _instant(left).offset(_span(right)),
    "durationSince": lambda left, right: _instant(left).since(_instant(right)),
}

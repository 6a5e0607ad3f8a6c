"""Expressions of Open-PSA: what a basic event's probability is made of, as one number.

Time is the mission time the caller names. A distribution that stands for uncertainty of the
figure itself (`lognormal-deviate` and others) counts with its mean. `switch` is read as nested
`ite`; of both only the branch that is taken needs a value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from panshi.errors import BadInputError
from panshi.observe.open_psa.operations import OPERATIONS
from panshi.observe.open_psa.scopes import Scopes
from panshi.observe.reading.xml_events import local_name

_REMEDY = "give the probability as <float> or <exponential>"
_ITE = "ite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """One expression, read but not yet worth a number."""

    name: str
    "Of the operation, `value`, or `parameter`."
    place: str
    value: float = 0.0
    parameter: str = ""
    "As written, with the scope it is used in."
    parts: tuple[Expression, ...] = ()

    def parameters(self) -> frozenset[str]:
        """Give the parameters it names."""
        own = frozenset((self.parameter,)) if self.parameter else frozenset[str]()
        return own.union(*(each.parameters() for each in self.parts))

    def worth(self, known: Mapping[str, float]) -> float:
        """Give its number; every parameter is known."""
        if self.name == "value":
            return self.value
        if self.parameter:
            return known[self.parameter]
        if self.name == _ITE:
            asked, then, otherwise = self.parts
            return (then if asked.worth(known) else otherwise).worth(known)
        parts = tuple(each.worth(known) for each in self.parts)
        try:
            found = OPERATIONS[self.name][1](parts)
        except (ArithmeticError, ValueError) as error:
            raise BadInputError(
                f"<{self.name}> of {_told(parts)} has no value", place=self.place, remedy=_REMEDY
            ) from error
        if not math.isfinite(found):
            raise BadInputError(
                f"<{self.name}> of {_told(parts)} is no finite number",
                place=self.place,
                remedy=_REMEDY,
            )
        return float(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads expressions of one file at one place; their depth is bounded by the reader of files."""

    scopes: Scopes
    mission_hours: float
    place: str

    def read(self, element: etree._Element) -> Expression:
        """Read one expression."""
        name = local_name(element)
        match name:
            case "float" | "int":
                return self._value(_number(element, self.place))
            case "bool":
                return self._value(float(truth(element, self.place)))
            case "pi":
                return self._value(math.pi)
            case "system-mission-time":
                return self._value(self.mission_hours)
            case "parameter":
                written = self.scopes.written((element.get("name") or "").strip())
                return Expression(name=name, place=self.place, parameter=written)
            case "switch":
                return self._switch(element)
            case "histogram":
                return self._made(name, [part for each in element for part in _flat(each)])
            case _:
                return self._made(name, list(element))

    def _value(self, value: float) -> Expression:
        return Expression(name="value", place=self.place, value=value)

    def _made(self, name: str, given: list[etree._Element]) -> Expression:
        if name not in OPERATIONS and name != _ITE:
            raise BadInputError(
                f"<{name[:80]}> is no expression that is read here",
                place=self.place,
                remedy=_REMEDY,
            )
        allowed = range(3, 4) if name == _ITE else OPERATIONS[name][0]
        if len(given) not in allowed:
            raise BadInputError(
                f"<{name}> with {len(given)} arguments", place=self.place, remedy=_wanted(allowed)
            )
        return Expression(name=name, place=self.place, parts=tuple(map(self.read, given)))

    def _switch(self, element: etree._Element) -> Expression:
        *cases, otherwise = list(element) or [element]
        if otherwise is element or any(
            local_name(each) != "case" or len(each) != 2  # noqa: PLR2004 -- condition and value
            for each in cases
        ):
            raise BadInputError(
                "<switch> without its value",
                place=self.place,
                remedy="give <case> elements of a condition and a value, then the value without",
            )
        found = self.read(otherwise)
        for each in reversed(cases):
            asked, then = map(self.read, each)
            found = Expression(name=_ITE, place=self.place, parts=(asked, then, found))
        return found


def truth(element: etree._Element, place: str) -> bool:
    """Read the value of a constant."""
    match (element.get("value") or "").strip().lower():
        case "true" | "1":
            return True
        case "false" | "0":
            return False
        case other:
            raise BadInputError(
                f"{other[:80]!r} is neither true nor false",
                place=place,
                remedy='write value="true" or value="false"',
            )


def _flat(element: etree._Element) -> list[etree._Element]:
    """Give the bound and the weight of a bin, else the element itself."""
    return list(element) if local_name(element) == "bin" else [element]


def _told(parts: tuple[float, ...]) -> str:
    return ", ".join(f"{each:g}" for each in parts[:8])


def _wanted(allowed: range) -> str:
    few, many = allowed.start, allowed.stop - 1
    return f"give {few}" + (f" to {many}" if many > few else "")


def _number(element: etree._Element, place: str) -> float:
    text = (element.get("value") or "").strip()
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError as error:
        raise BadInputError(
            f"{text[:80]!r} is no number", place=place, remedy='write for example value="1e-3"'
        ) from error
    if not math.isfinite(value):
        raise BadInputError(
            f"{text[:80]!r} is no finite number",
            place=place,
            remedy='write for example value="1e-3"',
        )
    return value

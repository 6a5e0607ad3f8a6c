"""Expressions of Open-PSA: what a basic event's probability is made of, as one number.

Time is the mission time the caller names. A distribution that stands for uncertainty of the
figure itself (`lognormal-deviate` and others) counts with its mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml import etree

from panshi.errors import BadInputError
from panshi.observe.reading.xml_events import local_name

type Values = tuple[float, ...]


def _glm(parts: Values) -> float:
    """Fails on demand with gamma, then at rate lambda, is repaired at rate mu, after time t."""
    gamma, rate, repair, time = parts
    total = rate + repair
    if total == 0:
        return gamma
    return (rate - (rate - gamma * total) * math.exp(-total * time)) / total


def _weibull(parts: Values) -> float:
    scale, shape, start, time = parts
    return 0.0 if time <= start else -math.expm1(-(((time - start) / scale) ** shape))


_OPERATIONS: dict[str, tuple[range, Callable[[Values], float]]] = {
    "neg": (range(1, 2), lambda parts: -parts[0]),
    "add": (range(1, 1000), math.fsum),
    "sub": (range(2, 1000), lambda parts: parts[0] - math.fsum(parts[1:])),
    "mul": (range(1, 1000), math.prod),
    "div": (range(2, 1000), lambda parts: parts[0] / math.prod(parts[1:])),
    "abs": (range(1, 2), lambda parts: abs(parts[0])),
    "exp": (range(1, 2), lambda parts: math.exp(parts[0])),
    "log": (range(1, 2), lambda parts: math.log(parts[0])),
    "log10": (range(1, 2), lambda parts: math.log10(parts[0])),
    "sqrt": (range(1, 2), lambda parts: math.sqrt(parts[0])),
    "pow": (range(2, 3), lambda parts: math.pow(*parts)),
    "min": (range(1, 1000), min),
    "max": (range(1, 1000), max),
    "mean": (range(1, 1000), lambda parts: math.fsum(parts) / len(parts)),
    "exponential": (range(2, 3), lambda parts: -math.expm1(-parts[0] * parts[1])),
    "GLM": (range(4, 5), _glm),
    "Weibull": (range(4, 5), _weibull),
    "uniform-deviate": (range(2, 3), lambda parts: (parts[0] + parts[1]) / 2),
    "normal-deviate": (range(2, 3), lambda parts: parts[0]),
    "lognormal-deviate": (range(3, 4), lambda parts: parts[0]),
    "gamma-deviate": (range(2, 3), lambda parts: parts[0] * parts[1]),
    "beta-deviate": (range(2, 3), lambda parts: parts[0] / (parts[0] + parts[1])),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """One expression, read but not yet worth a number."""

    name: str
    "Of the operation, `value`, or `parameter`."
    place: str
    value: float = 0.0
    parameter: str = ""
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
        parts = tuple(each.worth(known) for each in self.parts)
        allowed, meaning = _OPERATIONS[self.name]
        if len(parts) not in allowed:
            raise BadInputError(f"<{self.name}> with {len(parts)} arguments", place=self.place)
        try:
            found = meaning(parts)
        except (ArithmeticError, ValueError) as error:
            raise BadInputError(
                f"<{self.name}> of {parts} has no value", place=self.place
            ) from error
        if isinstance(found, complex) or not math.isfinite(found):
            raise BadInputError(f"<{self.name}> of {parts} is no finite number", place=self.place)
        return found


def expression(element: etree._Element, place: str, mission_hours: float) -> Expression:
    """Read one expression; its depth is bounded by the reader's."""
    name = local_name(element)
    match name:
        case "float" | "int":
            return Expression(name="value", place=place, value=_number(element, place))
        case "bool":
            return Expression(name="value", place=place, value=float(truth(element, place)))
        case "pi":
            return Expression(name="value", place=place, value=math.pi)
        case "system-mission-time":
            return Expression(name="value", place=place, value=mission_hours)
        case "parameter":
            return Expression(name=name, place=place, parameter=str(element.get("name") or ""))
        case _ if name in _OPERATIONS:
            parts = tuple(expression(each, place, mission_hours) for each in element)
            return Expression(name=name, place=place, parts=parts)
        case _:
            raise BadInputError(
                f"<{name[:80]}> is no expression that is read here",
                place=place,
                remedy="give the probability as <float> or <exponential>",
            )


def truth(element: etree._Element, place: str) -> bool:
    """Read the value of a constant."""
    match (element.get("value") or "").lower():
        case "true" | "1":
            return True
        case "false" | "0":
            return False
        case other:
            raise BadInputError(f"{other[:80]!r} is neither true nor false", place=place)


def _number(element: etree._Element, place: str) -> float:
    text = element.get("value") or ""
    try:
        value = float(text)
    except ValueError as error:
        raise BadInputError(f"{text[:80]!r} is no number", place=place) from error
    if not math.isfinite(value):
        raise BadInputError(f"{text[:80]!r} is no finite number", place=place)
    return value

"""The nouns of attribute schemas, and how a written value becomes a typed one.

Knowing the type from the schema, and never from how a value happens to be written, is what
keeps `version: 1.10`, `country: NO` and a person number that looks like a date unharmed,
whichever file they came from.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import isfinite
from typing import assert_never

from panshi.errors import BadInputError
from panshi.model.asset import AttributeValue

MAX_TEXT = 4_000
"Longest text of one value, in characters."
MAX_PARTS = 1_000
"Most parts of one `many` value."
MAX_WHOLE = 10**15
"Largest whole number: what a spreadsheet still holds exactly."


class AttributeType(StrEnum):
    """Type of an attribute's value."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    YES_NO = "yes_no"
    DAY = "day"
    MANY = "many"
    "A tuple of texts."

    @property
    def many(self) -> bool:
        """Whether a value has several parts."""
        return self is AttributeType.MANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One allowed value of an enumeration."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of one kind of asset."""

    name: str
    type: AttributeType
    zh: str
    en: str
    choices: tuple[Choice, ...] = ()
    "Allowed values; empty: any of the type."
    required: bool = False
    "Whether silence would drop the asset out of a population unnoticed."
    minimum: float | None = None
    maximum: float | None = None

    @property
    def values(self) -> tuple[str, ...]:
        """Allowed values, as they stand in files."""
        return tuple(choice.value for choice in self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with one value."""

    name: str
    "Attribute, or `id`, `name`, `identifiers`, `inventories`."
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        """One line."""
        return f"{self.name}: {self.problem}" + (f" ({self.remedy})" if self.remedy else "")


_NO_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
"Controls, half characters and line ends: no cell, line or XML document holds them all."

_YES = frozenset({"true", "yes", "是", "1"})
_NO = frozenset({"false", "no", "否", "0"})


def parse(attribute: Attribute, written: str) -> AttributeValue:
    """Read one written value; a `many` attribute gets a tuple of one part.

    Raises `BadInputError` without a place: the reader knows it.
    """
    match attribute.type:
        case AttributeType.TEXT:
            return _chosen(attribute, written)
        case AttributeType.MANY:
            return (_chosen(attribute, written),)
        case AttributeType.YES_NO:
            return _yes_no(written)
        case AttributeType.DAY:
            return _day(written)
        case AttributeType.WHOLE:
            return _whole(written)
        case AttributeType.NUMBER:
            return _number(written)
        case _:
            assert_never(attribute.type)


def written(value: AttributeValue) -> str:
    """Write a single value so that `parse` gives the same again; not for `many`."""
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case tuple():
            raise TypeError("a tuple is written part by part")
        case _:
            return str(value)


def problem_of(attribute: Attribute, value: object) -> Problem | None:
    """Say what is wrong with a typed value, or None."""
    if not _fits(attribute.type, value):
        return Problem(
            name=attribute.name,
            problem=f"{value!r} is no {_TYPE_WORDS[attribute.type]}",
            remedy=f"give a {_TYPE_WORDS[attribute.type]}",
        )
    parts = value if isinstance(value, tuple) else (value,)
    for part in parts:
        text = text_problem(part) if isinstance(part, str) else ""
        if text:
            return Problem(name=attribute.name, problem=text)
        if attribute.choices and part not in attribute.values:
            return Problem(
                name=attribute.name,
                problem=f"{part!r} is not one of the allowed values",
                remedy=f"allowed: {', '.join(attribute.values)}",
            )
    return _out_of_range(attribute, value)


def text_problem(text: str) -> str:
    """Say why a text cannot be carried by every format, or nothing."""
    if not text:
        return "an empty text; leave it out instead"
    if text != text.strip():
        return "white space at the beginning or end"
    if len(text) > MAX_TEXT:
        return f"longer than {MAX_TEXT} characters"
    for character in text if not text.isprintable() else "":
        if unicodedata.category(character) in _NO_TEXT or character in "\ufffe\uffff":
            return f"the character U+{ord(character):04X} does not belong into a text"
    return ""


_TYPE_WORDS = {
    AttributeType.TEXT: "text",
    AttributeType.WHOLE: "whole number",
    AttributeType.NUMBER: "number",
    AttributeType.YES_NO: "yes or no (true, false)",
    AttributeType.DAY: "day (2026-09-30)",
    AttributeType.MANY: "list of texts",
}


def _fits(kind: AttributeType, value: object) -> bool:
    match kind:
        case AttributeType.TEXT:
            return isinstance(value, str)
        case AttributeType.YES_NO:
            return isinstance(value, bool)
        case AttributeType.DAY:
            return isinstance(value, date) and not isinstance(value, datetime)
        case AttributeType.WHOLE:
            return type(value) is int and abs(value) <= MAX_WHOLE
        case AttributeType.NUMBER:
            return type(value) in {int, float} and isfinite(value)  # type: ignore[arg-type]
        case AttributeType.MANY:
            return (
                isinstance(value, tuple)
                and len(value) <= MAX_PARTS
                and all(isinstance(part, str) for part in value)
            )
        case _:
            assert_never(kind)


def _out_of_range(attribute: Attribute, value: object) -> Problem | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    low, high = attribute.minimum, attribute.maximum
    if (low is None or value >= low) and (high is None or value <= high):
        return None
    return Problem(
        name=attribute.name,
        problem=f"{value} is out of range",
        remedy=f"allowed: {'…' if low is None else low} to {'…' if high is None else high}",
    )


def _chosen(attribute: Attribute, text: str) -> str:
    """Accept an enumeration's value or either of its labels."""
    text = text.strip()
    if attribute.choices and text not in attribute.values:
        for choice in attribute.choices:
            if text in {choice.zh, choice.en}:
                return choice.value
        raise BadInputError(
            f"{text!r} is not one of the allowed values",
            remedy=f"allowed: {', '.join(attribute.values)}",
        )
    return text


def _yes_no(text: str) -> bool:
    folded = text.strip().casefold()
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    raise BadInputError(f"{text!r} is neither yes nor no", remedy="write true or false")


def _day(text: str) -> date:
    stripped = text.strip()
    try:
        day = date.fromisoformat(stripped)
    except ValueError:
        day = None
    if day is None or day.isoformat() != stripped:
        raise BadInputError(f"{text!r} is no day", remedy="write it as 2026-09-30")
    return day


def _whole(text: str) -> int:
    stripped = text.strip()
    digits = stripped.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(MAX_WHOLE))):
        raise BadInputError(f"{text!r} is no whole number", remedy="write digits only")
    return int(stripped)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not isfinite(number) or "_" in text:
        raise BadInputError(f"{text!r} is no number", remedy="write it as 12.5")
    return number

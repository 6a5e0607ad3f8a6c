"""The nouns of the linter: what it looks at, and one finding with its place and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from panshi.governance.frameworks.load import Located
from panshi.model.control import Control, Framework, Mapping


class Rule(StrEnum):
    """What kind of fault an issue is; stable words for machines."""

    UNREADABLE = "unreadable"
    DUPLICATE = "duplicate"
    UNKNOWN_REFERENCE = "unknown_reference"
    CYCLE = "cycle"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_FIELD = "unknown_field"
    MISFIT = "misfit"
    "A comparison or value that does not fit the type of what it compares."
    FAIL_OPEN = "fail_open"
    "A check that passes when nothing was seen."
    OUTLIVED = "outlived"
    "A look stays fresh for longer than a date in it may age, so that age alone makes it fail."
    NO_TEST = "no_test"
    "A contradiction by a kind of observation that is no test."
    STAGE = "stage"
    COUNT = "count"
    TEXT = "text"
    PUNCTUATION = "punctuation"
    SIMPLIFIED = "simplified"
    JUDGEMENT = "judgement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One fault in the content."""

    rule: Rule
    place: str
    "`file:line`."
    subject: str
    "Control key, group or crosswalk pair."
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        """One line for a terminal."""
        tail = f" ({self.remedy})" if self.remedy else ""
        return f"{self.place}: {self.subject}: {self.problem}{tail} [{self.rule}]"


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Everything that is linted together, so that references can be followed."""

    frameworks: tuple[Located[Framework], ...]
    mappings: tuple[Located[tuple[Mapping, ...]], ...] = ()
    documents: frozenset[str] = frozenset()
    "Kinds of document attestations may rest on; empty: not held against any list."

    @cached_property
    def controls(self) -> dict[str, Control]:
        """Every control by its key."""
        return {
            control.key: control for each in self.frameworks for control in each.content.controls
        }

    def each_control(self) -> Iterator[tuple[Located[Framework], Control]]:
        """Every control with the file it comes from."""
        for located in self.frameworks:
            for control in located.content.controls:
                yield located, control


type Validator = Callable[[Shelf], Iterator[Issue]]
"""Looks at one subject and yields every fault it finds; raises nothing."""


def at(
    located: Located[Framework], control: Control, key: str, rule: Rule, problem: str, remedy: str
) -> Issue:
    """Build an issue about one key of one control."""
    return Issue(
        rule=rule,
        place=located.place(control.id, key),
        subject=control.key,
        problem=problem,
        remedy=remedy,
    )

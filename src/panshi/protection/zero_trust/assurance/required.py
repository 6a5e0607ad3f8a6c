"""The level an action on a system asks for, from the business risk of both.

Every row that fits counts and the highest wins (ISO/IEC 29115, clause 7: the level follows the
impact of a wrong sign-in). An attribute nobody knows fits every row about it, so that a gap in the
inventory never lowers what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from panshi.protection.zero_trust.assurance.mapping import LOWEST, Assurance, Text

type SystemAttributes = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredRow:
    """One row: what it is about, and the level it asks for."""

    id: str
    level: int
    why: Text
    cites: str
    actions: frozenset[str] = frozenset()
    criticality: frozenset[str] = frozenset()
    environments: frozenset[str] = frozenset()
    data_classes: frozenset[str] = frozenset()
    personal_data: bool | None = None

    def fits(self, action: str, system: SystemAttributes) -> bool:
        """Whether it is about this action on this system; what is not known fits."""
        return (
            (not self.actions or action in self.actions)
            and _among(self.criticality, system.get("criticality"))
            and _among(self.environments, system.get("environment"))
            and _among(self.data_classes, system.get("data_class"))
            and (
                self.personal_data is None
                or system.get("personal_data", self.personal_data) == self.personal_data
            )
        )

    def guessed(self, system: SystemAttributes) -> tuple[str, ...]:
        """Name the attributes it fits only because nobody knows them."""
        asked = (
            ("criticality", bool(self.criticality)),
            ("environment", bool(self.environments)),
            ("data_class", bool(self.data_classes)),
            ("personal_data", self.personal_data is not None),
        )
        return tuple(name for name, is_asked in asked if is_asked and system.get(name) is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """The level asked for, by which rows."""

    level: int
    because: tuple[RequiredRow, ...]
    "The rows that ask for this level."
    not_known: tuple[str, ...] = ()
    "Attributes whose absence made a row fit."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sufficiency:
    """Whether a sign-in is enough for an action."""

    enough: bool
    reached: int
    required: Required
    step_up: str = ""
    "The acr value to ask for where it is not."


def required(action: str, system: SystemAttributes, rows: tuple[RequiredRow, ...]) -> Required:
    """Give the level an action on a system asks for."""
    fitting = [row for row in rows if row.fits(action, system)]
    level = max((row.level for row in fitting), default=LOWEST)
    deciding = tuple(row for row in fitting if row.level == level)
    guessed = (name for row in deciding for name in row.guessed(system))
    return Required(level=level, because=deciding, not_known=tuple(dict.fromkeys(guessed)))


def sufficient(assurance: Assurance, asked: Required) -> Sufficiency:
    """Compare what was reached with what is asked for."""
    enough = assurance.level >= asked.level
    return Sufficiency(
        enough=enough,
        reached=assurance.level,
        required=asked,
        step_up="" if enough else f"urn:panshi:loa:{asked.level}",
    )


def _among(words: frozenset[str], value: object) -> bool:
    return not words or value is None or value in words

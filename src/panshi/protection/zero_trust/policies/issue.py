"""What is wrong with a set, where, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Whether a set with this may be handed in."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One finding."""

    level: Level
    code: str
    "Short name of the rule, for example `duplicate-id`."
    file: str
    "Cedar file, `schema` or `tests`."
    line: int
    "From 1; 0 where it is about the whole."
    policy: str = ""
    "Id of the policy it is about."
    zh: str
    en: str

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}" if self.line else self.file

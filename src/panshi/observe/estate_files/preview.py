"""What reading an estate file gives: the estate it would become, or all that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panshi.model.asset import Asset, Relation
from panshi.model.changes import AssetChange
from panshi.model.estate import Estate


class Format(StrEnum):
    """Form of an estate file."""

    XLSX = "xlsx"
    YAML = "yaml"
    CYCLONEDX_JSON = "cyclonedx-json"
    CYCLONEDX_XML = "cyclonedx-xml"


class Mode(StrEnum):
    """What becomes of assets that are in the base and not in the file."""

    REPLACE = "replace"
    "They are removed: the file is the whole estate."
    MERGE = "merge"
    "They stay: the file adds to the estate and replaces assets of the same id."


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """One thing wrong with a file, and where."""

    place: str
    "`host!C17`, `line 17` or `/components/3/name`."
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        """One line."""
        return f"{self.place}: {self.problem}" + (f" ({self.remedy})" if self.remedy else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a file would change; nothing is written by reading."""

    source: str
    format: Format
    mode: Mode
    estate: Estate | None
    "The estate after the import; None as soon as anything is wrong."
    errors: tuple[RowError, ...] = ()
    more_errors: int = 0
    "Errors beyond those listed."
    added: tuple[Asset, ...] = ()
    changed: tuple[AssetChange, ...] = ()
    removed: tuple[Asset, ...] = ()
    unchanged: int = 0
    relations_added: tuple[Relation, ...] = ()
    relations_removed: tuple[Relation, ...] = ()

"""Shapes of answers, for the document, where the types of the nouns say more than JSON Schema can.

An attribute may be a text or a date, which JSON writes the same way; a condition may be one of
several forms. msgspec refuses to describe such unions, so their shapes are told here. They are
what is answered: the tests compare every answer with its schema.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from panshi.model.asset import AssetId, AssetKind, Relation
from panshi.model.control import Basis, MachineClass, Strength
from panshi.model.parameter import ParameterSetting
from panshi.observe.estate_files import Format, Mode, RowError
from panshi.report.answers import ObservationAnswer

type Written = str | int | float | bool | tuple[str, ...]


class AssetShape(TypedDict):
    """One thing the institution has, runs, owes or employs."""

    id: AssetId
    kind: AssetKind
    name: str
    attributes: dict[str, Written]
    "As the kind of asset documents them; dates are written in ISO 8601."
    identifiers: tuple[str, ...]
    "Other names observers may use for it."
    inventories: tuple[str, ...]
    "The sources that claim it exists."


class EstateShape(TypedDict):
    """One version of an estate, whole."""

    id: str
    name_zh: str
    name_en: str
    version: int
    as_of: datetime
    assets: tuple[AssetShape, ...]
    relations: tuple[Relation, ...]
    demo: bool
    "Whether every number in it is demo data."


class AssetPage(TypedDict):
    """Some assets of an estate, by id."""

    assets: tuple[AssetShape, ...]
    next_after: AssetId | None
    "Pass it as `after` for those that follow; null at the end."


class AssetWithRelations(TypedDict):
    """One asset with what it is related to."""

    asset: AssetShape
    relations: tuple[Relation, ...]


class AssetChangeShape(TypedDict):
    """One asset that is there before and after and differs."""

    before: AssetShape
    after: AssetShape


class PreviewShape(TypedDict):
    """What a file would change in an estate; nothing is written."""

    format: Format
    mode: Mode
    base_version: int
    "Version the file was compared with; 0 where there is no estate yet."
    errors: tuple[RowError, ...]
    more_errors: int
    added: tuple[AssetShape, ...]
    changed: tuple[AssetChangeShape, ...]
    removed: tuple[AssetShape, ...]
    unchanged: int
    relations_added: tuple[Relation, ...]
    relations_removed: tuple[Relation, ...]


class ControlShape(TypedDict):
    """One requirement of a framework."""

    id: str
    framework: str
    reference: str
    title_zh: str
    title_en: str
    gist_zh: str
    gist_en: str
    group: str
    strength: Strength
    stage: int
    machine: MachineClass
    population: dict[str, Any] | None
    "Which assets it is judged over."
    check: dict[str, Any] | None
    "What a fresh observation must say for an item to pass."
    attesting: dict[str, Any] | None
    made_of: tuple[str, ...]
    contradicted_by: tuple[dict[str, Any], ...]
    applies_zh: str
    applies_en: str
    notes_zh: str
    notes_en: str
    inferred: bool
    parent: str
    cloud: tuple[str, ...] | None


class GroupShape(TypedDict):
    """A pillar, axis, chapter or section."""

    id: str
    title_zh: str
    title_en: str
    parent: str


class FrameworkShape(TypedDict):
    """A versioned set of controls."""

    id: str
    title_zh: str
    title_en: str
    document_zh: str
    document_en: str
    version: str
    staged: bool
    groups: tuple[GroupShape, ...]
    controls: tuple[ControlShape, ...]
    notes_zh: tuple[str, ...]
    notes_en: tuple[str, ...]


class FrameworkRow(TypedDict):
    """One framework in a list."""

    id: str
    title_zh: str
    title_en: str
    version: str
    controls: int
    basis: dict[Basis, int]
    "How many controls are judged in which way."


class ShownObservation(ObservationAnswer):
    """One observation as the token may see it."""

    withheld: bool
    "The body is personal data that the token may not read."


class EvidencePage(TypedDict):
    """Some observations, newest first."""

    observations: list[ShownObservation]
    next_before: int | None
    "Pass it as `before` for older ones; null at the end."


class ParameterShape(TypedDict):
    """One governed threshold."""

    in_force: ParameterSetting
    history: tuple[ParameterSetting, ...]
    "Oldest first."


class Recorded(TypedDict):
    """What was sealed."""

    id: str
    "Id of the observation that records it."

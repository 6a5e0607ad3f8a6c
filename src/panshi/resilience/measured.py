"""What drills and backups showed, as the graph and the checks take it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from panshi.model.asset import AssetId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDrill:
    """The newest recovery of something, really done."""

    passed: bool
    held: date
    minutes: float
    evidence: str
    data_minutes: float = 0.0
    "Data lost in it."


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBackup:
    """The newest backup run of a data set or system."""

    succeeded: bool
    data_age: float
    "Minutes between two copies, or since the last good one when it was looked at."
    evidence: str
    immutable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Everything measured about an institution's recovery, as known at one moment."""

    drills: Mapping[AssetId, SeenDrill] = field(default_factory=dict)
    "By service, system or data set, where no layer was named."
    layers: Mapping[tuple[AssetId, str], SeenDrill] = field(default_factory=dict)
    "By service and layer id."
    backups: Mapping[AssetId, SeenBackup] = field(default_factory=dict)
    plans: Mapping[AssetId, SeenDrill] = field(default_factory=dict)
    "Newest tested plan of a supplier."

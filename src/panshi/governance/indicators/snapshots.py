"""Frozen quarters: the first snapshot of a quarter stands; a correction stands beside it.

A snapshot sealed before its quarter ended, judged as of another moment than the quarter's end, or
made again without saying what it corrects and why, counts for nothing, by whatever way it came.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from panshi.errors import PanshiError
from panshi.governance.indicators.quarter import Quarter
from panshi.model.bodies.indicators import IndicatorSnapshot, SnapshotValue
from panshi.model.observation import Sealed

SNAPSHOT_KIND = "record.indicator_snapshot/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One snapshot with its place in the log."""

    id: str
    at: datetime
    body: IndicatorSnapshot
    void: str = ""

    def value(self, indicator: str) -> SnapshotValue | None:
        """Give one indicator's value."""
        return next((each for each in self.body.values if each.indicator == indicator), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A quarter as it was frozen first, and what corrected it since."""

    quarter: Quarter
    first: Snapshot
    corrections: tuple[Snapshot, ...] = ()

    @property
    def newest(self) -> Snapshot:
        """What stands now: the last correction, or the first."""
        return self.corrections[-1] if self.corrections else self.first


def frozen(records: Iterable[Sealed]) -> tuple[Frozen, ...]:
    """Give the frozen quarters, oldest first; records come in the order of the log."""
    found: dict[Quarter, Frozen] = {}
    for sealed in records:
        made = read(sealed)
        if made is None or made.void:
            continue
        quarter = Quarter.read(made.body.quarter)
        known = found.get(quarter)
        if known is None and not made.body.corrects:
            found[quarter] = Frozen(quarter=quarter, first=made)
        elif known is not None and _corrects(made, known):
            found[quarter] = Frozen(
                quarter=quarter, first=known.first, corrections=(*known.corrections, made)
            )
    return tuple(found[quarter] for quarter in sorted(found))


def read(sealed: Sealed) -> Snapshot | None:
    """Read a snapshot and judge it by itself."""
    body = sealed.observation.body
    if not isinstance(body, IndicatorSnapshot):
        return None
    at = max(sealed.observation.observed_at, sealed.received_at)
    return Snapshot(id=sealed.id, at=at, body=body, void=defect(body, at))


def defect(body: IndicatorSnapshot, at: datetime) -> str:
    """Say why a snapshot cannot count; empty where it can."""
    try:
        quarter = Quarter.read(body.quarter)
    except PanshiError as error:
        return error.problem
    if at <= quarter.ends:
        return f"{quarter} had not ended"
    if body.as_of != quarter.ends:
        return "it was judged as of another moment than the end of the quarter"
    return "a correction needs a reason" if body.corrects and not body.why.strip() else ""


def _corrects(made: Snapshot, known: Frozen) -> bool:
    return made.body.corrects == known.newest.id

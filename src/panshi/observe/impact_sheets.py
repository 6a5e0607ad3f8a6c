"""Impact analyses from a workbook of interviews: services, impact, needs and layers.

Nothing is guessed: whatever does not fit is told with its cell, and nothing is taken in. A row of
the sheet `impact` without a value is a question nobody answered yet, and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from panshi.model.asset import AssetId
from panshi.model.resilience.graph import Delay, LayerKind
from panshi.model.resilience.impact_layout import (
    IMPACT_COLUMNS,
    IMPACT_SHEET,
    LAYER_COLUMNS,
    LAYERS_SHEET,
    NEEDS_COLUMNS,
    NEEDS_SHEET,
    SERVICE_COLUMNS,
    SERVICES_SHEET,
    PlacedEntry,
)
from panshi.model.resilience.plan import (
    ImpactCurve,
    ImpactEntry,
    ImpactKind,
    ImpactPoint,
    PlannedLayer,
    RecoveryNeed,
    TeamNeed,
)
from panshi.observe.spreadsheet import open_spreadsheet
from panshi.observe.spreadsheet.named_rows import NamedRow, named_rows, refuse_where_wrong

_NEEDED = ("service", "owner", "mtpd", "rto", "rpo")
_ASSETS = ("sites", "systems", "datasets", "suppliers")


@dataclass(slots=True)
class _Gathered:
    """What the sheets say of one service, row by row."""

    curves: dict[ImpactKind, list[tuple[NamedRow, ImpactPoint]]] = field(default_factory=dict)
    limits: dict[ImpactKind, tuple[float, str]] = field(default_factory=dict)
    needs: list[tuple[NamedRow, RecoveryNeed]] = field(default_factory=list)
    layers: list[tuple[NamedRow, PlannedLayer]] = field(default_factory=list)
    first: NamedRow | None = None


def entries_of_sheets(path: Path) -> tuple[PlacedEntry, ...]:
    """Read a workbook of analyses; refused as a whole where anything is wrong."""
    wrong: list[str] = []
    gathered: dict[str, _Gathered] = {}
    found: dict[str, PlacedEntry] = {}
    with open_spreadsheet(path) as book:
        for row in named_rows(book, IMPACT_SHEET, IMPACT_COLUMNS, wrong):
            _impact(row, gathered)
        for row in named_rows(book, NEEDS_SHEET, NEEDS_COLUMNS, wrong):
            _need(row, gathered)
        for row in named_rows(book, LAYERS_SHEET, LAYER_COLUMNS, wrong):
            _layer(row, gathered)
        for row in named_rows(book, SERVICES_SHEET, SERVICE_COLUMNS, wrong):
            name = row.text("service")
            if name in found:
                row.refuse("service", f"{name} is there twice")
            entry = _entry(row, gathered.get(name, _Gathered()))
            if entry is not None:
                found[name] = entry
            gathered.pop(name, None)
    for name, rest in gathered.items():
        if rest.first is not None:
            rest.first.refuse("service", f"{name[:60]!r} is not on the sheet services")
    refuse_where_wrong(wrong, path.name)
    return tuple(found.values())


def _of(row: NamedRow, gathered: dict[str, _Gathered]) -> _Gathered | None:
    name = row.text("service")
    if not name:
        row.refuse("service", "no service is named")
        return None
    mine = gathered.setdefault(name, _Gathered())
    mine.first = mine.first or row
    return mine


def _impact(row: NamedRow, gathered: dict[str, _Gathered]) -> None:
    mine = _of(row, gathered)
    kind = _one_of(row, "kind", ImpactKind)
    if mine is None or kind is None or "value" not in row.cells:
        return
    limit = row.real("limit", -1.0)
    if limit < 0:
        row.refuse("limit", "say from which value on the harm is not tolerable")
    said = (limit, row.text("basis"))
    if mine.limits.setdefault(kind, said) != said:
        row.refuse("limit", f"limit and basis of {kind} differ from the rows above")
    point = ImpactPoint(minutes=row.real("minutes", -1.0), value=row.real("value", -1.0))
    if point.minutes < 0:
        row.refuse("minutes", "after how many minutes?")
    mine.curves.setdefault(kind, []).append((row, point))


def _need(row: NamedRow, gathered: dict[str, _Gathered]) -> None:
    mine = _of(row, gathered)
    need = RecoveryNeed(
        within=row.real("within", -1.0),
        level=row.real("level", -1.0),
        people=tuple(_people(row)),
        **{name: _ids(row, name) for name in _ASSETS},
    )
    if mine is not None:
        mine.needs.append((row, need))


def _layer(row: NamedRow, gathered: dict[str, _Gathered]) -> None:
    mine = _of(row, gathered)
    kind = _one_of(row, "kind", LayerKind)
    likely = row.real("activation", 0.0)
    low, high = row.real("activation_low", likely), row.real("activation_high", likely)
    if not 0 <= low <= likely <= high:
        row.refuse("activation", "fastest, likely and slowest do not increase")
        low = high = likely = 0.0
    if mine is None or kind is None:
        return
    made = PlannedLayer(
        id=row.text("id"),
        kind=kind,
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        activation=Delay(low=low, likely=likely, high=high),
        capacity=row.real("capacity", 1.0),
        people=tuple(_people(row)),
        stands_on=_ids(row, "stands_on"),
        data_age=row.real("data_age", 0.0),
        immutable=row.flag("immutable"),
        retention_days=row.real("retention_days", 0.0),
        restore_gib=row.real("restore_gib", 0.0),
        lasts=row.real("lasts", 0.0),
        cost=row.whole("cost", 0),
    )
    mine.layers.append((row, made))


def _entry(row: NamedRow, gathered: _Gathered) -> PlacedEntry | None:
    for name in _NEEDED:
        if name not in row.cells:
            row.refuse(name, f"{name} is missing")
    entry = ImpactEntry(
        service=AssetId(row.text("service")),
        owner=row.text("owner"),
        mtpd=row.real("mtpd", 0.0),
        rto=row.real("rto", 0.0),
        rpo=row.real("rpo", 0.0),
        curves=tuple(
            ImpactCurve(
                kind=kind,
                points=tuple(point for _, point in points),
                limit=gathered.limits[kind][0],
                basis=gathered.limits[kind][1],
            )
            for kind, points in gathered.curves.items()
        ),
        needs=tuple(need for _, need in gathered.needs),
        layers=tuple(layer for _, layer in gathered.layers),
        interviewed=row.text("interviewed"),
        note=row.text("note"),
    )
    return None if row.faulty else PlacedEntry(entry=entry, places=dict(_places(row, gathered)))


def _places(row: NamedRow, gathered: _Gathered) -> Iterator[tuple[str, str]]:
    """Yield the cell of each part of an analysis."""
    for name in SERVICE_COLUMNS:
        yield name, row.place(name)
    for number, points in enumerate(gathered.curves.values()):
        yield f"curves[{number}]", points[0][0].place("kind")
        yield f"curves[{number}].limit", points[0][0].place("limit")
        for place, (here, _) in enumerate(points):
            yield f"curves[{number}].points[{place}].minutes", here.place("minutes")
            yield f"curves[{number}].points[{place}].value", here.place("value")
    for part, columns, rows in (
        ("needs", NEEDS_COLUMNS, [here for here, _ in gathered.needs]),
        ("layers", LAYER_COLUMNS, [here for here, _ in gathered.layers]),
    ):
        for number, here in enumerate(rows):
            yield f"{part}[{number}]", here.place("service")
            for name in columns:
                yield f"{part}[{number}].{name}", here.place(name)


def _one_of[E: StrEnum](row: NamedRow, name: str, kinds: type[E]) -> E | None:
    given = row.text(name)
    try:
        return kinds(given)
    except ValueError:
        row.refuse(name, f"{given[:40]!r} is none of: {', '.join(kinds)}")
    return None


def _people(row: NamedRow) -> Iterator[TeamNeed]:
    for part in row.texts("people"):
        team, colon, many = part.rpartition(":")
        if not colon or not many.strip().isdecimal() or not many.strip().isascii():
            row.refuse("people", f"{part[:40]!r}: write role:ops: 3; role:branch: 5")
            continue
        yield TeamNeed(team=team.strip(), people=int(many.strip()[:9]))


def _ids(row: NamedRow, name: str) -> tuple[AssetId, ...]:
    return tuple(map(AssetId, row.texts(name)))

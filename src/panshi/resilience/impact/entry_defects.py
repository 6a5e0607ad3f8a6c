"""What is wrong with an impact analysis by itself or beside its estate, each with its place.

These are mistakes that make an analysis unreadable: unknown names, times that run backwards. What
can be read but cannot be true is a contradiction, which an approver sees and may yet approve.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from panshi.model.asset import AssetId, AssetKind
from panshi.model.estate import Estate
from panshi.model.resilience.plan import (
    ImpactCurve,
    ImpactEntry,
    ImpactKind,
    PlannedLayer,
    RecoveryNeed,
    TeamNeed,
)

LONGEST = 525_600.0
"Minutes of a year: nothing is planned beyond."
MOST_POINTS, MOST_NEEDS, MOST_LAYERS, MOST_NAMES = 60, 20, 20, 500
MOST_TEXT = 2_000
HIGHEST_LEVEL = 4
"Of the law: suspension."
_LAYER = re.compile(r"[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?")
_STANDS_ON = frozenset(
    {AssetKind.SITE, AssetKind.SYSTEM, AssetKind.DATASET, AssetKind.SUPPLIER, AssetKind.HOST}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One mistake."""

    part: str
    "For example `rto`, `curves[1].points[2].value` or `layers[0].stands_on`."
    problem: str
    remedy: str = ""


def defects(entry: ImpactEntry, estate: Estate, taken: Iterable[str] = ()) -> tuple[Defect, ...]:
    """Find every mistake; `taken` are the layer ids of other services."""
    return (
        *_service(entry, estate),
        *_curves(entry.curves),
        *_needs(entry.needs, estate),
        *_layers(entry.layers, estate, frozenset(taken)),
    )


def _service(entry: ImpactEntry, estate: Estate) -> Iterator[Defect]:
    asset = estate.by_id.get(entry.service)
    if asset is None or asset.kind is not AssetKind.SERVICE:
        yield Defect(
            part="service",
            problem=f"there is no service {str(entry.service)[:60]!r}",
            remedy="`panshi estate show` names the services",
        )
    if not entry.owner.strip():
        yield Defect(part="owner", problem="nobody answers for it")
    for part, value, least in (
        ("mtpd", entry.mtpd, 1.0),
        ("rto", entry.rto, 1.0),
        ("rpo", entry.rpo, 0.0),
    ):
        yield from _within(part, value, least, LONGEST, "minutes")
    for part in ("owner", "interviewed", "note"):
        if len(getattr(entry, part)) > MOST_TEXT:
            yield Defect(part=part, problem=f"longer than {MOST_TEXT:,} characters")


def _curves(curves: tuple[ImpactCurve, ...]) -> Iterator[Defect]:
    seen: set[ImpactKind] = set()
    for place, curve in enumerate(curves):
        part = f"curves[{place}]"
        if curve.kind in seen:
            yield Defect(part=f"{part}.kind", problem=f"{curve.kind} is there twice")
        seen.add(curve.kind)
        most = HIGHEST_LEVEL if curve.kind is ImpactKind.LAW else 1e12
        yield from _within(f"{part}.limit", curve.limit, 1e-9, most, "")
        if not 0 < len(curve.points) <= MOST_POINTS:
            yield Defect(part=part, problem=f"{len(curve.points)} points; 1 to {MOST_POINTS}")
        for number, point in enumerate(curve.points):
            here = f"{part}.points[{number}]"
            yield from _within(f"{here}.minutes", point.minutes, 0.0, LONGEST, "minutes")
            yield from _within(f"{here}.value", point.value, 0.0, most, "")
        for number, (before, after) in enumerate(pairwise(curve.points), start=1):
            here = f"{part}.points[{number}]"
            if after.minutes <= before.minutes:
                yield Defect(part=f"{here}.minutes", problem="times do not increase")
            if after.value < before.value:
                yield Defect(part=f"{here}.value", problem="harm shrinks as the outage lasts")


def _needs(needs: tuple[RecoveryNeed, ...], estate: Estate) -> Iterator[Defect]:
    if len(needs) > MOST_NEEDS:
        yield Defect(part="needs", problem=f"more than {MOST_NEEDS}")
    for place, need in enumerate(needs):
        part = f"needs[{place}]"
        yield from _within(f"{part}.within", need.within, 0.0, LONGEST, "minutes")
        yield from _within(f"{part}.level", need.level, 0.0, 1.0, "of normal service")
        yield from _people(f"{part}.people", need.people)
        for name, kind in (
            ("sites", AssetKind.SITE),
            ("systems", AssetKind.SYSTEM),
            ("datasets", AssetKind.DATASET),
            ("suppliers", AssetKind.SUPPLIER),
        ):
            yield from _assets(f"{part}.{name}", getattr(need, name), estate, {kind})
    for place, (before, after) in enumerate(pairwise(needs), start=1):
        if after.within <= before.within:
            yield Defect(part=f"needs[{place}].within", problem="times do not increase")
        if after.level < before.level:
            yield Defect(part=f"needs[{place}].level", problem="service shrinks as time passes")


def _layers(
    layers: tuple[PlannedLayer, ...], estate: Estate, taken: frozenset[str]
) -> Iterator[Defect]:
    if len(layers) > MOST_LAYERS:
        yield Defect(part="layers", problem=f"more than {MOST_LAYERS}")
    seen: set[str] = set()
    for place, layer in enumerate(layers):
        part = f"layers[{place}]"
        if not _LAYER.fullmatch(layer.id):
            yield Defect(
                part=f"{part}.id",
                problem=f"{layer.id[:40]!r} is no short name",
                remedy="small letters, digits, - and ., for example deposit-remote",
            )
        if layer.id in seen or layer.id in taken:
            yield Defect(part=f"{part}.id", problem=f"layer {layer.id} is there twice")
        seen.add(layer.id)
        if not layer.name_zh.strip():
            yield Defect(part=f"{part}.name_zh", problem="it has no name")
        yield from _within(f"{part}.capacity", layer.capacity, 1e-9, 1.0, "of normal service")
        yield from _within(f"{part}.activation", layer.activation.high, 0.0, LONGEST, "minutes")
        for name, most, unit in (
            ("data_age", LONGEST, "minutes"),
            ("retention_days", 36_500.0, "days"),
            ("restore_gib", 1e9, "GiB"),
            ("lasts", LONGEST, "minutes"),
            ("cost", 1e12, "TWD"),
        ):
            yield from _within(f"{part}.{name}", getattr(layer, name), 0.0, most, unit)
        yield from _people(f"{part}.people", layer.people)
        yield from _assets(f"{part}.stands_on", layer.stands_on, estate, _STANDS_ON)
        if not layer.stands_on and not layer.people:
            yield Defect(
                part=f"{part}.stands_on",
                problem="a layer stands on something",
                remedy="name its site, systems, suppliers or people",
            )


def _people(part: str, people: tuple[TeamNeed, ...]) -> Iterator[Defect]:
    if len({each.team for each in people}) != len(people):
        yield Defect(part=part, problem="a team is there twice")
    for each in people:
        if not each.team.strip() or ";" in each.team or not 0 < each.people <= 100_000:  # noqa: PLR2004 -- beyond any team
            yield Defect(part=part, problem=f"{each.team[:40]!r}: {each.people} people")


def _assets(
    part: str, named: tuple[AssetId, ...], estate: Estate, kinds: Iterable[AssetKind]
) -> Iterator[Defect]:
    wanted = frozenset(kinds)
    if len(named) > MOST_NAMES or len(set(named)) != len(named):
        yield Defect(part=part, problem=f"names twice, or more than {MOST_NAMES}")
    for each in named:
        asset = estate.by_id.get(each)
        if asset is None or asset.kind not in wanted:
            told = " or ".join(sorted(kind.value for kind in wanted))
            yield Defect(part=part, problem=f"there is no {told} {str(each)[:60]!r}")


def _within(part: str, value: float, least: float, most: float, unit: str) -> Iterator[Defect]:
    if not isfinite(value) or not least <= value <= most:
        yield Defect(
            part=part,
            problem=f"{value:g} {unit}".strip(),
            remedy=f"between {least:g} and {most:,.0f}",
        )

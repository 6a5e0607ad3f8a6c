"""Impact analyses as a workbook: what is in force, or a template of questions to begin with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from panshi.model.asset import Asset
from panshi.model.resilience.graph import LayerKind
from panshi.model.resilience.impact_layout import (
    IMPACT_COLUMNS,
    IMPACT_SHEET,
    LAYER_COLUMNS,
    LAYERS_SHEET,
    NEEDS_COLUMNS,
    NEEDS_SHEET,
    SERVICE_COLUMNS,
    SERVICES_SHEET,
)
from panshi.model.resilience.plan import (
    ImpactEntry,
    ImpactKind,
    PlannedLayer,
    RecoveryNeed,
    TeamNeed,
)
from panshi.report.named_sheets import NamedSheet, workbook_of

ASKED_AFTER = (30, 60, 120, 240, 480, 1_440, 4_320)
"Minutes after which an interview asks for the harm."

type Line = Mapping[str, object]


def analyses_xlsx(entries: Iterable[ImpactEntry]) -> bytes:
    """Write analyses as a workbook that can be read again as it is."""
    wanted = tuple(entries)
    return _workbook(
        tuple(map(_service, wanted)),
        tuple(line for entry in wanted for line in _impact(entry)),
        tuple(_need(entry, need) for entry in wanted for need in entry.needs),
        tuple(_layer(entry, layer) for entry in wanted for layer in entry.layers),
    )


def template_xlsx(services: Iterable[Asset]) -> bytes:
    """Write the questions for services: targets the estate states, and harm nobody stated yet."""
    wanted = tuple(services)
    stated = ("rto", "rpo", "mtpd")
    return _workbook(
        tuple(
            {
                "service": asset.id,
                "owner": asset.attributes.get("owner"),
                **{name: asset.attributes.get(f"{name}_minutes") for name in stated},
                "note": asset.name,
            }
            for asset in wanted
        ),
        tuple(
            {"service": asset.id, "kind": kind.value, "minutes": minutes}
            for asset in wanted
            for kind in ImpactKind
            for minutes in ASKED_AFTER
        ),
        (),
        (),
    )


def _workbook(
    services: tuple[Line, ...],
    impact: tuple[Line, ...],
    needs: tuple[Line, ...],
    layers: tuple[Line, ...],
) -> bytes:
    return workbook_of(
        NamedSheet(title=SERVICES_SHEET, labels=SERVICE_COLUMNS, rows=services),
        NamedSheet(
            title=IMPACT_SHEET,
            labels=IMPACT_COLUMNS,
            rows=impact,
            choices={"kind": tuple(map(str, ImpactKind))},
        ),
        NamedSheet(title=NEEDS_SHEET, labels=NEEDS_COLUMNS, rows=needs),
        NamedSheet(
            title=LAYERS_SHEET,
            labels=LAYER_COLUMNS,
            rows=layers,
            choices={"kind": tuple(map(str, LayerKind))},
        ),
    )


def _service(entry: ImpactEntry) -> Line:
    return {
        "service": entry.service,
        "owner": entry.owner,
        "mtpd": entry.mtpd,
        "rto": entry.rto,
        "rpo": entry.rpo,
        "interviewed": entry.interviewed,
        "note": entry.note,
    }


def _impact(entry: ImpactEntry) -> Iterator[Line]:
    for curve in entry.curves:
        for point in curve.points:
            yield {
                "service": entry.service,
                "kind": curve.kind.value,
                "limit": curve.limit,
                "minutes": point.minutes,
                "value": point.value,
                "basis": curve.basis,
            }


def _need(entry: ImpactEntry, need: RecoveryNeed) -> Line:
    return {
        "service": entry.service,
        "within": need.within,
        "level": need.level,
        "people": _people(need.people),
        "sites": "; ".join(need.sites),
        "systems": "; ".join(need.systems),
        "datasets": "; ".join(need.datasets),
        "suppliers": "; ".join(need.suppliers),
    }


def _layer(entry: ImpactEntry, layer: PlannedLayer) -> Line:
    return {
        "service": entry.service,
        "id": layer.id,
        "kind": layer.kind.value,
        "name_zh": layer.name_zh,
        "name_en": layer.name_en,
        "activation_low": layer.activation.low,
        "activation": layer.activation.likely,
        "activation_high": layer.activation.high,
        "capacity": layer.capacity,
        "people": _people(layer.people),
        "stands_on": "; ".join(layer.stands_on),
        "data_age": layer.data_age,
        "immutable": layer.immutable,
        "retention_days": layer.retention_days,
        "restore_gib": layer.restore_gib,
        "lasts": layer.lasts,
        "cost": layer.cost,
    }


def _people(people: Iterable[TeamNeed]) -> str:
    return "; ".join(f"{each.team}: {each.people}" for each in people)

"""Suppliers by what they deliver: how much rests on one, and how well its bills tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from panshi.model.asset import Asset, AssetKind
from panshi.model.estate import Estate
from panshi.node.supply_chain.systems import SystemStanding
from panshi.protection.supply_chain.findings.counting import BillState, Open

CONCENTRATION = 0.5
"A supplier on whose systems more than this share of the critical services rests."


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierStanding:
    """One supplier with its systems."""

    supplier: Asset
    systems: tuple[SystemStanding, ...]
    share: float
    "Of the critical services, so many rest on one of its systems."
    critical: int
    open: Open

    @property
    def tier(self) -> object:
        """Give its tier, None where the estate does not say."""
        return self.supplier.attributes.get("tier")

    @property
    def concentrated(self) -> bool:
        """Whether too much rests on it."""
        return self.share > CONCENTRATION

    @property
    def fresh(self) -> int:
        """Count systems with a bill that is fresh."""
        return sum(each.state is BillState.FRESH for each in self.systems)

    @property
    def never(self) -> int:
        """Count systems of which no bill came."""
        return sum(each.state is BillState.NEVER for each in self.systems)

    @property
    def identified(self) -> float | None:
        """Give the share of components with a package URL or the like, over all its bills."""
        bills = [each.bill for each in self.systems if each.bill]
        parts = sum(each.components for each in bills)
        told = sum(each.components * each.identified_share for each in bills)
        return told / parts if parts else None


def critical_services(estate: Estate) -> int:
    """Count the services said to be critical."""
    services = estate.by_kind.get(AssetKind.SERVICE, ())
    return sum(each.attributes.get("critical") is True for each in services)


def supplier_standings(
    systems: Sequence[SystemStanding], estate: Estate
) -> tuple[SupplierStanding, ...]:
    """Give every supplier of a system; whoever most rests on comes first."""
    by_id: dict[str, Asset] = {}
    grouped: dict[str, list[SystemStanding]] = {}
    for each in systems:
        for supplier in each.suppliers:
            by_id[supplier.id] = supplier
            grouped.setdefault(supplier.id, []).append(each)
    whole = critical_services(estate)
    made = [_standing(by_id[name], found, whole) for name, found in grouped.items()]
    return tuple(
        sorted(made, key=lambda each: (-each.critical, -len(each.systems), each.supplier.id))
    )


def _standing(supplier: Asset, systems: Sequence[SystemStanding], whole: int) -> SupplierStanding:
    critical = {
        service.id
        for each in systems
        for service in each.services
        if service.attributes.get("critical") is True
    }
    return SupplierStanding(
        supplier=supplier,
        systems=tuple(systems),
        critical=len(critical),
        share=len(critical) / whole if whole else 0.0,
        open=Open.together([each.open for each in systems]),
    )

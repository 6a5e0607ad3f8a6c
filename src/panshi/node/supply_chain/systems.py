"""How each system stands: its newest bill, how old and how good it is, and what is open in it.

Systems of which no bill ever came stand first: what is in them nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from panshi.model.asset import Asset, AssetId, AssetKind, RelationKind
from panshi.model.estate import Estate
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.supply_chain.portfolio import Document, findings, portfolio
from panshi.protection.supply_chain.findings.counting import BillState, Open
from panshi.protection.supply_chain.findings.finding import Finding, FindingFilters, Sort, State

PAGE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemStanding:
    """One system with what is known of its software."""

    system: Asset
    services: tuple[Asset, ...]
    suppliers: tuple[Asset, ...]
    state: BillState
    open: Open
    bill: Document | None = None
    "The newest."
    age: int = 0
    "Days since it arrived."

    @property
    def critical(self) -> bool:
        """Whether a critical service rests on it."""
        return any(each.attributes.get("critical") is True for each in self.services)


def standings(node: Node, estate: Estate) -> tuple[SystemStanding, ...]:
    """Give every system of an estate; the most pressing first."""
    by_system: dict[str, list[Finding]] = {}
    for each in every_finding(node, FindingFilters(state=State.OPEN)):
        by_system.setdefault(each.system, []).append(each)
    makes = _Standings(node, estate)
    made = (
        makes.of(system, by_system.get(system.id, []))
        for system in estate.by_kind.get(AssetKind.SYSTEM, ())
    )
    return tuple(sorted(made, key=_pressing))


def standing(node: Node, estate: Estate, system: str) -> SystemStanding | None:
    """Give one system; None where the estate does not know it."""
    asset = estate.by_id.get(AssetId(system))
    if asset is None or asset.kind is not AssetKind.SYSTEM:
        return None
    found = every_finding(node, FindingFilters(state=State.OPEN, systems=(system,)))
    return _Standings(node, estate).of(asset, list(found))


class _Standings:
    """Makes standings of one estate's systems."""

    def __init__(self, node: Node, estate: Estate) -> None:
        self._view, self._today = portfolio(node), day_of(node.clock())
        self._around = Around(estate)

    def of(self, system: Asset, found: list[Finding]) -> SystemStanding:
        bill = self._view.current(system.id)
        age = (self._today - day_of(bill.received)).days if bill else None
        return SystemStanding(
            system=system,
            services=self._around.services.get(system.id, ()),
            suppliers=self._around.suppliers.get(system.id, ()),
            state=BillState.of(age),
            open=Open.of(found, self._today),
            bill=bill,
            age=age or 0,
        )


def _pressing(each: SystemStanding) -> tuple[object, ...]:
    told = each.open
    return (-told.act, -told.exploited, -told.attend, -told.unknown, -told.total, each.system.id)


def every_finding(node: Node, filters: FindingFilters, sort: Sort = Sort.SSVC) -> Iterator[Finding]:
    """Give all findings that fit, page after page."""
    after = ""
    while True:
        page = findings(node, filters=filters, sort=sort, after=after, limit=PAGE)
        yield from page.items
        after = page.next
        if not after:
            return


class Around:
    """What stands around systems in the estate: services that rest on them, who supplies them."""

    def __init__(self, estate: Estate) -> None:
        """Walk the relations once; a service rests on what its systems rest on too."""
        below: dict[AssetId, list[AssetId]] = {}
        suppliers: dict[AssetId, list[Asset]] = {}
        for each in estate.relations:
            if each.kind is RelationKind.DEPENDS_ON:
                below.setdefault(each.source, []).append(each.target)
            elif each.kind is RelationKind.SUPPLIED_BY:
                suppliers.setdefault(each.source, []).append(estate.by_id[each.target])
        services: dict[AssetId, list[Asset]] = {}
        for service in estate.by_kind.get(AssetKind.SERVICE, ()):
            for system in _reached(service.id, below):
                services.setdefault(system, []).append(service)
        self.services = {name: tuple(found) for name, found in services.items()}
        self.suppliers = {name: tuple(found) for name, found in suppliers.items()}


def _reached(start: AssetId, below: Mapping[AssetId, list[AssetId]]) -> Iterator[AssetId]:
    seen, stack = {start}, [start]
    while stack:
        for each in below.get(stack.pop(), ()):
            if each not in seen:
                seen.add(each)
                stack.append(each)
                yield each

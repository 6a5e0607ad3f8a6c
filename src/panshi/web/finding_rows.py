"""Findings as tables show them: named after assets, with who answers for each and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from panshi.model.asset import AssetId
from panshi.model.estate import Estate
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.supply_chain.components import name_of
from panshi.protection.supply_chain.findings.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One finding in a table."""

    finding: Finding
    system: str
    component: str
    supplier: str
    overdue: int
    "Days; 0 where it is not, or no longer."
    owner: str = ""
    progress: str = ""
    others: tuple[str, ...] = ()
    "Further services below which the system stands."


class Rows:
    """Makes rows of one estate."""

    def __init__(self, node: Node, estate: Estate) -> None:
        """Know names and the day."""
        self._estate = estate
        self._today = day_of(node.clock())

    def row(self, finding: Finding, others: Sequence[str] = ()) -> FindingRow:
        """Make one row."""
        late = (self._today - finding.due).days if finding.due and not finding.fixed_at else 0
        return FindingRow(
            finding=finding,
            system=self.name(finding.system),
            component=name_of(finding.purl),
            supplier=self.name(finding.supplier),
            overdue=max(0, late),
            others=tuple(others),
        )

    def acted(self, finding: Finding) -> bool:
        """Whether somebody has taken it up."""
        return bool(finding.fixed_at)

    def name(self, asset: str) -> str:
        """Name an asset as the estate does."""
        found = self._estate.by_id.get(AssetId(asset))
        return found.name if found else asset

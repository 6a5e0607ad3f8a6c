"""Findings as tables show them: named after assets, with who answers for each and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from panshi.model.asset import AssetId
from panshi.model.estate import Estate
from panshi.model.zone import day_of
from panshi.node.supply_chain.components import name_of
from panshi.node.supply_chain.following import follow_ups
from panshi.protection.supply_chain.findings.finding import Finding
from panshi.web.gate import may
from panshi.web.nodes import node
from panshi.web.words import Pair, pick, say

HIDDEN: Pair = ("（依角色遮蔽）", "(hidden for your role)")


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

    def __init__(self, request: HttpRequest, estate: Estate) -> None:
        """Know names, the day, what was said of repairs, and whether people may be named."""
        self._estate = estate
        self._today = day_of(node().clock())
        self._said = follow_ups(node())
        self._sees = may(request, "evidence.personal")

    def row(self, finding: Finding, others: Sequence[str] = ()) -> FindingRow:
        """Make one row."""
        late = (self._today - finding.due).days if finding.due and not finding.closed else 0
        return FindingRow(
            finding=finding,
            system=self.name(finding.system),
            component=name_of(finding.purl),
            supplier=self.name(finding.supplier),
            overdue=max(0, late),
            owner=self._owner(finding),
            progress=self._progress(finding),
            others=tuple(others),
        )

    def acted(self, finding: Finding) -> bool:
        """Whether somebody has taken it up."""
        said = self._said.get(finding.id)
        return bool(said and said.body.owner)

    def _owner(self, finding: Finding) -> str:
        if not self.acted(finding):
            return ""
        return self._said[finding.id].body.owner if self._sees else pick(HIDDEN)

    def _progress(self, finding: Finding) -> str:
        said = self._said.get(finding.id)
        if said is None:
            return ""
        parts = [said.body.ticket, said.body.note]
        if said.body.planned:
            parts.insert(1, say(f"預計 {said.body.planned}", f"planned {said.body.planned}"))
        if said.body.claimed_done and not finding.closed:
            parts.append(
                say("稱已完成，最近清單仍有", "said to be done; the newest bill still has it")
            )
        return say("，", ", ").join(filter(None, parts))

    def name(self, asset: str) -> str:
        """Name an asset as the estate does."""
        found = self._estate.by_id.get(AssetId(asset))
        return found.name if found else asset

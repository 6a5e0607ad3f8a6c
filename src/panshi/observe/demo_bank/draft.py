"""The draft of an estate while the demo plan is walked once, from top to bottom."""

from __future__ import annotations

from panshi.model.asset import Asset, AssetId, AssetKind, AttributeValue, Relation, RelationKind
from panshi.observe.demo_bank.plan import BankPlan


class Draft:
    """Assets and relations collected so far."""

    def __init__(self, plan: BankPlan) -> None:
        """Begin with nothing."""
        self.plan = plan
        self.assets: list[Asset] = []
        self.relations: list[Relation] = []
        self.systems: dict[str, list[AssetId]] = {}
        self.flags: dict[AssetId, set[str]] = {}
        self.institution = AssetId(f"institution:{plan.id}")

    def add(
        self,
        kind: AssetKind,
        name: str,
        title: str,
        attributes: dict[str, AttributeValue],
        *,
        inventories: tuple[str, ...] = ("cmdb",),
        identifiers: tuple[str, ...] = (),
    ) -> AssetId:
        """Add an asset and give its id."""
        identity = AssetId(f"{kind}:{name}")
        self.assets.append(
            Asset(
                id=identity,
                kind=kind,
                name=title,
                attributes=attributes,
                identifiers=identifiers,
                inventories=inventories,
            )
        )
        return identity

    def relate(self, kind: RelationKind, source: AssetId, target: AssetId) -> None:
        """Add a relation."""
        self.relations.append(Relation(kind=kind, source=source, target=target))

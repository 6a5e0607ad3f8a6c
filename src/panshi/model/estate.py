"""One institution's graph of assets at one moment: immutable, versioned, indexed on demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from panshi.errors import BadInputError
from panshi.model.asset import Asset, AssetId, AssetKind, Relation


@dataclass(frozen=True, kw_only=True)
class Estate:
    """A snapshot: one version (1, 2, 3 and so on) of the estate `id` as of `as_of`."""

    id: str
    "Short name, for example `demo-bank`."
    name_zh: str
    name_en: str
    version: int
    as_of: datetime
    assets: tuple[Asset, ...]
    relations: tuple[Relation, ...] = ()
    demo: bool = False
    "Whether every number in it is demo data; shown wherever the estate is shown."

    def __post_init__(self) -> None:
        """Refuse duplicate ids and relations that dangle."""
        seen: set[AssetId] = set()
        for asset in self.assets:
            if asset.id in seen:
                raise BadInputError(f"asset {asset.id} occurs twice in estate {self.id}")
            seen.add(asset.id)
        for relation in self.relations:
            for end in (relation.source, relation.target):
                if end not in seen:
                    raise BadInputError(
                        f"relation {relation.kind} names the unknown asset {end}",
                        remedy="add the asset or remove the relation",
                    )

    @cached_property
    def by_id(self) -> dict[AssetId, Asset]:
        """Assets by their id."""
        return {asset.id: asset for asset in self.assets}

    @cached_property
    def by_kind(self) -> dict[AssetKind, tuple[Asset, ...]]:
        """Assets of each kind, in the order of the snapshot."""
        groups: dict[AssetKind, list[Asset]] = {}
        for asset in self.assets:
            groups.setdefault(asset.kind, []).append(asset)
        return {kind: tuple(group) for kind, group in groups.items()}

    @cached_property
    def _aliases(self) -> dict[str, AssetId]:
        aliases: dict[str, AssetId] = {}
        for asset in self.assets:
            for identifier in asset.identifiers:
                if aliases.setdefault(identifier, asset.id) != asset.id:
                    raise BadInputError(
                        f"identifier {identifier} is claimed by {aliases[identifier]} "
                        f"and by {asset.id}",
                        remedy="an identifier names one asset",
                    )
        return aliases

    def resolve(self, subject: str) -> AssetId | None:
        """Give the asset an observation's subject stands for, or None where it is unknown."""
        known = AssetId(subject)
        return known if known in self.by_id else self._aliases.get(subject)

    def subjects_of(self, asset: AssetId) -> tuple[str, ...]:
        """Every subject under which observations of this asset may arrive."""
        return (asset, *self.by_id[asset].identifiers)

    def relations_of(self, asset: AssetId) -> Iterator[Relation]:
        """Relations that begin or end at the asset."""
        yield from self._adjacency.get(asset, ())

    @cached_property
    def _adjacency(self) -> dict[AssetId, tuple[Relation, ...]]:
        edges: dict[AssetId, list[Relation]] = {}
        for relation in self.relations:
            edges.setdefault(relation.source, []).append(relation)
            if relation.target != relation.source:
                edges.setdefault(relation.target, []).append(relation)
        return {asset: tuple(found) for asset, found in edges.items()}

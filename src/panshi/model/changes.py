"""What a snapshot changes against the one before, and whether it may enter at all.

A snapshot has one canonical order (kinds as `AssetKind` lists them, then ids), so that the same
estate is the same bytes whichever file it came from.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields, replace

from panshi.model.asset import Asset, AssetId, AssetKind, Relation
from panshi.model.attributes import Problem, check_attributes
from panshi.model.estate import Estate

_RANK = {kind: rank for rank, kind in enumerate(AssetKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetChange:
    """One asset that is in both snapshots and differs."""

    before: Asset
    after: Asset

    @property
    def what(self) -> tuple[str, ...]:
        """Names of what differs: `name`, `identifiers`, `inventories` and attributes."""
        own = [
            field.name
            for field in fields(Asset)
            if field.name != "attributes"
            and getattr(self.before, field.name) != getattr(self.after, field.name)
        ]
        old, new = self.before.attributes, self.after.attributes
        return (*own, *(name for name in sorted({*old, *new}) if old.get(name) != new.get(name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateChanges:
    """The difference between two snapshots."""

    added: tuple[Asset, ...] = ()
    changed: tuple[AssetChange, ...] = ()
    removed: tuple[Asset, ...] = ()
    unchanged: int = 0
    relations_added: tuple[Relation, ...] = ()
    relations_removed: tuple[Relation, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether both snapshots hold the same."""
        return not (
            self.added
            or self.changed
            or self.removed
            or self.relations_added
            or self.relations_removed
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateProblem:
    """Something that keeps a snapshot out, with the asset or relation it is about."""

    about: AssetId | Relation
    problem: Problem

    def __str__(self) -> str:
        """One line."""
        about = self.about
        name = (
            f"{about.source} {about.kind} {about.target}" if isinstance(about, Relation) else about
        )
        return f"{name}: {self.problem}"


def asset_order(asset: Asset) -> tuple[int, str]:
    """Sort key of assets in a snapshot."""
    return _RANK[asset.kind], asset.id


def relation_order(relation: Relation) -> tuple[str, str, str]:
    """Sort key of relations in a snapshot."""
    return relation.kind, relation.source, relation.target


def ordered(estate: Estate) -> Estate:
    """Give the same estate in canonical order."""
    return replace(
        estate,
        assets=tuple(sorted(estate.assets, key=asset_order)),
        relations=tuple(sorted(estate.relations, key=relation_order)),
    )


def changes(before: Estate | None, after: Estate) -> EstateChanges:
    """Compare a snapshot with the one before; without one, all is added."""
    old = {} if before is None else before.by_id
    old_relations = frozenset() if before is None else frozenset(before.relations)
    new_relations = frozenset(after.relations)
    kept = [(old[asset.id], asset) for asset in after.assets if asset.id in old]
    changed = tuple(AssetChange(before=one, after=other) for one, other in kept if one != other)
    return EstateChanges(
        added=tuple(asset for asset in after.assets if asset.id not in old),
        changed=changed,
        removed=tuple(asset for asset in old.values() if asset.id not in after.by_id),
        unchanged=len(kept) - len(changed),
        relations_added=tuple(sorted(new_relations - old_relations, key=relation_order)),
        relations_removed=tuple(sorted(old_relations - new_relations, key=relation_order)),
    )


def problems(estate: Estate) -> tuple[EstateProblem, ...]:
    """Everything that keeps a snapshot out: values, names claimed twice, relations given twice."""
    found = [
        EstateProblem(about=asset.id, problem=problem)
        for asset in estate.assets
        for problem in check_attributes(asset)
    ]
    found += _claimed_twice(estate)
    found += [
        EstateProblem(
            about=relation,
            problem=Problem(name="relation", problem=f"given {count} times", remedy="give it once"),
        )
        for relation, count in Counter(estate.relations).items()
        if count > 1
    ]
    return tuple(found)


def _claimed_twice(estate: Estate) -> list[EstateProblem]:
    """Find names of two assets: an observation under such a name might land on the wrong one."""
    owners: dict[str, AssetId] = {asset.id: asset.id for asset in estate.assets}
    found = []
    for asset in estate.assets:
        for identifier in asset.identifiers:
            owner = owners.setdefault(identifier, asset.id)
            if owner != asset.id:
                found.append(
                    EstateProblem(
                        about=asset.id,
                        problem=Problem(
                            name="identifiers",
                            problem=f"{identifier} already stands for {owner}",
                            remedy="an identifier names one asset",
                        ),
                    )
                )
    return found

"""Rule 1, population first: which assets a control is judged over, in the estate and per field.

A field (場域) narrows a population to the assets that name it in their attribute `fields`. Where
every asset of the population carries that attribute, a field without any of them is known to be
empty; where some do not, it is not known, and unknown is never a pass.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

from panshi.governance.assessment.moment import Moment
from panshi.model.asset import Asset, AssetId
from panshi.model.control import Neighbour, Population
from panshi.model.estate import Estate
from panshi.model.predicate import Predicate, Test, compiled, is_timed, of_attributes

FIELDS = "fields"
"The asset attribute that names its zero-trust fields."


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The assets of one population, by number."""

    ids: tuple[AssetId, ...]
    number: dict[AssetId, int]
    fields: dict[str, array[int]]
    "Numbers of the members in each field."
    labelled: bool
    "Whether every member says which fields it belongs to."
    apart: int
    "Members that not every expected inventory knows."
    timed: bool
    "Whether membership can change with the day alone."

    def size(self, in_field: str = "") -> int:
        """How many members there are, in all or in a field."""
        return len(self.fields.get(in_field, ())) if in_field else len(self.ids)

    def holds(self, asset: AssetId, in_field: str = "") -> bool:
        """Whether an asset is a member, in all or in a field."""
        number = self.number.get(asset)
        if number is None or not in_field:
            return number is not None
        return number in self.fields.get(in_field, ())

    def of_field(self, in_field: str = "") -> tuple[AssetId, ...]:
        """Give the members of a field, or all."""
        if not in_field:
            return self.ids
        return tuple(self.ids[number] for number in self.fields.get(in_field, ()))

    def known_empty(self, in_field: str) -> bool:
        """Whether a field surely holds none of a population that does exist."""
        return bool(in_field and self.ids and self.labelled and not self.size(in_field))


class Populations:
    """Members of every population asked for, of one estate on one day."""

    __slots__ = ("_estate", "_known", "_moment")

    def __init__(self, estate: Estate, moment: Moment) -> None:
        self._estate = estate
        self._moment = moment
        self._known: dict[Population, Members] = {}

    def of(self, population: Population) -> Members:
        """Give the members of a population, in the order of the snapshot."""
        found = self._known.get(population)
        if found is None:
            found = self._known[population] = self._counted(population)
        return found

    def _counted(self, population: Population) -> Members:
        assets = self.fitting(population, self._estate.by_kind.get(population.kind, ()))
        numbers: dict[str, array[int]] = {}
        for number, asset in enumerate(assets):
            for name in fields_of(asset):
                numbers.setdefault(name, array("l")).append(number)
        expected = frozenset(population.inventories)
        return Members(
            ids=tuple(asset.id for asset in assets),
            number={asset.id: number for number, asset in enumerate(assets)},
            fields=numbers,
            labelled=all(FIELDS in asset.attributes for asset in assets),
            apart=sum(not expected.issubset(asset.inventories) for asset in assets),
            timed=_timed(population.where)
            or (population.related is not None and _timed(population.related.where)),
        )

    def fitting(self, population: Population, assets: Iterable[Asset]) -> tuple[Asset, ...]:
        """Give those of some assets of the population's kind that are its members."""
        found = tuple(assets)
        day = self._moment.day
        if population.where is not None:
            fits = compiled(population.where, of_attributes)
            found = tuple(asset for asset in found if fits(asset.attributes, day))
        if population.related is not None:
            near = population.related
            where = compiled(near.where, of_attributes) if near.where is not None else None
            found = tuple(asset for asset in found if self._neighboured(asset, near, where))
        return found

    def _neighboured(self, asset: Asset, near: Neighbour, where: Test | None) -> bool:
        for relation in self._estate.relations_of(asset.id):
            here, there = relation.source, relation.target
            if not near.outgoing:
                here, there = there, here
            if relation.kind is not near.relation or here != asset.id:
                continue
            other = self._estate.by_id[there]
            if near.kind is not None and other.kind is not near.kind:
                continue
            if where is None or where(other.attributes, self._moment.day):
                return True
        return False


def fields_of(asset: Asset) -> tuple[str, ...]:
    """Give the fields an asset belongs to."""
    found = asset.attributes.get(FIELDS, ())
    return found if isinstance(found, tuple) else ()


def _timed(predicate: Predicate | None) -> bool:
    return predicate is not None and is_timed(predicate)

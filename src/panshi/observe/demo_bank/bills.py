"""Bills of materials of the demo bank, release after release (`content/demo/supply_chain.yaml`).

Every document is made from the plan by repeatable chance: the same plan, estate and day give the
same bytes. Some come late or never, some are poorly made, and some are SPDX: as bills are in life.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import yaml

from panshi.errors import ContentError
from panshi.model.asset import Asset, AssetId, AssetKind, RelationKind
from panshi.model.estate import Estate
from panshi.observe.demo_bank.bill_documents import Bill, Part, cyclonedx, spdx
from panshi.observe.demo_bank.chance import choice, share, whole

PLACE = "demo/supply_chain.yaml"
COLUMNS = 3


class Release(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One round of releases: how long ago, and how many systems delivered a bill."""

    days: int
    share: float


class Documents(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How the documents look."""

    spdx: float
    versions: tuple[str, ...]
    tools: tuple[str, ...]


class BuiltOf(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Systems and the stacks they are made of."""

    stacks: tuple[str, ...]
    systems: tuple[str, ...]


class Delivered(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Parts that come with one supplier."""

    supplier: str
    stack: str
    maven: tuple[str, ...]
    brings: dict[str, tuple[str, ...]]


class Hotfix(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A release out of turn."""

    days: int
    components: dict[str, str]
    systems: tuple[str, ...]


class Dirt(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What is wrong with the documents of some systems."""

    systems: tuple[str, ...]
    kind: str
    every: int = 0
    names: tuple[str, ...] = ()


class BillsPlan(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole file."""

    releases: tuple[Release, ...]
    spread: int
    behind: float
    documents: Documents
    built_of: tuple[BuiltOf, ...]
    otherwise: tuple[str, ...]
    delivered: Delivered
    hotfixes: tuple[Hotfix, ...]
    never: tuple[str, ...]
    stale: dict[str, int]
    dirt: tuple[Dirt, ...]
    stacks: dict[str, dict[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoBill:
    """One document as it was received."""

    system: AssetId
    supplier: str
    "Who delivered it; empty where the bank built the system itself."
    service: str
    received: datetime
    document: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """One component of a stack with its versions."""

    type: str
    name: str
    versions: tuple[str, ...]
    parents: tuple[str, ...]

    @property
    def short(self) -> str:
        """Name by which others bring it along."""
        return self.name.partition("=")[0].rpartition(":")[2]


def read_bills_plan(raw: bytes) -> BillsPlan:
    """Parse the plan; raise `ContentError` naming what is wrong."""
    try:
        return msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader), BillsPlan)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ContentError(str(error), place=PLACE, remedy="correct the demo plan") from error


def demo_bills(plan: BillsPlan, estate: Estate, now: datetime) -> tuple[DemoBill, ...]:
    """Make every document, in the order received."""
    maker = _Maker(plan, estate, now)
    systems = estate.by_kind.get(AssetKind.SYSTEM, ())
    made = [each for system in systems for each in maker.bills_of(system)]
    return tuple(sorted(made, key=lambda each: (each.received, each.system)))


class _Maker:
    """The plan over one estate."""

    def __init__(self, plan: BillsPlan, estate: Estate, now: datetime) -> None:
        self.plan, self.estate, self.now = plan, estate, now
        self.stacks = {
            name: tuple(_line(kind, line) for kind, lines in kinds.items() for line in lines)
            for name, kinds in plan.stacks.items()
        }
        self.delivered = tuple(_line("maven", line) for line in plan.delivered.maven)
        products = {e.source for e in estate.relations if e.kind is RelationKind.PART_OF}
        self.services = {
            each.target: each.source
            for each in estate.relations
            if each.kind is RelationKind.DEPENDS_ON
            and each.source.startswith("service:")
            and each.source not in products
        }

    def bills_of(self, system: Asset) -> Iterator[DemoBill]:
        """Give the documents of one system, oldest first."""
        name = system.id.partition(":")[2]
        if name in self.plan.never:
            return
        last = self.plan.stale.get(name, len(self.plan.releases) - 1)
        newest = -1
        for number, release in enumerate(self.plan.releases):
            forced = number == last and name in self.plan.stale
            first = self._needed(name) and number == len(self.plan.releases) - 1
            if number <= last and (
                forced or first or share(name, "release", number) < release.share
            ):
                newest = number
                days = release.days - whole(0, self.plan.spread, name, number, "day")
                yield self._bill(system, number, days, {})
        if newest < 0:
            return
        for fix in self.plan.hotfixes:
            if name in fix.systems:
                yield self._bill(system, newest, fix.days, fix.components)

    def _needed(self, name: str) -> bool:
        named = [each.systems for each in self.plan.hotfixes]
        named += [each.systems for each in self.plan.dirt]
        return any(name in each for each in named)

    def _bill(self, system: Asset, release: int, days: int, instead: Mapping[str, str]) -> DemoBill:
        name = system.id.partition(":")[2]
        received = self.now - timedelta(days=days, minutes=whole(10, 600, name, days))
        in_house = system.attributes.get("in_house_developed") is True
        supplier = self._supplier(system)
        maker = self.estate.by_id[AssetId(supplier)].name if supplier else ""
        bill = Bill(
            name=name,
            title=system.name,
            version=f"{release + 3}.{whole(0, 9, name, release)}.{1 if instead else 0}",
            supplier="" if in_house else maker,
            built=received - timedelta(minutes=30),
            tool=choice(self.plan.documents.tools, name, "tool"),
            spec_version=choice(self.plan.documents.versions, name, "spec"),
            parts=self._parts(name, system, release, instead),
        )
        wants_spdx = share(name, "spdx") < self.plan.documents.spdx
        return DemoBill(
            system=system.id,
            supplier="" if in_house else supplier,
            service=self.services.get(system.id, ""),
            received=received,
            document=spdx(bill) if wants_spdx else cyclonedx(bill),
        )

    def _supplier(self, system: Asset) -> str:
        found = sorted(
            each.target
            for each in self.estate.relations_of(system.id)
            if each.kind is RelationKind.SUPPLIED_BY and each.source == system.id
        )
        return found[0] if found else ""

    def _parts(
        self, name: str, system: Asset, release: int, instead: Mapping[str, str]
    ) -> tuple[Part, ...]:
        stacks = next(
            (each.stacks for each in self.plan.built_of if name in each.systems),
            self.plan.otherwise,
        )
        lines = [line for stack in stacks for line in self.stacks[stack]]
        delivered = self.plan.delivered
        by_supplier = delivered.stack in stacks and any(
            each.target == delivered.supplier for each in self.estate.relations_of(system.id)
        )
        brings: Mapping[str, tuple[str, ...]] = {}
        if by_supplier:
            lines = [*self.delivered, *lines]
            brings = delivered.brings
        chosen = tuple(
            Part(
                type=line.type,
                name=line.name,
                version=instead.get(line.short) or self._version(name, line, release),
                parents=(*line.parents, *(each for each in brings if line.short in brings[each])),
                supplier=self.estate.by_id[AssetId(delivered.supplier)].name
                if line in self.delivered
                else "",
            )
            for line in lines
        )
        for dirt in self.plan.dirt:
            if name in dirt.systems:
                chosen = tuple(_soiled(part, at, dirt) for at, part in enumerate(chosen, 1))
        return chosen

    def _version(self, system: str, line: Line, release: int) -> str:
        """Give the version of a release; a component is sometimes one release behind."""
        late = release > 0 and share(system, line.name, "behind", release) < self.plan.behind
        at = release - late
        return line.versions[min(at, len(line.versions) - 1)]


def _line(kind: str, text: str) -> Line:
    parts = [each.strip() for each in text.split("|")]
    if len(parts) != COLUMNS:
        raise ContentError(f"a component has {len(parts)} columns: {text!r}", place=PLACE)
    name, versions, parents = parts
    return Line(kind, name, tuple(versions.split()), tuple(parents.split()))


def _soiled(part: Part, number: int, dirt: Dirt) -> Part:
    """Make a component as poor as the plan says."""
    if dirt.every and number % dirt.every:
        return part
    if dirt.names and part.short not in dirt.names:
        return part
    match dirt.kind:
        case "unversioned":
            return part.but(version="")
        case "unidentified":
            return part.but(purl="")
        case "devel":
            return part.but(version="(devel)")
        case "not_available":
            return part.but(version="NA")
        case "nameless":
            return part.but(name="")
        case "bad_purl":
            return part.but(purl="pkg:/%%")
        case _:
            raise ContentError(f"unknown kind of dirt {dirt.kind!r}", place=PLACE)

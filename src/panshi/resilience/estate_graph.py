"""The dependency graph of an institution: its estate, impact analyses and what was measured.

    service → process (its primary way) → application → data set, hosts → site → power, zone, cable
            → recovery layers          → what they stand on, teams

What the estate says is taken as said: a system needs every system it depends on, every data set it
holds and, where it does not state how many hosts must run, all of them. A supplier that can be
replaced is not needed at once. Usual figures stand in for failure rates that are not stated; a
drill that was passed stands in for the repair time of what it recovered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import exp

from panshi.model.asset import Asset, AssetId, AssetKind, RelationKind
from panshi.model.estate import Estate
from panshi.model.resilience.graph import (
    SEATS,
    Delay,
    Draw,
    Exposure,
    Graph,
    Group,
    Layer,
    Member,
    Node,
    NodeId,
    NodeKind,
    Pool,
    all_of,
)
from panshi.model.resilience.plan import ImpactEntry, PlannedLayer
from panshi.resilience.measured import Measured, SeenBackup, SeenDrill
from panshi.resilience.rings import folded
from panshi.resilience.usual import Usual

HOME = "TW"
KINDS: Mapping[AssetKind, NodeKind] = {
    AssetKind.SERVICE: NodeKind.SERVICE,
    AssetKind.SYSTEM: NodeKind.APPLICATION,
    AssetKind.DATASET: NodeKind.DATASET,
    AssetKind.HOST: NodeKind.INFRASTRUCTURE,
    AssetKind.SITE: NodeKind.SITE,
    AssetKind.SUPPLIER: NodeKind.SUPPLIER,
    AssetKind.ROLE: NodeKind.TEAM,
}
"Kinds of assets a service can stand on; the others are looked after elsewhere."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a graph is built from."""

    estate: Estate
    entries: Mapping[AssetId, ImpactEntry]
    "The impact analyses in force."
    measured: Measured
    usual: Usual


def graph_of_estate(sources: Sources) -> Graph:
    """Build the graph; the same sources give the same graph."""
    draft = _Draft(sources)
    for asset in sources.estate.assets:
        if asset.kind in KINDS:
            draft.asset(asset)
    return Graph(
        nodes=folded(draft.nodes.values()),
        layers=tuple(draft.layers),
        pools=tuple(draft.pools.values()),
    )


class _Draft:
    """Nodes, layers and pools while they are put together."""

    def __init__(self, sources: Sources) -> None:
        self.nodes: dict[NodeId, Node] = {}
        self.layers: list[Layer] = []
        self.pools: dict[NodeId, Pool] = {}
        self._estate, self._measured, self._usual = (
            sources.estate,
            sources.measured,
            sources.usual,
        )
        self._entries = sources.entries
        self._targets: dict[tuple[AssetId, RelationKind], list[AssetId]] = {}
        for relation in sources.estate.relations:
            key = (relation.source, relation.kind)
            self._targets.setdefault(key, []).append(relation.target)
        self._filled = {
            NodeId(role.id): many
            for role in sources.estate.by_kind.get(AssetKind.ROLE, ())
            if isinstance(many := role.attributes.get("filled"), int)
        }
        self._holders = {
            relation.target: relation.source
            for relation in sources.estate.relations
            if relation.kind is RelationKind.HOLDS
        }

    def asset(self, asset: Asset) -> None:
        """Add one asset with what it stands on."""
        match asset.kind:
            case AssetKind.SERVICE:
                self._service(asset)
            case AssetKind.SYSTEM:
                self._system(asset)
            case AssetKind.HOST:
                self._add(asset, self._plain(asset.id, AssetKind.SITE), self._platform(asset))
            case AssetKind.DATASET:
                seen = self._backup(asset.id)
                node = self._add(asset, self._plain(asset.id, AssetKind.SITE))
                self.nodes[node] = replace(
                    self.nodes[node], data_age=seen.data_age if seen is not None else 0.0
                )
            case AssetKind.SITE:
                self._site(asset)
            case AssetKind.SUPPLIER:
                needs = self._plain(asset.id, AssetKind.SUPPLIER, AssetKind.SITE)
                self._add(asset, needs)
            case _:
                self._add(asset, self._plain(asset.id, AssetKind.SITE))
                team = NodeId(asset.id)
                if team in self._filled:
                    self._pool(team, "people", self._filled[team])

    # -- what the institution does --------------------------------------------------------

    def _service(self, asset: Asset) -> None:
        entry = self._entries.get(asset.id)
        name = asset.id.partition(":")[2]
        primary = self._node(
            NodeId(f"process:{name}"),
            NodeKind.PROCESS,
            f"{asset.name}之主要作業",
            name_en=f"{asset.name}, primary",
            groups=all_of(*map(NodeId, self._primary(asset.id, entry))),
        )
        members = [Member(node=primary)]
        if entry is not None:
            members += [self._layer(asset.id, layer) for layer in entry.layers]
        self._add(asset, (Group(members=tuple(members), name="layers"),))
        if entry is not None:
            node = NodeId(asset.id)
            self.nodes[node] = replace(self.nodes[node], rto=entry.rto, rpo=entry.rpo)

    def _primary(self, service: AssetId, entry: ImpactEntry | None) -> list[AssetId]:
        """Give what a service needs in ordinary times: what its analysis names, or all it uses."""
        named = [
            each
            for need in (entry.needs if entry is not None else ())
            for each in (*need.systems, *need.datasets, *need.suppliers)
        ]
        used = [
            each
            for each in self._targets.get((service, RelationKind.DEPENDS_ON), ())
            if each != service and self._estate.by_id[each].kind in KINDS
        ]
        systems = {each for each in named if each.startswith("system:")}
        kept = [each for each in used if not systems or not each.startswith("system:")]
        return list(dict.fromkeys((*named, *kept)))

    def _layer(self, service: AssetId, plan: PlannedLayer) -> Member:
        node, teams = NodeId(f"layer:{plan.id}"), [self._team(each.team) for each in plan.people]
        stands_on = [*map(NodeId, plan.stands_on), *teams]
        self._node(
            node,
            NodeKind.LAYER,
            plan.name_zh,
            name_en=plan.name_en,
            groups=all_of(*dict.fromkeys(stands_on)),
        )
        drill = self._measured.layers.get((service, plan.id))
        passed = drill is not None and drill.passed
        activation = _measured(drill) if drill is not None and passed else plan.activation
        paths = self._pools_at(plan, "restore_mib_s", "restore")
        self.layers.append(
            Layer(
                id=node,
                kind=plan.kind,
                serves=NodeId(service),
                name_zh=plan.name_zh,
                name_en=plan.name_en,
                activation=activation,
                capacity=plan.capacity,
                draws=self._draws(plan, teams),
                data_age=plan.data_age,
                replicates=not plan.immutable,
                retention=plan.retention_days * 1_440,
                restore_gib=plan.restore_gib,
                restore_pool=paths[0] if paths and plan.restore_gib else None,
                lasts=plan.lasts or None,
                drilled_on=drill.held if drill is not None and passed else None,
                cost=plan.cost,
            )
        )
        return Member(node=node, switch=activation, capacity=plan.capacity)

    def _draws(self, plan: PlannedLayer, teams: list[NodeId]) -> tuple[Draw, ...]:
        """Give the people it takes, from their teams and, where seats are counted, on seats."""
        asked = [each.people for each in plan.people]
        people = [
            Draw(pool=team, amount=many)
            for team, many in zip(teams, asked, strict=True)
            if team in self._filled
        ]
        seats = self._pools_at(plan, "seats", "seats") if asked else []
        return (*people, *(Draw(pool=each, amount=sum(asked)) for each in seats))

    def _pools_at(self, plan: PlannedLayer, attribute: str, part: str) -> list[NodeId]:
        return [
            NodeId(f"{each}#{part}")
            for each in plan.stands_on
            if each.startswith("site:") and attribute in self._estate.by_id[each].attributes
        ]

    def _team(self, team: str) -> NodeId:
        """Give a team's node; how many people one has that is no role of the estate is unknown."""
        if team in self._estate.by_id:
            return NodeId(team)
        return self._node(NodeId(f"team:{team}"), NodeKind.TEAM, team)

    # -- what it runs ---------------------------------------------------------------------

    def _system(self, asset: Asset) -> None:
        groups = list(self._plain(asset.id, AssetKind.SYSTEM, AssetKind.DATASET, AssetKind.SITE))
        hosts = [
            Member(node=NodeId(each))
            for each in self._targets.get((asset.id, RelationKind.RUNS_ON), ())
            if each.startswith("host:")
            and self._estate.by_id[each].attributes.get("environment", "production")
            in {"production", "disaster_recovery"}
        ]
        if hosts:
            wanted = asset.attributes.get("hosts_needed", len(hosts))
            needed = min(int(wanted), len(hosts)) if isinstance(wanted, int) else len(hosts)
            groups.append(Group(members=tuple(hosts), needed=needed, name="hosts"))
        groups += all_of(*map(NodeId, self._irreplaceable(asset)))
        node = self._add(asset, tuple(groups))
        drill = self._measured.drills.get(asset.id)
        if drill is not None and drill.passed:
            self.nodes[node] = replace(self.nodes[node], repair=_measured(drill))

    def _backup(self, dataset: AssetId) -> SeenBackup | None:
        """Give what was seen of a data set's backup, or of the system that holds it."""
        backups = self._measured.backups
        return backups.get(dataset) or backups.get(self._holders.get(dataset, dataset))

    def _irreplaceable(self, asset: Asset) -> Iterator[AssetId]:
        """Suppliers without whom a system stops: none can stand in, or they run it themselves."""
        runs_it = asset.attributes.get("cloud_model") == "SaaS"
        for each in self._targets.get((asset.id, RelationKind.SUPPLIED_BY), ()):
            can_replace = self._estate.by_id[each].attributes.get("substitutable")
            if runs_it or can_replace is False:
                yield each

    def _platform(self, asset: Asset) -> tuple[Exposure, ...]:
        system = str(asset.attributes.get("os", "")).strip()
        if not system:
            return ()
        family = system.split()[0].casefold()
        node = self._node(NodeId(f"platform:{family}"), NodeKind.PLATFORM, system.split()[0])
        return (replace(self._usual.host_to_platform, cause=node),)

    # -- where it stands ------------------------------------------------------------------

    def _site(self, asset: Asset) -> None:
        attributes, groups = asset.attributes, []
        cloud = attributes.get("site_kind") == "cloud_region"
        country = str(attributes.get("country", HOME))
        city = str(attributes.get("city", "")).strip()
        feed = str(attributes.get("power_feed", "")).strip() or city
        ground = str(attributes.get("seismic_zone", "")).strip() or city
        if feed:
            power = self._node(_named("power", feed), NodeKind.POWER, feed)
            groups.append(self._current(asset, power))
        cables = attributes.get("cables", ())
        if isinstance(cables, tuple) and cables:
            ways = [
                Member(node=self._node(_named("cable", each), NodeKind.CABLE, each))
                for each in cables
            ]
            groups.append(Group(members=tuple(ways), name="cables"))
        elif country != HOME:
            way = self._node(_named("cable", country), NodeKind.CABLE, country)
            groups += all_of(way)
        groups += self._plain(asset.id, AssetKind.SUPPLIER)
        exposures: tuple[Exposure, ...] = ()
        if ground:
            zone = self._node(_named("zone", ground), NodeKind.ZONE, ground)
            exposures = (replace(self._usual.site_to_zone, cause=zone),)
        self._add(
            asset,
            tuple(groups),
            exposures,
            kind=NodeKind.CLOUD_REGION if cloud else NodeKind.SITE,
        )
        for attribute, unit in (("seats", SEATS), ("restore_mib_s", "MiB/s")):
            amount = attributes.get(attribute)
            if isinstance(amount, int | float):
                part = "seats" if attribute == "seats" else "restore"
                self._pool(NodeId(f"{asset.id}#{part}"), unit, amount)

    def _current(self, asset: Asset, power: NodeId) -> Group:
        if not asset.attributes.get("generator_hours"):
            return Group(members=(Member(node=power),))
        own = NodeId(f"infrastructure:{asset.id.partition(':')[2]}-generator")
        self._node(own, NodeKind.INFRASTRUCTURE, f"{asset.name}發電機")
        self.nodes[own] = replace(self.nodes[own], failure=self._usual.generator_failure)
        spare = Member(node=own, switch=self._usual.generator_switch)
        return Group(members=(Member(node=power), spare), name="power")

    # -- nodes ----------------------------------------------------------------------------

    def _plain(self, asset: AssetId, *kinds: AssetKind) -> tuple[Group, ...]:
        """Give plain dependencies on related assets of some kinds."""
        found = [
            each
            for relation in _STANDS_ON
            for each in self._targets.get((asset, relation), ())
            if each != asset and self._estate.by_id[each].kind in kinds
        ]
        return all_of(*map(NodeId, dict.fromkeys(found)))

    def _add(
        self,
        asset: Asset,
        groups: tuple[Group, ...] = (),
        exposures: tuple[Exposure, ...] = (),
        kind: NodeKind | None = None,
    ) -> NodeId:
        attributes = asset.attributes
        node = self._node(NodeId(asset.id), kind or KINDS[asset.kind], asset.name, groups=groups)
        rate, repair = attributes.get("failures_per_year"), attributes.get("repair_minutes")
        made = replace(
            self.nodes[node],
            exposures=exposures,
            critical=bool(attributes.get("critical", False)),
            rto=_minutes(attributes.get("rto_minutes")),
            rpo=_minutes(attributes.get("rpo_minutes")),
            country=str(attributes.get("country", "")),
        )
        if isinstance(rate, int | float):
            made = replace(made, failure=1 - exp(-float(rate)))
        if isinstance(repair, int):
            made = replace(made, repair=Delay(low=repair, likely=repair, high=repair))
        self.nodes[node] = made
        return node

    def _node(
        self,
        node: NodeId,
        kind: NodeKind,
        name_zh: str,
        *,
        name_en: str = "",
        groups: tuple[Group, ...] = (),
    ) -> NodeId:
        if node not in self.nodes:
            self.nodes[node] = Node(
                id=node,
                kind=kind,
                name_zh=name_zh,
                name_en=name_en,
                failure=self._usual.failure[kind],
                repair=self._usual.repair[kind],
                groups=groups,
            )
        return node

    def _pool(self, pool: NodeId, unit: str, capacity: float) -> None:
        self.pools[pool] = Pool(id=pool, unit=unit, capacity=float(capacity))


_STANDS_ON: Iterable[RelationKind] = (
    RelationKind.DEPENDS_ON,
    RelationKind.RUNS_ON,
    RelationKind.HOLDS,
    RelationKind.LOCATED_AT,
    RelationKind.SUPPLIED_BY,
)


def _named(kind: str, name: str) -> NodeId:
    return NodeId(f"{kind}:{'-'.join(name.casefold().split())}")


def _minutes(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _measured(drill: SeenDrill) -> Delay:
    return Delay(
        low=drill.minutes,
        likely=drill.minutes,
        high=drill.minutes,
        measured_on=drill.held,
        evidence=drill.evidence,
    )

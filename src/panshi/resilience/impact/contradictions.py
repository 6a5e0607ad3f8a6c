"""What cannot all be true: targets, dependencies, copies, suppliers and layers of an institution.

    for each in contradictions(sources, graph, day): each.kind, each.subject, each.path

Each names whose target breaks, on what, by how much, and the way through the graph from one to the
other (ISO 22301, 8.2.2 and 8.3; Blueprint, measures 28 and 29). Only what is sure is told: delays
count as they are likely, and what a layer covers in time is no contradiction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from panshi.model.asset import AssetId, AssetKind
from panshi.model.resilience.graph import Graph, Node, NodeId, NodeKind
from panshi.model.resilience.plan import ImpactEntry
from panshi.resilience.estate_graph import Sources
from panshi.resilience.impact.reach import Felt, Reach
from panshi.resilience.measured import SeenDrill

DRILL_LASTS = timedelta(days=365)


class ContradictionKind(StrEnum):
    """What does not go together."""

    SLOWER_DEPENDENCY = "slower_dependency"
    "Something it stands on takes longer to recover than it may itself."
    MEASURED_BEYOND_TARGET = "measured_beyond_target"
    "A drill took longer than its own objective."
    NO_LAYER_IN_TIME = "no_layer_in_time"
    "Without the primary, the fastest layer comes after the objective."
    NO_LAYER = "no_layer"
    "A critical service with no recovery layer at all."
    BACKUP_BEYOND_RPO = "backup_beyond_rpo"
    "A data set is copied more rarely than data may be lost."
    BACKUP_UNSEEN = "backup_unseen"
    "Nobody has seen a backup of a data set it stands on."
    LAYER_DATA_BEYOND_RPO = "layer_data_beyond_rpo"
    RTO_BEYOND_MTPD = "rto_beyond_mtpd"
    MTPD_BEYOND_LIMIT = "mtpd_beyond_limit"
    "An impact curve reaches what is not tolerable before the stated longest outage."
    SUPPLIER_UNTESTED = "supplier_untested"
    "It stands on a supplier whose continuity nobody has seen tested."
    LAYER_UNDRILLED = "layer_undrilled"
    FALLS_TOGETHER = "falls_together"
    "One cause takes the primary and every layer."
    PEOPLE_SHORT = "people_short"
    "Recovery needs more people of a team than there are."
    NOT_ANALYSED = "not_analysed"
    "A critical service without an impact analysis in force."


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """One thing that cannot be, with the way that shows it."""

    kind: ContradictionKind
    subject: NodeId
    "Whose target or plan it is."
    other: NodeId | None = None
    "What it breaks on."
    wanted: float | None = None
    "Minutes, or people, that would do."
    found: float | None = None
    path: tuple[NodeId, ...] = ()
    "From the subject to what it breaks on, each standing on the next."
    ways: tuple[tuple[NodeId, ...], ...] = ()
    "Further ways: one for each layer that falls too."
    evidence: tuple[str, ...] = ()
    "Ids of what was measured; without any, the figures are stated."
    said: str = ""
    "A word on it: the curve that reaches its limit."


def contradictions(sources: Sources, graph: Graph, day: date) -> tuple[Contradiction, ...]:
    """Find every contradiction: those of services first, then by kind and name."""
    search = _Search(sources, graph, day)
    order = {kind: place for place, kind in enumerate(ContradictionKind)}

    def place(each: Contradiction) -> tuple[bool, int, str, str]:
        of_system = graph.by_id[each.subject].kind is not NodeKind.SERVICE
        return of_system, order[each.kind], each.subject, each.other or ""

    return tuple(sorted(search.all(), key=place))


class _Search:
    """One search over one graph."""

    def __init__(self, sources: Sources, graph: Graph, day: date) -> None:
        self._graph, self._day, self._reach = graph, day, Reach(graph)
        self._entries: Mapping[AssetId, ImpactEntry] = sources.entries
        self._measured, self._estate = sources.measured, sources.estate
        analysed = (NodeId(each) for each in self._entries if NodeId(each) in graph.by_id)
        self._answered_for = self._reach.below(analysed)

    def all(self) -> Iterator[Contradiction]:
        for node in self._graph.nodes:
            yield from self._recovery(node)
            if node.kind is NodeKind.DATASET:
                yield from self._copies(node)
            if node.kind is NodeKind.SUPPLIER:
                yield from self._supplier(node)
        for service in self._graph.services:
            yield from self._service(service)
        yield from self._together()

    # -- time -----------------------------------------------------------------------------

    def _recovery(self, lost: Node) -> Iterator[Contradiction]:
        """Who must be back sooner than one of the things it stands on."""
        drill = self._measured.drills.get(AssetId(lost.id))
        stated, took = lost.rto or 0.0, drill.minutes if drill is not None else 0.0
        evidence = (drill.evidence,) if drill is not None and took > stated else ()
        if drill is not None and lost.rto is not None and took > lost.rto:
            yield Contradiction(
                kind=ContradictionKind.MEASURED_BEYOND_TARGET,
                subject=lost.id,
                wanted=lost.rto,
                found=took,
                path=(lost.id,),
                evidence=(drill.evidence,),
            )
        longest = max(stated, took)
        if longest <= 0:
            return
        felt = self._reach.minutes(lost.id, longest)
        for node, each in felt.items():
            wanted = self._graph.by_id[node].rto
            if node != lost.id and wanted is not None and each.value > wanted:
                yield self._late(
                    ContradictionKind.SLOWER_DEPENDENCY, node, lost.id, felt, wanted, evidence
                )

    def _late(
        self,
        kind: ContradictionKind,
        node: NodeId,
        lost: NodeId,
        felt: dict[NodeId, Felt],
        wanted: float,
        evidence: tuple[str, ...],
    ) -> Contradiction:
        return Contradiction(
            kind=kind,
            subject=node,
            other=lost,
            wanted=wanted,
            found=felt[node].value,
            path=self._reach.path(felt, node),
            evidence=evidence,
        )

    # -- data -----------------------------------------------------------------------------

    def _copies(self, dataset: Node) -> Iterator[Contradiction]:
        """Who may lose less data than lies between two copies of a data set.

        What an analysed service stands on is judged with the service, whose layers hold replicas;
        what the estate merely states of a system counts where nobody analysed what it is for.
        """
        seen = self._measured.backups.get(AssetId(dataset.id))
        age = dataset.data_age
        if age <= 0:
            felt = self._reach.data(dataset.id, 1.0)
            for node in felt:
                if self._graph.by_id[node].critical and self._graph.by_id[node].rpo is not None:
                    yield Contradiction(
                        kind=ContradictionKind.BACKUP_UNSEEN,
                        subject=node,
                        other=dataset.id,
                        wanted=self._graph.by_id[node].rpo,
                        path=self._reach.path(felt, node),
                    )
            return
        felt = self._reach.data(dataset.id, age)
        evidence = (seen.evidence,) if seen is not None else ()
        for node, each in felt.items():
            wanted = self._graph.by_id[node].rpo
            if node in self._answered_for or wanted is None:
                continue
            if each.value > wanted:
                yield self._late(
                    ContradictionKind.BACKUP_BEYOND_RPO, node, dataset.id, felt, wanted, evidence
                )

    # -- parties --------------------------------------------------------------------------

    def _supplier(self, supplier: Node) -> Iterator[Contradiction]:
        """Critical services that stand on a supplier nobody has seen tested."""
        plan = self._measured.plans.get(AssetId(supplier.id))
        if plan is not None and self._recent(plan):
            return
        felt = self._reach.minutes(supplier.id, 1.0)
        for node in felt:
            if self._graph.by_id[node].critical and node != supplier.id:
                yield Contradiction(
                    kind=ContradictionKind.SUPPLIER_UNTESTED,
                    subject=node,
                    other=supplier.id,
                    path=self._reach.path(felt, node),
                )

    # -- services -------------------------------------------------------------------------

    def _service(self, service: Node) -> Iterator[Contradiction]:
        entry = self._entries.get(AssetId(service.id))
        layers = self._graph.layers_of.get(service.id, ())
        if service.critical and not layers:
            yield Contradiction(
                kind=ContradictionKind.NO_LAYER, subject=service.id, path=(service.id,)
            )
        if entry is None:
            if service.critical:
                yield Contradiction(
                    kind=ContradictionKind.NOT_ANALYSED, subject=service.id, path=(service.id,)
                )
            return
        yield from self._targets(service, entry)
        yield from self._people(service, entry)
        if layers:
            yield from self._fastest(service, entry)
        for layer in layers:
            way = (service.id, layer.id)
            drill = self._measured.layers.get((entry.service, layer.id.partition(":")[2]))
            if drill is None or not drill.passed or not self._recent(drill):
                yield Contradiction(
                    kind=ContradictionKind.LAYER_UNDRILLED,
                    subject=service.id,
                    other=layer.id,
                    path=way,
                    evidence=(drill.evidence,) if drill is not None else (),
                )
            if layer.data_age > entry.rpo:
                yield Contradiction(
                    kind=ContradictionKind.LAYER_DATA_BEYOND_RPO,
                    subject=service.id,
                    other=layer.id,
                    wanted=entry.rpo,
                    found=layer.data_age,
                    path=way,
                )

    def _targets(self, service: Node, entry: ImpactEntry) -> Iterator[Contradiction]:
        if entry.rto > entry.mtpd:
            yield Contradiction(
                kind=ContradictionKind.RTO_BEYOND_MTPD,
                subject=service.id,
                wanted=entry.mtpd,
                found=entry.rto,
                path=(service.id,),
            )
        reached = entry.tolerable
        if reached is not None and reached[0] < entry.mtpd:
            yield Contradiction(
                kind=ContradictionKind.MTPD_BEYOND_LIMIT,
                subject=service.id,
                wanted=reached[0],
                found=entry.mtpd,
                path=(service.id,),
                said=reached[1].kind.value,
            )

    def _fastest(self, service: Node, entry: ImpactEntry) -> Iterator[Contradiction]:
        """Whether any layer serves in time when the primary is gone for good."""
        primary, *spares = service.groups[0].members
        first = min(spares, key=lambda each: each.switch.likely)
        if first.switch.likely > entry.rto:
            measured = first.switch.evidence
            yield Contradiction(
                kind=ContradictionKind.NO_LAYER_IN_TIME,
                subject=service.id,
                other=first.node,
                wanted=entry.rto,
                found=first.switch.likely,
                path=(service.id, primary.node),
                ways=((service.id, first.node),),
                evidence=(measured,) if measured else (),
            )

    def _people(self, service: Node, entry: ImpactEntry) -> Iterator[Contradiction]:
        """Teams asked for more people than they have, by a need or by a layer alone."""
        asked = [
            *((each, ()) for need in entry.needs for each in need.people),
            *(
                (each, (NodeId(f"layer:{layer.id}"),))
                for layer in entry.layers
                for each in layer.people
            ),
        ]
        worst: dict[str, Contradiction] = {}
        for need, way in asked:
            role = self._estate.by_id.get(AssetId(need.team))
            filled = role.attributes.get("filled") if role is not None else None
            if role is None or role.kind is not AssetKind.ROLE or not isinstance(filled, int):
                continue
            known = worst.get(need.team)
            if need.people > filled and (known is None or need.people > (known.found or 0)):
                worst[need.team] = Contradiction(
                    kind=ContradictionKind.PEOPLE_SHORT,
                    subject=service.id,
                    other=NodeId(role.id),
                    wanted=filled,
                    found=need.people,
                    path=(service.id, *way, NodeId(role.id)),
                )
        yield from worst.values()

    # -- one disaster -----------------------------------------------------------------------

    def _together(self) -> Iterator[Contradiction]:
        """Causes that take the primary and every layer of a service; the nearest of each chain."""
        covered = [each for each in self._graph.services if self._graph.layers_of.get(each.id)]
        if not covered:
            return
        own = {NodeKind.SERVICE, NodeKind.PROCESS, NodeKind.LAYER}
        taking: dict[NodeId, dict[NodeId, frozenset[NodeId]]] = {}
        for cause in self._graph.nodes:
            if cause.kind not in own:
                gone = self._reach.down(cause.id)
                for service in covered:
                    if service.id in gone:
                        taking.setdefault(service.id, {})[cause.id] = gone
        for service in covered:
            causes = taking.get(service.id, {})
            for cause_id, gone in causes.items():
                if any(each in gone for each in causes if each != cause_id):
                    continue
                ways = [
                    (service.id, *self._reach.path_down(gone, each.node, cause_id))
                    for each in service.groups[0].members
                ]
                yield Contradiction(
                    kind=ContradictionKind.FALLS_TOGETHER,
                    subject=service.id,
                    other=cause_id,
                    path=ways[0],
                    ways=tuple(ways[1:]),
                )

    def _recent(self, drill: SeenDrill) -> bool:
        return drill.held + DRILL_LASTS >= self._day

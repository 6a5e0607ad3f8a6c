"""Work out what the plan bears, and seal it for judgement.

    seal_continuity(node, actor="…")       layers, partners and disasters, derived (BP-27 to BP-29)
    seal_continuity(node, actor="…", wanted=("earthquake",))       of the disasters only this one

What is sealed is derived from plans, drills and analyses that are sealed already; it carries the
digest of the model it came from. Judgement reads it like any look, so it grows stale with time.
Each disaster is sealed as soon as it is worked out: whatever ends the work, what was done stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from panshi.model.asset import AssetId, AssetKind
from panshi.model.bodies.continuity_judged import (
    PARTNER,
    SERVICE_LAYERS,
    PartnerContinuity,
    ServiceLayers,
)
from panshi.model.observation import Observation, ObservationId
from panshi.model.resilience.graph import Graph, NodeId
from panshi.model.resilience.plan import Scenario
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.remembered import remembered_of_records
from panshi.node.resilience.graph import analyses, sources_of
from panshi.node.resilience.kernels import Tell
from panshi.node.resilience.playing import Chance, played
from panshi.node.resilience.simulation import Watch
from panshi.node.resilience.story import options_of, scenario_named, scenarios_of
from panshi.resilience.estate_graph import Sources, graph_of_estate
from panshi.resilience.impact.contradictions import contradictions
from panshi.resilience.story.course import told
from panshi.resilience.story.removal import Fallen, SwitchOver, concentration, switching

COLLECTOR = "panshi continuity"

FIRST_TIER = 1
TRIALS = 5_000
"How often each disaster is played before it is sealed: a chance is then told to 1.4 points."


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """What the plan bears on a day."""

    sources: Sources
    graph: Graph
    switching: tuple[SwitchOver, ...]
    concentration: tuple[Fallen, ...]
    missed: Mapping[NodeId, tuple[str, ...]]
    "Scenarios in whose likely course a service is late."
    scenarios: tuple[Scenario, ...]
    day: date

    def single_points(self, service: NodeId) -> tuple[str, ...]:
        """Give what alone takes a service down beyond its objective."""
        return tuple(
            each.node.id
            for each in self.concentration
            if any(tale.node.id == service for tale in each.late)
        )

    def fallen(self, node: NodeId) -> Fallen | None:
        """Give what one shared thing takes down; None where nothing."""
        return next((each for each in self.concentration if each.node.id == node), None)


def bearing_of(node: Node, estate_id: str | None = None, as_of: datetime | None = None) -> Bearing:
    """Work out what the plan bears; kept as long as nothing it rests on changes."""
    estate = node.estate(estate_id).id
    if as_of is not None:
        return _bearing(node, estate, as_of)
    return remembered_of_records(
        node, "continuity bearing", estate, lambda: _bearing(node, estate, None)
    )


def _bearing(node: Node, estate_id: str, as_of: datetime | None) -> Bearing:
    sources = sources_of(node, estate_id, as_of)
    graph = graph_of_estate(sources)
    scenarios = scenarios_of(node, estate_id)
    missed: dict[NodeId, tuple[str, ...]] = {}
    for scenario in scenarios:
        for tale in told(graph, scenario).late:
            missed[tale.node.id] = (*missed.get(tale.node.id, ()), scenario.id)
    return Bearing(
        sources=sources,
        graph=graph,
        switching=switching(graph),
        concentration=concentration(graph),
        missed=missed,
        scenarios=scenarios,
        day=day_of(as_of or node.clock()),
    )


def seal_continuity(  # noqa: PLR0913 -- what is sealed, how often it is played, who watches
    node: Node,
    *,
    actor: str,
    estate_id: str | None = None,
    at: datetime | None = None,
    wanted: Sequence[str] = (),
    trials: int = TRIALS,
    seed: int = 1,
    watch: Watch | None = None,
    tell: Tell | None = None,
    ends: Callable[[], bool] = lambda: False,
) -> tuple[ObservationId, ...]:
    """Seal what each service and each key partner bears, and each disaster's outcome.

    `wanted` names disasters; none named: every one the institution looks at. `watch` is told how
    many are done, `tell` is called where the simulation must be compiled first. `ends` is asked
    after each disaster whether to leave the others.
    """
    now = at or node.clock()
    estate = node.estate(estate_id)
    named = {each: scenario_named(node, each, estate.id) for each in wanted}
    bearing = bearing_of(node, estate.id, at)
    outcomes = played(
        node,
        bearing.sources,
        tuple(named.values()) or bearing.scenarios,
        options_of(node, estate.id),
        now=now,
        chance=Chance(trials=trials, seed=seed, tell=tell),
    )
    looks = (*_services(node, bearing, estate.id, now), *_partners(bearing, now))
    ids = list(node.log.append(looks, now).ids) if looks else []
    try:
        for number, outcome in enumerate(outcomes, start=1):
            ids += node.log.append((outcome,), at or node.clock()).ids
            node.checkpoint()
            if watch is not None:
                watch(number)
            if ends():
                break
    finally:
        if ids:
            node.audit(actor, "continuity.seal", estate.id, detail=f"{len(ids)} looks")
    return tuple(ids)


def _services(node: Node, bearing: Bearing, estate_id: str, now: datetime) -> Iterator[Observation]:
    known = analyses(node, estate_id, now)
    found = contradictions(bearing.sources, bearing.graph, bearing.day)
    for each in bearing.switching:
        service = AssetId(each.service.id)
        entry = bearing.sources.entries.get(service)
        analysis = known.in_force(service, bearing.day)
        if entry is None:
            continue
        layers = bearing.graph.layers_of.get(each.service.id, ())
        decided = analysis.decided_at if analysis is not None else None
        yield _seen(
            SERVICE_LAYERS,
            service,
            now,
            ServiceLayers(
                layers=len(layers),
                tested_layers=sum(layer.drilled_on is not None for layer in layers),
                survives_each=each.survives_each,
                failing_layers=tuple(layer.id for layer in each.failing),
                worst_minutes=each.worst,
                rto_target_minutes=entry.rto,
                mtpd_minutes=entry.mtpd,
                single_points=bearing.single_points(each.service.id),
                scenarios=len(bearing.scenarios),
                missed_scenarios=bearing.missed.get(each.service.id, ()),
                contradictions=sum(one.subject == each.service.id for one in found),
                impact_analysed=day_of(decided) if decided is not None else None,
            ),
        )


def _partners(bearing: Bearing, now: datetime) -> Iterator[Observation]:
    for supplier in bearing.sources.estate.by_kind.get(AssetKind.SUPPLIER, ()):
        tier = supplier.attributes.get("tier")
        if not isinstance(tier, int) or tier > FIRST_TIER:
            continue
        fallen = bearing.fallen(NodeId(supplier.id))
        late = [each for each in fallen.late if each.node.critical] if fallen else []
        carried = [each for each in fallen.carried if each.node.critical] if fallen else []
        plan = bearing.sources.measured.plans.get(supplier.id)
        yield _seen(
            PARTNER,
            supplier.id,
            now,
            PartnerContinuity(
                services=len(late) + len(carried),
                late_services=tuple(each.node.id for each in late),
                substitute=not late,
                plan_tested=plan.held if plan is not None and plan.passed else None,
            ),
        )


def _seen(
    kind: str, subject: str, now: datetime, body: ServiceLayers | PartnerContinuity
) -> Observation:
    return Observation(kind=kind, subject=subject, observed_at=now, collector=COLLECTOR, body=body)

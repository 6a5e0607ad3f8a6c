"""The story put before the board: one disaster, who is late and why, what the remedy changes.

    story = story_of(node, "demo-bank")              the first scenario of the institution
    story = story_of(node, scenario_id="…")

The likely course is told anew whenever it is asked for; how probable each outcome is, and that no
cheaper remedy exists, is worked out by `panshi continuity seal` and read from what that sealed. A
sealed result says from which state of the plan it comes, so that an outdated one shows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from panshi.errors import MissingError
from panshi.model.asset import AssetId
from panshi.model.bodies.continuity_judged import SCENARIO, ScenarioOutcome
from panshi.model.observation import Sealed
from panshi.model.resilience.graph import Graph, Layer, NodeId
from panshi.model.resilience.plan import PlannedLayer, Scenario
from panshi.node.node import Node
from panshi.node.records import institution_of
from panshi.node.remembered import remembered_of_records
from panshi.node.resilience.demo_plan import planned, read_resilience
from panshi.node.resilience.graph import sources_of
from panshi.node.resilience.simulation import USUAL, shipped
from panshi.resilience.estate_graph import Sources, graph_of_estate
from panshi.resilience.story.course import told
from panshi.resilience.story.tale import Course


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A layer one could add."""

    service: AssetId
    layer: PlannedLayer


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Layers that were found to be the cheapest, and what they change."""

    added: tuple[Layer, ...]
    cost: int
    proven: bool
    "No cheaper choice meets the objectives; proven by the solver."
    graph: Graph
    "With the layers added."
    course: Course


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything the page and the section of the board pack show."""

    estate: str
    demo: bool
    scenario: Scenario
    graph: Graph
    course: Course
    outcome: ScenarioOutcome | None
    "Probabilities and remedy as they were sealed; None where nobody ran them."
    sealed: Sealed | None
    current: bool
    "What was sealed comes from the plan as it is now."
    remedy: Remedy | None


def scenarios_of(node: Node, estate_id: str | None = None) -> tuple[Scenario, ...]:
    """Give the scenarios an institution looks at: its own, then those that ship."""
    own = read_resilience().scenarios if node.estate(estate_id).demo else ()
    known = shipped()
    first = (USUAL, *sorted(each for each in known if each != USUAL))
    return (*own, *(known[each] for each in first))


def options_of(node: Node, estate_id: str | None = None) -> tuple[Option, ...]:
    """Give the layers one could add."""
    if not node.estate(estate_id).demo:
        return ()
    plan = read_resilience()
    return tuple(
        Option(service=AssetId(each.service), layer=planned(plan, each)) for each in plan.candidates
    )


def scenario_named(node: Node, scenario_id: str, estate_id: str | None = None) -> Scenario:
    """Give one scenario, or say which there are."""
    known = scenarios_of(node, estate_id)
    found = next((each for each in known if each.id == scenario_id or not scenario_id), None)
    if found is None:
        names = ", ".join(each.id for each in known) or "there is none"
        raise MissingError(f"there is no scenario {scenario_id[:80]!r}", remedy=names)
    return found


def story_of(
    node: Node, estate_id: str | None = None, scenario_id: str = "", as_of: datetime | None = None
) -> Story:
    """Tell the story of one scenario."""
    estate = node.estate(estate_id)
    scenario = scenario_named(node, scenario_id, estate.id)

    def make() -> Story:
        return _story(node, estate.id, scenario, as_of)

    if as_of is not None:
        return make()
    return remembered_of_records(node, ("continuity story", scenario.id), estate.id, make)


def _story(node: Node, estate_id: str, scenario: Scenario, as_of: datetime | None) -> Story:
    sources = sources_of(node, estate_id, as_of)
    graph = graph_of_estate(sources)
    sealed = newest_outcome(node, scenario.id, estate_id, as_of)
    outcome = sealed.observation.body if sealed is not None else None
    if not isinstance(outcome, ScenarioOutcome):
        sealed, outcome = None, None
    options = options_of(node, estate_id)
    return Story(
        estate=estate_id,
        demo=sources.estate.demo,
        scenario=scenario,
        graph=graph,
        course=told(graph, scenario),
        outcome=outcome,
        sealed=sealed,
        current=outcome is not None and outcome.model == digest_of(graph, scenario, options),
        remedy=_remedy(sources, scenario, outcome, options) if outcome is not None else None,
    )


def newest_outcome(
    node: Node, scenario_id: str, estate_id: str | None = None, as_of: datetime | None = None
) -> Sealed | None:
    """Give what was sealed last about a scenario."""
    return newest_outcomes(node, estate_id, as_of).get(scenario_id)


def newest_outcomes(
    node: Node, estate_id: str | None = None, as_of: datetime | None = None
) -> dict[str, Sealed]:
    """Give what was sealed last about each scenario; the log knows it, however long the history."""
    subject = institution_of(node.estate(estate_id))
    found = node.log.latest((SCENARIO,), as_of=as_of)
    own = [each for each in found if each.observation.subject == subject]
    own.sort(key=lambda each: (each.observation.observed_at, each.position))
    return {each.observation.facet: each for each in own}


def _remedy(
    sources: Sources,
    scenario: Scenario,
    outcome: ScenarioOutcome,
    options: tuple[Option, ...],
) -> Remedy | None:
    """Add the layers that were found, as they are offered today."""
    wanted = {each.layer for each in outcome.remedy}
    chosen = tuple(each for each in options if each.layer.id in wanted)
    if not wanted or len(chosen) < len(wanted):
        return None
    graph = graph_of_estate(with_options(sources, chosen))
    ids = {NodeId(f"layer:{each.layer.id}") for each in chosen}
    return Remedy(
        added=tuple(each for each in graph.layers if each.id in ids),
        cost=sum(each.layer.cost for each in chosen),
        proven=outcome.proven,
        graph=graph,
        course=told(graph, scenario),
    )


def with_options(sources: Sources, chosen: tuple[Option, ...]) -> Sources:
    """Give the sources as they would be with layers added; services without analysis have none."""
    entries = dict(sources.entries)
    for option in chosen:
        entry = entries.get(option.service)
        if entry is not None:
            entries[option.service] = replace(entry, layers=(*entry.layers, option.layer))
    return replace(sources, entries=entries)


def digest_of(graph: Graph, scenario: Scenario, options: tuple[Option, ...]) -> str:
    """Tell one state of plan, scenario and offers from another."""
    state = (graph.nodes, graph.layers, graph.pools, scenario, options)
    return sha256(repr(state).encode()).hexdigest()

"""The cheapest layers to add, to the graph of an estate with all that is offered, or of a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec
import yaml

from panshi.errors import BadInputError, UsageError
from panshi.model.resilience.graph import Graph, Layer, NodeId
from panshi.model.resilience.plan import Scenario
from panshi.node.node import Node
from panshi.node.resilience.graph import sources_of
from panshi.node.resilience.story import Option, options_of, with_options
from panshi.resilience.estate_graph import Sources, graph_of_estate
from panshi.resilience.remedy.planning import remedy
from panshi.resilience.remedy.terms import Found, Goal, by_rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A graph that holds every option, and which of its layers they are."""

    graph: Graph
    options: frozenset[NodeId]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerAnswer:
    """One layer to add."""

    layer: str
    serves: str
    kind: str
    name_zh: str
    name_en: str
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalAnswer:
    """One objective of one service."""

    service: str
    objective: str
    "`rto` or `rpo`."
    critical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceAnswer:
    """One choice of layers."""

    layers: tuple[LayerAnswer, ...]
    cost: int
    "TWD a year."
    missed: tuple[GoalAnswer, ...]
    "Objectives that are still missed."
    reached: tuple[GoalAnswer, ...]
    "Objectives that are met here and were not at the step before, or as things are."
    per_million: float | None
    "Objectives reached for each further million TWD since then; null where nothing more is spent."


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyAnswer:
    """The cheapest remedy with its proof, and what each amount buys."""

    scenarios: tuple[str, ...]
    worst: bool
    "Everything hits that may and takes longest; else the likely course."
    budget: int | None
    options: int
    before: ChoiceAnswer
    "As things are."
    best: ChoiceAnswer
    proven: bool
    "No choice meets more objectives, critical ones first, and none that meets as many is cheaper."
    critical_missed_at_least: int
    "Objectives of critical services every choice misses; those of the best where that is proven."
    others_missed_at_least: int
    "Objectives of others that a choice misses at least which misses no more critical ones."
    cost_at_least: int
    "TWD a year without which nobody misses as few as that, critical ones first."
    steps: tuple[ChoiceAnswer, ...]
    "The least to spend for each further gain."
    tried: int
    "Courses of one service that were followed."


def offered(node: Node, estate_id: str | None = None, offers: tuple[Option, ...] = ()) -> Offered:
    """Give the graph of an estate with every layer that is offered to it, or those given."""
    options = offers or options_of(node, estate_id)
    sources = sources_of(node, estate_id)
    for each in offers:
        _refuse_unknown(each, sources)
    graph = graph_of_estate(with_options(sources, options))
    known = {layer.id for layer in graph.layers}
    ids = frozenset(NodeId(f"layer:{each.layer.id}") for each in options)
    return Offered(graph=graph, options=ids & known)


def _refuse_unknown(offer: Option, sources: Sources) -> None:
    place = f"offer {offer.layer.id}"
    entry = sources.entries.get(offer.service)
    if entry is None:
        raise BadInputError(
            f"{offer.service} has no impact analysis in force",
            place=place,
            remedy="approve one first: what a layer is to reach is stated there",
        )
    if offer.layer.id in {each.id for each in entry.layers}:
        raise BadInputError("the plan has a layer of this id", place=place, remedy="rename it")
    for each in offer.layer.stands_on:
        if each not in sources.estate.by_id:
            raise BadInputError(f"{each} is not in the estate", place=place)


def offers_in(raw: bytes, *, source: str) -> tuple[Option, ...]:
    """Read offers written as YAML or JSON: a list of services, each with a layer."""
    try:
        return msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader), tuple[Option, ...])
    except (msgspec.ValidationError, yaml.YAMLError, RecursionError) as error:
        raise BadInputError(
            str(error), place=source, remedy="docs/how-to/simulate-disasters.md tells the form"
        ) from error


def offered_in(graph: Graph, names: Sequence[str] = ()) -> Offered:
    """Take layers of a graph as options: those named, or else every one that costs something."""
    known = {layer.id for layer in graph.layers}
    for name in names:
        if name not in known:
            raise UsageError(f"there is no layer {name!r}", remedy=", ".join(sorted(known)[:10]))
    chosen = frozenset(NodeId(name) for name in names)
    paid = frozenset(layer.id for layer in graph.layers if layer.cost > 0)
    return Offered(graph=graph, options=chosen or paid)


def cheapest_layers(
    given: Offered,
    scenarios: Sequence[Scenario],
    *,
    budget: int | None = None,
    worst: bool = False,
    watch: Callable[[int], None] = lambda _count: None,
) -> RemedyAnswer:
    """Find the cheapest remedy and tell of it; `watch` hears how many choices were told."""
    if not given.options:
        raise UsageError("nothing is offered", remedy="offer layers with their cost")
    found = remedy(given.graph, given.options, scenarios, budget=budget, worst=worst, watch=watch)
    steps = (found.before, *found.steps)
    critical, others = by_rank(given.graph, found.least)
    return RemedyAnswer(
        scenarios=tuple(each.id for each in scenarios),
        worst=worst,
        budget=budget,
        options=len(given.options),
        before=_choice(given, found.before, found.before),
        best=_choice(given, found.best, found.before),
        proven=found.proven,
        critical_missed_at_least=critical,
        others_missed_at_least=others,
        cost_at_least=found.cost,
        steps=tuple(_choice(given, one, last) for last, one in pairwise(steps)),
        tried=found.tried,
    )


def _choice(given: Offered, found: Found, before: Found) -> ChoiceAnswer:
    reached = before.missed - found.missed
    more = found.cost - before.cost
    return ChoiceAnswer(
        layers=tuple(_layer(each) for each in given.graph.layers if each.id in found.chosen),
        cost=found.cost,
        missed=_goals(given.graph, found.missed),
        reached=_goals(given.graph, reached),
        per_million=len(reached) / (more / 1_000_000) if more else None,
    )


def _layer(layer: Layer) -> LayerAnswer:
    return LayerAnswer(
        layer=layer.id.removeprefix("layer:"),
        serves=layer.serves,
        kind=layer.kind,
        name_zh=layer.name_zh,
        name_en=layer.name_en,
        cost=layer.cost,
    )


def _goals(graph: Graph, goals: frozenset[Goal]) -> tuple[GoalAnswer, ...]:
    return tuple(
        GoalAnswer(
            service=each.service,
            objective=each.objective,
            critical=graph.by_id[each.service].critical,
        )
        for each in sorted(goals)
    )

"""The cheapest layers to add, to the graph of an estate with all that is offered, or of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from panshi.errors import UsageError
from panshi.model.resilience.graph import Graph, NodeId
from panshi.model.resilience.plan import Scenario
from panshi.node.node import Node
from panshi.node.resilience.graph import sources_of
from panshi.node.resilience.story import options_of, with_options
from panshi.resilience.estate_graph import graph_of_estate

if TYPE_CHECKING:
    from panshi.resilience.remedy.planning import Remedy

MOST_COURSES = 20_000


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
class ChoiceAnswer:
    """One choice of layers."""

    layers: tuple[LayerAnswer, ...]
    cost: int
    "TWD a year."
    failing: tuple[str, ...]
    "Services that still miss an objective."
    proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAnswer:
    """What an amount buys."""

    cost: int
    failing: tuple[str, ...]
    layers: tuple[str, ...]
    rescued: tuple[str, ...]
    "Services that hold here and did not at the step before."
    per_million: float | None
    "Services rescued for each further million TWD since the step before."


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyAnswer:
    """The cheapest remedy with its proof and what stands beside it."""

    scenarios: tuple[str, ...]
    confidence: float | None
    "Share of sampled courses in which objectives must be kept; null: at worst."
    trials: int
    seed: int
    budget: int | None
    options: int
    before: tuple[str, ...]
    "Services that miss an objective as things are."
    best: ChoiceAnswer
    hopeless: tuple[str, ...]
    "Services no choice within the budget can save together with those it saves."
    alternatives: tuple[ChoiceAnswer, ...]
    steps: tuple[StepAnswer, ...]
    tried: int


def offered(node: Node, estate_id: str | None = None) -> Offered:
    """Give the graph of an estate with every layer that is offered to it."""
    options = options_of(node, estate_id)
    graph = graph_of_estate(with_options(sources_of(node, estate_id), options))
    known = {layer.id for layer in graph.layers}
    ids = frozenset(NodeId(f"layer:{each.layer.id}") for each in options)
    return Offered(graph=graph, options=ids & known)


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
    confidence: float | None = None,
    trials: int = 1_000,
    seed: int = 1,
    budget: int | None = None,
) -> RemedyAnswer:
    """Find the cheapest remedy and tell of it."""
    from panshi.resilience.remedy.courses import Terms  # noqa: PLC0415 -- loads the compiler
    from panshi.resilience.remedy.planning import remedy  # noqa: PLC0415 -- loads the solver

    if not 1 <= trials <= MOST_COURSES:
        raise UsageError(f"{trials:,} courses", remedy=f"ask for 1 to {MOST_COURSES:,}")
    terms = Terms(confidence=confidence, trials=trials, seed=seed)
    found = remedy(given.graph, given.options, scenarios, terms, budget=budget)
    return _answer(given, found, scenarios, terms.confidence, (trials, seed, budget))


def _answer(
    given: Offered,
    found: Remedy,
    scenarios: Sequence[Scenario],
    confidence: float | None,
    asked: tuple[int, int, int | None],
) -> RemedyAnswer:
    layers = {
        layer.id: LayerAnswer(
            layer=layer.id.removeprefix("layer:"),
            serves=layer.serves,
            kind=layer.kind,
            name_zh=layer.name_zh,
            name_en=layer.name_en,
            cost=layer.cost,
        )
        for layer in given.graph.layers
    }
    choices = [
        ChoiceAnswer(
            layers=tuple(layers[each] for each in sorted(one.chosen)),
            cost=one.cost,
            failing=tuple(sorted(one.failing)),
            proven=one.proven,
        )
        for one in (found.best, *found.alternatives)
    ]
    trials, seed, budget = asked
    return RemedyAnswer(
        scenarios=tuple(each.id for each in scenarios),
        confidence=confidence,
        trials=1 if confidence is None else trials,
        seed=seed,
        budget=budget,
        options=len(given.options),
        before=tuple(sorted(found.before)),
        best=choices[0],
        hopeless=tuple(sorted(found.hopeless)),
        alternatives=tuple(choices[1:]),
        steps=_steps(found),
        tried=found.tried,
    )


def _steps(found: Remedy) -> tuple[StepAnswer, ...]:
    answers: list[StepAnswer] = []
    cost, failing = 0, found.before
    for step in found.steps:
        rescued = failing - step.failing
        more = step.cost - cost
        answers.append(
            StepAnswer(
                cost=step.cost,
                failing=tuple(sorted(step.failing)),
                layers=tuple(sorted(each.removeprefix("layer:") for each in step.chosen)),
                rescued=tuple(sorted(rescued)),
                per_million=len(rescued) / (more / 1_000_000) if more else None,
            )
        )
        cost, failing = step.cost, step.failing
    return tuple(answers)

"""Play a disaster many times over the graph of an estate or of a file, on every processor.

The kernels let go of the interpreter, so threads share the work; blocks have streams of chance of
their own, so that the answer is the same however many there are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import yaml

from panshi.errors import BadInputError, UsageError
from panshi.model.resilience.graph import Graph, LayerKind
from panshi.model.resilience.plan import Scenario
from panshi.node.node import Node
from panshi.node.resilience.demo_plan import read_resilience
from panshi.node.resilience.kernels import Tell, prepared
from panshi.resilience.simulation.scenario_yaml import chosen, load_scenarios
from panshi.resilience.simulation.variants import (
    kinds_of,
    without_kind,
    without_shock,
)
from panshi.store import library

if TYPE_CHECKING:
    from panshi.resilience.simulation.results import Chance, ServiceResult
    from panshi.resilience.simulation.running import Sample

MOST_TRIALS = 10_000_000
COMPARED = 4_096
"Trials of each comparison at most; the same courses, so that few suffice for a difference."
MISSION = "mission"
"Instead of a scenario: what fails by itself within the mission time of the graph."
USUAL = "compound"

type Watch = Callable[[int], None]
type _Change = tuple[LayerKind | None, int | None]
"""A kind of layer that is taken away, or the number of a shock that does not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The disaster again with one thing changed."""

    kind: LayerKind | None
    "Layers that were taken away; None where a shock was."
    shock: int | None
    "Number of the shock that did not come, from 0."
    late: Mapping[str, Chance]
    "By service, how often it then missed its RTO."
    before: Mapping[str, Chance]
    "How often it did in the same trials with nothing changed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What a disaster does to every service, and what made the difference."""

    scenario: Scenario | None
    trials: int
    seed: int
    nodes: int
    services: tuple[ServiceResult, ...]
    without: tuple[Changed, ...]
    struck: tuple[int, ...]
    "How many nodes or pools of this graph each shock can strike; 0 is a shock that does nothing."


@cache
def shipped() -> Mapping[str, Scenario]:
    """Give the scenarios that ship."""
    return load_scenarios(library.scenarios())


def scenarios_known(node: Node | None, estate_id: str | None = None) -> Mapping[str, Scenario]:
    """Give the scenarios one can name: those that ship, then the institution's own."""
    if node is None or not node.estate(estate_id).demo:
        return shipped()
    return {**shipped(), **{each.id: each for each in read_resilience().scenarios}}


def scenario_for(known: Mapping[str, Scenario], wanted: str) -> Scenario | None:
    """Give a scenario by name or combination; None for the mission itself."""
    return None if wanted == MISSION else chosen(known, wanted)


def graph_in(raw: bytes, *, source: str) -> Graph:
    """Read a graph written as JSON or YAML in the fields of `panshi.model.resilience.graph`."""
    try:
        if source.endswith(".json"):
            return msgspec.json.decode(raw, type=Graph)
        return msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader), Graph)
    except BadInputError as error:
        raise BadInputError(error.problem, place=source, remedy=error.remedy) from error
    except (msgspec.DecodeError, yaml.YAMLError, RecursionError) as error:
        raise BadInputError(
            str(error), place=source, remedy="docs/how-to/simulate-disasters.md tells the form"
        ) from error


def simulate(
    graph: Graph,
    scenario: Scenario | None,
    *,
    trials: int,
    seed: int,
    workers: int = 0,
    compare: bool = True,
    watch: Watch | None = None,
    tell: Tell | None = None,
) -> Simulated:
    """Play a scenario; then again without each kind of layer and without each shock.

    `tell` is called where the kernels must be compiled first, which takes a while.
    """
    from panshi.resilience.simulation.results import (  # noqa: PLC0415 -- loads the compiler
        beyond,
        results,
    )

    if not 1 <= trials <= MOST_TRIALS:
        raise UsageError(f"{trials:,} trials", remedy=f"ask for 1 to {MOST_TRIALS:,}")
    if not graph.services:
        raise UsageError("the graph has no service", remedy="give it nodes of kind service")
    prepared(tell)
    seen = play(graph, scenario, trials=trials, seed=seed, workers=workers, watch=watch)
    few = min(trials, COMPARED)

    def late(sample: Sample) -> dict[str, Chance]:
        found = {}
        for row, service in enumerate(sample.program.services):
            chance = beyond(sample.times[row, :few], graph.by_id[service].rto)
            if chance is not None:
                found[str(service)] = chance
        return found

    before = late(seen)

    def again(change: _Change) -> Changed:
        kind, shock = change
        other = graph if kind is None else without_kind(graph, kind)
        same = scenario if scenario is None or shock is None else without_shock(scenario, shock)
        sample = play(other, same, trials=few, seed=seed, workers=1)
        return Changed(kind=kind, shock=shock, late=late(sample), before=before)

    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        without = tuple(pool.map(again, _changes(graph, scenario) if compare else ()))
    return Simulated(
        scenario=scenario,
        trials=trials,
        seed=seed,
        nodes=len(graph.nodes),
        services=results(graph, seen),
        without=without,
        struck=seen.program.struck,
    )


def _changes(graph: Graph, scenario: Scenario | None) -> Iterator[_Change]:
    yield from ((kind, None) for kind in kinds_of(graph))
    if scenario is not None:
        yield from ((None, number) for number in range(len(scenario.shocks)))


def play(
    graph: Graph,
    scenario: Scenario | None,
    *,
    trials: int,
    seed: int,
    workers: int = 0,
    watch: Watch | None = None,
) -> Sample:
    """Play one scenario in threads; the same seed gives the same sample on any number of them."""
    from panshi.resilience.simulation.compiling import (  # noqa: PLC0415 -- loads the compiler
        compile_graph,
    )
    from panshi.resilience.simulation.program import BLOCK  # noqa: PLC0415 -- loads the compiler
    from panshi.resilience.simulation.running import (  # noqa: PLC0415 -- loads the compiler
        Slice,
        blocks,
        joined,
        run_block,
    )

    prepared()
    program = compile_graph(graph, scenario)
    numbers: Sequence[int] = blocks(program, trials)
    done = 0

    def one(block: int) -> Slice:
        nonlocal done
        found = run_block(program, seed, block, trials)
        done += 1
        if watch is not None:
            watch(min(trials, done * BLOCK))
        return found

    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        return joined(program, pool.map(one, numbers), trials)

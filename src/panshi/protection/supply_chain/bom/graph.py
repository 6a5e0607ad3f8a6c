"""The graph of dependencies in one bill: how a component came in, who pulls it in, what goes round.

Nodes are refs; the root is what the document is about or, where it does not say, whatever nothing
depends on. All walks are iterative: a chain of a hundred thousand costs no stack.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from panshi.model.supply_chain.bom import BomComponent, BomHead

SHOWN = 200
"Nodes a picture holds at most."
ROOT = ""
"Stands for the document's subject where that has no ref."


@dataclass(frozen=True, kw_only=True)
class BomGraph:
    """Who depends on whom."""

    root: str
    below: Mapping[str, tuple[str, ...]]
    "What each ref depends on."
    components: Mapping[str, BomComponent]

    @cached_property
    def above(self) -> Mapping[str, tuple[str, ...]]:
        """Who depends on each ref."""
        made: dict[str, list[str]] = {}
        for ref, on in self.below.items():
            for each in on:
                made.setdefault(each, []).append(ref)
        return {ref: tuple(each) for ref, each in made.items()}

    @cached_property
    def came_by(self) -> Mapping[str, str]:
        """By whom each ref is first reached from the root, nearest first."""
        found = {self.root: ROOT}
        waiting = deque([self.root])
        while waiting:
            here = waiting.popleft()
            for each in self.below.get(here, ()):
                if each not in found:
                    found[each] = here
                    waiting.append(each)
        return found

    @property
    def unreached(self) -> tuple[str, ...]:
        """Components no way leads to from the root."""
        return tuple(ref for ref in self.components if ref not in self.came_by)

    def name(self, ref: str) -> str:
        """Give name and version for a ref."""
        each = self.components.get(ref)
        return f"{each.name} {each.version}".strip() if each else ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A part of the graph small enough to be drawn."""

    nodes: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    left_out: int
    "Nodes that do not fit."


def graph_of(head: BomHead, components: Iterable[BomComponent]) -> BomGraph:
    """Build the graph of a bill."""
    by_ref = {each.ref: each for each in components if each.ref}
    below = dict(head.dependencies)
    root = head.subject.ref if head.subject is not None else ROOT
    if head.subject is not None and root:
        by_ref.setdefault(root, head.subject)
    if root not in below:
        used = {each for on in below.values() for each in on}
        tops = tuple(ref for ref in below if ref not in used)
        below = {**below, root: tuple(each for each in tops if each != root)}
    return BomGraph(root=root, below=below, components=by_ref)


def shortest(graph: BomGraph, ref: str) -> tuple[str, ...]:
    """Give the shortest way from the root to a ref, both included; nothing where none leads."""
    if ref not in graph.came_by:
        return ()
    way = [ref]
    while way[-1] != graph.root:
        way.append(graph.came_by[way[-1]])
    return tuple(reversed(way))


def ways(graph: BomGraph, ref: str, *, most: int = 20) -> tuple[tuple[str, ...], ...]:
    """Give ways from the root to a ref that pass nothing twice, shortest first, up to `most`."""
    return tuple(islice(_ways(graph, ref), most))


def _ways(graph: BomGraph, ref: str, budget: int = 100_000) -> Iterator[tuple[str, ...]]:
    waiting: deque[tuple[str, ...]] = deque([(ref,)])
    while waiting and budget:
        budget -= 1
        way = waiting.popleft()
        if way[0] == graph.root:
            yield way
            continue
        for each in graph.above.get(way[0], ()):
            if each not in way and each in graph.came_by:
                waiting.append((each, *way))


def pulled_in_by(graph: BomGraph, ref: str) -> tuple[str, ...]:
    """Give the direct dependencies of the root that bring a ref along."""
    over = _reached(graph.above, ref) | {ref}
    return tuple(each for each in graph.below.get(graph.root, ()) if each in over)


def brings(graph: BomGraph, ref: str) -> frozenset[str]:
    """Give everything a ref brings along."""
    return frozenset(_reached(graph.below, ref) - {ref})


def _reached(steps: Mapping[str, tuple[str, ...]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for each in steps.get(waiting.pop(), ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found


def cycles(graph: BomGraph) -> tuple[tuple[str, ...], ...]:
    """Give the groups of refs that depend on each other in a ring (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    held: set[str] = set()
    found: list[tuple[str, ...]] = []
    for start in graph.below:
        if start in index:
            continue
        walk: list[tuple[str, Iterator[str]]] = []
        _open(start, graph, (index, low, stack, held), walk)
        while walk:
            here, rest = walk[-1]
            following = next(rest, None)
            if following is None:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[here])
                if low[here] == index[here]:
                    found += _closed(here, graph, stack, held)
            elif following not in index:
                _open(following, graph, (index, low, stack, held), walk)
            elif following in held:
                low[here] = min(low[here], index[following])
    return tuple(sorted(found))


type _State = tuple[dict[str, int], dict[str, int], list[str], set[str]]


def _open(ref: str, graph: BomGraph, state: _State, walk: list[tuple[str, Iterator[str]]]) -> None:
    index, low, stack, held = state
    index[ref] = low[ref] = len(index)
    stack.append(ref)
    held.add(ref)
    walk.append((ref, iter(graph.below.get(ref, ()))))


def _closed(
    ref: str, graph: BomGraph, stack: list[str], held: set[str]
) -> Iterator[tuple[str, ...]]:
    group = []
    while True:
        each = stack.pop()
        held.discard(each)
        group.append(each)
        if each == ref:
            break
    if len(group) > 1 or ref in graph.below.get(ref, ()):
        yield tuple(sorted(group))


def picture(graph: BomGraph, *, focus: str | None = None, most: int = SHOWN) -> Picture:
    """Give what fits on one picture: from the root downwards, or the ways to a focus and below."""
    if focus is None:
        wanted = list(graph.came_by)
    else:
        over = _reached(graph.above, focus) & graph.came_by.keys()
        near = [*shortest(graph, focus), focus, *graph.above.get(focus, ())]
        wanted = list(dict.fromkeys([*near, *graph.below.get(focus, ()), *sorted(over)]))
    nodes = tuple(wanted[:most])
    shown = set(nodes)
    return Picture(
        nodes=nodes,
        edges=tuple(
            (ref, each) for ref in nodes for each in graph.below.get(ref, ()) if each in shown
        ),
        left_out=len(wanted) - len(nodes),
    )

"""In which order events become levels: the one thing that decides how large a diagram grows.

No order is best for all trees, so several are offered, cheapest guess first. All walk the tree
depth first and number an event when they first meet it; they differ in which input comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from panshi.model.resilience.fault_tree import FaultTree


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """What the guesses look at, by vertex."""

    weight: tuple[float, ...]
    "Events below, each counted as often as it is reached."
    uses: tuple[int, ...]
    "Gates that name it."


def orders(tree: FaultTree) -> Iterator[tuple[int, ...]]:
    """Give orders worth a try, without repeating one."""
    given = tuple(range(len(tree.events)))
    seen = {given}
    yield given
    shape = _shape(tree)
    guesses: tuple[Callable[[int], tuple[float, float]], ...] = (
        lambda vertex: (shape.weight[vertex], -shape.uses[vertex]),
        lambda vertex: (-shape.uses[vertex], shape.weight[vertex]),
        lambda vertex: (-shape.weight[vertex], -shape.uses[vertex]),
    )
    for guess in guesses:
        found = _walked(tree, guess)
        if found not in seen:
            seen.add(found)
            yield found


def _shape(tree: FaultTree) -> _Shape:
    weight = [1.0] * len(tree.events)
    uses = [0] * (len(tree.events) + len(tree.gates))
    for gate in tree.gates:
        weight.append(min(sum(weight[each] for each in gate.inputs), 1e300))
        for each in gate.inputs:
            uses[each] += 1
    return _Shape(weight=tuple(weight), uses=tuple(uses))


def _walked(tree: FaultTree, first: Callable[[int], tuple[float, float]]) -> tuple[int, ...]:
    events = len(tree.events)
    found: dict[int, None] = {}
    seen: set[int] = set()
    waiting = [tree.top]
    while waiting:
        vertex = waiting.pop()
        if vertex in seen:
            continue
        seen.add(vertex)
        if vertex < events:
            found[vertex] = None
        else:
            inputs = tree.gates[vertex - events].inputs
            waiting.extend(sorted(inputs, key=first, reverse=True))
    return tuple(found)

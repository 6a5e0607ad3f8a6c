"""The picture of what brings a vulnerable component along, as geometry; the template draws it.

The application stands at the left. Only components that have a finding, and those on the shortest
way to them, are drawn, at most two hundred; the table beside the picture names the same ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

MOST_NODES = 200
COLUMN, ROW = 250, 28
NODE_WIDTH, NODE_HEIGHT = 210, 21
LETTERS = 29
"So many letters of a name fit into its box."
EDGE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One component of the picture."""

    ref: str
    x: int
    y: int
    label: str
    title: str
    tone: str
    "`root`, `plain`, `act`, `open`, `unknown`."

    @property
    def text_y(self) -> int:
        """Where its name stands."""
        return self.y + 15


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyPicture:
    """The ways from the application to its findings."""

    nodes: tuple[Shown, ...]
    edges: tuple[str, ...]
    "Path data."
    width: int
    height: int
    left_out: int
    "Components with findings for which there was no room."
    node_width: int = NODE_WIDTH
    node_height: int = NODE_HEIGHT


def dependency_picture(
    ways: Iterable[Sequence[str]], tones: Mapping[str, str], names: Mapping[str, str]
) -> DependencyPicture:
    """Lay out ways that begin at the application; `tones` says which components have findings."""
    depth: dict[str, int] = {}
    below: dict[str, list[str]] = {}
    "Who was first met behind whom: each component has one place."
    edges: dict[tuple[str, str], None] = {}
    left_out = 0
    for way in ways:
        new = [each for each in way if each not in depth]
        if len(depth) + len(new) > MOST_NODES:
            left_out += 1
            continue
        for each in way[:1]:
            depth.setdefault(each, 0)
        for source, target in pairwise(way):
            edges[source, target] = None
            if target not in depth:
                depth[target] = depth[source] + 1
                below.setdefault(source, []).append(target)
    places = _places(depth, below)
    nodes = tuple(
        Shown(
            ref=each,
            x=x,
            y=y,
            label=_short(names.get(each, each)),
            title=names.get(each, each),
            tone="root" if not depth[each] else tones.get(each, "plain"),
        )
        for each, (x, y) in places.items()
    )
    return DependencyPicture(
        nodes=nodes,
        edges=tuple(_edge(places[source], places[target]) for source, target in edges),
        width=max((each.x for each in nodes), default=0) + NODE_WIDTH + EDGE,
        height=max((each.y for each in nodes), default=0) + NODE_HEIGHT + EDGE,
        left_out=left_out,
    )


def _places(
    depth: Mapping[str, int], below: Mapping[str, Sequence[str]]
) -> dict[str, tuple[int, int]]:
    """Put what is brought along beside whoever brings it, one row per end of a way."""
    places: dict[str, tuple[int, int]] = {}
    row = 0
    for root in (each for each, at in depth.items() if at == 0):
        row = _place(root, below, depth, places, row)
    return places


def _place(
    ref: str,
    below: Mapping[str, Sequence[str]],
    depth: Mapping[str, int],
    places: dict[str, tuple[int, int]],
    row: int,
) -> int:
    """Place one component and all below it from a row on; give the next free row."""
    stack, order = [ref], []
    while stack:
        each = stack.pop()
        order.append(each)
        stack.extend(reversed(below.get(each, ())))
    for each in order:
        places[each] = (EDGE // 2 + depth[each] * COLUMN, EDGE // 2 + row * ROW)
        row += not below.get(each)
    return row


def _edge(source: tuple[int, int], target: tuple[int, int]) -> str:
    begin, end = source[0] + NODE_WIDTH, target[0]
    up, down = source[1] + NODE_HEIGHT // 2, target[1] + NODE_HEIGHT // 2
    middle = (begin + end) // 2
    return f"M{begin} {up}C{middle} {up} {middle} {down} {end} {down}"


def _short(name: str) -> str:
    return name if len(name) <= LETTERS else f"…{name[1 - LETTERS :]}"

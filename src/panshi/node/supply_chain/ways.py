"""A kept bill read again: its quality, what changed since the one before, how each part came in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from panshi.model.supply_chain.bom import BomComponent
from panshi.node.node import Node
from panshi.observe.bom import open_bom
from panshi.protection.supply_chain.bom.difference import Difference, difference
from panshi.protection.supply_chain.bom.graph import BomGraph, graph_of, shortest
from panshi.protection.supply_chain.bom.quality import Quality, Tally
from panshi.store.portfolio import Documents


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBill:
    """One document, read to its end."""

    components: tuple[BomComponent, ...]
    graph: BomGraph
    quality: Quality
    relates: bool
    "Whether it says anything of who brings whom along."


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One component, and who brings it along."""

    purl: str
    steps: tuple[str, ...]
    "References within the document, the application first, the component last."
    told: bool
    "False where no way leads to it: the bill does not say who brings it along."


def opened(node: Node, digest: str) -> OpenedBill:
    """Read a kept document again; raise where its original is lost or was changed."""
    stream = open_bom(Documents(node.home.path).read(digest), source=digest[:16])
    tally, components = Tally(), []
    for each in stream:
        tally.add(each)
        components.append(each)
    head = stream.head
    return OpenedBill(
        components=tuple(components),
        graph=graph_of(head, components),
        quality=tally.judged(head, unreadable=stream.unreadable),
        relates=bool(head.dependencies),
    )


def ways_to(bill: OpenedBill, purls: Collection[str]) -> tuple[Way, ...]:
    """Give the shortest way to each of some packages, in the order of the names passed."""
    wanted, graph = set(purls), bill.graph
    places = {each.purl: each.ref for each in bill.components if each.purl in wanted and each.ref}
    made = []
    for purl, ref in places.items():
        steps = shortest(graph, ref)
        made.append(Way(purl=purl, steps=steps or (graph.root, ref), told=bool(steps)))
    return tuple(sorted(made, key=lambda each: [graph.name(step) for step in each.steps]))


def changes(node: Node, old: str, new: str) -> Difference:
    """Tell two kept documents apart."""
    return difference(opened(node, old).components, opened(node, new).components)

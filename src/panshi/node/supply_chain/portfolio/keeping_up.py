"""Bring the portfolio in step with the log and the advisories, only by what is new.

Deliveries are taken from the evidence log in its order and read from the kept originals: ingesting,
recovering after a crash and rebuilding are the same walk. New packages are matched once; a changed
advisory lets only packages it spoke or speaks of be matched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from panshi.model.bodies.sbom_portfolio import FORGOTTEN, SbomForgotten
from panshi.model.bodies.software import SbomDocument
from panshi.node.supply_chain.portfolio.advising import take_advisories
from panshi.node.supply_chain.portfolio.memory import (
    ADVISORIES,
    BORN,
    GENERATION,
    POSITION,
    memory_of,
)
from panshi.node.supply_chain.portfolio.taking import Taking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from panshi.model.observation import Sealed
    from panshi.node.node import Node
    from panshi.node.supply_chain.portfolio.bills import Bill
    from panshi.node.supply_chain.portfolio.memory import PortfolioMemory

DOCUMENT = "sbom.document/1"
STRETCH = 500
"Deliveries taken in per transaction."


def keep_up(node: Node, bills: Mapping[str, Bill] | None = None) -> None:
    """Take in what log and advisories have that the portfolio has not; `bills` are read already."""
    memory = memory_of(node)
    with memory.lock:
        _forget_another_log(node, memory)
        _be_born(node, memory)
        while _take_log(node, memory, bills or {}):
            pass
        while take_advisories(memory, node.clock()):
            pass


def _forget_another_log(node: Node, memory: PortfolioMemory) -> None:
    """Begin anew where the log is shorter than what was taken in: it is another one."""
    with memory.index.reading() as reading:
        another = reading.meta(POSITION) > node.log.size()
    if another:
        memory.index.forget()
        memory.forget()


def _be_born(node: Node, memory: PortfolioMemory) -> None:
    with memory.index.reading() as reading:
        if reading.meta(BORN):
            return
    with memory.index.writing() as writing:
        if not writing.meta(BORN):
            born = int(node.clock().timestamp() * 1_000_000)
            writing.set_meta(BORN, born)
            writing.set_meta(GENERATION, born)
            writing.set_meta(ADVISORIES, memory.advisories.sequence())


def _take_log(node: Node, memory: PortfolioMemory, bills: Mapping[str, Bill]) -> bool:
    """Take in a stretch of the log; tell whether there may be more."""
    size = node.log.size()
    with memory.index.reading() as reading:
        if reading.meta(POSITION) >= size:
            return False
    with memory.index.writing() as writing:
        steps: list[Sealed] = []
        for sealed in _steps(node, writing.meta(POSITION), size):
            steps.append(sealed)
            if len(steps) == STRETCH:
                break
        more = len(steps) == STRETCH
        if steps:
            with memory.advisories.reading() as snapshot:
                Taking(memory, writing, snapshot, bills, node.clock()).take(steps)
        writing.set_meta(POSITION, steps[-1].position + 1 if more else size)
    return more


def _steps(node: Node, position: int, size: int) -> Iterator[Sealed]:
    """Give deliveries and what was forgotten, from a position on, in order."""
    if position:
        found = node.log.since(position)
    else:
        both = (*node.log.records(FORGOTTEN), *node.log.records(DOCUMENT))
        found = iter(sorted(both, key=lambda each: each.position))
    for each in found:
        if each.position >= size:
            return
        body = each.observation.body
        if isinstance(body, SbomForgotten) or (isinstance(body, SbomDocument) and body.sha256):
            yield each

"""Play disasters many times and find the cheapest remedy; both take heavy engines, loaded late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from panshi.model.observation import Observation
from panshi.model.resilience.plan import Scenario
from panshi.node.node import Node
from panshi.node.resilience.story import Option
from panshi.resilience.estate_graph import Sources


def played(
    node: Node,
    sources: Sources,
    scenarios: Sequence[Scenario],
    options: tuple[Option, ...],
    *,
    now: datetime,
    trials: int,
    seed: int,
) -> Iterator[Observation]:
    """Yield the outcome of each scenario."""
    yield from ()

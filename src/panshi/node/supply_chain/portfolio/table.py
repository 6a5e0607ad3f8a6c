"""The findings of a node as columns, patched by what was touched since they were read.

Joining ten million rows takes seconds; most of them stay as they are from one question to the next.
Each generation of the index says which systems and keys it touched: their rows are taken out and
joined anew, the rest is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from panshi.node.supply_chain.portfolio.matching import table
from panshi.node.supply_chain.portfolio.memory import BORN, GENERATION, Table
from panshi.protection.supply_chain.findings.rows import Rows, join

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from panshi.node.supply_chain.portfolio.memory import PortfolioMemory
    from panshi.store.portfolio import Reading


def table_of(memory: PortfolioMemory, reading: Reading) -> Table:
    """Give the columns as they stand, kept in the process and brought up to date."""
    held = memory.table
    born, generation = reading.meta(BORN), reading.meta(GENERATION)
    if held is not None and (held.born, held.generation) == (born, generation):
        return held
    memory.packages.catch_up(reading)
    if held is None or held.born != born or not len(held.rows):
        rows = _join(memory, reading, None)
    else:
        rows = _patched(memory, reading, held)
    memory.table = Table(born=born, generation=generation, rows=rows)
    return memory.table


def _patched(memory: PortfolioMemory, reading: Reading, held: Table) -> Rows:
    systems, keys = reading.touched(held.generation)
    old = held.rows
    touched_systems = _mask(systems, int(old.system.max()) + 1)
    touched_keys = _mask(keys, int(old.key.max()) + 1)
    gone = touched_systems[old.system] | touched_keys[old.key]
    everything = memory.holdings(reading)
    key_of = memory.packages.key_of
    fresh = (
        _mask(systems, int(everything.system.max(initial=0)) + 1)[everything.system]
        | _mask(keys, int(key_of.max(initial=0)) + 1)[key_of[everything.package]]
    )
    new = _join(memory, reading, fresh)
    return Rows.together((old.where(~gone), new))


def _mask(numbers: list[int], least: int) -> NDArray[np.bool_]:
    made = np.zeros(max(least, max(numbers, default=0) + 1), dtype=bool)
    made[numbers] = True
    return made


def rows_of(
    memory: PortfolioMemory, reading: Reading, keys: Iterable[int], vulnerability: int
) -> Rows:
    """Join only what has one vulnerability of some keys; no other row is looked at."""
    matches = table(reading, keys)
    matches = matches[matches["vulnerability"] == vulnerability]
    wanted = np.zeros(len(memory.packages.purls), dtype=bool)
    wanted[matches["package"]] = True
    holdings = memory.holdings(reading)
    packages = memory.packages
    return join(holdings.where(wanted[holdings.package]), matches, packages.key_of, packages.rank)


def _join(memory: PortfolioMemory, reading: Reading, chosen: NDArray[np.bool_] | None) -> Rows:
    holdings = memory.holdings(reading)
    if chosen is not None:
        holdings = holdings.where(chosen)
    packages = memory.packages
    return join(holdings, table(reading), packages.key_of, packages.rank)

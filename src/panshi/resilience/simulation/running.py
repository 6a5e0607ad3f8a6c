"""Run a program block by block: who runs which block, and where, changes no answer.

A block is 4,096 trials. `run_block` is a function of program, seed and block number alone, so
blocks may be spread over threads (the kernels let go of the interpreter) or over machines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panshi.errors import UsageError
from panshi.resilience.simulation.boolean import counted, evaluate
from panshi.resilience.simulation.program import (
    BLOCK,
    COLUMNS,
    LOST,
    SERVICE,
    Program,
    Rows,
)
from panshi.resilience.simulation.streams import sample
from panshi.resilience.simulation.tile import tile_for
from panshi.resilience.simulation.timing import run_tiles

MOST_CELLS = 150_000_000
"Services times trials kept at most: times and losses together 1.2 GB."
WORDS = BLOCK // 64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slice:
    """What one block found."""

    block: int
    times: Rows
    "Per watched service and trial, minutes of its longest outage."
    losses: Rows
    "Per watched service and trial, minutes of data lost."
    down: NDArray[np.int64]
    "Per watched service, trials in which no alternative at all was left standing."


def blocks(program: Program, trials: int) -> range:
    """Give the blocks that make up so many trials."""
    if trials * max(1, len(program.services)) > MOST_CELLS:
        raise UsageError(
            f"{trials:,} trials of {len(program.services):,} services do not fit in memory",
            remedy=f"at most {MOST_CELLS // max(1, len(program.services)):,} trials",
        )
    return range((trials + BLOCK - 1) // BLOCK)


def run_block(program: Program, seed: int, block: int, trials: int) -> Slice:
    """Run one block, its trials beyond the last left out."""
    a = program.tables
    wide = np.uint64(seed % 2**64)
    count = min(BLOCK, trials - block * BLOCK)
    bits = np.empty((len(program.event_key), WORDS), np.uint64)
    sample(bits, program.event_key, program.event_chance, wide, block)
    services = len(program.services)
    times = np.zeros((services, count), np.int32)
    losses = np.zeros((services, count), np.int32)
    tile = tile_for(program, min(COLUMNS, -(-count // 64) * 64))
    run_tiles(a, tile, bits, wide, np.uint64(block * BLOCK), times, losses, program.horizon)
    del tile
    down = np.empty((len(program.ids), WORDS), np.uint64)
    evaluate(a, bits, down, np.empty((COLUMNS + 1, WORDS), np.uint64))
    lost = np.zeros(services, np.int64)
    for n in np.flatnonzero(a.nodes[:-1, SERVICE] >= 0):
        lost[a.nodes[n, SERVICE]] = counted(down[n], count)
    np.minimum(losses, LOST, out=losses)
    return Slice(block=block, times=times, losses=losses, down=lost)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """What all blocks found."""

    program: Program
    trials: int
    times: Rows
    losses: Rows
    down: NDArray[np.int64]


def joined(program: Program, slices: Iterable[Slice], trials: int) -> Sample:
    """Put blocks together, in whatever order they come."""
    services = len(program.services)
    times = np.zeros((services, trials), np.int32)
    losses = np.zeros((services, trials), np.int32)
    down = np.zeros(services, np.int64)
    for each in slices:
        begin = each.block * BLOCK
        times[:, begin : begin + each.times.shape[1]] = each.times
        losses[:, begin : begin + each.losses.shape[1]] = each.losses
        down += each.down
    return Sample(program=program, trials=trials, times=times, losses=losses, down=down)

"""What the time kernel keeps of some hundred trials at once: one row per node, one column a trial.

`up` is the minute at which a node is up again (or was, if that minute has passed); `own` the part
of it that is its own, by strikes and causes. Rows are cleared only when first written, so that
what a disaster does not reach costs nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from panshi.resilience.simulation.program import MOST_MEMBERS, MOST_SERVERS, Arrays, Rows
from panshi.resilience.simulation.streams import compiled

type Marks = NDArray[np.uint8]

OWN = np.uint8(0x80)
"Bit of `corrupt`: poisoned itself, not only through what it needs."
DWELL = np.uint8(0x7F)
"Bits of `corrupt`: place among the dwells."
_ONE, _SIX, _LOW = np.uint64(1), np.uint64(6), np.uint64(63)


class Tile(NamedTuple):
    """State of the trials of a tile."""

    own: Rows
    up: Rows
    fresh: Marks
    "Whether a cause struck at this moment."
    corrupt: Marks
    loss: Rows
    touched: Marks
    "Per node, whether its row in `own` counts."
    active: Marks
    "Per node, whether its row in `up` counts."
    harmed: Marks
    "Per node, whether its rows in `corrupt` and `loss` count."
    changed: Marks
    "Per node, whether it changed at this moment."
    group_up: Rows
    group_start: Rows
    group_primary: Rows
    serving: NDArray[np.uint32]
    ready_at: Rows
    free: NDArray[np.int32]
    "Per pool and trial, when each of its parts is free, earliest first."
    since: Rows
    longest: Rows
    new: NDArray[np.int32]
    buffer: NDArray[np.int32]
    ready: NDArray[np.int32]
    losses: NDArray[np.int32]


class Now(NamedTuple):
    """Where the kernel stands."""

    seed: np.uint64
    word: int
    "First word of the tile's bits."
    trial: np.uint64
    "First trial of the tile."
    minute: int


def tile_for(a: Arrays, standbys: int, services: int, columns: int) -> Tile:
    """Make room for a tile."""
    nodes, pools = a.own_row.shape[0], a.pool_node.shape[0]

    def rows(count: int) -> Rows:
        return np.zeros((count, columns), np.int32)

    def marks(count: int) -> Marks:
        return np.zeros(count, np.uint8)

    return Tile(
        own=rows(nodes),
        up=rows(nodes),
        fresh=np.zeros((nodes, columns), np.uint8),
        corrupt=np.zeros((nodes, columns), np.uint8),
        loss=rows(nodes),
        touched=marks(nodes),
        active=marks(nodes),
        harmed=marks(nodes),
        changed=marks(nodes),
        group_up=rows(standbys),
        group_start=rows(standbys),
        group_primary=rows(standbys),
        serving=np.zeros((standbys, columns), np.uint32),
        ready_at=rows(standbys),
        free=np.zeros((pools, columns, MOST_SERVERS), np.int32),
        since=rows(services),
        longest=rows(services),
        new=np.zeros(columns, np.int32),
        buffer=np.zeros(columns, np.int32),
        ready=np.zeros(MOST_MEMBERS + 1, np.int32),
        losses=np.zeros(MOST_MEMBERS + 1, np.int32),
    )


@compiled
def clear(t: Tile) -> None:
    """Begin anew."""
    t.touched[:] = 0
    t.active[:] = 0
    t.harmed[:] = 0
    t.group_up[:] = 0
    t.group_primary[:] = 0
    t.serving[:] = 0
    t.free[:] = 0
    t.longest[:] = 0


@compiled
def hit(bits: NDArray[np.uint64], row: int, first: int, column: int) -> bool:
    """Tell whether an event strikes in a column."""
    place = np.uint64(column)
    word = bits[row, first + np.int64(place >> _SIX)]
    return (word >> (place & _LOW)) & _ONE != np.uint64(0)


@compiled
def touch(t: Tile, n: int) -> None:
    """Make a node's own row count."""
    if not t.touched[n]:
        t.own[n, :] = 0
        t.touched[n] = 1


@compiled
def harm(t: Tile, n: int) -> None:
    """Make a node's rows of harm count."""
    if not t.harmed[n]:
        t.corrupt[n, :] = 0
        t.loss[n, :] = 0
        t.harmed[n] = 1


@compiled
def smallest(values: NDArray[np.int32], count: int, k: int) -> int:
    """Sort the first `count` values and give the k-th smallest, counted from 1."""
    for i in range(1, count):
        value = values[i]
        j = i
        while j > 0 and values[j - 1] > value:
            values[j] = values[j - 1]
            j -= 1
        values[j] = value
    return values[k - 1]

"""What the time kernel keeps of some hundred trials at once: one row per node, one column a trial.

`UP` is the minute at which a node is up again (or was, if that minute has passed); `OWN` the part
of it that is its own, by strikes and causes. Rows are cleared only when first written, so that
what a disaster does not reach costs nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from panshi.resilience.compiled import borrows
from panshi.resilience.simulation.program import COLUMNS, FIRST_STEP, Program

type Words = NDArray[np.uint64]
type Line = NDArray[np.int32]

OWN, UP, LOSS = 0, 1, 2
"Rows per node: minutes."
FRESH, CORRUPT = 0, 1
"Bytes per node: whether a cause struck at this moment; by which dwell it is poisoned."
HIT = 2
"Of `FRESH`, until the node is settled: it was struck, however short."
TOUCHED, ACTIVE, HARMED, CHANGED, WAITS = 0, 1, 2, 3, 4
"""Per node: whether its rows of own, of up, of corruption and loss count; whether it changed now;
whether it moved to layers, or waits to, and so decides anew at every moment."""
(
    GROUP_UP,
    START,
    PRIMARY,
    SERVING,
    READY,
    BEGUN,
    FROM_PEOPLE,
    DONE,
    UNTIL,
    FROM_PATH,
    THROUGH,
    ENGAGED,
) = range(12)
"Rows per group with standbys; the last one's first column tells whether the others count."
SINCE, LONGEST = 0, 1
"Rows per service: begin of the present outage, longest outage."
NEW, BUFFER, FOUND, WHOLE, MEMBER_READY, MEMBER_LOSS = 0, 1, 2, 3, 4, 5
"Room to work in."

SELF = 0x80
"Bit of `CORRUPT`: poisoned itself, not only through what it needs."
DWELL = 0x7F
"Bits of `CORRUPT`: place among the dwells."
_NONE, _ONE = np.uint64(0), np.uint64(1)


class Tile(NamedTuple):
    """State of the trials of a tile."""

    rows: NDArray[np.int32]
    bytes: NDArray[np.uint8]
    marks: NDArray[np.uint8]
    groups: NDArray[np.int32]
    steps: NDArray[np.int64]
    "Per trial and pool, from which minute on how much of it is taken, earliest first."
    counts: NDArray[np.int32]
    "Per pool and trial, how many steps there are."
    services: NDArray[np.int32]
    room: NDArray[np.int32]


class Now(NamedTuple):
    """Where the kernel stands."""

    seed: np.uint64
    word: int
    "First word of the tile's bits."
    trial: np.uint64
    "First trial of the tile."
    minute: int
    horizon: int
    "From which minute on who is not back counts as lost."


def tile_for(program: Program, columns: int) -> Tile:
    """Make room for a tile."""
    nodes, pools = len(program.ids), program.tables.pools
    return Tile(
        rows=np.zeros((3, nodes, columns), np.int32),
        bytes=np.zeros((2, nodes, columns), np.uint8),
        marks=np.zeros((5, nodes), np.uint8),
        groups=np.zeros((12, program.standbys, columns), np.int32),
        steps=np.zeros((columns, int(pools[-1, FIRST_STEP]), 2), np.int64),
        counts=np.zeros((pools.shape[0] - 1, columns), np.int32),
        services=np.zeros((2, len(program.services), columns), np.int32),
        room=np.zeros((6, COLUMNS), np.int32),
    )


@borrows
def clear(t: Tile) -> None:
    """Begin anew."""
    t.marks[:] = 0
    t.groups[ENGAGED, :, 0] = 0
    t.counts[:] = 0
    t.services[:] = 0


@borrows
def columns_hit(row: Words, first: int, found: Line, width: int) -> int:
    """List the columns in which an event strikes."""
    count = 0
    for w in range(width // 64):
        word = row[first + w]
        if word == _NONE:
            continue
        for b in range(64):
            if (word >> np.uint64(b)) & _ONE != _NONE:
                found[count] = w * 64 + b
                count += 1
    return count


@borrows
def touch(t: Tile, n: int) -> None:
    """Make a node's own row count."""
    if not t.marks[TOUCHED, n]:
        t.rows[OWN, n, :] = 0
        t.marks[TOUCHED, n] = 1


@borrows
def harm(t: Tile, n: int) -> None:
    """Make a node's rows of harm count."""
    if not t.marks[HARMED, n]:
        t.bytes[CORRUPT, n, :] = 0
        t.rows[LOSS, n, :] = 0
        t.marks[HARMED, n] = 1


@borrows
def deeper(mine: int, theirs: int) -> int:
    """Take over the longer dwell; whether one was poisoned oneself stays."""
    one, other = mine & DWELL, theirs & DWELL
    return mine if one >= other else (mine & SELF) | other


@borrows
def copy_to(line: Line, other: Line, width: int) -> None:
    """Put the values of one line into another."""
    for c in range(width):
        line[c] = other[c]


@borrows
def raise_to(line: Line, other: Line, width: int) -> None:
    """Put the larger of two values into each column of a line."""
    for c in range(width):
        line[c] = other[c] if other[c] > line[c] else line[c]  # noqa: FURB136 -- vectorised


@borrows
def smallest(values: Line, count: int, k: int) -> int:
    """Sort the first `count` values and give the k-th smallest, counted from 1."""
    sort(values, count)
    return int(values[k - 1])


@borrows
def sort(values: Line, count: int) -> None:
    """Sort the first `count` values, which are almost in order."""
    for i in range(1, count):
        value = values[i]
        j = i
        while j > 0 and values[j - 1] > value:
            values[j] = values[j - 1]
            j -= 1
        values[j] = value

"""The time kernel: who holds how much of a shared recovery resource, and when there is room.

For every pool and trial, steps tell how much is taken from which minute on. Who plans gets the
earliest room for as long as it needs it, gaps between what others planned before included; nobody
who planned before is put off by it. A shock that leaves a share of a pool takes the rest of it,
whoever was promised it before keeps it.
"""

from __future__ import annotations

from panshi.resilience.compiled import borrows
from panshi.resilience.simulation.program import CAPACITY_OF, FIRST_STEP, LOST, Tables
from panshi.resilience.simulation.tile import Tile

WHOLE_PATH = 1 << 50
"What a transfer takes of its path: more than there is, so that it is told from all else."
_TIME, _TAKEN = 0, 1


@borrows
def _until(t: Tile, first: int, k: int, count: int, c: int) -> int:
    """Give when a step ends."""
    return int(t.steps[c, first + k + 1, _TIME]) if k + 1 < count else LOST


@borrows
def _tidy(t: Tile, first: int, count: int, minute: int, c: int) -> int:
    """Drop steps that are over and join those that are alike."""
    steps, kept = t.steps[c], 0
    for k in range(count):
        if _until(t, first, k, count, c) <= minute:
            continue
        if kept and steps[first + kept - 1, _TAKEN] == steps[first + k, _TAKEN]:
            continue
        steps[first + kept, _TIME] = steps[first + k, _TIME]
        steps[first + kept, _TAKEN] = steps[first + k, _TAKEN]
        kept += 1
    return kept


@borrows
def _split(t: Tile, first: int, count: int, at: int, c: int) -> int:
    """Let a step begin at a minute; give how many there are now."""
    steps, k = t.steps[c], count
    while k > 0 and steps[first + k - 1, _TIME] >= at:
        k -= 1
    if k < count and steps[first + k, _TIME] == at:
        return count
    for j in range(count, k, -1):
        steps[first + j, _TIME] = steps[first + j - 1, _TIME]
        steps[first + j, _TAKEN] = steps[first + j - 1, _TAKEN]
    steps[first + k, _TIME] = at
    steps[first + k, _TAKEN] = steps[first + k - 1, _TAKEN] if k else 0
    return count + 1


@borrows
def book(
    a: Tables, t: Tile, p: int, c: int, minute: int, begin: int, end: int, amount: int
) -> None:
    """Take so much of a pool for a time, or give it back where the amount is negative."""
    begin = max(begin, minute)
    if end <= begin:
        return
    first, count = int(a.pools[p, FIRST_STEP]), int(t.counts[p, c])
    count = _tidy(t, first, count, minute, c)
    count = _split(t, first, count, begin, c)
    count = _split(t, first, count, end, c)
    steps = t.steps[c]
    for k in range(count):
        if begin <= steps[first + k, _TIME] < end:
            steps[first + k, _TAKEN] += amount
    t.counts[p, c] = count


@borrows
def room_from(
    a: Tables, t: Tile, p: int, c: int, at: int, lasting: int, stay: int, amount: int
) -> int:
    """Give from when so much is there, for so many minutes and at least until `stay`."""
    capacity = a.pools[p, CAPACITY_OF]
    if amount > capacity:
        return LOST
    first, count, steps = int(a.pools[p, FIRST_STEP]), int(t.counts[p, c]), t.steps[c]
    for k in range(count):
        end, begin = _until(t, first, k, count, c), steps[first + k, _TIME]
        if end <= at:
            continue
        if begin > at and begin >= max(at + lasting, stay):
            break
        if steps[first + k, _TAKEN] + amount > capacity:
            at = end
    return min(at, LOST)


@borrows
def path_from(a: Tables, t: Tile, p: int, c: int, at: int, lasting: int) -> int:
    """Give from when a transfer has a path to itself, at the share that is left as it begins."""
    first, count, steps = int(a.pools[p, FIRST_STEP]), int(t.counts[p, c]), t.steps[c]
    if lasting >= LOST:
        return LOST
    through = -1
    for k in range(count):
        end, taken = _until(t, first, k, count, c), int(steps[first + k, _TAKEN])
        if end <= at:
            continue
        if through < 0 and steps[first + k, _TIME] > at:
            through = at + lasting
        if through >= 0 and steps[first + k, _TIME] >= through:
            break
        if taken >= WHOLE_PATH or (through < 0 and taken >= a.pools[p, CAPACITY_OF]):
            at, through = end, -1
        elif through < 0:
            through = at + _slowed(a, p, lasting, taken)
    return min(at, LOST)


@borrows
def path_until(a: Tables, t: Tile, p: int, c: int, at: int, lasting: int) -> int:
    """Give when a transfer is through that begins at a minute at which it may."""
    if at >= LOST:
        return LOST
    first, count, taken = int(a.pools[p, FIRST_STEP]), int(t.counts[p, c]), 0
    for k in range(count):
        if t.steps[c, first + k, _TIME] <= at:
            taken = int(t.steps[c, first + k, _TAKEN])
    return min(LOST, at + _slowed(a, p, lasting, taken))


@borrows
def _slowed(a: Tables, p: int, lasting: int, taken: int) -> int:
    """Give how long a transfer takes through what is left of its path, rounded up."""
    left = int(a.pools[p, CAPACITY_OF]) - taken
    return -int(-lasting * int(a.pools[p, CAPACITY_OF]) // left)

"""The time kernel: after every shock, when is each node up again, and what of its data is lost.

Shocks fall at moments. At each moment every node that one reaches is settled in the order of
evaluation: it is up again at the latest of its own outage, the outage of each cause that took it,
and for each group the minute its `needed`-th member serves (`switching`). Outages that run on from
one moment into the next count as one; a service's time to recover is its longest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from panshi.resilience.simulation.program import LOST, Arrays, Rows
from panshi.resilience.simulation.streams import compiled
from panshi.resilience.simulation.striking_kernel import (
    drawn,
    fail_by_itself,
    lose_newest,
    poison,
    strike,
)
from panshi.resilience.simulation.switching import dwell_of, inherit, switch_over, up_of
from panshi.resilience.simulation.tile import (
    DWELL,
    OWN,
    Now,

    Tile,
    clear,
    harm,
    hit,
    smallest,
    touch,
)


@compiled
def run_tile(
    a: Arrays,
    t: Tile,
    bits: NDArray[np.uint64],
    seed: np.uint64,
    word: int,
    trial: np.uint64,
) -> None:
    """Play the scenario in the trials of one tile."""
    clear(t)
    nodes = a.own_row.shape[0]
    for e in range(a.moments.shape[0]):
        now = Now(seed, word, trial, np.int64(a.moments[e]))
        t.changed[:] = 0
        if e == 0:
            for n in range(nodes):
                if a.own_row[n] >= 0:
                    fail_by_itself(a, t, bits, now, n)
                    t.changed[n] = t.touched[n]
        for s in range(a.strike_first[e], a.strike_first[e + 1]):
            strike(a, t, bits, now, s)
        for n in range(nodes):
            if _stirred(a, t, n):
                _settle(a, t, bits, now, n)


@compiled
def _stirred(a: Arrays, t: Tile, n: int) -> bool:
    """Tell whether something happened at this moment to a node or to what it needs."""
    if t.changed[n]:
        return True
    for x in range(a.exposure_first[n], a.exposure_first[n + 1]):
        if t.changed[a.exposure_cause[x]]:
            return True
    for m in range(a.member_first[a.group_first[n]], a.member_first[a.group_first[n + 1]]):
        if t.changed[a.member[m]]:
            return True
    return False


@compiled
def _settle(a: Arrays, t: Tile, bits: NDArray[np.uint64], now: Now, n: int) -> None:
    """Work out when one node is up again."""
    if not t.active[n]:
        t.up[n, :] = 0
        t.active[n] = 1
    _gather_harm(a, t, n)
    for x in range(a.exposure_first[n], a.exposure_first[n + 1]):
        if t.changed[a.exposure_cause[x]]:
            _expose(a, t, bits, now, n, x)
    if t.touched[n]:
        t.new[:] = t.own[n]
    else:
        t.new[:] = 0
    for g in range(a.group_first[n], a.group_first[n + 1]):
        if a.standby[g] >= 0:
            switch_over(a, t, now, n, g)
        elif a.member_first[g + 1] - a.member_first[g] == 1:
            _depend(a, t, n, a.member[a.member_first[g]])
        else:
            _share(a, t, n, g)
    if a.data[n] and t.harmed[n]:
        _spread(a, t, now, n)
    _write(a, t, now, n)


@compiled
def _gather_harm(a: Arrays, t: Tile, n: int) -> None:
    """Make room for harm if what a node needs is harmed; what is inherited is found anew."""
    found = t.harmed[n] != 0
    for x in range(a.exposure_first[n], a.exposure_first[n + 1]):
        found = found or t.harmed[a.exposure_cause[x]] != 0
    for m in range(a.member_first[a.group_first[n]], a.member_first[a.group_first[n + 1]]):
        found = found or t.harmed[a.member[m]] != 0 or a.member_layer[m] >= 0
    if not found:
        return
    harm(t, n)
    row = t.corrupt[n]
    for c in range(row.shape[0]):
        if not row[c] & OWN:
            row[c] = 0


@compiled
def _expose(a: Arrays, t: Tile, bits: NDArray[np.uint64], now: Now, n: int, x: int) -> None:  # noqa: PLR0913 -- kernel
    """Let a cause that struck take the node along where it does."""
    cause = a.exposure_cause[x]
    touch(t, n)
    for c in range(t.new.shape[0]):
        if t.fresh[cause, c] and hit(bits, a.exposure_row[x], now.word, c):
            lasts = drawn(now, a.exposure_key[x], a.exposure_outage, x, c)
            back = max(np.int64(t.up[cause, c]), now.minute + lasts)
            t.own[n, c] = max(np.int64(t.own[n, c]), back)
            dwell = dwell_of(t, cause, c)
            if dwell:
                poison(a, t, now, n, c, dwell)
            else:
                lose_newest(a, t, now, n, c)


@compiled
def _depend(a: Arrays, t: Tile, n: int, m: int) -> None:
    """Stand on one other node."""
    new = t.new
    if t.active[m]:
        other = t.up[m]
        for c in range(new.shape[0]):
            new[c] = other[c] if other[c] > new[c] else new[c]  # noqa: FURB136 -- vectorised
    if t.harmed[m]:
        for c in range(new.shape[0]):
            inherit(t, n, m, c)


@compiled
def _share(a: Arrays, t: Tile, n: int, g: int) -> None:
    """Stand on several nodes of which so many are needed, all of them hot."""
    first, last, needed = a.member_first[g], a.member_first[g + 1], a.needed[g]
    sound, clean = 0, 0
    for m in range(first, last):
        sound += t.active[a.member[m]] == 0
        clean += t.harmed[a.member[m]] == 0
    if sound < needed:
        _share_times(a, t, g)
    if clean >= needed:
        return
    count = last - first
    for c in range(t.new.shape[0]):
        for m in range(first, last):
            other = a.member[m]
            t.buffer[m - first] = t.corrupt[other, c] & DWELL if t.harmed[other] else 0
        dwell = np.uint8(smallest(t.buffer, count, needed))
        for m in range(first, last):
            other = a.member[m]
            t.buffer[m - first] = t.loss[other, c] if t.harmed[other] else 0
        t.corrupt[n, c] = max(t.corrupt[n, c], dwell)
        t.loss[n, c] = max(np.int64(t.loss[n, c]), smallest(t.buffer, count, needed))


@compiled
def _share_times(a: Arrays, t: Tile, g: int) -> None:
    """Wait for the `needed`-th of several nodes to be up."""
    first, last, needed = a.member_first[g], a.member_first[g + 1], a.needed[g]
    new, buffer = t.new, t.buffer
    if needed == 1:
        buffer[:] = LOST
        for m in range(first, last):
            other = t.up[a.member[m]]
            for c in range(new.shape[0]):
                buffer[c] = other[c] if other[c] < buffer[c] else buffer[c]  # noqa: FURB136 -- vectorised
        for c in range(new.shape[0]):
            new[c] = buffer[c] if buffer[c] > new[c] else new[c]  # noqa: FURB136 -- vectorised
        return
    for c in range(new.shape[0]):
        for m in range(first, last):
            buffer[m - first] = up_of(t, a.member[m], c)
        new[c] = max(np.int64(new[c]), smallest(buffer, last - first, needed))


@compiled
def _spread(a: Arrays, t: Tile, now: Now, n: int) -> None:
    """Poison a data set whose ground is poisoned."""
    for c in range(t.new.shape[0]):
        dwell = t.corrupt[n, c]
        if dwell and not dwell & OWN:
            poison(a, t, now, n, c, dwell & DWELL)
            t.new[c] = max(t.new[c], t.own[n, c])


@compiled
def _write(a: Arrays, t: Tile, now: Now, n: int) -> None:
    """Put the new times in place, and tell those who ask."""
    row, new, fresh = t.up[n], t.new, t.fresh[n]
    service = a.service[n]
    minute = now.minute
    if service >= 0:
        since, longest = t.since[service], t.longest[service]
        for c in range(new.shape[0]):
            if new[c] > minute:
                if row[c] <= minute:
                    since[c] = minute
                longest[c] = max(longest[c], new[c] - since[c])
    changed = t.harmed[n] != 0
    if a.cause[n]:
        for c in range(new.shape[0]):
            fresh[c] = new[c] > minute and new[c] > row[c]
    for c in range(new.shape[0]):
        changed |= row[c] != new[c]
        row[c] = new[c]
    t.changed[n] = changed


@compiled
def run_tiles(
    a: Arrays,
    t: Tile,
    bits: NDArray[np.uint64],
    seed: np.uint64,
    trial: np.uint64,
    times: Rows,
    losses: Rows,
) -> None:
    """Play the scenario in all trials there is room for in the results, tile by tile."""
    columns = t.new.shape[0]
    for column in range(0, times.shape[1], columns):
        run_tile(a, t, bits, seed, column // 64, trial + np.uint64(column))
        width = min(columns, times.shape[1] - column)
        for n in range(a.service.shape[0]):
            s = a.service[n]
            if s >= 0:
                for c in range(width):
                    times[s, column + c] = t.longest[s, c]
                    losses[s, column + c] = t.loss[n, c] if t.harmed[n] else 0

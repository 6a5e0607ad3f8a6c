"""The time kernel, first half: what strikes, when, and what it does to data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from panshi.resilience.simulation.program import CAPACITY, CORRUPTION, LOST, Arrays
from panshi.resilience.simulation.streams import compiled, mixed, triangle, unit
from panshi.resilience.simulation.tile import DWELL, OWN, Now, Tile, harm, hit, touch

AGE = np.uint64(0xA6E5)
"Sets the draw of a data age apart from that of a duration under the same key."


@compiled
def drawn(now: Now, key: np.uint64, delays: NDArray[np.float64], row: int, column: int) -> int:
    """Draw a duration in whole minutes."""
    low, high = delays[row, 0], delays[row, 2]
    if high <= low:
        return np.int64(low + 0.5)
    u = unit(mixed(now.seed ^ key), now.trial + np.uint64(column))
    return np.int64(triangle(u, low, delays[row, 1], high) + 0.5)


@compiled
def aged(now: Now, key: np.uint64, interval: int, column: int) -> int:
    """Draw how old a copy is that is made once an interval."""
    u = unit(mixed(now.seed ^ key ^ AGE), now.trial + np.uint64(column))
    return np.int64(u * interval + 0.5)


@compiled
def fail_by_itself(a: Arrays, t: Tile, bits: NDArray[np.uint64], now: Now, n: int) -> None:
    """Let a node fail by itself at the beginning; its repair takes a minute at least."""
    words = t.new.shape[0] // 64
    row = bits[a.own_row[n]]
    any_strike = False
    for w in range(words):
        if row[now.word + w]:
            any_strike = True
    if not any_strike:
        return
    touch(t, n)
    for c in range(t.new.shape[0]):
        if hit(bits, a.own_row[n], now.word, c):
            t.own[n, c] = max(t.own[n, c], max(1, drawn(now, a.node_key[n], a.repair, n, c)))
            lose_newest(a, t, now, n, c)


@compiled
def lose_newest(a: Arrays, t: Tile, now: Now, n: int, c: int) -> None:
    """A data set struck itself comes back from its newest copy."""
    if a.data[n] and a.data_age[n] > 0:
        harm(t, n)
        t.loss[n, c] = max(t.loss[n, c], aged(now, a.node_key[n], a.data_age[n], c))


@compiled
def poison(a: Arrays, t: Tile, now: Now, n: int, c: int, dwell: np.uint8) -> None:  # noqa: PLR0913 -- kernel
    """Poison a node; a data set comes back from its newest copy older than the dwell."""
    harm(t, n)
    t.corrupt[n, c] = max(t.corrupt[n, c], OWN | dwell)
    if not a.data[n]:
        return
    touch(t, n)
    t.own[n, c] = max(t.own[n, c], now.minute + drawn(now, a.node_key[n], a.repair, n, c))
    if a.data_age[n] > 0:
        old = a.dwells[dwell & DWELL] + aged(now, a.node_key[n], a.data_age[n], c)
        t.loss[n, c] = max(t.loss[n, c], old)
    else:
        t.loss[n, c] = LOST


@compiled
def strike(a: Arrays, t: Tile, bits: NDArray[np.uint64], now: Now, s: int) -> None:
    """Let one strike of the scenario fall in the trials where it does."""
    n = a.strike_node[s]
    effect = a.strike_effect[s]
    if effect == CAPACITY:
        if a.strike_pool[s] >= 0:
            weaken(a, t, bits, now, s)
        if a.strike_left[s] > 0.0 or n < 0:
            return
    touch(t, n)
    t.changed[n] = 1
    for c in range(t.new.shape[0]):
        if hit(bits, a.strike_row[s], now.word, c):
            lasts = drawn(now, a.strike_key[s], a.strike_duration, s, c)
            t.own[n, c] = max(t.own[n, c], now.minute + lasts)
            if effect == CORRUPTION:
                poison(a, t, now, n, c, np.uint8(a.strike_dwell[s]))
            else:
                lose_newest(a, t, now, n, c)


@compiled
def weaken(a: Arrays, t: Tile, bits: NDArray[np.uint64], now: Now, s: int) -> None:
    """Take parts of a pool away for as long as the shock lasts, those free first."""
    p = a.strike_pool[s]
    servers = a.pool_servers[p]
    gone = servers - np.int64(servers * a.strike_left[s] + 1e-9)
    for c in range(t.new.shape[0]):
        if hit(bits, a.strike_row[s], now.word, c):
            back = now.minute + drawn(now, a.strike_key[s], a.strike_duration, s, c)
            for j in range(gone):
                t.free[p, c, j] = max(t.free[p, c, j], back)
            resort(t.free[p, c], servers)


@compiled
def resort(free: NDArray[np.int32], servers: int) -> None:
    """Put the earliest free part first again."""
    for i in range(1, servers):
        value = free[i]
        j = i
        while j > 0 and free[j - 1] > value:
            free[j] = free[j - 1]
            j -= 1
        free[j] = value

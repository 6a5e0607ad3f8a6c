"""The time kernel, first part: what strikes, when, and what it does to data."""

from __future__ import annotations

import numpy as np

from panshi.resilience.compiled import borrows
from panshi.resilience.simulation.booking import book
from panshi.resilience.simulation.program import (
    AGE,
    CAPACITY,
    CAPACITY_OF,
    CORRUPTION,
    DATA,
    DWELL_PLACE,
    EFFECT,
    HIGH,
    KEY,
    LEFT,
    LIKELY,
    LOST,
    LOW,
    OWN_EVENT,
    STRIKE_EVENT,
    STRUCK_NODE,
    STRUCK_POOL,
    THOUSAND,
    Table,
    Tables,
)
from panshi.resilience.simulation.streams import mixed, triangle, unit
from panshi.resilience.simulation.tile import (
    CHANGED,
    CORRUPT,
    DWELL,
    FOUND,
    FRESH,
    HIT,
    LOSS,
    OWN,
    SELF,
    Now,
    Tile,
    Words,
    columns_hit,
    deeper,
    harm,
    touch,
)

_AGE = np.uint64(0xA6E5)
"Sets the draw of a data age apart from that of a duration under the same key."


@borrows
def drawn(now: Now, delays: Table, row: int, column: int) -> int:
    """Draw a duration in whole minutes."""
    low, high = delays[row, LOW], delays[row, HIGH]
    if high <= low:
        return int((low + THOUSAND // 2) // THOUSAND)
    key = mixed(now.seed ^ np.uint64(delays[row, KEY]))
    u = unit(key, now.trial + np.uint64(column))
    found = triangle(u, np.float64(low), np.float64(delays[row, LIKELY]), np.float64(high))
    return int(found / THOUSAND + 0.5)


@borrows
def aged(now: Now, key: int, interval: int, column: int) -> int:
    """Draw how old a copy is that is made once an interval."""
    if interval <= 0:
        return -interval
    mine = mixed(now.seed ^ np.uint64(key) ^ _AGE)
    return int(unit(mine, now.trial + np.uint64(column)) * interval + 0.5)


@borrows
def fail_by_itself(a: Tables, t: Tile, bits: Words, now: Now, n: int) -> None:
    """Let a node fail by itself at the beginning; its repair takes a minute at least."""
    found, width = t.room[FOUND], t.rows.shape[2]
    count = columns_hit(bits[a.nodes[n, OWN_EVENT]], now.word, found, width)
    if not count:
        return
    touch(t, n)
    t.marks[CHANGED, n] = 1
    own, nodes = t.rows[OWN, n], a.nodes
    for i in range(count):
        c = found[i]
        own[c] = max(int(own[c]), 1, drawn(now, nodes, n, c))
    if nodes[n, DATA]:
        for i in range(count):
            lose_newest(a, t, now, n, found[i])


@borrows
def lose_newest(a: Tables, t: Tile, now: Now, n: int, c: int) -> None:
    """Bring a data set that was struck itself back from its newest copy."""
    interval = a.nodes[n, AGE]
    if a.nodes[n, DATA] and interval != 0:
        harm(t, n)
        old = aged(now, a.nodes[n, KEY], interval, c)
        t.rows[LOSS, n, c] = max(int(t.rows[LOSS, n, c]), old)


@borrows
def poison(a: Tables, t: Tile, now: Now, n: int, c: int, dwell: int) -> None:
    """Poison a node; a data set comes back from its newest copy older than the dwell."""
    harm(t, n)
    t.bytes[CORRUPT, n, c] = SELF | deeper(t.bytes[CORRUPT, n, c], dwell)
    if not a.nodes[n, DATA]:
        return
    touch(t, n)
    back = now.minute + drawn(now, a.nodes, n, c)
    t.rows[OWN, n, c] = max(int(t.rows[OWN, n, c]), back)
    old = LOST
    if a.nodes[n, AGE] != 0:
        old = a.dwells[dwell & DWELL, 0] + aged(now, a.nodes[n, KEY], a.nodes[n, AGE], c)
    t.rows[LOSS, n, c] = max(int(t.rows[LOSS, n, c]), old)


@borrows
def strike(a: Tables, t: Tile, bits: Words, now: Now, s: int) -> None:
    """Let one strike of the scenario fall in the trials where it does."""
    n, effect = a.strikes[s, STRUCK_NODE], a.strikes[s, EFFECT]
    if effect == CAPACITY:
        if a.strikes[s, STRUCK_POOL] >= 0:
            weaken(a, t, bits, now, s)
        if a.strikes[s, LEFT] > 0 or n < 0:
            return
    touch(t, n)
    t.marks[CHANGED, n] = 1
    found, own, strikes = t.room[FOUND], t.rows[OWN, n], a.strikes
    count = columns_hit(bits[strikes[s, STRIKE_EVENT]], now.word, found, t.rows.shape[2])
    for i in range(count):
        c = found[i]
        own[c] = max(int(own[c]), now.minute + drawn(now, strikes, s, c))
        t.bytes[FRESH, n, c] = HIT
    if effect == CORRUPTION:
        for i in range(count):
            poison(a, t, now, n, found[i], strikes[s, DWELL_PLACE])
    elif a.nodes[n, DATA]:
        for i in range(count):
            lose_newest(a, t, now, n, found[i])


@borrows
def weaken(a: Tables, t: Tile, bits: Words, now: Now, s: int) -> None:
    """Take what is not left of a pool for as long as the shock lasts."""
    p = a.strikes[s, STRUCK_POOL]
    gone = a.pools[p, CAPACITY_OF] - a.pools[p, CAPACITY_OF] * a.strikes[s, LEFT] // THOUSAND
    found = t.room[FOUND]
    count = columns_hit(bits[a.strikes[s, STRIKE_EVENT]], now.word, found, t.rows.shape[2])
    for i in range(count):
        c = found[i]
        back = now.minute + drawn(now, a.strikes, s, c)
        book(a, t, p, c, now.minute, now.minute, min(LOST, back), gone)

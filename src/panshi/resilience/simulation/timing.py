"""The time kernel: after every shock, when is each node up again, and what of its data is lost.

Shocks fall at moments. At each moment every node that one reaches is settled in the order of
evaluation: it is up again at the latest of its own outage, the outage of each cause that took it,
and for each group the minute its `needed`-th member serves (`switching`). Outages that run on from
one moment into the next count as one; a service's time to recover is its longest.
"""

from __future__ import annotations

import numpy as np

from panshi.resilience.compiled import borrows, compiled
from panshi.resilience.simulation.program import (
    CAUSE,
    DATA,
    EXPOSED_EVENT,
    FIRST_EXPOSURE,
    FIRST_GROUP,
    FIRST_MEMBER,
    FIRST_STRIKE,
    FROM,
    LAYER,
    LOST,
    MINUTE,
    NEEDED,
    NODE,
    OWN_EVENT,
    SERVICE,
    STANDBY,
    Rows,
    Tables,
)
from panshi.resilience.simulation.strike_kernel import (
    drawn,
    fail_by_itself,
    lose_newest,
    poison,
    strike,
)
from panshi.resilience.simulation.switching import dwell_of, loss_of, switch_over, up_of
from panshi.resilience.simulation.tile import (
    ACTIVE,
    BUFFER,
    CHANGED,
    CORRUPT,
    FOUND,
    FRESH,
    HARMED,
    HIT,
    LONGEST,
    LOSS,
    NEW,
    OWN,
    SELF,
    SINCE,
    TOUCHED,
    UP,
    WAITS,
    Now,
    Tile,
    Words,
    clear,
    columns_hit,
    copy_to,
    deeper,
    harm,
    raise_to,
    smallest,
    touch,
)


@compiled
def run_tiles(
    a: Tables,
    t: Tile,
    bits: Words,
    seed: np.uint64,
    trial: np.uint64,
    times: Rows,
    losses: Rows,
    horizon: int,
) -> None:
    """Play the scenario in all trials there is room for in the results, tile by tile."""
    columns = t.rows.shape[2]
    for column in range(0, times.shape[1], columns):
        clear(t)
        for e in range(a.moments.shape[0] - 1):
            now = Now(seed, column // 64, trial + np.uint64(column), a.moments[e, MINUTE], horizon)
            _moment(a, t, bits, now, e)
        width = min(columns, times.shape[1] - column)
        for n in range(a.nodes.shape[0] - 1):
            s = a.nodes[n, SERVICE]
            if s >= 0:
                for c in range(width):
                    back = up_of(t, n, c)
                    last = LOST if back >= horizon else back - t.services[SINCE, s, c]
                    times[s, column + c] = max(last, t.services[LONGEST, s, c])
                    losses[s, column + c] = loss_of(t, n, c)


@borrows
def _moment(a: Tables, t: Tile, bits: Words, now: Now, e: int) -> None:
    """Let everything fall that falls at a moment, and settle what it reaches."""
    t.marks[CHANGED, :] = 0
    if e == 0:
        for n in range(t.marks.shape[1]):
            if a.nodes[n, OWN_EVENT] >= 0:
                fail_by_itself(a, t, bits, now, n)
    for s in range(a.moments[e, FIRST_STRIKE], a.moments[e + 1, FIRST_STRIKE]):
        strike(a, t, bits, now, s)
    changed, nodes, groups, members, exposures = (
        t.marks[CHANGED],
        a.nodes,
        a.groups,
        a.members,
        a.exposures,
    )
    for n in range(changed.shape[0]):
        stirred = changed[n] != 0 or t.marks[WAITS, n] != 0
        for x in range(nodes[n, FIRST_EXPOSURE], nodes[n + 1, FIRST_EXPOSURE]):
            stirred = stirred or changed[exposures[x, FROM]] != 0
        begin, end = nodes[n, FIRST_GROUP], nodes[n + 1, FIRST_GROUP]
        for m in range(groups[begin, FIRST_MEMBER], groups[end, FIRST_MEMBER]):
            stirred = stirred or changed[members[m, NODE]] != 0
        if stirred:
            _settle(a, t, bits, now, n)


@borrows
def _settle(a: Tables, t: Tile, bits: Words, now: Now, n: int) -> None:  # noqa: C901 -- one pass
    """Work out when one node is up again."""
    width = t.rows.shape[2]
    new = t.room[NEW]
    if not t.marks[ACTIVE, n]:
        t.rows[UP, n, :] = 0
        t.marks[ACTIVE, n] = 1
    _gather_harm(a, t, n)
    for x in range(a.nodes[n, FIRST_EXPOSURE], a.nodes[n + 1, FIRST_EXPOSURE]):
        if t.marks[CHANGED, a.exposures[x, FROM]]:
            _expose(a, t, bits, now, n, x)
    if t.marks[TOUCHED, n]:
        copy_to(new, t.rows[OWN, n], width)
    else:
        new[:width] = 0
    for g in range(a.nodes[n, FIRST_GROUP], a.nodes[n + 1, FIRST_GROUP]):
        first = a.groups[g, FIRST_MEMBER]
        if a.groups[g, STANDBY] >= 0:
            switch_over(a, t, now, n, g)
        elif a.groups[g + 1, FIRST_MEMBER] - first == 1:
            m = a.members[first, NODE]
            if t.marks[ACTIVE, m]:
                raise_to(new, t.rows[UP, m], width)
            if t.marks[HARMED, m]:
                _inherit_all(t, n, m)
        else:
            _share(a, t, n, g)
    if a.nodes[n, DATA] and t.marks[HARMED, n]:
        _spread(a, t, now, n)
    _write(a, t, now, n)


@borrows
def _gather_harm(a: Tables, t: Tile, n: int) -> None:
    """Make room for harm if what a node needs is harmed; what is inherited is found anew."""
    found = t.marks[HARMED, n] != 0
    for x in range(a.nodes[n, FIRST_EXPOSURE], a.nodes[n + 1, FIRST_EXPOSURE]):
        found = found or t.marks[HARMED, a.exposures[x, FROM]] != 0
    begin, end = a.nodes[n, FIRST_GROUP], a.nodes[n + 1, FIRST_GROUP]
    for m in range(a.groups[begin, FIRST_MEMBER], a.groups[end, FIRST_MEMBER]):
        harmed = t.marks[HARMED, a.members[m, NODE]] != 0
        found = found or harmed or a.members[m, LAYER] >= 0
    if not found:
        return
    harm(t, n)
    row = t.bytes[CORRUPT, n]
    for c in range(row.shape[0]):
        row[c] = row[c] if row[c] >= SELF else 0


@borrows
def _inherit_all(t: Tile, n: int, m: int) -> None:
    """Take over what befell the data of a node one stands on, in every trial."""
    corrupt, theirs = t.bytes[CORRUPT, n], t.bytes[CORRUPT, m]
    for c in range(corrupt.shape[0]):
        corrupt[c] = deeper(corrupt[c], theirs[c])
    raise_to(t.rows[LOSS, n], t.rows[LOSS, m], t.rows.shape[2])


@borrows
def _expose(a: Tables, t: Tile, bits: Words, now: Now, n: int, x: int) -> None:
    """Let a cause that struck take the node along where it does."""
    cause = a.exposures[x, FROM]
    touch(t, n)
    found, own = t.room[FOUND], t.rows[OWN, n]
    fresh, up = t.bytes[FRESH, cause], t.rows[UP, cause]
    row = bits[a.exposures[x, EXPOSED_EVENT]]
    count = columns_hit(row, now.word, found, t.rows.shape[2])
    mine = t.bytes[FRESH, n]
    data = t.marks[HARMED, cause] != 0 or a.nodes[n, DATA] != 0
    for i in range(count):
        c = found[i]
        if not fresh[c]:
            continue
        back = max(int(up[c]), now.minute + drawn(now, a.exposures, x, c))
        own[c] = max(int(own[c]), back)
        mine[c] = HIT
        if data:
            dwell = dwell_of(t, cause, c)
            if dwell:
                poison(a, t, now, n, c, dwell)
            else:
                lose_newest(a, t, now, n, c)


@borrows
def _share(a: Tables, t: Tile, n: int, g: int) -> None:
    """Stand on several nodes of which so many are needed, all of them hot."""
    first, last, needed = (
        a.groups[g, FIRST_MEMBER],
        a.groups[g + 1, FIRST_MEMBER],
        a.groups[g, NEEDED],
    )
    sound, clean, count = 0, 0, last - first
    for m in range(first, last):
        sound += t.marks[ACTIVE, a.members[m, NODE]] == 0
        clean += t.marks[HARMED, a.members[m, NODE]] == 0
    if sound < needed:
        _share_times(a, t, g)
    if clean >= needed:
        return
    buffer = t.room[BUFFER]
    for c in range(t.rows.shape[2]):
        for i in range(count):
            buffer[i] = dwell_of(t, a.members[first + i, NODE], c)
        dwell = smallest(buffer, count, needed)
        for i in range(count):
            buffer[i] = loss_of(t, a.members[first + i, NODE], c)
        lost = smallest(buffer, count, needed)
        t.bytes[CORRUPT, n, c] = deeper(t.bytes[CORRUPT, n, c], dwell)
        t.rows[LOSS, n, c] = max(int(t.rows[LOSS, n, c]), lost)


@borrows
def _share_times(a: Tables, t: Tile, g: int) -> None:
    """Wait for the `needed`-th of several nodes to be up."""
    first, last, needed = (
        a.groups[g, FIRST_MEMBER],
        a.groups[g + 1, FIRST_MEMBER],
        a.groups[g, NEEDED],
    )
    new, buffer, width = t.room[NEW], t.room[BUFFER], t.rows.shape[2]
    if needed == 1:
        buffer[:width] = LOST
        for m in range(first, last):
            other = t.rows[UP, a.members[m, NODE]]
            for c in range(width):
                buffer[c] = other[c] if other[c] < buffer[c] else buffer[c]  # noqa: FURB136 -- vectorised
        raise_to(new, buffer, width)
        return
    for c in range(width):
        for m in range(first, last):
            buffer[m - first] = up_of(t, a.members[m, NODE], c)
        new[c] = max(int(new[c]), smallest(buffer, last - first, needed))


@borrows
def _spread(a: Tables, t: Tile, now: Now, n: int) -> None:
    """Poison a data set whose ground is poisoned."""
    new = t.room[NEW]
    for c in range(t.rows.shape[2]):
        dwell = int(t.bytes[CORRUPT, n, c])
        if 0 < dwell < SELF:
            poison(a, t, now, n, c, dwell)
            new[c] = max(new[c], t.rows[OWN, n, c])


@borrows
def _write(a: Tables, t: Tile, now: Now, n: int) -> None:
    """Put the new times in place, and tell those who ask."""
    row, new, width, minute = t.rows[UP, n], t.room[NEW], t.rows.shape[2], now.minute
    service = a.nodes[n, SERVICE]
    if service >= 0:
        since, longest = t.services[SINCE, service], t.services[LONGEST, service]
        for c in range(width):
            if new[c] > minute:
                if row[c] < minute:
                    longest[c] = max(longest[c], row[c] - since[c])
                    since[c] = minute
            else:
                longest[c] = max(longest[c], min(row[c], minute) - since[c])
                since[c] = row[c] if row[c] <= minute else new[c]
    changed = np.int32(0)
    if a.nodes[n, CAUSE]:
        fresh = t.bytes[FRESH, n]
        for c in range(width):
            fresh[c] = fresh[c] == HIT or (new[c] > minute and new[c] > row[c])
            changed |= np.int32(fresh[c])
    for c in range(width):  # what was up and is up was not struck: it has been up since then
        back = row[c] if max(row[c], new[c]) <= minute else new[c]
        changed |= row[c] ^ back
        row[c] = back
    t.marks[CHANGED, n] = changed != 0 or t.marks[HARMED, n] != 0

"""The time kernel: which standby takes over, when, with data how old, and who waits for whom.

Whose primary is down takes what keeps both objectives, if anything does; else, and among several,
what serves first; among equals, what loses less. A standby counts from when it is itself up, at the
earliest from the failure on. A layer waits for people and seats it draws on and for its data to
come through the restore path; who comes first in the order of evaluation is served first. A layer
that is written together with the primary is poisoned with it; an immutable one gives its newest
version older than the dwell, if it keeps one so long. A work-around that ends before anything else
is up does not count.
"""

from __future__ import annotations

from panshi.resilience.compiled import inner
from panshi.resilience.simulation.program import (
    FIRST_DRAW,
    FIRST_MEMBER,
    HELD,
    KEY,
    LASTS,
    LAYER,
    LAYER_AGE,
    LOST,
    NEEDED,
    NODE,
    PATH,
    POOL,
    POOL_NODE,
    REPLICATES,
    RESTORE,
    RETENTION,
    RPO,
    RTO,
    SERVERS,
    SERVERS_DRAWN,
    STANDBY,
    Tables,
)
from panshi.resilience.simulation.strike_kernel import aged, drawn
from panshi.resilience.simulation.tile import (
    ACTIVE,
    BUFFER,
    CORRUPT,
    DONE,
    DWELL,
    ENGAGED,
    GROUP_UP,
    HARMED,
    LOSS,
    MEMBER_LOSS,
    MEMBER_READY,
    NEW,
    PRIMARY,
    READY,
    SERVING,
    START,
    THROUGH,
    UNTIL,
    UP,
    WHOLE,
    Line,
    Now,
    Tile,
    raise_to,
    smallest,
    sort,
)

_MEMBER, _DWELL = 0xFF, 8
"Who serves, as `SERVING` keeps it: the member below, the dwell it was chosen under above."


@inner
def up_of(t: Tile, n: int, c: int) -> int:
    """Give when a node is up again."""
    return int(t.rows[UP, n, c]) if t.marks[ACTIVE, n] else 0


@inner
def loss_of(t: Tile, n: int, c: int) -> int:
    """Give how much a node lost."""
    return int(t.rows[LOSS, n, c]) if t.marks[HARMED, n] else 0


@inner
def dwell_of(t: Tile, n: int, c: int) -> int:
    """Give the place of the dwell that poisoned a node; 0 where none did."""
    return int(t.bytes[CORRUPT, n, c] & DWELL) if t.marks[HARMED, n] else 0


@inner
def switch_over(a: Tables, t: Tile, now: Now, n: int, g: int) -> None:  # noqa: C901 -- one pass
    """Settle a group with standbys in every trial."""
    first, needed, sg = a.groups[g, FIRST_MEMBER], a.groups[g, NEEDED], a.groups[g, STANDBY]
    whole, width, minute = t.room[WHOLE], t.rows.shape[2], now.minute
    whole[:width] = 0
    for m in range(first, first + needed):
        if t.marks[ACTIVE, a.members[m, NODE]]:
            raise_to(whole, t.rows[UP, a.members[m, NODE]], width)
    for m in range(first, first + needed):
        if t.marks[HARMED, a.members[m, NODE]]:
            _inherit_where_up(t, n, a.members[m, NODE], whole, minute)
    down = False
    for c in range(width):
        down |= whole[c] > minute
    if not t.groups[ENGAGED, sg, 0]:
        if not down:
            return
        t.groups[GROUP_UP, sg, :] = 0
        t.groups[PRIMARY, sg, :] = 0
        t.groups[SERVING, sg, :] = 0
        t.groups[ENGAGED, sg, 0] = 1
    group_up, serving = t.groups[GROUP_UP, sg], t.groups[SERVING, sg]
    plain = needed == 1 and _plain(a, t, n, g)
    if plain:
        _first_up(a, t, now, n, g)
    for c in range(width):
        if whole[c] <= minute:
            group_up[c] = whole[c]
            serving[c] = 0
        elif not plain:
            _stand_in(a, t, now, n, g, c)
    t.groups[PRIMARY, sg, :] = whole[:width]
    raise_to(t.room[NEW], group_up, width)


@inner
def _plain(a: Tables, t: Tile, n: int, g: int) -> bool:
    """Tell whether nothing but time decides: no layers, and no data a service minds."""
    minds = a.nodes[n, RPO] < LOST
    for m in range(a.groups[g, FIRST_MEMBER], a.groups[g + 1, FIRST_MEMBER]):
        if a.members[m, LAYER] >= 0 or (minds and t.marks[HARMED, a.members[m, NODE]]):
            return False
    return True


@inner
def _first_up(a: Tables, t: Tile, now: Now, n: int, g: int) -> None:  # noqa: C901 -- one pass
    """Let the first that is up stand in, wherever the primary is down; as `_one`, for the many."""
    first, last, sg = a.groups[g, FIRST_MEMBER], a.groups[g + 1, FIRST_MEMBER], a.groups[g, STANDBY]
    rows, groups, marks, members, whole = t.rows, t.groups, t.marks, a.members, t.room[WHOLE]
    corrupt, minute = t.bytes[CORRUPT], now.minute
    for c in range(rows.shape[2]):
        if whole[c] <= minute:
            continue
        if groups[PRIMARY, sg, c] <= minute:
            groups[SERVING, sg, c] = 0
            groups[START, sg, c] = minute
        elif groups[GROUP_UP, sg, c] <= minute:
            groups[START, sg, c] = minute
        best, ready = int(groups[SERVING, sg, c]), int(groups[READY, sg, c])
        node = members[first + best, NODE]
        if not best or (marks[ACTIVE, node] and rows[UP, node, c] > ready):
            best, ready = 0, int(whole[c])
            for m in range(first + 1, last):
                node = members[m, NODE]
                at = minute
                if marks[ACTIVE, node] and rows[UP, node, c] > at:
                    at = int(rows[UP, node, c])
                if at < ready:
                    at += drawn(now, members, m, c)
                    if at < ready:
                        best, ready = m - first, at
            groups[SERVING, sg, c] = best
            groups[READY, sg, c] = ready
        groups[GROUP_UP, sg, c] = min(int(whole[c]), ready)
        node = members[first + best, NODE]
        if marks[HARMED, node]:
            corrupt[n, c] = max(int(corrupt[n, c]), int(corrupt[node, c] & DWELL))
            rows[LOSS, n, c] = max(rows[LOSS, n, c], rows[LOSS, node, c])


@inner
def _inherit_where_up(t: Tile, n: int, m: int, whole: Line, minute: int) -> None:
    """Take over what befell the data of the primary where it serves."""
    corrupt, theirs = t.bytes[CORRUPT, n], t.bytes[CORRUPT, m]
    loss, lost = t.rows[LOSS, n], t.rows[LOSS, m]
    for c in range(t.rows.shape[2]):
        here = whole[c] <= minute
        dwell = theirs[c] & DWELL if here else 0
        corrupt[c] = dwell if dwell > corrupt[c] else corrupt[c]  # noqa: FURB136 -- vectorised
    for c in range(t.rows.shape[2]):
        gone = lost[c] if whole[c] <= minute else 0
        loss[c] = gone if gone > loss[c] else loss[c]  # noqa: FURB136 -- vectorised


@inner
def inherit(t: Tile, n: int, m: int, c: int) -> None:
    """Take over what befell the data of a node one needs."""
    if t.marks[HARMED, m]:
        theirs = int(t.bytes[CORRUPT, m, c] & DWELL)
        t.bytes[CORRUPT, n, c] = max(int(t.bytes[CORRUPT, n, c]), theirs)
        t.rows[LOSS, n, c] = max(t.rows[LOSS, n, c], t.rows[LOSS, m, c])


@inner
def _stand_in(a: Tables, t: Tile, now: Now, n: int, g: int, c: int) -> None:
    """Find when the present outage began, then who stands in."""
    sg = a.groups[g, STANDBY]
    if t.groups[PRIMARY, sg, c] <= now.minute:
        t.groups[SERVING, sg, c] = 0
        t.groups[START, sg, c] = now.minute
    elif t.groups[GROUP_UP, sg, c] <= now.minute:
        t.groups[START, sg, c] = now.minute
    if a.groups[g, NEEDED] == 1:
        _one(a, t, now, n, g, c)
    else:
        _several(a, t, now, n, g, c)


@inner
def _one(a: Tables, t: Tile, now: Now, n: int, g: int, c: int) -> None:
    """Choose the one member that serves while the primary is down."""
    first, sg = a.groups[g, FIRST_MEMBER], a.groups[g, STANDBY]
    primary = up_of(t, a.members[first, NODE], c)
    dwell = dwell_of(t, a.members[first, NODE], c)
    serving = int(t.groups[SERVING, sg, c])
    ready = int(t.groups[READY, sg, c])
    before = a.members[first + (serving & _MEMBER), NODE]
    unchanged = serving & _MEMBER and serving >> _DWELL == dwell
    if unchanged and up_of(t, before, c) <= ready:
        t.groups[GROUP_UP, sg, c] = min(primary, ready)
        return
    if serving & _MEMBER:
        _vacate(a, t, now, g, first + (serving & _MEMBER), c)
    best = _best(a, t, now, n, g, c)
    t.groups[GROUP_UP, sg, c] = t.room[MEMBER_READY, best]
    t.groups[READY, sg, c] = t.room[MEMBER_READY, best]
    t.groups[SERVING, sg, c] = best | dwell << _DWELL
    m = first + best
    if best == 0 or a.members[m, LAYER] < 0:
        inherit(t, n, a.members[m, NODE], c)
        return
    if t.room[MEMBER_LOSS, best]:
        t.rows[LOSS, n, c] = max(t.rows[LOSS, n, c], t.room[MEMBER_LOSS, best])
    _take(a, t, now, g, m, c)


@inner
def _best(a: Tables, t: Tile, now: Now, n: int, g: int, c: int) -> int:
    """Weigh all members; the primary is number 0."""
    first, last = a.groups[g, FIRST_MEMBER], a.groups[g + 1, FIRST_MEMBER]
    start = int(t.groups[START, a.groups[g, STANDBY], c])
    readies, losses = t.room[MEMBER_READY], t.room[MEMBER_LOSS]
    readies[0] = up_of(t, a.members[first, NODE], c)
    losses[0] = loss_of(t, a.members[first, NODE], c)
    other = int(readies[0])
    for m in range(first + 1, last):
        _candidate(a, t, now, now.minute, g, m, c)
        if not _ends(a, m):
            other = min(other, int(readies[m - first]))
    best, kept = 0, _keeps(a, n, int(readies[0]) - start, int(losses[0]))
    for m in range(first + 1, last):
        i = m - first
        ready = int(readies[i])
        if ready >= LOST or (_ends(a, m) and other > ready + a.layers[a.members[m, LAYER], LASTS]):
            continue
        keeps = _keeps(a, n, ready - start, int(losses[i]))
        sooner = ready < readies[best] or (ready == readies[best] and losses[i] < losses[best])
        if (keeps and not kept) or (keeps == kept and sooner):
            best, kept = i, keeps
    return best


@inner
def _keeps(a: Tables, n: int, took: int, loss: int) -> bool:
    """Tell whether both objectives are kept."""
    return bool(took <= a.nodes[n, RTO] and loss <= a.nodes[n, RPO])


@inner
def _ends(a: Tables, m: int) -> bool:
    """Tell whether a member can serve only so long."""
    layer = a.members[m, LAYER]
    return bool(layer >= 0 and a.layers[layer, LASTS] < LOST)


@inner
def _candidate(a: Tables, t: Tile, now: Now, start: int, g: int, m: int, c: int) -> None:
    """Work out when a standby could serve, switched to from `start` on, and what would be lost."""
    first = a.groups[g, FIRST_MEMBER]
    i, node, layer = m - first, a.members[m, NODE], a.members[m, LAYER]
    base = max(up_of(t, node, c), start)
    loss = loss_of(t, node, c)
    ready = base + drawn(now, a.members, m, c)
    if layer >= 0:
        age = _version(a, now, m, dwell_of(t, a.members[first, NODE], c), c)
        if age >= LOST:
            ready = LOST
        else:
            loss = max(loss, age)
            ready = max(
                _begins(a, t, layer, base, c) + ready - base, _through(a, t, layer, base, c)
            )
    t.room[MEMBER_READY, i] = min(LOST, ready)
    t.room[MEMBER_LOSS, i] = loss


@inner
def _version(a: Tables, now: Now, m: int, dwell: int, c: int) -> int:
    """Give how old the data of a layer is; LOST where it has none that is clean."""
    layer = a.members[m, LAYER]
    age = aged(now, a.members[m, KEY], a.layers[layer, LAYER_AGE], c)
    if dwell == 0:
        return age
    age += int(a.dwells[dwell, 0])
    if a.layers[layer, REPLICATES] or age > a.layers[layer, RETENTION]:
        return LOST
    return age


@inner
def _begins(a: Tables, t: Tile, layer: int, base: int, c: int) -> int:
    """Give when all a layer draws on is free, so that switching begins."""
    for d in range(a.layers[layer, FIRST_DRAW], a.layers[layer + 1, FIRST_DRAW]):
        base = max(base, _free(a, t, a.draws[d, POOL], a.draws[d, SERVERS_DRAWN], c))
    return base


@inner
def _through(a: Tables, t: Tile, layer: int, base: int, c: int) -> int:
    """Give when the data of a layer has come through its path, which it has to itself."""
    if a.layers[layer, RESTORE] == 0:
        return base
    path = a.layers[layer, PATH]
    free = _free(a, t, path, a.pools[path, SERVERS], c)
    return max(base, free) + int(a.layers[layer, RESTORE])


@inner
def _free(a: Tables, t: Tile, pool: int, servers: int, c: int) -> int:
    """Give when so many parts of a pool are free and the pool itself is up."""
    if servers > a.pools[pool, SERVERS] or servers == 0:
        return LOST
    at = int(t.free[pool, c, servers - 1])
    if a.pools[pool, POOL_NODE] >= 0:
        at = max(at, up_of(t, a.pools[pool, POOL_NODE], c))
    return at


@inner
def _take(a: Tables, t: Tile, now: Now, g: int, m: int, c: int) -> None:
    """Take what the chosen layer draws on out of the pools."""
    layer, first = a.members[m, LAYER], a.groups[g, FIRST_MEMBER]
    base = max(up_of(t, a.members[m, NODE], c), now.minute)
    done = _begins(a, t, layer, base, c) + drawn(now, a.members, m, c)
    until = max(done, up_of(t, a.members[first, NODE], c))
    sg = a.groups[g, STANDBY]
    t.groups[UNTIL, sg, c], t.groups[DONE, sg, c] = until, done
    if a.layers[layer, RESTORE] > 0:
        path = a.layers[layer, PATH]
        t.groups[THROUGH, sg, c] = _through(a, t, layer, base, c)
        t.free[path, c, : a.pools[path, SERVERS]] = t.groups[THROUGH, sg, c]
    for d in range(a.layers[layer, FIRST_DRAW], a.layers[layer + 1, FIRST_DRAW]):
        pool = a.draws[d, POOL]
        end = until if a.pools[pool, HELD] else done
        for j in range(a.draws[d, SERVERS_DRAWN]):
            t.free[pool, c, j] = max(int(t.free[pool, c, j]), end)
        sort(t.free[pool, c], a.pools[pool, SERVERS])


@inner
def _vacate(a: Tables, t: Tile, now: Now, g: int, m: int, c: int) -> None:
    """Give back what a layer holds that serves no longer, or never will."""
    layer, sg = a.members[m, LAYER], a.groups[g, STANDBY]
    if layer < 0:
        return
    if a.layers[layer, RESTORE] > 0:
        path, through = a.layers[layer, PATH], t.groups[THROUGH, sg, c]
        last = a.pools[path, SERVERS]
        if through > now.minute and t.free[path, c, last - 1] == through:
            t.free[path, c, :last] = max(now.minute, through - a.layers[layer, RESTORE])
    for d in range(a.layers[layer, FIRST_DRAW], a.layers[layer + 1, FIRST_DRAW]):
        pool, left = a.draws[d, POOL], a.draws[d, SERVERS_DRAWN]
        end = t.groups[UNTIL, sg, c] if a.pools[pool, HELD] else t.groups[DONE, sg, c]
        if end <= now.minute:
            continue
        free = t.free[pool, c]
        for j in range(a.pools[pool, SERVERS]):
            if left > 0 and free[j] == end:
                free[j] = now.minute
                left -= 1
        sort(free, a.pools[pool, SERVERS])


@inner
def _several(a: Tables, t: Tile, now: Now, n: int, g: int, c: int) -> None:
    """Settle a group that needs several of its members."""
    first, last, sg = a.groups[g, FIRST_MEMBER], a.groups[g + 1, FIRST_MEMBER], a.groups[g, STANDBY]
    needed, count = a.groups[g, NEEDED], last - first
    served = t.groups[GROUP_UP, sg, c] <= now.minute
    for i in range(count):
        node = a.members[first + i, NODE]
        if i < needed or (served and t.groups[SERVING, sg, c] >> i & 1):
            t.room[MEMBER_READY, i] = up_of(t, node, c)
            t.room[MEMBER_LOSS, i] = loss_of(t, node, c)
        else:
            _candidate(a, t, now, int(t.groups[START, sg, c]), g, first + i, c)
    t.room[BUFFER, :count] = t.room[MEMBER_READY, :count]
    ready = smallest(t.room[BUFFER], count, needed)
    serving = 0
    for i in range(count):
        if t.room[MEMBER_READY, i] <= ready:
            serving |= 1 << i
            inherit(t, n, a.members[first + i, NODE], c)
            if t.room[MEMBER_LOSS, i]:
                t.rows[LOSS, n, c] = max(t.rows[LOSS, n, c], t.room[MEMBER_LOSS, i])
    t.groups[SERVING, sg, c] = serving
    t.groups[GROUP_UP, sg, c] = ready

"""The time kernel: which standby takes over, when, with data how old, and who waits for whom.

Whose primary is down takes what serves first; among equals, what loses less. A standby counts from
when it is itself up, at the earliest from the failure on. A layer waits for people and seats it
draws on and for its data to come through the restore path; who comes first in the order of
evaluation is served first. A layer that is written together with the primary is poisoned with it;
an immutable one gives its newest version older than the dwell, if it keeps one so long. A
work-around that ends before anything else is up does not count.
"""

from __future__ import annotations

import numpy as np

from panshi.resilience.simulation.program import LOST, Arrays
from panshi.resilience.simulation.streams import compiled
from panshi.resilience.simulation.striking_kernel import aged, drawn, resort
from panshi.resilience.simulation.tile import DWELL, Now, Tile, smallest

_ONE, _MEMBER, _DWELL = np.uint32(1), np.uint32(0xFF), np.uint32(8)
"Who serves, as `serving` keeps it: the member below, the dwell it was chosen under above."


@compiled
def up_of(t: Tile, n: int, c: int) -> int:
    """Give when a node is up again."""
    return np.int64(t.up[n, c]) if t.active[n] else 0


@compiled
def loss_of(t: Tile, n: int, c: int) -> int:
    """Give how much a node lost."""
    return np.int64(t.loss[n, c]) if t.harmed[n] else 0


@compiled
def dwell_of(t: Tile, n: int, c: int) -> np.uint8:
    """Give the dwell that poisoned a node; 0 where none did."""
    return t.corrupt[n, c] & DWELL if t.harmed[n] else np.uint8(0)


@compiled
def switch_over(a: Arrays, t: Tile, now: Now, n: int, g: int) -> None:
    """Settle a group with standbys in every trial."""
    first, needed = a.member_first[g], a.needed[g]
    sleeping = True
    for m in range(first, first + needed):
        if t.active[a.member[m]] or t.harmed[a.member[m]]:
            sleeping = False
    if sleeping:
        return
    sg = a.standby[g]
    for c in range(t.new.shape[0]):
        primary = 0
        for m in range(first, first + needed):
            primary = max(primary, up_of(t, a.member[m], c))
        if primary <= now.minute:
            t.group_up[sg, c] = primary
            t.serving[sg, c] = 0
            for m in range(first, first + needed):
                inherit(t, n, a.member[m], c)
        else:
            _find_start(t, now, sg, c)
            if needed == 1:
                _one(a, t, now, n, g, c)
            else:
                _several(a, t, now, n, g, c)
        t.group_primary[sg, c] = primary
        t.new[c] = max(t.new[c], t.group_up[sg, c])


@compiled
def inherit(t: Tile, n: int, m: int, c: int) -> None:
    """Take over what befell the data of a node one needs."""
    if t.harmed[m]:
        t.corrupt[n, c] = max(t.corrupt[n, c], t.corrupt[m, c] & DWELL)
        t.loss[n, c] = max(t.loss[n, c], t.loss[m, c])


@compiled
def _find_start(t: Tile, now: Now, sg: int, c: int) -> None:
    """Find when the present outage of a group began, and who served until then."""
    if t.group_primary[sg, c] <= now.minute:
        t.serving[sg, c] = 0
        t.group_start[sg, c] = now.minute
    elif t.group_up[sg, c] <= now.minute:
        t.group_start[sg, c] = now.minute


@compiled
def _one(a: Arrays, t: Tile, now: Now, n: int, g: int, c: int) -> None:  # noqa: PLR0913 -- kernel
    """Choose the one member that serves while the primary is down."""
    first, last, sg = a.member_first[g], a.member_first[g + 1], a.standby[g]
    primary = up_of(t, a.member[first], c)
    dwell = np.uint32(dwell_of(t, a.member[first], c))
    serving = np.int64(t.serving[sg, c] & _MEMBER)
    unchanged = t.serving[sg, c] >> _DWELL == dwell
    if serving and unchanged and up_of(t, a.member[first + serving], c) <= t.ready_at[sg, c]:
        t.group_up[sg, c] = min(primary, np.int64(t.ready_at[sg, c]))
        return
    for m in range(first + 1, last):
        _candidate(a, t, now, g, m, c)
    other = primary
    for m in range(first + 1, last):
        if not _ends(a, m):
            other = min(other, np.int64(t.ready[m - first]))
    best, ready, loss = 0, primary, loss_of(t, a.member[first], c)
    for m in range(first + 1, last):
        at, lost = np.int64(t.ready[m - first]), np.int64(t.losses[m - first])
        if _ends(a, m) and other > at + a.layer_lasts[a.member_layer[m]]:
            continue
        if at < ready or (at == ready and lost < loss):
            best, ready, loss = m - first, at, lost
    t.group_up[sg, c] = ready
    t.serving[sg, c] = np.uint32(best) | (dwell << _DWELL)
    t.ready_at[sg, c] = ready
    if best == 0:
        inherit(t, n, a.member[first], c)
        return
    if loss:
        t.loss[n, c] = max(t.loss[n, c], loss)
    if a.member_layer[first + best] >= 0:
        _take(a, t, now, g, first + best, c)
    else:
        inherit(t, n, a.member[first + best], c)


@compiled
def _ends(a: Arrays, m: int) -> bool:
    """Tell whether a member can serve only so long."""
    layer = a.member_layer[m]
    return layer >= 0 and a.layer_lasts[layer] < LOST


@compiled
def _candidate(a: Arrays, t: Tile, now: Now, g: int, m: int, c: int) -> None:  # noqa: PLR0913 -- kernel
    """Work out when a standby could serve and what would be lost with it."""
    first = a.member_first[g]
    i, node, layer = m - first, a.member[m], a.member_layer[m]
    base = max(up_of(t, node, c), np.int64(t.group_start[a.standby[g], c]))
    t.losses[i] = loss_of(t, node, c)
    if layer < 0:
        t.ready[i] = min(LOST, base + drawn(now, a.member_key[m], a.switch, m, c))
        return
    age = _version(a, now, m, dwell_of(t, a.member[first], c), c)
    if age >= LOST:
        t.ready[i] = LOST
        return
    t.losses[i] = max(np.int64(t.losses[i]), age)
    begins = base
    for d in range(a.draw_first[layer], a.draw_first[layer + 1]):
        begins = max(begins, _available(a, t, a.draw_pool[d], a.draw_servers[d], c))
    ready = begins + drawn(now, a.member_key[m], a.switch, m, c)
    if a.layer_restore[layer] > 0:
        path = a.layer_path[layer]
        through = max(base, _available(a, t, path, a.pool_servers[path], c))
        ready = max(ready, through + a.layer_restore[layer])
    t.ready[i] = min(LOST, ready)


@compiled
def _version(a: Arrays, now: Now, m: int, dwell: np.uint8, c: int) -> int:
    """Give how old the data of a layer is; LOST where it has none that is clean."""
    layer = a.member_layer[m]
    age = aged(now, a.member_key[m], a.layer_age[layer], c)
    if dwell == 0:
        return age
    age += a.dwells[dwell]
    if a.layer_replicates[layer] or age > a.layer_retention[layer]:
        return LOST
    return age


@compiled
def _available(a: Arrays, t: Tile, pool: int, servers: int, c: int) -> int:
    """Give when so many parts of a pool are free and the pool itself is up."""
    if servers > a.pool_servers[pool] or servers == 0:
        return LOST
    at = np.int64(t.free[pool, c, servers - 1])
    if a.pool_node[pool] >= 0:
        at = max(at, up_of(t, a.pool_node[pool], c))
    return at


@compiled
def _take(a: Arrays, t: Tile, now: Now, g: int, m: int, c: int) -> None:  # noqa: PLR0913 -- kernel
    """Take what the chosen layer draws on out of the pools."""
    layer, first = a.member_layer[m], a.member_first[g]
    base = max(up_of(t, a.member[m], c), np.int64(t.group_start[a.standby[g], c]))
    begins = base
    for d in range(a.draw_first[layer], a.draw_first[layer + 1]):
        begins = max(begins, _available(a, t, a.draw_pool[d], a.draw_servers[d], c))
    done = begins + drawn(now, a.member_key[m], a.switch, m, c)
    held = max(done, up_of(t, a.member[first], c))
    if a.layer_restore[layer] > 0:
        path = a.layer_path[layer]
        through = max(base, _available(a, t, path, a.pool_servers[path], c))
        t.free[path, c, : a.pool_servers[path]] = through + a.layer_restore[layer]
    for d in range(a.draw_first[layer], a.draw_first[layer + 1]):
        pool = a.draw_pool[d]
        until = held if a.pool_held[pool] else done
        for j in range(a.draw_servers[d]):
            t.free[pool, c, j] = max(np.int64(t.free[pool, c, j]), until)
        resort(t.free[pool, c], a.pool_servers[pool])


@compiled
def _several(a: Arrays, t: Tile, now: Now, n: int, g: int, c: int) -> None:  # noqa: PLR0913 -- kernel
    """Settle a group that needs several of its members."""
    first, last, sg = a.member_first[g], a.member_first[g + 1], a.standby[g]
    served = t.group_up[sg, c] <= now.minute
    for m in range(first, last):
        i, node = m - first, a.member[m]
        in_service = served and t.serving[sg, c] & (_ONE << np.uint32(i))
        if i < a.needed[g] or in_service:
            t.ready[i] = up_of(t, node, c)
            t.losses[i] = loss_of(t, node, c)
        else:
            _candidate(a, t, now, g, m, c)
    count = last - first
    for i in range(count):
        t.buffer[i] = t.ready[i]
    ready = smallest(t.buffer, count, a.needed[g])
    for i in range(count):
        if t.ready[i] <= ready:
            t.serving[sg, c] |= _ONE << np.uint32(i)
            inherit(t, n, a.member[first + i], c)
            if t.losses[i]:
                t.loss[n, c] = max(np.int64(t.loss[n, c]), np.int64(t.losses[i]))
    t.group_up[sg, c] = ready

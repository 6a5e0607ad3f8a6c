"""The time kernel: which standby takes over, when, with data how old, and who waits for whom.

Whose primary is down takes what keeps both objectives, if anything does; else, and among several,
what serves first; among equals, what loses less. A standby counts from when it is itself up, at the
earliest from the moment on at which one decides. A layer waits for the people and seats it draws on
and for its data to come through the restore path; at one moment the more urgent service plans
first, and what was planned stands (`booking`). What is being switched to is chosen anew if it is
struck, or if the primary turns out to be back sooner; who waits for the primary decides anew at
every moment. A layer that is written together with the primary is poisoned with it; an immutable
one gives its newest version older than the dwell, if it keeps one so long. A work-around that ends
before anything else is up does not count.
"""

from __future__ import annotations

from panshi.resilience.compiled import borrows
from panshi.resilience.simulation.booking import WHOLE_PATH, book, path_from, path_until, room_from
from panshi.resilience.simulation.program import (
    AMOUNT,
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
    STANDBY,
    Tables,
)
from panshi.resilience.simulation.strike_kernel import aged, drawn
from panshi.resilience.simulation.tile import (
    ACTIVE,
    BEGUN,
    BUFFER,
    CORRUPT,
    DONE,
    DWELL,
    ENGAGED,
    FROM_PATH,
    FROM_PEOPLE,
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
    WAITS,
    WHOLE,
    Line,
    Now,
    Tile,
    copy_to,
    deeper,
    raise_to,
    smallest,
)

_MEMBER, _DWELL = 0xFF, 8
"Who serves, as `SERVING` keeps it: the member below, the dwell it was chosen under above."


@borrows
def up_of(t: Tile, n: int, c: int) -> int:
    """Give when a node is up again."""
    return int(t.rows[UP, n, c]) if t.marks[ACTIVE, n] else 0


@borrows
def loss_of(t: Tile, n: int, c: int) -> int:
    """Give how much a node lost."""
    return int(t.rows[LOSS, n, c]) if t.marks[HARMED, n] else 0


@borrows
def dwell_of(t: Tile, n: int, c: int) -> int:
    """Give the place of the dwell that poisoned a node; 0 where none did."""
    return int(t.bytes[CORRUPT, n, c] & DWELL) if t.marks[HARMED, n] else 0


@borrows
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
            _inherit_ordinary(t, n, a.members[m, NODE], whole, minute)
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
    t.marks[WAITS, n] |= not plain
    for c in range(width):
        if whole[c] <= minute and (
            plain or needed > 1 or group_up[c] <= minute or not serving[c] & _MEMBER
        ):
            if not plain and needed == 1:
                _vacate(a, t, now, g, c)
            group_up[c] = whole[c]
            serving[c] = 0
        elif not plain:
            _stand_in(a, t, now, n, g, c)
    copy_to(t.groups[PRIMARY, sg], whole, width)
    raise_to(t.room[NEW], group_up, width)


@borrows
def _plain(a: Tables, t: Tile, n: int, g: int) -> bool:
    """Tell whether nothing but time decides: no layers, and no data a service minds."""
    minds = a.nodes[n, RPO] < LOST
    for m in range(a.groups[g, FIRST_MEMBER], a.groups[g + 1, FIRST_MEMBER]):
        if a.members[m, LAYER] >= 0 or (minds and t.marks[HARMED, a.members[m, NODE]]):
            return False
    return True


@borrows
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
        if not best or (
            marks[ACTIVE, node] and rows[UP, node, c] > max(minute, groups[BEGUN, sg, c])
        ):
            best, ready, begun = 0, int(whole[c]), 0
            for m in range(first + 1, last):
                node = members[m, NODE]
                at = minute
                if marks[ACTIVE, node] and rows[UP, node, c] > at:
                    at = int(rows[UP, node, c])
                if at < ready:
                    base = at
                    at += drawn(now, members, m, c)
                    if at < ready:
                        best, ready, begun = m - first, at, base
            groups[BEGUN, sg, c] = begun
            groups[SERVING, sg, c] = best
            groups[READY, sg, c] = ready
        groups[GROUP_UP, sg, c] = min(int(whole[c]), ready)
        node = members[first + best, NODE]
        if marks[HARMED, node]:
            corrupt[n, c] = deeper(corrupt[n, c], corrupt[node, c])
            rows[LOSS, n, c] = max(rows[LOSS, n, c], rows[LOSS, node, c])


@borrows
def _inherit_ordinary(t: Tile, n: int, m: int, whole: Line, minute: int) -> None:
    """Take over what poisons the primary, as it served before; and its loss where it does."""
    corrupt, theirs = t.bytes[CORRUPT, n], t.bytes[CORRUPT, m]
    loss, lost = t.rows[LOSS, n], t.rows[LOSS, m]
    for c in range(t.rows.shape[2]):
        corrupt[c] = deeper(corrupt[c], theirs[c])
    for c in range(t.rows.shape[2]):
        gone = lost[c] if whole[c] <= minute else 0
        loss[c] = gone if gone > loss[c] else loss[c]  # noqa: FURB136 -- vectorised


@borrows
def inherit(t: Tile, n: int, m: int, c: int) -> None:
    """Take over what befell the data of a node one needs."""
    if t.marks[HARMED, m]:
        t.bytes[CORRUPT, n, c] = deeper(t.bytes[CORRUPT, n, c], t.bytes[CORRUPT, m, c])
        t.rows[LOSS, n, c] = max(t.rows[LOSS, n, c], t.rows[LOSS, m, c])


@borrows
def _stand_in(a: Tables, t: Tile, now: Now, n: int, g: int, c: int) -> None:
    """Find when the present outage began, then who stands in."""
    sg = a.groups[g, STANDBY]
    if t.groups[PRIMARY, sg, c] <= now.minute and t.groups[GROUP_UP, sg, c] <= now.minute:
        if a.groups[g, NEEDED] == 1:
            _vacate(a, t, now, g, c)
        t.groups[SERVING, sg, c] = 0
        t.groups[START, sg, c] = now.minute
    elif t.groups[GROUP_UP, sg, c] <= now.minute:
        t.groups[START, sg, c] = now.minute
    if a.groups[g, NEEDED] == 1:
        _one(a, t, now, n, g, c)
    else:
        _several(a, t, now, n, g, c)


@borrows
def _one(a: Tables, t: Tile, now: Now, n: int, g: int, c: int) -> None:
    """Choose the one member that serves while the primary is down."""
    first, sg = a.groups[g, FIRST_MEMBER], a.groups[g, STANDBY]
    primary = up_of(t, a.members[first, NODE], c)
    dwell = dwell_of(t, a.members[first, NODE], c)
    serving = int(t.groups[SERVING, sg, c])
    ready = int(t.groups[READY, sg, c])
    before = a.members[first + (serving & _MEMBER), NODE]
    layer = a.members[first + (serving & _MEMBER), LAYER]
    unchanged = serving & _MEMBER and (layer < 0 or serving >> _DWELL == dwell)
    unchanged = unchanged and primary >= t.groups[PRIMARY, sg, c]
    if unchanged and up_of(t, before, c) <= max(t.groups[BEGUN, sg, c], now.minute):
        t.groups[GROUP_UP, sg, c] = ready
        if layer < 0:
            inherit(t, n, before, c)
        _stay(a, t, now, sg, layer, primary, c)
        return
    _vacate(a, t, now, g, c)
    best = _best(a, t, now, n, g, c)
    t.groups[GROUP_UP, sg, c] = t.room[MEMBER_READY, best]
    t.groups[READY, sg, c] = t.room[MEMBER_READY, best]
    t.groups[SERVING, sg, c] = best | dwell << _DWELL
    m = first + best
    t.groups[BEGUN, sg, c] = max(up_of(t, a.members[m, NODE], c), now.minute)
    if best == 0 or a.members[m, LAYER] < 0:
        inherit(t, n, a.members[m, NODE], c)
        return
    if t.room[MEMBER_LOSS, best]:
        t.rows[LOSS, n, c] = max(t.rows[LOSS, n, c], t.room[MEMBER_LOSS, best])
    _take(a, t, now, g, m, c)


@borrows
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
        if ready >= now.horizon or (
            _ends(a, m) and other > ready + a.layers[a.members[m, LAYER], LASTS]
        ):
            continue
        keeps = _keeps(a, n, ready - start, int(losses[i]))
        sooner = ready < readies[best] or (ready == readies[best] and losses[i] < losses[best])
        if (keeps and not kept) or (keeps == kept and sooner):
            best, kept = i, keeps
    return best


@borrows
def _keeps(a: Tables, n: int, took: int, loss: int) -> bool:
    """Tell whether both objectives are kept."""
    return bool(took <= a.nodes[n, RTO] and loss <= a.nodes[n, RPO])


@borrows
def _ends(a: Tables, m: int) -> bool:
    """Tell whether a member can serve only so long."""
    layer = a.members[m, LAYER]
    return bool(layer >= 0 and a.layers[layer, LASTS] < LOST)


@borrows
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
            lasting = ready - base
            primary = up_of(t, a.members[first, NODE], c)
            ready = _begins(a, t, layer, base, lasting, primary, c) + lasting
            if a.layers[layer, RESTORE] > 0:
                path, restore = a.layers[layer, PATH], a.layers[layer, RESTORE]
                begin = _comes_from(a, t, layer, base, c)
                ready = max(ready, path_until(a, t, path, c, begin, restore))
    t.room[MEMBER_READY, i] = min(LOST, ready)
    t.room[MEMBER_LOSS, i] = loss


@borrows
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


@borrows
def _begins(a: Tables, t: Tile, layer: int, base: int, lasting: int, stay: int, c: int) -> int:
    """Give when all a layer draws on is there, so that switching begins."""
    first, last = a.layers[layer, FIRST_DRAW], a.layers[layer + 1, FIRST_DRAW]
    at = base
    for d in range(first, last):
        at = max(at, _pool_up(a, t, a.draws[d, POOL], c))
    moved = True
    while moved and at < LOST:
        moved = False
        for d in range(first, last):
            pool = a.draws[d, POOL]
            until = stay if a.pools[pool, HELD] else 0
            found = room_from(a, t, pool, c, at, lasting, until, a.draws[d, AMOUNT])
            moved = moved or found > at
            at = found
    return min(LOST, at)


@borrows
def _pool_up(a: Tables, t: Tile, pool: int, c: int) -> int:
    """Give when the node a pool is, if it is one, is up again."""
    return up_of(t, a.pools[pool, POOL_NODE], c) if a.pools[pool, POOL_NODE] >= 0 else 0


@borrows
def _comes_from(a: Tables, t: Tile, layer: int, base: int, c: int) -> int:
    """Give from when the data of a layer has its path to itself."""
    path = a.layers[layer, PATH]
    base = max(base, _pool_up(a, t, path, c))
    return path_from(a, t, path, c, base, a.layers[layer, RESTORE])


@borrows
def _take(a: Tables, t: Tile, now: Now, g: int, m: int, c: int) -> None:
    """Take what the chosen layer draws on out of the pools."""
    layer, sg = a.members[m, LAYER], a.groups[g, STANDBY]
    primary = up_of(t, a.members[a.groups[g, FIRST_MEMBER], NODE], c)
    base = max(up_of(t, a.members[m, NODE], c), now.minute)
    lasting = drawn(now, a.members, m, c)
    begun = _begins(a, t, layer, base, lasting, primary, c)
    groups = t.groups
    groups[FROM_PEOPLE, sg, c], groups[DONE, sg, c] = begun, begun + lasting
    groups[UNTIL, sg, c] = max(begun + lasting, primary)
    if a.layers[layer, RESTORE] > 0:
        path = a.layers[layer, PATH]
        begin = _comes_from(a, t, layer, base, c)
        groups[FROM_PATH, sg, c] = begin
        groups[THROUGH, sg, c] = path_until(a, t, path, c, begin, a.layers[layer, RESTORE])
    _enter(a, t, now, sg, layer, c, 1)
    groups[BEGUN, sg, c] = begun
    if a.layers[layer, RESTORE] > 0:
        groups[BEGUN, sg, c] = min(begun, groups[FROM_PATH, sg, c])


@borrows
def _enter(a: Tables, t: Tile, now: Now, sg: int, layer: int, c: int, sign: int) -> None:
    """Book what a layer takes, or give back what it still holds."""
    groups, minute = t.groups, now.minute
    if a.layers[layer, RESTORE] > 0:
        begin, end = int(groups[FROM_PATH, sg, c]), int(groups[THROUGH, sg, c])
        book(a, t, a.layers[layer, PATH], c, minute, begin, end, sign * WHOLE_PATH)
    begin = int(groups[FROM_PEOPLE, sg, c])
    for d in range(a.layers[layer, FIRST_DRAW], a.layers[layer + 1, FIRST_DRAW]):
        pool = a.draws[d, POOL]
        end = int(groups[UNTIL, sg, c] if a.pools[pool, HELD] else groups[DONE, sg, c])
        book(a, t, pool, c, minute, begin, end, sign * a.draws[d, AMOUNT])


@borrows
def _stay(a: Tables, t: Tile, now: Now, sg: int, layer: int, primary: int, c: int) -> None:
    """Keep seats until the primary is back, which takes longer than one thought."""
    if layer < 0 or primary <= t.groups[UNTIL, sg, c]:
        return
    begin = int(t.groups[UNTIL, sg, c])
    for d in range(a.layers[layer, FIRST_DRAW], a.layers[layer + 1, FIRST_DRAW]):
        pool = a.draws[d, POOL]
        if a.pools[pool, HELD]:
            book(a, t, pool, c, now.minute, begin, primary, a.draws[d, AMOUNT])
    t.groups[UNTIL, sg, c] = primary


@borrows
def _vacate(a: Tables, t: Tile, now: Now, g: int, c: int) -> None:
    """Give back what a layer holds that serves no longer, or never will."""
    sg = a.groups[g, STANDBY]
    serving = int(t.groups[SERVING, sg, c]) & _MEMBER
    layer = a.members[a.groups[g, FIRST_MEMBER] + serving, LAYER]
    if serving and layer >= 0:
        _enter(a, t, now, sg, layer, c, -1)
    t.groups[SERVING, sg, c] = 0


@borrows
def _several(a: Tables, t: Tile, now: Now, n: int, g: int, c: int) -> None:
    """Settle a group that needs several of its members."""
    first, last, sg = a.groups[g, FIRST_MEMBER], a.groups[g + 1, FIRST_MEMBER], a.groups[g, STANDBY]
    needed, count = a.groups[g, NEEDED], last - first
    served = t.groups[GROUP_UP, sg, c] <= now.minute
    for i in range(count):
        node = a.members[first + i, NODE]
        serves = served and t.groups[SERVING, sg, c] >> i & 1 and up_of(t, node, c) <= now.minute
        if i < needed or serves:
            t.room[MEMBER_READY, i] = up_of(t, node, c)
            t.room[MEMBER_LOSS, i] = loss_of(t, node, c)
        else:
            _candidate(a, t, now, int(t.groups[START, sg, c]), g, first + i, c)
    copy_to(t.room[BUFFER], t.room[MEMBER_READY], count)
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

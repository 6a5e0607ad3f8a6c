"""Decision diagrams in flat arrays: the compiled inner loops of the exact engine.

A diagram is a set of nodes (level, high, low), each kept once. The same store serves two
readings: as BDD a node says "if the event of this level happens go high, else low", 0 is false
and 1 is true; as ZBDD a node is the sets of high with that event added, and the sets of low, 0 is
no set and 1 the empty set alone (Minato 1993). A node is made after those it points to, so
whatever is computed upwards or downwards is one loop over the array; what needs two diagrams at
once keeps its own stack. Nothing here calls itself.

A kernel that finds the store full answers `FULL`; the caller makes room and calls again, and what
was reached before is found in the memo. All kernels stand in one module, because a compiled copy
is kept on disk by the date of its own file.

Minimal sets after Rauzy 1993 and 2001; the recurrences stand at each kernel.
"""

from __future__ import annotations

import numpy as np
from numba import njit

FULL = -1
AND, OR, XOR, WITHOUT, UNION, PRODUCT, SHORTER = range(7)
"What a memo entry is about."
ENDLESS = 63
"Order that bounds nothing."
BOTTOM = 1 << 30
"Level of the two ends."
INDEX_BITS = 27
MOST_NODES = 1 << INDEX_BITS

compiled = njit(cache=True, nogil=True)


@compiled
def node(store, level, high, low):
    """Give the node of these three parts, made if it is new."""
    levels, highs, lows, heads, nexts, used = store
    mix = np.uint64(high) * np.uint64(0x9E3779B97F4A7C15)
    mix = (mix ^ np.uint64(low)) * np.uint64(0xC2B2AE3D27D4EB4F)
    mix = (mix ^ (mix >> np.uint64(29)) ^ np.uint64(level)) * np.uint64(0x165667B19E3779F9)
    slot = np.int64(mix >> np.uint64(32)) & (heads.size - 1)
    at = heads[slot]
    while at > 0:
        if highs[at] == high and lows[at] == low and levels[at] == level:
            return np.int64(at)
        at = nexts[at]
    at = used[0]
    if at >= levels.size:
        return np.int64(FULL)
    levels[at] = level
    highs[at] = high
    lows[at] = low
    nexts[at] = heads[slot]
    heads[slot] = at
    used[0] = at + 1
    return np.int64(at)


@compiled
def _key(what, order, f, g):
    return (
        (np.int64(what) << np.int64(60))
        | (np.int64(order) << np.int64(54))
        | (np.int64(f) << np.int64(27))
        | np.int64(g)
    )


@compiled
def _slot(keys, key):
    mix = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    mix = (mix ^ (mix >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    return np.int64(mix >> np.uint64(32)) & (keys.size - 1)


@compiled
def apply(store, memo, stack, what, f, g):
    """Give `f` AND, OR or XOR `g` of two BDDs."""
    levels, highs, lows, _, _, _ = store
    keys, values = memo
    top = 0
    while True:
        if f > g:
            f, g = g, f
        answer = np.int64(-2)
        if what == AND:
            if f == 0 or f == g or f == 1:
                answer = np.int64(0 if f == 0 else g)
        elif what == OR:
            if f == 1 or f == g or f == 0:
                answer = np.int64(1 if f == 1 else g)
        elif f == g:
            answer = np.int64(0)
        elif f == 0:
            answer = np.int64(g)
        if answer == -2:
            key = _key(what, 0, f, g)
            slot = _slot(keys, key)
            if keys[slot] == key:
                answer = np.int64(values[slot])
            else:
                level = min(levels[f], levels[g])
                stack[top, 0], stack[top, 1], stack[top, 2] = f, g, -1
                top += 1
                f = np.int64(highs[f]) if levels[f] == level else f
                g = np.int64(highs[g]) if levels[g] == level else g
                continue
        while True:
            if top == 0:
                return answer
            f, g = stack[top - 1, 0], stack[top - 1, 1]
            level = min(levels[f], levels[g])
            if stack[top - 1, 2] == -1:
                stack[top - 1, 2] = answer
                f = np.int64(lows[f]) if levels[f] == level else f
                g = np.int64(lows[g]) if levels[g] == level else g
                break
            high = stack[top - 1, 2]
            if high != answer:
                answer = node(store, level, high, answer)
                if answer == FULL:
                    return answer
            key = _key(what, 0, f, g)
            slot = _slot(keys, key)
            keys[slot] = key
            values[slot] = answer
            top -= 1


@compiled
def without(store, memo, stack, f, g):
    """Give the sets of `f` that contain no set of `g`.

    Of two nodes of one level: ((f1 without g1) without g0) with the event, and f0 without g0.
    """
    levels, highs, lows, _, _, _ = store
    keys, values = memo
    top = 0
    while True:
        while levels[g] < levels[f]:
            g = np.int64(lows[g])
        answer = np.int64(-2)
        if f == 0 or g == 1 or f == g:
            answer = np.int64(0)
        elif g == 0:
            answer = np.int64(f)
        if answer == -2:
            key = _key(WITHOUT, 0, f, g)
            slot = _slot(keys, key)
            if keys[slot] == key:
                answer = np.int64(values[slot])
            else:
                stack[top, 0], stack[top, 1], stack[top, 2] = f, g, -1
                top += 1
                if levels[f] == levels[g]:
                    stack[top - 1, 3] = 0
                    g = np.int64(highs[g])
                else:
                    stack[top - 1, 3] = 1
                f = np.int64(highs[f])
                continue
        while True:
            if top == 0:
                return answer
            f, g = stack[top - 1, 0], stack[top - 1, 1]
            if stack[top - 1, 3] == 0:
                stack[top - 1, 3] = 1
                f, g = answer, np.int64(lows[g])
                break
            if stack[top - 1, 3] == 1:
                stack[top - 1, 3] = 2
                stack[top - 1, 2] = answer
                if levels[f] == levels[g]:
                    g = np.int64(lows[g])
                f = np.int64(lows[f])
                break
            high = stack[top - 1, 2]
            if high != 0:
                answer = node(store, levels[f], high, answer)
                if answer == FULL:
                    return answer
            key = _key(WITHOUT, 0, f, g)
            slot = _slot(keys, key)
            keys[slot] = key
            values[slot] = answer
            top -= 1


@compiled
def union(store, memo, stack, inner, f, g):
    """Give the minimal sets among those of `f` and `g`.

    lo = f0 + g0; hi = (f1 + g1) without lo.
    """
    levels, highs, lows, _, _, _ = store
    keys, values = memo
    top = 0
    while True:
        if f > g:
            f, g = g, f
        answer = np.int64(-2)
        if f == g or f == 0:
            answer = np.int64(g)
        elif f == 1:
            answer = np.int64(1)
        if answer == -2:
            key = _key(UNION, 0, f, g)
            slot = _slot(keys, key)
            if keys[slot] == key:
                answer = np.int64(values[slot])
            else:
                level = min(levels[f], levels[g])
                stack[top, 0], stack[top, 1], stack[top, 2] = f, g, -1
                top += 1
                f = np.int64(lows[f]) if levels[f] == level else f
                g = np.int64(lows[g]) if levels[g] == level else g
                continue
        while True:
            if top == 0:
                return answer
            f, g = stack[top - 1, 0], stack[top - 1, 1]
            level = min(levels[f], levels[g])
            if stack[top - 1, 2] == -1:
                stack[top - 1, 2] = answer
                f = np.int64(highs[f]) if levels[f] == level else np.int64(0)
                g = np.int64(highs[g]) if levels[g] == level else np.int64(0)
                break
            low = stack[top - 1, 2]
            answer = without(store, memo, inner, answer, low)
            if answer > 0:
                answer = node(store, level, answer, low)
            elif answer == 0:
                answer = low
            if answer == FULL:
                return answer
            key = _key(UNION, 0, f, g)
            slot = _slot(keys, key)
            keys[slot] = key
            values[slot] = answer
            top -= 1


@compiled
def shorter(store, memo, stack, f, order):
    """Give the sets of `f` with at most `order` events."""
    levels, highs, lows, _, _, _ = store
    keys, values = memo
    top = 0
    while True:
        answer = np.int64(-2)
        if f <= 1 or order >= ENDLESS:
            answer = np.int64(f)
        elif order == 0:
            while f > 1:
                f = np.int64(lows[f])
            answer = f
        if answer == -2:
            key = _key(SHORTER, order, f, 0)
            slot = _slot(keys, key)
            if keys[slot] == key:
                answer = np.int64(values[slot])
            else:
                stack[top, 0], stack[top, 1], stack[top, 2] = f, order, -1
                top += 1
                f, order = np.int64(highs[f]), order - 1
                continue
        while True:
            if top == 0:
                return answer
            f, order = stack[top - 1, 0], stack[top - 1, 1]
            if stack[top - 1, 2] == -1:
                stack[top - 1, 2] = answer
                f = np.int64(lows[f])
                break
            high = stack[top - 1, 2]
            if high != 0:
                answer = node(store, levels[f], high, answer)
                if answer == FULL:
                    return answer
            key = _key(SHORTER, order, f, 0)
            slot = _slot(keys, key)
            keys[slot] = key
            values[slot] = answer
            top -= 1


@compiled
def product(store, memo, stack, inner, innermost, f, g, order):
    """Give the minimal unions of a set of `f` with one of `g`, of at most `order` events.

    lo = f0 g0; hi = (f1 (g1 + g0) + f0 g1) without lo, one event shorter.
    """
    levels, highs, lows, _, _, _ = store
    keys, values = memo
    top = 0
    while True:
        if f > g:
            f, g = g, f
        answer = np.int64(-2)
        if f == 0:
            answer = np.int64(0)
        elif f == 1:
            answer = shorter(store, memo, inner, g, order)
            if answer == FULL:
                return answer
        elif order == 0:
            answer = np.int64(0)
        if answer == -2:
            key = _key(PRODUCT, order, f, g)
            slot = _slot(keys, key)
            if keys[slot] == key:
                answer = np.int64(values[slot])
            else:
                level = min(levels[f], levels[g])
                stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = f, g, order, 0
                top += 1
                f = np.int64(lows[f]) if levels[f] == level else f
                g = np.int64(lows[g]) if levels[g] == level else g
                continue
        while True:
            if top == 0:
                return answer
            f, g, order = stack[top - 1, 0], stack[top - 1, 1], stack[top - 1, 2]
            level = min(levels[f], levels[g])
            f1 = np.int64(highs[f]) if levels[f] == level else np.int64(0)
            g1 = np.int64(highs[g]) if levels[g] == level else np.int64(0)
            f0 = np.int64(lows[f]) if levels[f] == level else f
            g0 = np.int64(lows[g]) if levels[g] == level else g
            phase = stack[top - 1, 3]
            below = order if order >= ENDLESS else order - 1
            stack[top - 1, 3] = phase + 1
            if phase == 0:
                stack[top - 1, 4] = answer
                both = union(store, memo, inner, innermost, g1, g0)
                if both == FULL:
                    return both
                f, g, order = f1, both, below
                break
            if phase == 1:
                stack[top - 1, 5] = answer
                f, g, order = f0, g1, below
                break
            low = stack[top - 1, 4]
            answer = union(store, memo, inner, innermost, stack[top - 1, 5], answer)
            if answer == FULL:
                return answer
            answer = without(store, memo, inner, answer, low)
            if answer > 0:
                answer = node(store, level, answer, low)
            elif answer == 0:
                answer = low
            if answer == FULL:
                return answer
            key = _key(PRODUCT, order, f, g)
            slot = _slot(keys, key)
            keys[slot] = key
            values[slot] = answer
            top -= 1


@compiled
def minimal(store, memo, bdd, stack, sets, start):
    """Turn each BDD node, from `start` up, into its minimal sets; give where it stopped.

    ms(u) = (ms(u1) without ms(u0)) with the event, and ms(u0). Of a function with negations these
    are the minimal sets of events that make it true when nothing else happens (p-cuts).
    """
    levels, highs, lows, _, _, used = bdd
    for at in range(start, used[0]):
        low = np.int64(sets[lows[at]])
        high = without(store, memo, stack, np.int64(sets[highs[at]]), low)
        if high == FULL:
            return at
        if high != 0:
            low = node(store, levels[at], high, low)
            if low == FULL:
                return at
        sets[at] = low
    return used[0]


@compiled
def mark(store, roots):
    """Tell which nodes the roots reach."""
    _, highs, lows, _, _, used = store
    live = np.zeros(used[0], np.bool_)
    for root in roots:
        live[root] = True
    for at in range(used[0] - 1, 1, -1):
        if live[at]:
            live[highs[at]] = True
            live[lows[at]] = True
    live[0] = live[1] = True
    return live


@compiled
def compact(store, roots, live):
    """Forget the nodes that are not live; the roots get their new numbers in place."""
    levels, highs, lows, heads, nexts, used = store
    moved = np.zeros(used[0], np.int32)
    moved[1] = 1
    heads[:] = 0
    end = used[0]
    used[0] = 2
    for at in range(2, end):
        if live[at]:
            moved[at] = node(store, levels[at], moved[highs[at]], moved[lows[at]])
    for i in range(roots.size):
        roots[i] = moved[roots[i]]


@compiled
def rehash(store):
    """Fill the table of heads anew after the arrays grew."""
    levels, highs, lows, _, _, used = store
    end = used[0]
    used[0] = 2
    for at in range(2, end):
        node(store, levels[at], np.int64(highs[at]), np.int64(lows[at]))


@compiled
def probabilities(store, chances):
    """Give the probability of each BDD node; `chances` by level."""
    levels, highs, lows, _, _, used = store
    answer = np.zeros(used[0])
    answer[1] = 1.0
    for at in range(2, used[0]):
        p = chances[levels[at]]
        answer[at] = p * answer[highs[at]] + (1.0 - p) * answer[lows[at]]
    return answer


@compiled
def weights(store, chances):
    """Give the sum over the sets of each ZBDD node of the product of their chances."""
    levels, highs, lows, _, _, used = store
    answer = np.zeros(used[0])
    answer[1] = 1.0
    for at in range(2, used[0]):
        answer[at] = chances[levels[at]] * answer[highs[at]] + answer[lows[at]]
    return answer


@compiled
def slopes(store, root, chances, values):
    """Give dP(root)/dp of each level (Birnbaum): one sweep down."""
    levels, highs, lows, _, _, used = store
    reached = np.zeros(used[0])
    reached[root] = 1.0
    answer = np.zeros(chances.size)
    for at in range(used[0] - 1, 1, -1):
        if reached[at] != 0.0:
            p = chances[levels[at]]
            answer[levels[at]] += reached[at] * (values[highs[at]] - values[lows[at]])
            reached[highs[at]] += reached[at] * p
            reached[lows[at]] += reached[at] * (1.0 - p)
    return answer


@compiled
def counts(store):
    """Give how many sets each ZBDD node holds, as floats: their size tells what is exact."""
    _, highs, lows, _, _, used = store
    answer = np.zeros(used[0])
    answer[1] = 1.0
    for at in range(2, used[0]):
        answer[at] = answer[highs[at]] + answer[lows[at]]
    return answer


@compiled
def whole_counts(store):
    """Give how many sets each ZBDD node holds; right below 2**63."""
    _, highs, lows, _, _, used = store
    answer = np.zeros(used[0], np.int64)
    answer[1] = 1
    for at in range(2, used[0]):
        answer[at] = answer[highs[at]] + answer[lows[at]]
    return answer


@compiled
def longest(store):
    """Give the most events a set of each ZBDD node has."""
    _, highs, lows, _, _, used = store
    answer = np.zeros(used[0], np.int32)
    for at in range(2, used[0]):
        answer[at] = max(answer[highs[at]] + 1, answer[lows[at]])
    return answer


@compiled
def counts_by_order(store, order):
    """Give how many sets of 0 to `order` events each ZBDD node holds; right below 2**63."""
    _, highs, lows, _, _, used = store
    answer = np.zeros((used[0], order + 1), np.int64)
    answer[1, 0] = 1
    for at in range(2, used[0]):
        answer[at] = answer[lows[at]]
        answer[at, 1:] += answer[highs[at], :-1]
    return answer


@compiled
def uses(store, root, sizes, levels):
    """Give in how many sets of the root each level is: ways down to it times ways on."""
    level_of, highs, lows, _, _, used = store
    reached = np.zeros(used[0])
    reached[root] = 1.0
    answer = np.zeros(levels)
    for at in range(used[0] - 1, 1, -1):
        answer[level_of[at]] += reached[at] * sizes[highs[at]]
        reached[highs[at]] += reached[at]
        reached[lows[at]] += reached[at]
    return answer


@compiled
def best(store, logs):
    """Give the greatest sum of logarithms among the sets of each ZBDD node."""
    levels, highs, lows, _, _, used = store
    answer = np.full(used[0], -np.inf)
    answer[1] = 0.0
    for at in range(2, used[0]):
        answer[at] = max(answer[highs[at]] + logs[levels[at]], answer[lows[at]])
    return answer

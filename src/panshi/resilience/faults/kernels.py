"""Decision diagrams in flat arrays: the compiled inner loops of the exact engine.

A diagram is a set of nodes (level, high, low), each kept once. The same store serves two
readings: as BDD a node says "if the event of this level happens go high, else low", 0 is false
and 1 is true; as ZBDD a node is the sets of high with that event added, and the sets of low, 0 is
no set and 1 the empty set alone (Minato 1993). A node is made after those it points to, so
whatever is computed upwards or downwards is one loop over the array (`sweeps`); what needs two
diagrams at once keeps its own stack. Nothing here calls itself.

A kernel that finds the store full, or the memo forgetting too much, answers `FULL`; the caller
makes room and calls again, and what was reached before is found in the memo, as long as it was not
moved. A memo too small for its work would make the work exponential.

Minimal sets after Rauzy 1993 and 2001; the recurrences stand at each kernel.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from panshi.resilience.compiled import compiled

type Parts = tuple[NDArray[Any], ...]
"""Levels, highs, lows, heads of chains, nexts in chains, and counts: nodes there are, memo entries
displaced, and of these how many are borne."""
type Memo = tuple[NDArray[Any], ...]
"""Keys, answers and the counts of its store; a newer entry displaces an older one of its place."""
type Stack = NDArray[Any]

number = cast("type[int]", np.int64)
"The integers of compiled loops; to readers of types simply integers."
FULL, ABSENT = -1, -2
AND, OR, XOR, WITHOUT, UNION, PRODUCT, SHORTER = range(7)
"What a memo entry is about."
ENDLESS = 63
"Order that bounds nothing."
BOTTOM = 1 << 30
"Level of the two ends."
MOST_NODES = 1 << 27
"Two node numbers, an order and what it is about share one word of 63 bits."


@compiled
def node(store: Parts, level: int, high: int, low: int) -> int:
    """Give the node of these three parts, made if it is new."""
    levels, highs, lows, heads, nexts, used = store
    mix = np.uint64(high) * np.uint64(0x9E3779B97F4A7C15)
    mix = (mix ^ np.uint64(low)) * np.uint64(0xC2B2AE3D27D4EB4F)
    mix = (mix ^ (mix >> np.uint64(29)) ^ np.uint64(level)) * np.uint64(0x165667B19E3779F9)
    slot = number(mix >> np.uint64(32)) & (heads.size - 1)
    at = heads[slot]
    while at > 0:
        if highs[at] == high and lows[at] == low and levels[at] == level:
            return number(at)
        at = nexts[at]
    at = used[0]
    if at >= levels.size or used[1] > used[2]:
        return number(FULL)
    levels[at] = level
    highs[at] = high
    lows[at] = low
    nexts[at] = heads[slot]
    heads[slot] = at
    used[0] = at + 1
    return number(at)


@compiled
def with_sets(store: Parts, level: int, high: int, low: int) -> int:
    """Give the ZBDD node of these parts; without any set above, what is below."""
    if high <= 0:
        return low if high == 0 else high
    return node(store, level, high, low)


@compiled
def _key(what: int, order: int, f: int, g: int) -> int:
    return (what << 60) | (order << 54) | (f << 27) | g


@compiled
def _slot(keys: NDArray[Any], key: int) -> int:
    mix = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    mix = (mix ^ (mix >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
    return number(mix >> np.uint64(32)) & (keys.size - 1)


@compiled
def _recall(memo: Memo, key: int) -> int:
    slot = _slot(memo[0], key)
    return number(memo[1][slot]) if memo[0][slot] == key else number(ABSENT)


@compiled
def _remember(memo: Memo, key: int, answer: int) -> None:
    keys, answers, used = memo
    slot = _slot(keys, key)
    if keys[slot] >= 0 and keys[slot] != key:
        used[1] += 1
    keys[slot] = key
    answers[slot] = answer


@compiled
def _high(store: Parts, f: int, level: int, above: int) -> int:
    """Give what `f` is with the event of a level; `above` where it does not ask for it."""
    return number(store[1][f]) if store[0][f] == level else above


@compiled
def _low(store: Parts, f: int, level: int) -> int:
    return number(store[2][f]) if store[0][f] == level else f


@compiled
def _plain(what: int, f: int, g: int) -> int:
    """Give what is known of two BDDs with f <= g without looking into them."""
    if what == AND:
        if f == 0 or f == 1 or f == g:  # noqa: PLR1714 -- compiled
            return number(0 if f == 0 else g)
    elif what == OR:
        if f == 0 or f == 1 or f == g:  # noqa: PLR1714 -- compiled
            return number(1 if f == 1 else g)
    elif f == g or f == 0:  # noqa: PLR1714 -- compiled
        return number(0 if f == g else g)
    return number(ABSENT)


@compiled
def apply(store: Parts, memo: Memo, stack: Stack, what: int, f: int, g: int) -> int:
    """Give `f` AND, OR or XOR `g` of two BDDs."""
    levels, top = store[0], 0
    while True:
        f, g = min(f, g), max(f, g)
        answer = _plain(what, f, g)
        if answer == ABSENT:
            answer = _recall(memo, _key(what, 0, f, g))
        if answer == ABSENT:
            level = min(levels[f], levels[g])
            stack[top, 0], stack[top, 1], stack[top, 2] = f, g, ABSENT
            top += 1
            f, g = _high(store, f, level, f), _high(store, g, level, g)
            continue
        while top > 0:
            f, g, high = stack[top - 1, 0], stack[top - 1, 1], stack[top - 1, 2]
            level = min(levels[f], levels[g])
            if high == ABSENT:
                stack[top - 1, 2] = answer
                f, g = _low(store, f, level), _low(store, g, level)
                break
            if high != answer:
                answer = node(store, level, high, answer)
                if answer == FULL:
                    return answer
            _remember(memo, _key(what, 0, f, g), answer)
            top -= 1
        else:
            return answer


@compiled
def without(store: Parts, memo: Memo, stack: Stack, f: int, g: int) -> int:
    """Give the sets of `f` that contain no set of `g`.

    Of two nodes of one level: ((f1 without g1) without g0) with the event, and f0 without g0.
    """
    levels, highs, lows, top = store[0], store[1], store[2], 0
    while True:
        while f > 1 and levels[g] < levels[f]:
            g = number(lows[g])
        answer = number(ABSENT)
        if f == 0 or g == 1 or f == g:  # noqa: PLR1714 -- compiled
            answer = number(0)
        elif g == 0 or f == 1:  # minimal: only 1 holds the empty set
            answer = f
        else:
            answer = _recall(memo, _key(WITHOUT, 0, f, g))
        if answer == ABSENT:
            same = levels[f] == levels[g]
            stack[top, 0], stack[top, 1], stack[top, 3] = f, g, 0 if same else 1
            top += 1
            f, g = number(highs[f]), number(highs[g]) if same else g
            continue
        while top > 0:
            f, g, phase = stack[top - 1, 0], stack[top - 1, 1], stack[top - 1, 3]
            stack[top - 1, 3] = phase + 1
            if phase == 0:
                f, g = answer, number(lows[g])
                break
            if phase == 1:
                stack[top - 1, 2] = answer
                f, g = number(lows[f]), _low(store, g, levels[f])
                break
            answer = with_sets(store, levels[f], stack[top - 1, 2], answer)
            if answer == FULL:
                return answer
            _remember(memo, _key(WITHOUT, 0, f, g), answer)
            top -= 1
        else:
            return answer


@compiled
def union(store: Parts, memo: Memo, stack: Stack, inner: Stack, f: int, g: int) -> int:
    """Give the minimal sets among those of `f` and `g`.

    lo = f0 + g0; hi = (f1 + g1) without lo.
    """
    levels, top = store[0], 0
    while True:
        f, g = min(f, g), max(f, g)
        answer = number(ABSENT)
        if f == 1 or f == 0 or f == g:  # noqa: PLR1714 -- compiled
            answer = number(1) if f == 1 else g
        else:
            answer = _recall(memo, _key(UNION, 0, f, g))
        if answer == ABSENT:
            level = min(levels[f], levels[g])
            stack[top, 0], stack[top, 1], stack[top, 2] = f, g, ABSENT
            top += 1
            f, g = _low(store, f, level), _low(store, g, level)
            continue
        while top > 0:
            f, g, low = stack[top - 1, 0], stack[top - 1, 1], stack[top - 1, 2]
            level = min(levels[f], levels[g])
            if low == ABSENT:
                stack[top - 1, 2] = answer
                f, g = _high(store, f, level, 0), _high(store, g, level, 0)
                break
            answer = without(store, memo, inner, answer, low)
            if answer != FULL:
                answer = with_sets(store, level, answer, low)
            if answer == FULL:
                return answer
            _remember(memo, _key(UNION, 0, f, g), answer)
            top -= 1
        else:
            return answer


@compiled
def shorter(store: Parts, memo: Memo, stack: Stack, f: int, order: int) -> int:
    """Give the sets of `f` with at most `order` events."""
    levels, highs, lows, top = store[0], store[1], store[2], 0
    while True:
        while order == 0 and f > 1:
            f = number(lows[f])
        ended = f <= 1 or order >= ENDLESS
        answer = f if ended else _recall(memo, _key(SHORTER, order, f, 0))
        if answer == ABSENT:
            stack[top, 0], stack[top, 1], stack[top, 2] = f, order, ABSENT
            top += 1
            f, order = number(highs[f]), order - 1
            continue
        while top > 0:
            f, order, high = stack[top - 1, 0], stack[top - 1, 1], stack[top - 1, 2]
            if high == ABSENT:
                stack[top - 1, 2] = answer
                f = number(lows[f])
                break
            answer = with_sets(store, levels[f], high, answer)
            if answer == FULL:
                return answer
            _remember(memo, _key(SHORTER, order, f, 0), answer)
            top -= 1
        else:
            return answer


@compiled
def product(
    store: Parts,
    memo: Memo,
    stack: Stack,
    inner: Stack,
    innermost: Stack,
    f: int,
    g: int,
    order: int,
) -> int:
    """Give the minimal unions of a set of `f` with one of `g`, of at most `order` events.

    lo = f0 g0; hi = (f1 (g1 + g0) + f0 g1) without lo, one event shorter, as are its factors. Of
    one event alone hi is the empty set where f1 and g1 are, and nothing else.
    """
    levels, top = store[0], 0
    while True:
        f, g = min(f, g), max(f, g)
        answer = number(ABSENT)
        if f == 1:
            answer = shorter(store, memo, inner, g, order)
        elif f == 0 or order == 0:
            answer = number(0)
        else:
            answer = _recall(memo, _key(PRODUCT, order, f, g))
        if answer == ABSENT:
            level = min(levels[f], levels[g])
            stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = f, g, order, 0
            top += 1
            f, g = _low(store, f, level), _low(store, g, level)
            continue
        while top > 0 and answer != FULL:
            f, g, order = stack[top - 1, 0], stack[top - 1, 1], stack[top - 1, 2]
            phase = stack[top - 1, 3]
            level = min(levels[f], levels[g])
            stack[top - 1, 3] = phase + 1
            plain = _plain_product(store, f, g, level, order, answer) if phase == 0 else ABSENT
            if phase < 2 and plain == ABSENT:  # noqa: PLR2004 -- the two products with the event
                stack[top - 1, 4 + phase] = answer
                order = order if order >= ENDLESS else order - 1
                if phase == 0:
                    f, g = _factors(store, memo, inner, innermost, f, g, level, order)
                else:
                    f, g = _low(store, f, level), _high(store, g, level, 0)
                break
            answer = (
                _joined(store, memo, inner, innermost, level, stack[top - 1], answer)
                if plain == ABSENT
                else plain
            )
            if answer != FULL:
                _remember(memo, _key(PRODUCT, order, f, g), answer)
                top -= 1
        else:
            return answer
        if g == FULL:
            return number(FULL)


@compiled
def _plain_product(store: Parts, f: int, g: int, level: int, order: int, low: int) -> int:
    """Give the product whose lo is known where hi needs no work, else `ABSENT`."""
    if _high(store, f, level, 0) == 1 == _high(store, g, level, 0):
        return node(store, level, 1, low)
    return low if order == 1 else number(ABSENT)


@compiled
def _factors(
    store: Parts,
    memo: Memo,
    inner: Stack,
    innermost: Stack,
    f: int,
    g: int,
    level: int,
    order: int,
) -> tuple[int, int]:
    """Give f1 and g1 + g0, the latter of at most `order` events."""
    f1 = _high(store, f, level, 0)
    if f1 == 0:
        return number(0), number(0)
    high = shorter(store, memo, inner, _high(store, g, level, 0), order)
    if high != FULL:
        low = shorter(store, memo, inner, _low(store, g, level), order)
        if low != FULL:
            return f1, union(store, memo, inner, innermost, high, low)
    return f1, number(FULL)


@compiled
def _joined(
    store: Parts,
    memo: Memo,
    inner: Stack,
    innermost: Stack,
    level: int,
    parts: Stack,
    last: int,
) -> int:
    """Give a product of its parts: lo and f1 (g1 + g0) as kept, and f0 g1."""
    answer = union(store, memo, inner, innermost, parts[5], last)
    if answer != FULL:
        answer = without(store, memo, inner, answer, parts[4])
    if answer != FULL:
        answer = with_sets(store, level, answer, parts[4])
    return answer


@compiled
def minimal(
    store: Parts, memo: Memo, bdd: Parts, stack: Stack, sets: NDArray[Any], start: int
) -> int:
    """Turn each BDD node, from `start` up, into its minimal sets; give where it stopped.

    ms(u) = (ms(u1) without ms(u0)) with the event, and ms(u0). Of a function with negations these
    are the minimal sets of events that make it true when nothing else happens (p-cuts).
    """
    levels, highs, lows, _, _, used = bdd
    for at in range(start, used[0]):
        low = number(sets[lows[at]])
        high = without(store, memo, stack, number(sets[highs[at]]), low)
        if high != FULL:
            high = with_sets(store, levels[at], high, low)
        if high == FULL:
            return number(at)
        sets[at] = high
    return number(used[0])


@compiled
def mark(store: Parts, roots: NDArray[Any]) -> NDArray[Any]:
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
def compact(store: Parts, roots: NDArray[Any], live: NDArray[Any]) -> None:
    """Forget the nodes that are not live; the roots get their new numbers in place."""
    levels, highs, lows, heads, _, used = store
    moved = np.zeros(used[0], np.int32)
    moved[1] = 1
    heads[:] = 0
    end = used[0]
    used[0], used[1] = 2, 0
    for at in range(2, end):
        if live[at]:
            moved[at] = node(store, levels[at], moved[highs[at]], moved[lows[at]])
    for i in range(roots.size):
        roots[i] = moved[roots[i]]


@compiled
def carry(old: Memo, new: Memo) -> None:
    """Take what a smaller memo knows into a larger one."""
    keys, answers = old[0], old[1]
    for slot in range(keys.size):
        if keys[slot] >= 0:
            _remember(new, keys[slot], answers[slot])
    new[2][1] = 0


@compiled
def rehash(store: Parts) -> None:
    """Fill the table of heads anew after the arrays grew."""
    levels, highs, lows, _, _, used = store
    end = used[0]
    used[0], used[1] = 2, 0
    for at in range(2, end):
        node(store, levels[at], number(highs[at]), number(lows[at]))

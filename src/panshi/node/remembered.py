"""Answers remembered as long as nothing they rest on changed: the log, an estate, the day.

What pages ask for again and again (what is unseen, what fell) is computed once per state of the
node. Nothing is kept beside the process: another state, another answer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from panshi.model.zone import INSTITUTION_ZONE
from panshi.node.node import Node

TRAIL = "audit.event/1"
MOST = 256
"Answers kept per node; beyond that all are forgotten."

_kept: WeakKeyDictionary[Node, dict[Hashable, tuple[Hashable, Any]]] = WeakKeyDictionary()
_lock = Lock()


def remembered[T](node: Node, name: Hashable, estate_id: str, make: Callable[[], T]) -> T:
    """Give the answer kept under a name for an estate, made anew where anything changed."""
    stamp = (_told(node), node.estate(estate_id).version, _day(node))
    return _remember(node, (name, estate_id), stamp, make)


def remembered_of_records[T](
    node: Node, name: Hashable, estate_id: str, make: Callable[[], T], *, beside: Hashable = None
) -> T:
    """Give an answer that only what was observed and recorded changes, not who did what when.

    `beside` is the state of what it rests on outside the log.
    """
    counts = tuple(sorted(each for each in node.log.kinds().items() if each[0] != TRAIL))
    stamp = (counts, node.judging.erasures, node.estate(estate_id).version, _day(node), beside)
    return _remember(node, (name, estate_id), stamp, make)


def remembered_while[T](node: Node, name: Hashable, state: Hashable, make: Callable[[], T]) -> T:
    """Give an answer that rests on nothing but a state whoever asks can name."""
    return _remember(node, name, state, make)


def remembered_for_the_day[T](node: Node, name: Hashable, make: Callable[[], T]) -> T:
    """Give an answer about the past, which stays the same all day whatever is observed."""
    return _remember(node, name, _day(node), make)


def _remember[T](node: Node, key: Hashable, stamp: Hashable, make: Callable[[], T]) -> T:
    with _lock:
        answers = _kept.setdefault(node, {})
        found = answers.get(key)
        if found is not None and found[0] == stamp:
            answer: T = found[1]
            return answer
    made = make()
    with _lock:
        if len(answers) >= MOST:
            answers.clear()
        answers[key] = (stamp, made)
    return made


def _told(node: Node) -> int:
    """Count what the log holds beside the trail of who did what, which changes no answer."""
    return sum(count for kind, count in node.log.kinds().items() if kind != TRAIL)


def _day(node: Node) -> str:
    return node.clock().astimezone(INSTITUTION_ZONE).date().isoformat()

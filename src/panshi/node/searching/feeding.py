"""Bringing the index up to date: content, estates, then the log, a bounded stretch at a time."""

from __future__ import annotations

from itertools import islice
from threading import Lock
from weakref import WeakKeyDictionary

from panshi.model.observation import Sealed
from panshi.node.node import Node
from panshi.node.searching.content_entries import (
    CONTENT,
    content_entries,
    content_stamp,
    estate_entries,
    estate_source,
)
from panshi.node.searching.log_entries import entry_of, erased_by, trace_of
from panshi.store.search_index import SearchIndex

STRETCH = 5_000
"Observations taken in per transaction."
AT_MOST = 20_000
"Observations taken in before an answer; the rest follows in the background."

_opened: WeakKeyDictionary[Node, SearchIndex] = WeakKeyDictionary()
_opening = Lock()
_feeding = Lock()


def index_of(node: Node) -> SearchIndex:
    """Give a node's index, opened once."""
    with _opening:
        found = _opened.get(node)
        if found is None:
            found = SearchIndex(node.home.path)
            _opened[node] = found
        return found


def bring_up_to_date(node: Node, most: int | None = AT_MOST) -> bool:
    """Take in what is new; False where more of the log is left than was allowed."""
    index = index_of(node)
    with _feeding:
        reached = index.reached()
        stamp = content_stamp(node.library)
        if reached.get(CONTENT) != stamp:
            index.replace(CONTENT, content_entries(node.library), stamp)
        for estate_id in node.estate_ids():
            estate = node.judging.estate(estate_id)
            source = estate_source(estate_id)
            if reached.get(source) != str(estate.version):
                index.replace(source, estate_entries(estate), str(estate.version))
        return _feed(node, index, int(reached.get("log", "0")), most)


def _feed(node: Node, index: SearchIndex, position: int, most: int | None) -> bool:
    size = node.log.size()
    until = size if most is None else min(size, position + most)
    if position < until:
        news = islice(node.log.since(position), until - position)
        while stretch := tuple(islice(news, STRETCH)):
            _take_in(index, stretch)
    return until == size


def _take_in(index: SearchIndex, stretch: tuple[Sealed, ...]) -> None:
    index.feed(
        entries=[entry for each in stretch if (entry := entry_of(each)) is not None],
        traces=[trace for each in stretch if (trace := trace_of(each)) is not None],
        ids=((each.id, each.position) for each in stretch),
        erased=[gone for each in stretch if (gone := erased_by(each))],
        until=stretch[-1].position + 1,
    )

"""The register of a node's alerts, opened once per process."""

from __future__ import annotations

from threading import Lock
from weakref import WeakKeyDictionary

from panshi.node.node import Node
from panshi.store.alerts import AlertStore

_opened: WeakKeyDictionary[Node, AlertStore] = WeakKeyDictionary()
_lock = Lock()


def alerts_of(node: Node) -> AlertStore:
    """Give a node's alerts."""
    with _lock:
        found = _opened.get(node)
        if found is None:
            found = _opened[node] = AlertStore(node.home.path)
        return found

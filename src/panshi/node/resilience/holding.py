"""What prune must spare: the last good snapshot of each source, as the evidence log judges it."""

from __future__ import annotations

from datetime import timedelta

from panshi.node.node import Node
from panshi.node.resilience.drills import choose
from panshi.observe.vault_sources.source import read_setup


def held(node: Node) -> frozenset[str]:
    """Give the last good snapshot of every source: not quarantined, and found wrong by no drill."""
    now = node.clock()
    chosen = (
        choose(node, each.name, now, timedelta()).chosen
        for each in read_setup(node.home.path).source
    )
    return frozenset(each.snapshot for each in chosen if each is not None)

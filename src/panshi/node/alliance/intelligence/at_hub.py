"""A hub weighs what its members sent: reports, sightings and false alarms, each member one voice.

What came since the last look is read in the order it was added and kept by value beside what an
institution pulls; the objects themselves stay where they are. A member's word counts by the letter
content gives to members. Only the hub's staff sees who spoke.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import msgspec

from panshi.alliance.intelligence.pieces import incoming
from panshi.alliance.intelligence.release import STAFF
from panshi.errors import BadInputError
from panshi.model.alliance.intelligence import Collection
from panshi.model.alliance.marking import NOBODY
from panshi.model.alliance.pulled import Incoming, Progress
from panshi.node.alliance.collections import collections
from panshi.node.alliance.feeds import PREFIX
from panshi.node.alliance.hub import is_hub
from panshi.node.alliance.intelligence.markings import Markings
from panshi.node.alliance.objects import store as objects_of
from panshi.node.node import Node
from panshi.store.pulled_intelligence import PulledIntelligence
from panshi.store.stix_objects.reading import ALL, Wanted

OURSELVES = "hub"
PAGE = 1_000


def catch_up(node: Node, store: PulledIntelligence) -> int:
    """Read what members sent since the last look; count it. An institution has none."""
    if not is_hub(node):
        return 0
    return sum(
        _caught_up(node, store, each)
        for each in collections(node)
        if not each.alias.startswith(PREFIX)
    )


def _caught_up(node: Node, store: PulledIntelligence, one: Collection) -> int:
    count = 0
    while True:
        at = store.progress(OURSELVES, one.id)
        wanted = Wanted(after=int(at.since or 0), limit=PAGE, versions=(ALL,))
        page = objects_of(node).page(one.id, {STAFF}, wanted)
        if not page.objects:
            return count
        markings, now = Markings(), node.clock()
        owned: dict[str, list[Incoming]] = defaultdict(list)
        things = [(kept, msgspec.json.decode(kept.body)) for kept in page.objects]
        for _kept, thing in things:
            markings.learn(thing)
        for kept, thing in things:
            source = kept.owner or OURSELVES
            try:
                marking = replace(markings.of(thing), recipients=(NOBODY,))
                owned[source].append(incoming(thing, kept.body, marking, source=source, now=now))
            except BadInputError:
                continue
        for source in sorted(owned):
            store.take(source, one.id, owned[source], Progress(), now=now)
        reached = Progress(since=str(page.next), objects=at.objects + len(page.objects))
        store.take(OURSELVES, one.id, (), reached, now=now)
        count += len(page.objects)

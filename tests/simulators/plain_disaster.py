"""A plain second implementation of the graph's meaning, for small models: every course is tried.

Delays must be exact and strikes fall at once; then the courses are the subsets of what may happen,
and each has a probability.
"""

from itertools import product

from panshi.model.resilience.graph import Graph


def events_of(graph: Graph) -> list[tuple[str, str, float]]:
    """Give what may happen: own failures and exposures, with their probabilities."""
    own = [("own", node.id, node.failure) for node in graph.nodes if node.failure > 0]
    taken = [
        (each.cause, node.id, each.probability)
        for node in graph.nodes
        for each in node.exposures
        if 0 < each.probability < 1
    ]
    return own + taken


def courses(graph: Graph):
    """Yield every course with its probability."""
    events = events_of(graph)
    for happens in product((False, True), repeat=len(events)):
        chance = 1.0
        struck = set()
        for yes, (what, node, p) in zip(happens, events, strict=True):
            chance *= p if yes else 1 - p
            if yes:
                struck.add((what, node))
        yield chance, struck


def up_again(graph: Graph, struck, down_first=()) -> dict[str, float]:
    """Give when each node is up again; `down_first` are nodes struck for their repair's time."""
    up: dict[str, float] = {}
    for node in graph.order:
        times = [0.0]
        if ("own", node.id) in struck or node.id in down_first:
            times.append(max(1, node.repair.high))
        for each in node.exposures:
            taken = each.probability == 1 or (each.cause, node.id) in struck
            if taken and up[each.cause] > 0:
                times.append(max(up[each.cause], each.outage.high))
        for group in node.groups:
            ready = []
            for place, member in enumerate(group.members):
                switch = member.switch.high if place >= group.needed else 0
                ready.append(up[member.node] + switch)
            if all(up[m.node] == 0 for m in group.members[: group.needed]):
                continue
            times.append(sorted(ready)[group.needed - 1])
        up[node.id] = max(times)
    return up


def stranded(graph: Graph, struck) -> dict[str, bool]:
    """Tell of each node whether no alternative at all is left."""
    down: dict[str, bool] = {}
    for node in graph.order:
        bad = ("own", node.id) in struck
        for each in node.exposures:
            bad |= down[each.cause] and (each.probability == 1 or (each.cause, node.id) in struck)
        for group in node.groups:
            bad |= sum(not down[m.node] for m in group.members) < group.needed
        down[node.id] = bad
    return down

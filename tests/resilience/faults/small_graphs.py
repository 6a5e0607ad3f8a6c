"""Small dependency graphs, and how long an outage lasts when certain events strike."""

from hypothesis import strategies as st

from panshi.model.resilience.graph import (
    Exposure,
    Graph,
    Group,
    Member,
    Node,
    NodeId,
    NodeKind,
    exactly,
)
from panshi.resilience.faults.services import taken

MINUTES = (0, 15, 30, 60, 240)


@st.composite
def graphs(draw, most=6):
    """Graphs of plain, redundant and exposed nodes; the last is a service."""
    nodes = []
    for number in range(draw(st.integers(2, most))):
        known = [each.id for each in nodes]
        groups, exposures = [], []
        for _ in range(draw(st.integers(0, 2)) if known else 0):
            members = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
            needed = draw(st.integers(1, len(members)))
            switches = [0] * needed + [draw(st.sampled_from(MINUTES)) for _ in members[needed:]]
            groups.append(
                Group(
                    members=tuple(
                        Member(node=node, switch=exactly(minutes))
                        for node, minutes in zip(members, switches, strict=True)
                    ),
                    needed=needed,
                )
            )
        causes = [each.id for each in nodes if not each.groups]
        if causes and draw(st.booleans()):
            exposures.append(
                Exposure(
                    cause=draw(st.sampled_from(causes)),
                    probability=draw(st.sampled_from((0.3, 0.5, 1.0))),
                    outage=exactly(draw(st.sampled_from(MINUTES))),
                )
            )
        name = f"service:n{number}"
        nodes.append(
            Node(
                id=NodeId(name),
                kind=NodeKind.SERVICE,
                name_zh=name,
                failure=draw(st.sampled_from((0.0, 0.1, 0.4))),
                repair=exactly(draw(st.sampled_from(MINUTES[1:]))),
                groups=tuple(groups),
                exposures=tuple(exposures),
            )
        )
    return Graph(nodes=tuple(nodes))


def outages(graph, struck):
    """Whether each node is down, and for how long, by the words of the graph's definition."""
    down, time = {}, {}
    for node in graph.order:
        lasting = [node.repair.likely] if node.id in struck else []
        gone = node.id in struck
        for each in node.exposures:
            along = each.probability == 1 or taken(node.id, each.cause) in struck
            if along and down[each.cause]:
                gone = True
                lasting.append(max(each.outage.likely, time[each.cause]))
        for group in node.groups:
            up = sum(not down[member.node] for member in group.members)
            gone = gone or up < group.needed
            ready = sorted(time[member.node] + member.switch.likely for member in group.members)
            lasting.append(ready[group.needed - 1])
        down[node.id], time[node.id] = gone, max(lasting, default=0)
    return down, time

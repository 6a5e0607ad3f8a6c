"""Random small models with exact delays."""

import random

from panshi.model.resilience.graph import (
    NO_DELAY,
    Exposure,
    Graph,
    Group,
    Member,
    Node,
    NodeKind,
    exactly,
)


def small_model(seed: int) -> Graph:
    """Give a graph of few events with redundancy, switch-over, shared causes and one service."""
    chance = random.Random(seed)
    nodes = [
        Node(
            id=f"zone:{i}",
            kind=NodeKind.ZONE,
            name_zh="區",
            failure=chance.choice((0.1, 0.3)),
            repair=exactly(chance.choice((20, 90))),
        )
        for i in range(1)
    ]
    for i in range(4):
        exposures = ()
        if chance.random() < 0.5:
            exposures = (
                Exposure(
                    cause="zone:0",
                    probability=chance.choice((0.5, 1.0)),
                    outage=exactly(chance.choice((30, 240))),
                ),
            )
        nodes.append(
            Node(
                id=f"site:{i}",
                kind=NodeKind.SITE,
                name_zh="址",
                failure=chance.choice((0.05, 0.2, 0.5)),
                repair=exactly(chance.choice((15, 60, 480))),
                exposures=exposures,
            )
        )
    for i in range(4):
        nodes.append(_derived(chance, f"application:{i}", NodeKind.APPLICATION, nodes))
    nodes.append(_derived(chance, "service:0", NodeKind.SERVICE, nodes))
    return Graph(nodes=tuple(nodes))


def _derived(chance: random.Random, name: str, kind: NodeKind, below: list[Node]) -> Node:
    groups = []
    for _ in range(chance.randint(1, 2)):
        chosen = chance.sample([each.id for each in below[1:]], chance.randint(1, 3))
        hot = chance.random() < 0.5
        members = tuple(
            Member(node=each, switch=NO_DELAY if hot or not n else exactly(chance.choice((5, 45))))
            for n, each in enumerate(chosen)
        )
        groups.append(Group(members=members, needed=chance.randint(1, len(members))))
    failing = chance.random() < 0.4
    return Node(
        id=name,
        kind=kind,
        name_zh="點",
        failure=0.1 if failing else 0.0,
        repair=exactly(chance.choice((10, 100))),
        groups=tuple(groups),
        rto=chance.choice((0.0, 30.0, 60.0, 120.0)),
        critical=True,
    )

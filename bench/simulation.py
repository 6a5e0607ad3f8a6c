"""A compound disaster over 10,000 nodes, 100,000 times (synthetic), beside a plain networkx loop.

    python bench/simulation.py [--nodes N] [--trials N] [--workers N] [--ray] [--json]

The graph is made up from a fixed seed: basic nodes that fail by themselves, of which a part stands
on five grounds that shake; derived nodes with one to three groups of one to three members, half of
the alternatives with a switch-over; data sets with copies of 15 minutes. The disaster shakes one
ground, another two hours later, and poisons data in the third hour after two weeks inside. The loop
walks the same graph in topological order, node by node and trial by trial, and only asks what is
down at once (no clock, no data): less than the kernel answers.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from panshi.model.resilience.graph import (
    NO_DELAY,
    Delay,
    Exposure,
    Graph,
    Group,
    Member,
    Node,
    NodeId,
    NodeKind,
    exactly,
)
from panshi.model.resilience.plan import Effect, Scenario, Shock
from panshi.node.resilience.simulation import play
from panshi.resilience.simulation.compiling import compile_graph
from panshi.resilience.simulation.running import Sample, blocks, joined, run_block

PEERS = Path(__file__).resolve().parents[1] / "build" / "peers"


def made_up(nodes: int, services: int = 120) -> Graph:
    """Give the graph."""
    chance = random.Random(3)
    grounds = [NodeId(f"zone:{i}") for i in range(5)]
    found = [Node(id=each, kind=NodeKind.ZONE, name_zh="地盤") for each in grounds]
    basic = nodes * 3 // 10
    ids: list[NodeId] = []
    for i in range(basic):
        shaken = Exposure(
            cause=chance.choice(grounds),
            probability=chance.uniform(0.05, 0.4),
            outage=Delay(low=60, likely=240, high=2880),
        )
        ids.append(NodeId(f"infrastructure:{i}"))
        found.append(
            Node(
                id=ids[-1],
                kind=NodeKind.INFRASTRUCTURE,
                name_zh="設備",
                failure=chance.uniform(1e-3, 2e-2),
                repair=Delay(low=30, likely=120, high=1440),
                exposures=(shaken,) if chance.random() < 0.3 else (),
            )
        )
    rest = nodes - basic - len(grounds)
    for i in range(rest):
        kind = NodeKind.SERVICE if i >= rest - services else NodeKind.APPLICATION
        if kind is NodeKind.APPLICATION and chance.random() < 0.05:
            kind = NodeKind.DATASET
        found.append(_derived(chance, i, kind, ids, basic))
        ids.append(found[-1].id)
    return Graph(nodes=tuple(found))


def _derived(
    chance: random.Random, number: int, kind: NodeKind, ids: list[NodeId], basic: int
) -> Node:
    groups = []
    for _ in range(chance.randint(1, 3)):
        below = ids[-basic:] if chance.random() < 0.5 else ids[:basic]
        wanted = chance.choice((1, 1, 2, 2, 3))
        members = dict.fromkeys(chance.choice(below) for _ in range(wanted))
        spare = Delay(low=5, likely=15, high=60)
        groups.append(
            Group(
                members=tuple(
                    Member(node=each, switch=spare if n and chance.random() < 0.5 else NO_DELAY)
                    for n, each in enumerate(members)
                )
            )
        )
    return Node(
        id=NodeId(f"{kind}:{number}"),
        kind=kind,
        name_zh="系統",
        failure=chance.uniform(0, 1e-3),
        repair=exactly(60),
        groups=tuple(groups),
        data_age=15 if kind is NodeKind.DATASET else 0,
        rto=240,
        rpo=60,
    )


DISASTER = Scenario(
    id="bench",
    title_zh="合成複合災難",
    title_en="Synthetic compound disaster",
    shocks=(
        Shock(at=0, nodes=(NodeId("zone:0"),), duration=exactly(60)),
        Shock(at=120, nodes=(NodeId("zone:1"),), duration=exactly(60)),
        Shock(
            at=180,
            kind=NodeKind.DATASET,
            effect=Effect.CORRUPTION,
            probability=0.2,
            dwell=20_160,
            duration=exactly(600),
        ),
    ),
)


def digest(sample: Sample) -> str:
    """Give one figure of all that was found."""
    made = sha256(sample.times.tobytes())
    made.update(sample.losses.tobytes())
    made.update(sample.down.tobytes())
    return made.hexdigest()[:16]


def networkx_loop(graph: Graph, seconds: float) -> float:
    """Give trial-nodes a second of the plain loop."""
    sys.path.append(str(PEERS))
    import networkx as nx  # noqa: PLC0415 -- only here

    net: Any = nx.DiGraph()
    for node in graph.nodes:
        net.add_node(node.id, node=node, down=False)
        net.add_edges_from((each, node.id) for each in node.needs)
    order = list(nx.topological_sort(net))
    chance = random.Random(1)
    begun, trials = time.process_time(), 0
    while time.process_time() - begun < seconds:
        for name in order:
            data = net.nodes[name]
            node = data["node"]
            down = chance.random() < node.failure or name in {"zone:0", "zone:1"}
            for each in node.exposures:
                down |= net.nodes[each.cause]["down"] and chance.random() < each.probability
            for group in node.groups:
                left = sum(not net.nodes[each.node]["down"] for each in group.members)
                down |= left < group.needed
            data["down"] = down
        trials += 1
    return trials * len(order) / (time.process_time() - begun)


def under_ray(graph: Graph, trials: int, workers: int) -> str:
    """Give the digest of the same blocks run by Ray's workers."""
    sys.path.append(str(PEERS))
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray  # noqa: PLC0415 -- only here

    ray.init(num_cpus=workers, include_dashboard=False, logging_level="ERROR")
    program = compile_graph(graph, DISASTER)
    kept = ray.put(program)
    work = ray.remote(run_block)
    slices = ray.get([work.remote(kept, 1, each, trials) for each in blocks(program, trials)])
    ray.shutdown()
    return digest(joined(program, slices, trials))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=10_000)
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    graph = made_up(args.nodes)
    told: dict[str, object] = {"nodes": args.nodes, "trials": args.trials}
    begun = time.perf_counter()
    play(graph, DISASTER, trials=64, seed=1, workers=1)
    told["start (kernels from the cache, or compiled), s"] = round(time.perf_counter() - begun, 2)
    begun, cpu = time.perf_counter(), time.process_time()
    play(graph, DISASTER, trials=args.trials, seed=1, workers=args.workers)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    told[f"{args.workers} workers, wall s"] = round(wall, 2)
    told["CPU s"] = round(cpu, 2)
    told["resident at most, MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    speed = args.trials * args.nodes / cpu
    told["trial-nodes a CPU second"] = f"{speed:.3g}"
    loop = networkx_loop(graph, 3.0)
    told["networkx loop, trial-nodes a CPU second"] = f"{loop:.3g}"
    told["ratio"] = round(speed / loop)
    few = min(args.trials, 20_000)
    alone = digest(play(graph, DISASTER, trials=few, seed=1, workers=1))
    shared = digest(play(graph, DISASTER, trials=few, seed=1, workers=2))
    told["same answer on 1 and 2 workers"] = alone == shared
    if args.ray:
        told["same answer under Ray"] = under_ray(graph, few, 2) == alone
    if args.json:
        print(json.dumps(told, indent=1))
        return
    for name, value in told.items():
        print(f"{name:52} {value}")


if __name__ == "__main__":
    main()

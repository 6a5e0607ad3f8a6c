"""A compound disaster over 10,000 nodes, 100,000 times (synthetic), beside a plain networkx loop.

    python bench/simulation.py [--nodes N] [--trials N] [--workers N] [--ray] [--json]

The graph is made up from a fixed seed: basic nodes that fail by themselves, of which a part stands
on five grounds that shake; derived nodes with one to three groups of one to three members, half of
the alternatives with a switch-over; data sets with copies of 15 minutes. The disaster shakes one
ground, another two hours later, and poisons data in the third hour after two weeks inside. The
plain loop walks the same graph in topological order, node by node and trial by trial; once it asks
what we answer (when each is up again after each shock, and what is lost), once only what is down.
It runs a few trials, and speed is compared per trial and node.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

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
from panshi.resilience.simulation.boolean import evaluate
from panshi.resilience.simulation.compiling import compile_graph
from panshi.resilience.simulation.program import BLOCK, COLUMNS
from panshi.resilience.simulation.running import Sample, blocks, joined, run_block
from panshi.resilience.simulation.streams import sample

type Net = Any
"""A graph of networkx, which tells no types."""

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


def loop_graph(graph: Graph) -> Net:
    """Give the graph as networkx holds it."""
    sys.path.append(str(PEERS))
    import networkx as nx  # noqa: PLC0415 -- only here

    net: Net = nx.DiGraph()
    for node in graph.nodes:
        net.add_node(node.id, node=node)
        net.add_edges_from((each, node.id) for each in node.needs)
    net.graph["order"] = list(nx.topological_sort(net))
    return net


def loop_down(net: Net, chance: random.Random) -> None:
    """Tell which nodes are down in one trial."""
    for name in net.graph["order"]:
        data = net.nodes[name]
        node = data["node"]
        down = chance.random() < node.failure or name in {"zone:0", "zone:1"}
        for each in node.exposures:
            down |= net.nodes[each.cause]["down"] and chance.random() < each.probability
        for group in node.groups:
            left = sum(not net.nodes[each.node]["down"] for each in group.members)
            down |= left < group.needed
        data["down"] = down


def loop_times(net: Net, chance: random.Random) -> None:
    """Tell when each node is up again in one trial, and what is lost, shock after shock."""
    for name in net.graph["order"]:
        net.nodes[name].update(own=0.0, up=0.0, loss=0.0)
    for number, shock in enumerate(DISASTER.shocks):
        for name in net.graph["order"]:
            _settle(net, name, (number, shock), chance)


def _settle(net: Net, name: str, moment: tuple[int, Shock], chance: random.Random) -> None:
    (number, shock), data = moment, net.nodes[name]
    node, own, loss = data["node"], data["own"], data["loss"]
    if number == 0 and chance.random() < node.failure:
        own = max(own, _drawn(node.repair, chance))
    struck = name in shock.nodes or node.kind is shock.kind
    if struck and chance.random() < shock.probability:
        own = max(own, shock.at + _drawn(shock.duration, chance))
        loss = max(loss, shock.dwell + chance.random() * node.data_age)
    for each in node.exposures:
        cause = net.nodes[each.cause]["up"]
        if cause > shock.at and chance.random() < each.probability:
            own = max(own, cause, shock.at + _drawn(each.outage, chance))
    up = own
    for group in node.groups:
        ready = []
        for place, each in enumerate(group.members):
            other = net.nodes[each.node]
            at = other["up"] if place == 0 else max(shock.at, other["up"])
            ready.append((at + (_drawn(each.switch, chance) if place else 0), other["loss"]))
        if ready[0][0] > shock.at:
            ready.sort()
            up = max(up, ready[group.needed - 1][0])
        loss = max(loss, ready[group.needed - 1][1])
    data.update(own=own, up=up, loss=loss)


def _drawn(delay: Delay, chance: random.Random) -> float:
    if delay.low == delay.high:
        return delay.low
    return chance.triangular(delay.low, delay.high, delay.likely)


def loop_speed(net: Net, trial: Callable[[Net, random.Random], None], seconds: float) -> float:
    """Give trial-nodes a second of the plain loop."""
    chance = random.Random(1)
    begun, trials = time.process_time(), 0
    while time.process_time() - begun < seconds:
        trial(net, chance)
        trials += 1
    return trials * len(net) / (time.process_time() - begun)


def boolean_speed(graph: Graph, trials: int) -> float:
    """Give trial-nodes a second of the kernel that asks only what is down, one core."""
    program = compile_graph(graph, DISASTER)
    bits = np.empty((len(program.event_key), BLOCK // 64), np.uint64)
    down = np.empty((len(program.ids), BLOCK // 64), np.uint64)
    rows = np.empty((COLUMNS + 1, BLOCK // 64), np.uint64)
    begun, many = time.process_time(), blocks(program, trials)
    for block in many:
        sample(bits, program.event_key, program.event_chance, np.uint64(1), block)
        evaluate(program.tables, bits, down, rows)
    return len(many) * BLOCK * len(program.ids) / (time.process_time() - begun)


def under_ray(graph: Graph, trials: int, workers: int) -> str:
    """Give the digest of the same blocks run by Ray's workers."""
    sys.path.append(str(PEERS))
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "120")
    import ray  # noqa: PLC0415 -- only here

    ray.init(num_cpus=workers, include_dashboard=False, logging_level="ERROR")
    program = compile_graph(graph, DISASTER)
    kept = ray.put(program)
    work = ray.remote(run_block)
    slices = ray.get([work.remote(kept, 1, each, trials) for each in blocks(program, trials)])
    ray.shutdown()
    return digest(joined(program, slices, trials))


def asked() -> argparse.Namespace:
    """Read sizes from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=10_000)
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ray", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    args = asked()
    told: dict[str, object] = {}

    def say(name: str, value: object) -> None:
        """Show a figure as soon as it is known."""
        told[name] = value
        if not args.json:
            print(f"{name:58} {value}", flush=True)

    say("nodes", args.nodes)
    say("trials", args.trials)
    graph = made_up(args.nodes)
    begun, cpu = time.perf_counter(), time.process_time()
    play(graph, DISASTER, trials=64, seed=1, workers=1)
    say("start (kernels compiled, or read back), wall s", round(time.perf_counter() - begun, 2))
    say("start, CPU s", round(time.process_time() - cpu, 2))
    begun, cpu = time.perf_counter(), time.process_time()
    play(graph, DISASTER, trials=args.trials, seed=1, workers=args.workers)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    say(f"{args.workers} workers, wall s", round(wall, 2))
    say("CPU s", round(cpu, 2))
    say("resident at most, MiB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    speed = args.trials * args.nodes / cpu
    net = loop_graph(graph)
    for name, ours, trial in (
        ("outage and loss", speed, loop_times),
        ("what is down", boolean_speed(graph, args.trials), loop_down),
    ):
        loop = loop_speed(net, trial, 4.0)
        say(f"{name}: trial-nodes a CPU second, ours", f"{ours:.3g}")
        say(f"{name}: networkx loop (4 CPU s)", f"{loop:.3g}")
        say(f"{name}: ratio per trial, core for core", round(ours / loop))
        say(f"{name}: ratio, {args.workers} cores of ours", round(args.workers * ours / loop))
    few = min(args.trials, 20_000)
    alone = digest(play(graph, DISASTER, trials=few, seed=1, workers=1))
    shared = digest(play(graph, DISASTER, trials=few, seed=1, workers=2))
    say("same answer on 1 and 2 workers", alone == shared)
    if args.ray:
        say("same answer under Ray", under_ray(graph, few, 2) == alone)
    if args.json:
        print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()

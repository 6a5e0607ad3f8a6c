"""The cheapest layers of a whole bank, proven: time to the proof, and what a greedy choice costs.

    python bench/remedy.py [--services 120] [--seeds 1-5] [--strain 1.0] [--json]

Each seed gives a SYNTHETIC bank (no figure is anyone's): domains of eight services that share a
team, applications and data sets; applications that run at one of three sites and lean on core
systems and suppliers; layers in being and layers one could add, all of them on the same few
recovery sites, with their seats, their restore paths, their cables. Six disasters are to be
survived: an earthquake in the north, the cables cut, ransomware with its dwell, a region without
power, a core vendor that fails, and the first three on one day.

Beside the planner stand two that people use:

* **greedy**: whatever meets most goals for its price is bought, one layer after another, until
  nothing gains any more;
* **cheapest first**: service by service, the cheapest layer after which it misses less is bought.

`--strain` above 1 makes seats, people and restore paths scarcer. Time is by the clock.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from panshi.model.resilience.graph import (
    SEATS,
    Delay,
    Draw,
    Graph,
    Group,
    Layer,
    LayerKind,
    Member,
    Node,
    NodeId,
    NodeKind,
    Pool,
    all_of,
    exactly,
)
from panshi.model.resilience.plan import Effect, Scenario, Shock
from panshi.resilience.remedy.planning import remedy
from panshi.resilience.remedy.terms import Choice, Goal, by_rank, missed, weight
from panshi.resilience.simulation.variants import combined, without_layers
from panshi.resilience.story.course import told

DAY = 1_440.0
HOME = ("neihu", "taoyuan", "taichung")
SEATED = {"taichung": 430, "kaohsiung": 300}
PATHS = {"taichung": 1_500.0, "kaohsiung": 850.0, "cloud": 1_200.0, "tokyo": 700.0}
"MiB/s into each place; one restore at a time."
RTO = (240.0, 480.0, 480.0, DAY, DAY, 2 * DAY)

type Kind = tuple[LayerKind, str, tuple[int, int], float, bool, float, int]
"""Kind, place, activation, age of its data, immutable, share of the data to bring in, price."""

CITY: Kind = (LayerKind.SAME_CITY, "taoyuan", (15, 45), 0, False, 0, 9)
REMOTE: Kind = (LayerKind.REMOTE_SITE, "taichung", (45, 100), 5, False, 0, 11)
VAULT: Kind = (LayerKind.THIRD_SITE, "taichung", (60, 120), 60, True, 1, 5)
THIRD: Kind = (LayerKind.THIRD_SITE, "kaohsiung", (40, 90), 30, True, 0.5, 7)
CLOUD: Kind = (LayerKind.CLOUD, "cloud", (25, 60), 15, True, 0.7, 8)
TOKYO: Kind = (LayerKind.OVERSEAS, "tokyo", (20, 50), 15, True, 0.7, 8)
MANUAL: Kind = (LayerKind.MANUAL, "kaohsiung", (30, 90), 0, True, 0, 3)
LOCAL: Kind = (LayerKind.LOCAL, "neihu", (2, 8), 0, False, 0, 4)


class Bank:
    """One synthetic bank while it is put together."""

    def __init__(self, services: int, seed: int, strain: float) -> None:
        """Lay the ground, then build domain after domain."""
        self._chance = random.Random(f"{services} {seed}")
        self.nodes: list[Node] = []
        self.layers: list[Layer] = []
        self.pools: list[Pool] = []
        self.options: set[NodeId] = set()
        self._ground(strain)
        for domain in range((services + 7) // 8):
            self._domain(domain, min(8, services - 8 * domain), strain)
        self.graph = Graph(
            nodes=tuple(self.nodes), layers=tuple(self.layers), pools=tuple(self.pools)
        )

    def _node(self, kind: NodeKind, name: str, *needs: str, **more: object) -> NodeId:
        """Add a node that stands on others."""
        node = NodeId(f"{kind}:{name}")
        groups = all_of(*map(NodeId, dict.fromkeys(needs)))
        made = Node(id=node, kind=kind, name_zh=name, groups=groups)
        self.nodes.append(replace(made, **more))  # type: ignore[arg-type]
        return node

    def _ground(self, strain: float) -> None:
        for region in ("north", "middle", "south"):
            self._node(NodeKind.POWER, region)
        for cable in ("east", "west"):
            self._node(NodeKind.CABLE, cable)
        for number in range(8):
            self._node(NodeKind.SUPPLIER, f"s{number}")
        where = dict(zip((*HOME, "kaohsiung"), ("north", "north", "middle", "south"), strict=True))
        for site, region in where.items():
            self._node(NodeKind.SITE, site, f"power:{region}")
        self._node(NodeKind.SITE, "cloud", "power:middle", "supplier:s0")
        ways = Group(members=(Member(node=NodeId("cable:east")), Member(node=NodeId("cable:west"))))
        self._node(NodeKind.SITE, "tokyo", groups=(ways, *all_of(NodeId("supplier:s1"))))
        for core in ("ledger", "customer", "sign-in"):
            self._node(NodeKind.DATASET, core, "site:neihu", data_age=5.0)
            self._node(NodeKind.APPLICATION, core, f"dataset:{core}", "site:neihu")
        for site, seats in SEATED.items():
            amount = round(seats / strain)
            self.pools.append(Pool(id=NodeId(f"site:{site}#seats"), unit=SEATS, capacity=amount))
        for site, rate in PATHS.items():
            self.pools.append(
                Pool(id=NodeId(f"site:{site}#restore"), unit="MiB/s", capacity=rate / strain)
            )

    def _domain(self, domain: int, services: int, strain: float) -> None:
        chance, site = self._chance, self._chance.choices(HOME, (6, 3, 1))[0]
        team = NodeId(f"team:{domain}")
        people = round(chance.randint(30, 56) / strain)
        self._node(NodeKind.TEAM, str(domain))
        self.pools.append(Pool(id=team, unit="people", capacity=people))
        for number in range(3):
            name = f"{domain}-{number}"
            core = chance.choice(("ledger", "customer", "sign-in"))
            self._node(NodeKind.DATASET, name, f"site:{site}", data_age=15.0)
            needs = [f"site:{site}", f"dataset:{name}"]
            needs += [f"application:{core}"] if chance.random() < 0.5 else []
            needs += [f"supplier:s{chance.randint(2, 7)}"] if chance.random() < 0.3 else []
            self._node(NodeKind.APPLICATION, name, *needs)
        for number in range(services):
            self._service(domain, number, site, team)

    def _service(self, domain: int, number: int, site: str, team: NodeId) -> None:
        chance, name = self._chance, f"{domain:02}-{number}"
        critical = number < 2 and chance.random() < 0.7
        used = {f"application:{domain}-{chance.randrange(3)}" for _ in range(2)}
        if number > 4 and chance.random() < 0.25:
            used.add(f"service:{domain:02}-{chance.randrange(2)}")
        primary = self._node(NodeKind.PROCESS, name, *sorted(used))
        size = chance.choice((20, 40, 80, 120, 200, 400)) * (2 if critical else 1)
        has = [LOCAL] if chance.random() < 0.4 and site == "neihu" else []
        has += [CITY] if chance.random() < (0.8 if critical else 0.3) and site == "neihu" else []
        has += [REMOTE] if critical and chance.random() < 0.4 and site != "taichung" else []
        has += [VAULT] if chance.random() < 0.5 else []
        offered = chance.sample(
            [VAULT, THIRD, CLOUD, TOKYO, MANUAL, CITY, REMOTE], chance.choice((1, 2, 2, 3))
        )
        members = [Member(node=primary)]
        for place, kind in enumerate((*has, *(each for each in offered if each not in has))):
            members.append(self._layer(name, place, kind, team, size))
            if place >= len(has):
                self.options.add(members[-1].node)
        self._node(
            NodeKind.SERVICE,
            name,
            critical=critical,
            rto=chance.choice((120.0, 240.0)) if critical else chance.choice(RTO),
            rpo=DAY * 15 if chance.random() < 0.8 else 60.0,
            groups=(Group(members=tuple(members), name="layers"),),
        )

    def _layer(self, service: str, number: int, kind: Kind, team: NodeId, size: int) -> Member:
        what, site, (least, most), age, immutable, share, price = kind
        chance = self._chance
        minutes = chance.randrange(least, most, 5)
        switch = Delay(low=minutes / 2, likely=minutes, high=minutes * 2)
        people = chance.choice((3, 4, 6)) if what is not LayerKind.LOCAL else 0
        draws = [Draw(pool=team, amount=people)] if people else []
        if site in SEATED and people:
            draws.append(Draw(pool=NodeId(f"site:{site}#seats"), amount=people))
        gib = size * share
        node = self._node(
            NodeKind.LAYER, f"{service}-{number}", f"site:{site}", *([team] if people else [])
        )
        self.layers.append(
            Layer(
                id=node,
                kind=what,
                serves=NodeId(f"service:{service}"),
                name_zh=f"{what}",
                activation=switch,
                draws=tuple(draws),
                data_age=age,
                replicates=not immutable,
                retention=35 * DAY,
                restore_gib=gib,
                restore_pool=NodeId(f"site:{site}#restore") if gib else None,
                lasts=10 * DAY if what is LayerKind.MANUAL else None,
                cost=(price * 100 + size) * chance.choice((6, 8, 10, 12)) * 1_000,
            )
        )
        return Member(node=node, switch=switch)


def disasters() -> tuple[Scenario, ...]:
    """Give what is to be survived."""

    def one(name: str, *shocks: Shock) -> Scenario:
        return Scenario(id=name, title_zh=name, title_en=name, shocks=shocks)

    def out(days: float, at: float = 0, **more: object) -> Shock:
        return replace(
            Shock(at=at, kind=NodeKind.SITE, duration=exactly(days * DAY)),
            **more,  # type: ignore[arg-type]
        )

    north = tuple(NodeId(f"site:{each}") for each in HOME[:2])
    quake = one("earthquake", out(5, nodes=north))
    cables = one("cable-cut", out(14, kind=NodeKind.CABLE))
    ransom = one(
        "ransomware",
        out(3, kind=NodeKind.DATASET, effect=Effect.CORRUPTION, dwell=14 * DAY),
    )
    power = one("power-region", out(1 / 3, kind=NodeKind.POWER, match="north"))
    vendor = one("core-vendor", out(2, nodes=(NodeId("supplier:s3"),)))
    compound = combined(((quake, 0), (cables, 120), (ransom, 360)))
    return (quake, cables, ransom, power, vendor, compound)


class Judge:
    """Choices told from the beginning, each once."""

    def __init__(self, bank: Bank, scenarios: tuple[Scenario, ...]) -> None:
        """Know the prices."""
        self._graph, self._scenarios = bank.graph, scenarios
        self.options = sorted(bank.options)
        self.costs = {layer.id: layer.cost for layer in bank.graph.layers}
        self.serves = {layer.id: layer.serves for layer in bank.graph.layers}
        self._known: dict[Choice, frozenset[Goal]] = {}

    def missed(self, chosen: Choice) -> frozenset[Goal]:
        """Give what is missed with these layers."""
        if chosen not in self._known:
            left = without_layers(self._graph, frozenset(self.options) - chosen)
            self._known[chosen] = frozenset().union(
                *(missed(tale) for each in self._scenarios for tale in told(left, each).services)
            )
        return self._known[chosen]

    def weight(self, chosen: Choice) -> int:
        """Weigh what is missed."""
        return weight(self._graph, self.missed(chosen))

    def cost(self, chosen: Choice) -> int:
        """Give the price a year."""
        return sum(self.costs[each] for each in chosen)


def greedy(judge: Judge) -> Choice:
    """Buy what gains most for its price, of what is offered to those who miss anything."""
    chosen: Choice = frozenset()

    def gain(layer: NodeId) -> float:
        return (judge.weight(chosen) - judge.weight(chosen | {layer})) / judge.costs[layer]

    needy = {goal.service for goal in judge.missed(chosen)}
    waiting = {each: gain(each) for each in judge.options if judge.serves[each] in needy}
    while waiting:  # gains are looked at again as the choice grows
        best = max(waiting, key=lambda each: (waiting[each], each))
        now = gain(best)
        if now <= 0:
            del waiting[best]
        elif now < max((one for each, one in waiting.items() if each != best), default=0.0):
            waiting[best] = now
        else:
            chosen |= {best}
            del waiting[best]
    return chosen


def cheapest_first(judge: Judge) -> Choice:
    """Buy, for each service that misses a goal, the cheapest layer with which less is missed."""
    chosen: Choice = frozenset()
    for goal in sorted(judge.missed(chosen)):
        own = [each for each in judge.options if judge.serves[each] == goal.service]
        for layer in sorted(own, key=lambda each: judge.costs[each]):
            if goal not in judge.missed(chosen):
                break
            if judge.weight(chosen | {layer}) < judge.weight(chosen):
                chosen |= {layer}
    return chosen


def row(services: int, seed: int, strain: float) -> dict[str, object]:
    """Measure one bank."""
    bank, scenarios = Bank(services, seed, strain), disasters()
    start, used = time.perf_counter(), time.process_time()
    found = remedy(bank.graph, frozenset(bank.options), scenarios)
    seconds, processor = time.perf_counter() - start, time.process_time() - used
    judge = Judge(bank, scenarios)
    best = found.best
    right = judge.missed(best.chosen) == best.missed and judge.cost(best.chosen) == best.cost
    told_of: dict[str, object] = {
        "services": services,
        "seed": seed,
        "strain": strain,
        "options": len(bank.options),
        "proven": found.proven,
        "seconds": round(seconds, 2),
        "processor_s": round(processor, 2),
        "missed_before": len(found.before.missed),
        "missed": len(best.missed),
        "layers": len(best.chosen),
        "cost_m": best.cost / 1e6,
        "critical_and_others_missed_at_least": by_rank(bank.graph, found.least),
        "cost_m_at_least": found.cost / 1e6,
        "steps": len(found.steps),
        "told_again_equal": right,
    }
    ways: dict[str, Callable[[Judge], Choice]] = {
        "greedy": greedy,
        "cheapest_first": cheapest_first,
    }
    for name, way in ways.items():
        chosen = way(judge)
        told_of[name] = {
            "missed": len(judge.missed(chosen)),
            "cost_m": judge.cost(chosen) / 1e6,
            "worse": (judge.weight(chosen), judge.cost(chosen)) > (best.weight, best.cost),
        }
    return told_of


def seeds_in(text: str) -> Iterator[int]:
    """Read `1-5` or `1,3`."""
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--services", type=int, default=120)
    parser.add_argument("--seeds", default="1-5")
    parser.add_argument("--strain", type=float, default=1.0)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = []
    for seed in seeds_in(args.seeds):
        rows.append(row(args.services, seed, args.strain))
        if not args.json:
            print(json.dumps(rows[-1]), flush=True)
    if args.json:
        print(json.dumps(rows, indent=1))
    if not all(each["told_again_equal"] for each in rows):
        raise SystemExit("what the planner tells of its choice is not what happens")


if __name__ == "__main__":
    main()

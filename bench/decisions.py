"""Time of an access decision: our compiled Cedar beside cedarpy, regorus, vakt and pycasbin.

    python bench/decisions.py [--quick] [--json]

The same 50 policies over 10 attributes and 1,000 requests for every engine (fixed seed), every
answer held against a neutral evaluator; then the cost from 10 to 5,000 policies, and a search
over 100,000 resources (synthetic). CPU time of this process, median of rounds: the machine is
shared, so the ratios count.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from random import Random
from typing import Any

from _decision_peers import PEERS, cedarpy_handles
from _decision_work import DEPARTMENTS, Work, cedar, work

from panshi.protection.cedar import (
    CompiledPolicies,
    Entity,
    EntityStore,
    Request,
    Uid,
    compile_policies,
    uid,
)

ROUNDS = 9
REPEATS = 5
SCALES = (10, 50, 200, 1000, 5000)
CANDIDATES = 100_000
TARGET_PER_S, TARGET_GROWTH, TARGET_SEARCH_MS = 500_000, 2.0, 5.0


def microseconds(decide: Callable[[int], object], count: int, repeats: int = REPEATS) -> float:
    """Give the middle CPU time of one decision over several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(repeats):
            for number in range(count):
                decide(number)
        rounds.append((time.process_time() - began) / count / repeats * 1e6)
    return statistics.median(rounds)


def ours(load: Work) -> tuple[CompiledPolicies, EntityStore]:
    """Compile the work's policies and take its entities."""
    store = EntityStore(
        [
            *(Entity(Uid("User", name), values) for name, values in load.users.items()),
            *(Entity(Uid("Resource", name), values) for name, values in load.resources.items()),
        ]
    )
    return compile_policies(cedar(load.rules), source="bench"), store


def prepared(load: Work) -> Callable[[int], bool]:
    """Decide requests that are made already."""
    compiled, store = ours(load)
    asked = [
        Request(Uid("User", user), Uid("Action", action), Uid("Resource", resource), context)
        for user, action, resource, context in load.requests
    ]
    return lambda n: compiled.decide(asked[n], store).allowed


def from_documents(load: Work) -> Callable[[int], bool]:
    """Decide questions as AuthZEN hands them over: dictionaries, already parsed."""
    compiled, store = ours(load)
    asked = [
        {
            "subject": {"type": "User", "id": user},
            "action": {"name": action},
            "resource": {"type": "Resource", "id": resource},
            "context": context,
        }
        for user, action, resource, context in load.requests
    ]

    def decide(number: int) -> bool:
        question = asked[number]
        subject, resource = question["subject"], question["resource"]
        request = Request(
            uid(subject["type"], subject["id"]),
            uid("Action", question["action"]["name"]),
            uid(resource["type"], resource["id"]),
            question["context"],
        )
        return compiled.decide(request, store).allowed

    return decide


def checked(name: str, decide: Callable[[int], bool], load: Work, count: int) -> None:
    """Refuse to time an engine that answers wrongly."""
    wrong = sum(decide(number) != load.expected[number] for number in range(count))
    if wrong:
        raise SystemExit(f"{name}: {wrong} of {count} answers are wrong")


def side_by_side(load: Work) -> dict[str, float]:
    """Time every engine on the same work."""
    found = {}
    for name, make in (("ours, request made", prepared), ("ours, from documents", from_documents)):
        decide = make(load)
        checked(name, decide, load, len(load.requests))
        found[name] = microseconds(decide, len(load.requests), 20)
    for name, (make_peer, count) in PEERS.items():
        decide = make_peer(load)
        checked(name, decide, load, count)
        found[name] = microseconds(decide, count, 1)
    return found


def scaling(scales: tuple[int, ...]) -> list[dict[str, float]]:
    """Time ours and cedarpy as policies grow."""
    rows = []
    for rules in scales:
        load = work(rules)
        began = time.process_time()
        compiled, store = ours(load)
        compiling = time.process_time() - began
        decide = prepared(load)
        checked("ours", decide, load, len(load.requests))
        peer = cedarpy_handles(load)
        few = max(5, min(200, 40_000 // rules))
        checked("cedarpy", peer, load, few)
        rows.append(
            {
                "policies": rules,
                "compile_s": round(compiling, 3),
                "first_ms": round(_first(compiled, store, load), 2),
                "ours_us": round(microseconds(decide, len(load.requests), 20), 3),
                "cedarpy_us": round(microseconds(peer, few, 1), 1),
            }
        )
    return rows


def _first(compiled: CompiledPolicies, store: EntityStore, load: Work) -> float:
    user, action, resource, context = load.requests[0]
    request = Request(Uid("User", user), Uid("Action", action), Uid("Resource", resource), context)
    began = time.process_time()
    compiled.decide(request, store)
    return (time.process_time() - began) * 1000


def searching(load: Work, candidates: int) -> dict[str, Any]:
    """Time searches over many resources, and one after a change."""
    compiled, store = ours(load)
    random = Random(1)
    store.put(
        *(
            Entity(
                Uid("Resource", f"more{number}"),
                {"dept": random.choice(DEPARTMENTS), "sensitivity": random.randrange(6)},
            )
            for number in range(candidates - len(load.resources))
        )
    )

    def search(number: int) -> tuple[Uid, ...]:
        user, action, _, context = load.requests[number]
        return compiled.permitted_resources(
            Uid("User", user), Uid("Action", action), context, store, type="Resource"
        )

    began = time.process_time()
    for number in range(10):
        search(number)
    placing = time.process_time() - began
    user, action, _, context = load.requests[0]
    single = sum(
        compiled.decide(
            Request(Uid("User", user), Uid("Action", action), each.uid, context), store
        ).allowed
        for each in store
        if each.uid.type == "Resource"
    )
    if len(search(0)) != single:
        raise SystemExit("a search differs from single decisions")
    times = []
    for number in range(len(load.requests) // 5):
        began = time.process_time()
        search(number)
        times.append((time.process_time() - began) * 1000)
    store.put(Entity(Uid("Resource", "more1"), {"dept": "it", "sensitivity": 0}))
    began = time.process_time()
    search(0)
    return {
        "candidates": candidates,
        "placed_once_s": round(placing, 2),
        "median_ms": round(statistics.median(times), 2),
        "p95_ms": round(sorted(times)[int(len(times) * 0.95)], 2),
        "after_a_change_ms": round((time.process_time() - began) * 1000, 2),
    }


def measured(*, quick: bool) -> dict[str, Any]:
    """Measure everything."""
    load = work()
    engines = side_by_side(load)
    scales = scaling(SCALES[:3] if quick else SCALES)
    found = searching(load, CANDIDATES // 10 if quick else CANDIDATES)
    at_50 = next(row["ours_us"] for row in scales if row["policies"] == 50)
    return {
        "synthetic": True,
        "allowed_share": round(sum(load.expected) / len(load.expected), 3),
        "engines_us": {name: round(each, 3) for name, each in engines.items()},
        "scaling": scales,
        "search": found,
        "per_cpu_second": round(1e6 / engines["ours, request made"]),
        "growth": round(scales[-1]["ours_us"] / at_50, 2),
        "targets": {
            "per_cpu_second": TARGET_PER_S,
            "growth_at_most": TARGET_GROWTH,
            "search_ms_at_most": TARGET_SEARCH_MS,
        },
    }


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="fewer policies and resources")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measured(quick=given.quick)
    if given.json:
        print(json.dumps(found, indent=2))
        return
    base = found["engines_us"]["ours, request made"]
    print(f"50 policies, 1,000 requests, {found['allowed_share']:.1%} allowed (synthetic)")
    print(f"{'engine':24}{'µs/decision':>14}{'per CPU-second':>18}{'ours is':>12}")
    for name, each in found["engines_us"].items():
        print(f"{name:24}{each:14.2f}{1e6 / each:18,.0f}{each / base:11.1f}×")
    print(f"\n{'policies':>8}{'ours µs':>10}{'cedarpy µs':>12}{'ratio':>10}{'compile s':>11}")
    for row in found["scaling"]:
        ratio = row["cedarpy_us"] / row["ours_us"]
        print(
            f"{row['policies']:8}{row['ours_us']:10.2f}{row['cedarpy_us']:12.0f}"
            f"{ratio:9.0f}×{row['compile_s']:11.2f}"
        )
    print(f"from 50 to {found['scaling'][-1]['policies']} policies: {found['growth']}×")
    search = found["search"]
    print(
        f"\nsearch over {search['candidates']:,}: median {search['median_ms']} ms,"
        f" p95 {search['p95_ms']} ms; after a change {search['after_a_change_ms']} ms;"
        f" placed once in {search['placed_once_s']} s"
    )


if __name__ == "__main__":
    main()

"""Cut sets: ours beside SCRAM on the same files, and every service of a large graph at once.

    python bench/cutsets.py [--trees FOLDER] [--only NAME …] [--seconds 10] [--nodes 2000] [--json]

* **trees**: the published Aralia trees (`../shared/data/aralia.zip` without `--trees`), each solved
  by diagram and, but for the largest, from the bottom up: counts and exact probability must equal
  the published ones, else the bench ends with 1. The peer is SCRAM (Debian package `scram`, GPL-3,
  run as a program; what the package index of Python offers, `cutsets` and `faultree`, ends at a few
  dozen events): it answers the same file with its exact diagram, count and probability, within
  `--seconds` of processor time and 4 GiB. It also writes every product, which ours does on request.
* **services**: a SYNTHETIC graph of so many nodes from a fixed seed, all nodes at once, sets of at
  most 1, 2, 3 events.

Times are of the processor: others may be at work on the machine. Ours are given with and without
starting the interpreter and loading the compiled loops.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from panshi.model.resilience.fault_tree import Connective, Definition, Described
from panshi.observe.open_psa.document import read_fault_trees
from panshi.resilience.faults.bottom_up import sets_bottom_up
from panshi.resilience.faults.exact import solve
from panshi.resilience.faults.glances import glances
from panshi.resilience.faults.solution import Wishes

LARGEST = "edfpa14b"
"Of 10^8 sets; by diagram only."
ROOM = 1 << 26
SHARED = Path(__file__).parents[2] / "shared" / "data" / "aralia.zip"


def child_seconds() -> float:
    """Processor time of all children so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ours(path: Path) -> dict[str, object]:
    """Solve a file here, the loops loaded, and once more as people do."""
    tree = read_fault_trees(path).tree()
    start = time.process_time()
    found = solve(tree, Wishes(limit=0))
    solved = time.process_time() - start
    second = None
    if path.stem != LARGEST:
        start = time.process_time()
        second = sets_bottom_up(tree, range(len(tree.events)), ROOM).count
    again = time.process_time() - start
    before = child_seconds()
    subprocess.run(
        [sys.executable, "-m", "panshi", "continuity", "cutsets", str(path), "--json"],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return {
        "sets": found.minimal_cut_sets,
        "probability": found.probability,
        "second": second,
        "solving_s": round(solved, 3),
        "second_s": None if second is None else round(again, 3),
        "command_s": round(child_seconds() - before, 2),
    }


def scram(path: Path, seconds: int) -> dict[str, object] | None:
    """Let SCRAM answer the same; None where it is not installed."""
    program = shutil.which("scram")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        asked = [program, "--bdd", "--probability", "1", "-o", str(report), str(path)]
        bounded = f'ulimit -t {seconds}; ulimit -v 4194304; exec "$@"'
        before = child_seconds()
        done = subprocess.run(
            ["/bin/sh", "-c", bounded, "sh", *asked], capture_output=True, check=False
        )
        used = child_seconds() - before
        if done.returncode:
            return {"command_s": f"none within {seconds} s and 4 GiB ({used:.1f} s)"}
        for _, element in ET.iterparse(report, events=("start",)):
            if element.tag == "sum-of-products":
                return {
                    "sets": int(element.get("products", "0")),
                    "probability": float(element.get("probability", "nan")),
                    "command_s": round(used, 2),
                }
    return {"command_s": round(used, 2)}


def trees(folder: Path, only: list[str], seconds: int) -> Iterator[dict[str, object]]:
    """Solve each tree by both."""
    told = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for name in only or sorted(told):
        path = folder / f"{name}.xml"
        mine = ours(path)
        right = (
            mine["sets"] == told[name]["minimal_cut_sets"]
            and mine["second"] in (None, mine["sets"])
            and abs(float(str(mine["probability"])) / told[name]["probability"] - 1) < 1e-9
        )
        yield {"tree": name, "right": right, "ours": mine, "scram": scram(path, seconds)}


def services(nodes: int) -> list[dict[str, object]]:
    """Glance at every node of a layered graph with redundant groups."""
    chance = random.Random(3)
    basic = nodes * 3 // 10
    chances = {f"n{number}": chance.uniform(1e-3, 2e-2) for number in range(nodes)}
    definitions = {}
    for number in range(basic, nodes):
        inputs = [f"n{number}"]
        for group in range(chance.randint(1, 3)):
            size = chance.choice((1, 1, 2, 2, 3))
            near = range(max(0, number - basic), number) if chance.random() < 0.5 else range(basic)
            picked = {chance.choice(near) for _ in range(size)}
            name = f"g{number}-{group}"
            definitions[name] = Definition(
                connective=Connective.AND,
                inputs=tuple(f"d{one}" if one >= basic else f"n{one}" for one in sorted(picked)),
            )
            inputs.append(name)
        definitions[f"d{number}"] = Definition(connective=Connective.OR, inputs=tuple(inputs))
    derived = tuple(f"d{number}" for number in range(basic, nodes))
    definitions["any"] = Definition(connective=Connective.OR, inputs=derived)
    tree = Described(definitions=definitions, chances=chances).tree("any")
    tops = tuple(
        place
        for place, gate in enumerate(tree.gates, len(tree.events))
        if gate.name.startswith("d")
    )
    rows: list[dict[str, object]] = []
    for order in (1, 1, 2, 3):  # the first time loads the loops
        start = time.process_time()
        found = glances(tree, tops, Wishes(order=order, limit=0))
        rows.append(
            {
                "nodes": nodes,
                "order": order,
                "sets": sum(each.minimal_cut_sets for each in found),
                "seconds": round(time.process_time() - start, 2),
            }
        )
    return rows[1:]


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trees", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--nodes", type=int, default=2_000)
    parser.add_argument("--seconds", type=int, default=10, help="the peer's, of each tree")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if args.trees is None:
            with zipfile.ZipFile(SHARED) as bundle:
                bundle.extractall(folder)
        told: dict[str, list[dict[str, object]]] = {"trees": [], "services": []}
        for row in trees(args.trees or Path(folder), args.only, args.seconds):
            told["trees"].append(row)
            if not args.json:
                print(json.dumps(row), flush=True)
    told["services"] = services(args.nodes)
    if args.json:
        print(json.dumps(told, indent=1))
    else:
        for row in told["services"]:
            print(json.dumps(row))
    if not all(row["right"] for row in told["trees"]):
        raise SystemExit("a tree differs from what is published")


if __name__ == "__main__":
    main()

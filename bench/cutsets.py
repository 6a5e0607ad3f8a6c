"""Cut sets: ours beside SCRAM on the same files, and every service of a large graph at once.

    python bench/cutsets.py [--trees FOLDER] [--only NAME …] [--nodes 10000] [--json]

* **trees**: the published Aralia trees (`../shared/data/aralia.zip` without `--trees`), each solved
  in a process of its own: count and exact probability must equal the published ones. SCRAM (Debian
  package `scram`, GPL-3, run as a program) answers the same file with its exact diagram, count and
  probability, where it is installed; it also writes every product, which ours does on request.
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
from pathlib import Path
from xml.etree import ElementTree as ET

from panshi.model.resilience.fault_tree import Connective, Definition, Described
from panshi.observe.open_psa.document import read_fault_trees
from panshi.resilience.faults.exact import solve
from panshi.resilience.faults.glances import glances
from panshi.resilience.faults.solution import Wishes

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
    before = child_seconds()
    subprocess.run(
        [sys.executable, "-m", "panshi", "continuity", "cutsets", str(path), "--json"],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return {
        "sets": found.minimal_cut_sets,
        "probability": found.probability,
        "solving_s": round(solved, 3),
        "command_s": round(child_seconds() - before, 2),
    }


def scram(path: Path, seconds: int) -> dict[str, object] | None:
    """Let SCRAM answer the same; None where it is not installed."""
    program = shutil.which("scram")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        before = child_seconds()
        try:
            subprocess.run(
                [program, "--bdd", "--probability", "1", "-o", str(report), str(path)],
                capture_output=True,
                check=True,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            return {"command_s": f"> {seconds} on the clock"}
        used = child_seconds() - before
        for _, element in ET.iterparse(report, events=("start",)):
            if element.tag == "sum-of-products":
                return {
                    "sets": int(element.get("products", "0")),
                    "probability": float(element.get("probability", "nan")),
                    "command_s": round(used, 2),
                }
    return {"command_s": round(used, 2)}


def trees(folder: Path, only: list[str], seconds: int) -> list[dict[str, object]]:
    """Solve each tree by both."""
    told = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    rows: list[dict[str, object]] = []
    for name in only or sorted(told):
        path = folder / f"{name}.xml"
        mine = ours(path)
        right = mine["sets"] == told[name]["minimal_cut_sets"] and (
            abs(float(str(mine["probability"])) / told[name]["probability"] - 1) < 1e-9
        )
        rows.append({"tree": name, "right": right, "ours": mine, "scram": scram(path, seconds)})
    return rows


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
    parser.add_argument("--nodes", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if args.trees is None:
            with zipfile.ZipFile(SHARED) as bundle:
                bundle.extractall(folder)
        told = {
            "trees": trees(args.trees or Path(folder), args.only, args.seconds),
            "services": services(args.nodes),
        }
    if args.json:
        print(json.dumps(told, indent=1))
        return
    for row in [*told["trees"], *told["services"]]:
        print(json.dumps(row))


if __name__ == "__main__":
    main()

"""Match a slice of a portfolio from nothing: the same engine in one process and under Ray.

    python bench/_portfolio_slice.py HOME [--ray]

Bills are taken as the index holds them; every distinct package is matched with every advisory, and
systems and matches are joined into findings. Two workers take half of the packages each and join
half of the systems each, all by the same functions. The digest covers every finding, whatever the
order.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from panshi.node.supply_chain.advisories import open_advisories
from panshi.node.supply_chain.portfolio.matching import CODES, hits
from panshi.node.supply_chain.portfolio.memory import Packages
from panshi.protection.supply_chain.findings.rows import MATCH, Holdings, join
from panshi.store.portfolio import PortfolioIndex


def match_slice(home: str, part: int, parts: int) -> tuple[list[str], Any]:
    """Match every n-th package: names of vulnerabilities, and rows that number them."""
    index = PortfolioIndex(Path(home))
    packages = Packages()
    with index.reading() as reading:
        packages.catch_up(reading)
    names: dict[str, int] = {}
    made = []
    with open_advisories(Path(home), readonly=True) as store, store.reading() as snapshot:
        for number in range(part, len(packages.purls), parts):
            purl = packages.purls[number]
            if purl:
                for name, (status, by) in hits(purl, snapshot.lookup).items():
                    reached = min(map(snapshot.reached, by))
                    made.append(
                        (number, names.setdefault(name, len(names)), reached, CODES[status])
                    )
    return list(names), np.array(made, dtype=MATCH)


def join_slice(home: str, part: int, parts: int, matches: Any) -> tuple[int, int]:  # noqa: ANN401
    """Join every n-th system: how many findings, and the sum of their digests."""
    index = PortfolioIndex(Path(home))
    packages = Packages()
    with index.reading() as reading:
        packages.catch_up(reading)
        holdings = Holdings.of(*reading.holdings())
    mine = holdings.where(holdings.system % parts == part)
    rows = join(mine, matches, packages.key_of, packages.rank)
    with np.errstate(over="ignore"):
        mixed = rows.system.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= rows.vulnerability.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
        mixed ^= rows.package.astype(np.uint64) * np.uint64(0x165667B19E3779F9)
        mixed ^= rows.since.astype(np.uint64) << np.uint64(3)
        mixed ^= rows.status.astype(np.uint64)
        mixed *= np.uint64(0xFF51AFD7ED558CCD)
        return len(rows), int(mixed.sum(dtype=np.uint64))


def together(found: list[tuple[list[str], Any]]) -> Any:  # noqa: ANN401
    """Put matches of slices under one numbering, that of the names in order."""
    every = {
        name: number for number, name in enumerate(sorted({n for names, _ in found for n in names}))
    }
    made = []
    for names, rows in found:
        if len(rows):
            renumbered = rows.copy()
            numbers = np.array([every[name] for name in names], dtype=np.uint32)
            renumbered["vulnerability"] = numbers[rows["vulnerability"]]
            made.append(renumbered)
    return np.concatenate(made)


def alone(home: str) -> tuple[int, int]:
    """Do everything in this process."""
    return join_slice(home, 0, 1, together([match_slice(home, 0, 1)]))


def under_ray(home: str, workers: int) -> tuple[int, int, float]:
    """Do the same with workers; the start of Ray is not counted."""
    sys.path.append(str(Path(__file__).parents[1] / "build" / "peers"))
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray  # noqa: PLC0415 -- only here

    ray.init(num_cpus=workers, include_dashboard=False, logging_level="ERROR")
    matching, joining = ray.remote(match_slice), ray.remote(join_slice)
    ray.get([matching.remote(home, 10**9, 10**9) for _ in range(workers)])
    begun = time.perf_counter()
    found = ray.get([matching.remote(home, part, workers) for part in range(workers)])
    matches = ray.put(together(found))
    parts = ray.get([joining.remote(home, part, workers, matches) for part in range(workers)])
    took = time.perf_counter() - begun
    ray.shutdown()
    return sum(each[0] for each in parts), sum(each[1] for each in parts) % 2**64, took


def main() -> None:
    """Run one way and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home")
    parser.add_argument("--ray", type=int, default=0)
    args = parser.parse_args()
    begun, cpu = time.perf_counter(), time.process_time()
    if args.ray:
        count, digest, took = under_ray(args.home, args.ray)
    else:
        count, digest = alone(args.home)
        took = time.perf_counter() - begun
    print(
        json.dumps(
            {
                "findings": count,
                "digest": sha256(f"{count} {digest}".encode()).hexdigest()[:16],
                "wall": round(took, 3),
                "cpu": round(time.process_time() - cpu, 3),
                "mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            }
        )
    )


if __name__ == "__main__":
    main()

"""Time to find things over 100,000 observations and 20,000 assets (synthetic), and to build.

    python bench/search.py [--observations N] [--assets N] [--json]

Beside it stands the plain way: `LIKE '%word%'` over the same texts in one table, which is what a
list's filter does without an index.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import assess
from pages import whole

from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.searching import bring_up_to_date, search
from panshi.store.search_index.index import FILE_NAME

ROUNDS = 9
TARGET_MS = 100
QUERIES = ("備", "備份", "多因子登入", "host", "endpoint 1", "zt36/1-1", "no such thing", "a1b2c3")
LIKE = "SELECT about FROM entry WHERE name LIKE ? OR text LIKE ? LIMIT 50"


def milliseconds(ask: Callable[[], object]) -> float:
    """Give the middle time of several rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(times), 1)


def like(home: Path, word: str) -> int:
    """Find the plain way."""
    with sqlite3.connect(home / FILE_NAME) as connection:
        return len(connection.execute(LIKE, (f"%{word}%", f"%{word}%")).fetchall())


def measured(home: Path, observations: int, assets: int) -> dict[str, object]:
    """Fill a node, build the index, ask."""
    load = assess.workload(assets)
    assess.build(home, load, observations)
    with Node.open(Home(path=home), clock=lambda: assess.NOW) as node:
        node.commit_estate(whole(load.estate), by="bench")
        began = time.perf_counter()
        bring_up_to_date(node, most=None)
        built = time.perf_counter() - began
        found = {
            query: {
                "ours_ms": milliseconds(
                    lambda query=query: search(
                        node, query, may=lambda _action: True, estate_id=load.estate.id
                    )
                ),
                "like_ms": milliseconds(lambda query=query: like(home, query)),
            }
            for query in QUERIES
        }
    slowest = max(each["ours_ms"] for each in found.values())
    return {
        "synthetic": True,
        "observations": observations,
        "assets": len(load.estate.assets),
        "built_s": round(built, 1),
        "file_mb": round((home / FILE_NAME).stat().st_size / 1e6, 1),
        "queries": found,
        "slowest_ms": slowest,
        "target_ms": TARGET_MS,
        "met": slowest <= TARGET_MS,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--observations", type=int, default=100_000)
    parser.add_argument("--assets", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="panshi-bench-") as folder:
        result = measured(Path(folder), options.observations, options.assets)
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
        return
    for name, value in result.items():
        if isinstance(value, dict):
            for query, times in value.items():
                print(f"{query:18} ours {times['ours_ms']:>7} ms   like {times['like_ms']:>7} ms")
        else:
            print(f"{name:18} {value}")


if __name__ == "__main__":
    main()

"""Append observations to the evidence log, beside plain SQLite and pymerkle in the same run.

Ours includes all that makes an observation provable: checking and encoding the body, recognising
repeats, salting, sealing, Merkle tiles, indexes and the table of the newest. The peers get bytes
ready made. Plain SQLite: INSERT with the same durability and no proof. pymerkle: its SQLite tree,
in the same batches. One core, batched; each batch is durable before the next begins.

    python bench/append.py [--json] [--observations N] [--batch N]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from panshi.evidence.seal import Leaf
from panshi.model.bodies.devices import DevicePosture
from panshi.model.observation import Observation
from panshi.store.evidence_log import FILE_NAME, open_log

try:
    from pymerkle import SqliteTree
except ImportError:
    SqliteTree = None

TARGET = 20_000
"Observations a second that the log must take."

START = datetime(2026, 9, 1, tzinfo=UTC)


def observations(count: int) -> list[Observation]:
    """Device postures of 200,000 devices, over and over, each day anew."""
    return [
        Observation(
            kind="device.posture/1",
            subject=f"device:d-{n % 200_000:06d}",
            observed_at=START + timedelta(days=n // 200_000, seconds=n % 3_600),
            collector="mdm 1.2",
            body=DevicePosture(
                managed=True,
                uniquely_identified=n % 3 == 0,
                patch_age_days=n % 90,
                source="mdm",
                last_seen=date(2026, 9, 1),
            ),
        )
        for n in range(count)
    ]


def batches[T](items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Parts of a sequence."""
    for at in range(0, len(items), size):
        yield items[at : at + size]


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall clock and of this process's own time."""
    wall, own = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - own


def ours(folder: Path, items: list[Observation], size: int) -> tuple[dict[str, object], list[Leaf]]:
    """Append, then read, prove and verify."""
    log = open_log(folder)

    def run() -> None:
        for part in batches(items, size):
            log.append(part, START + timedelta(days=40))

    wall, own = timed(run)
    with_repeats, _ = timed(lambda: log.append(items[:size], START + timedelta(days=41)))
    newest = []
    reading, _ = timed(lambda: newest.append(sum(1 for _ in log.latest())))
    middle = next(log.since(len(items) // 2))
    proving, _ = timed(lambda: [log.inclusion(middle.id) for _ in range(100)])
    single, _ = timed(
        lambda: [log.append([each], START + timedelta(days=42)) for each in shifted(items[:200])]
    )
    verifying, _ = timed(lambda: log.verify() and None)
    leaves = [leaf for each in log.since(0) if (leaf := log.leaf(each.id))][: len(items)]
    log.close()
    found: dict[str, object] = {
        "append_per_second": round(len(items) / wall),
        "append_per_cpu_second": round(len(items) / own),
        "repeats_per_second": round(size / with_repeats),
        "single_append_ms": round(single / 200 * 1000, 2),
        "latest_rows": newest[0],
        "latest_seconds": round(reading, 2),
        "inclusion_proof_ms": round(proving / 100 * 1000, 3),
        "verify_per_second": round(len(items) / verifying),
        "bytes_per_observation": round((folder / FILE_NAME).stat().st_size / len(items)),
    }
    return found, leaves


def shifted(items: Sequence[Observation]) -> list[Observation]:
    """Observations like these that the log does not know."""
    return [
        Observation(
            kind=each.kind,
            subject=each.subject,
            observed_at=each.observed_at + timedelta(days=30),
            collector=each.collector,
            body=each.body,
        )
        for each in items
    ]


def plain_sqlite(folder: Path, leaves: Sequence[Leaf], size: int) -> dict[str, object]:
    """INSERT of the same bytes under the same durability, nothing else."""
    with closing(sqlite3.connect(folder / "plain.sqlite3", isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute(
            "CREATE TABLE entry (position INTEGER PRIMARY KEY, id BLOB, envelope BLOB, body BLOB)"
        )
        raw.execute("CREATE UNIQUE INDEX entry_id ON entry (id)")

        def run() -> None:
            for part in batches(leaves, size):
                raw.execute("BEGIN IMMEDIATE")
                raw.executemany(
                    "INSERT INTO entry VALUES (?, ?, ?, ?)",
                    [(e.position, bytes.fromhex(e.id), e.envelope, e.body) for e in part],
                )
                raw.execute("COMMIT")

        wall, _ = timed(run)
    return {"append_per_second": round(len(leaves) / wall)}


def merkle_peer(folder: Path, leaves: Sequence[Leaf], size: int) -> dict[str, object] | None:
    """Append to pymerkle's SQLite tree of the same bytes, then prove one entry as we did."""
    if SqliteTree is None:
        return None
    with closing(SqliteTree(str(folder / "pymerkle.sqlite3"))) as tree:
        entries = [each.envelope + (each.body or b"") for each in leaves]

        def run() -> None:
            for part in batches(entries, size):
                tree.append_entries(part, chunksize=size)

        wall, _ = timed(run)
        middle = len(entries) // 2
        proving, _ = timed(lambda: [tree.prove_inclusion(middle) for _ in range(3)])
    return {
        "append_per_second": round(len(leaves) / wall),
        "inclusion_proof_ms": round(proving / 3 * 1000, 3),
    }


def measure(count: int, size: int, folder: Path) -> dict[str, object]:
    """All three in one run."""
    items = observations(count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    log, leaves = ours(folder / "home", items, size)
    plain = plain_sqlite(folder, leaves, size)
    peer = merkle_peer(folder, leaves, size)
    rate = int(str(log["append_per_second"]))
    return {
        "observations": count,
        "batch": size,
        "rss_before_mib": before // 1024,
        "panshi": log,
        "plain_sqlite": plain,
        "pymerkle": peer,
        "share_of_plain_sqlite": round(rate / int(str(plain["append_per_second"])), 2),
        "times_pymerkle": round(rate / int(str(peer["append_per_second"])), 2) if peer else None,
        "target_per_second": TARGET,
        "target_met": rate >= TARGET,
    }


def main() -> None:
    """Measure on one core and print."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--observations", type=int, default=200_000)
    parser.add_argument("--batch", type=int, default=5_000)
    asked = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(prefix="panshi-bench-") as folder:
        found = measure(asked.observations, asked.batch, Path(folder))
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{asked.observations:,} observations in durable batches of {asked.batch:,}, one core")
    for name in ("panshi", "plain_sqlite", "pymerkle"):
        told = found[name]
        print(f"  {name}: {told or 'not installed (pip install pymerkle)'}")
    print(f"  of plain SQLite's rate: {found['share_of_plain_sqlite']}")
    print(f"  times pymerkle's rate: {found['times_pymerkle']}")
    print(f"  target {TARGET:,}/s: {'met' if found['target_met'] else 'MISSED'}")


if __name__ == "__main__":
    main()

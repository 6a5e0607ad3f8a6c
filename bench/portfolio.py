"""A portfolio of 10,000 applications: ingest, match, list, and reach of one advisory (synthetic).

    python bench/portfolio.py [--systems N] [--keep FOLDER] [--json]

Names, versions and advisories are real, the bills are made up (`_portfolio_work`). Measured are CPU
and wall time of one process: taking bills in, matching the whole portfolio with all advisories,
the first page of every sort and of filters over all findings, and one new advisory from its
arrival to the list of services it reaches. Dependency-Track publishes figures from other machines;
docs/how-to/portfolio.md sets them beside these in words.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Self

from _portfolio_work import DATA, advisories, bills, estate

from panshi.model.supply_chain.advisory import Advisory, Affected, AffectedRange
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.supply_chain.advisories import open_advisories
from panshi.node.supply_chain.feeds import import_feeds
from panshi.node.supply_chain.portfolio import (
    Sending,
    affected,
    counts,
    findings,
    ingest_many,
    rematch,
    sequence,
)
from panshi.node.supply_chain.portfolio.memory import memory_of
from panshi.protection.supply_chain.findings.finding import (
    FindingFilters,
    Sort,
    Ssvc,
    State,
    Status,
)

BATCH = 200


class Clock:
    """Seconds, wall and CPU, of a stretch of work."""

    def __enter__(self) -> Self:
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall = time.perf_counter() - self.wall
        self.cpu = time.process_time() - self.cpu

    def told(self) -> str:
        """Say both."""
        return f"{self.wall:8.3f} s wall {self.cpu:8.3f} s CPU"


def resident() -> float:
    """Give the most memory this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--systems", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if not (DATA / "osv").is_dir():
        print(f"skipped: {DATA / 'osv'} is not here")
        return 0
    folder = args.keep or Path(tempfile.mkdtemp(prefix="bench-portfolio-"))
    told: dict[str, object] = {}
    try:
        with Node.open(Home(path=folder)) as node:
            run(node, args.systems, told)
        from_nothing(folder, told)
    finally:
        if args.keep is None:
            shutil.rmtree(folder)
    if args.json:
        print(json.dumps(told, indent=1))
    return 0


def say(told: dict[str, object], name: str, value: object) -> None:
    """Print one figure and keep it."""
    told[name] = value
    print(f"{name:58} {value}", flush=True)


def run(node: Node, systems: int, told: dict[str, object]) -> None:
    """Take in, match, list, reach."""
    records = list(advisories())
    if not node.estate_ids():
        node.commit_estate(estate(systems), by="bench")
        made = [zlib.compress(each, 1) for each in bills(records, systems)]
        with Clock() as clock:
            for begin in range(0, systems, BATCH):
                ingest_many(
                    node,
                    [
                        Sending(source=zlib.decompress(made[each]), system=f"system:{each:05}")
                        for each in range(begin, min(begin + BATCH, systems))
                    ],
                    actor="bench",
                )
        del made
        say(told, "ingest, bills of 160 components", clock.told())
        say(told, "ingest, bills a second", round(systems / clock.wall, 1))
        store = open_advisories(node.home.path)
        with Clock() as clock:
            store.apply(records, feed="osv", at=datetime.now(UTC))
        say(told, f"compile {len(records):,} advisories (feeds, not matching)", clock.told())
        import_feeds(node, [DATA / "kev", DATA / "epss"], actor="bench")
        with Clock() as clock:
            sequence(node)
        say(told, "match the portfolio, told as changes", clock.told())
    with Clock() as clock:
        total = findings(node, filters=FindingFilters(state=State.ALL), limit=1).total
    say(told, "join all findings, read all scores (cold)", clock.told())
    with memory_of(node).index.reading() as reading:
        say(told, "distinct packages", reading.count("package"))
        say(told, "component rows", sum(map(len, reading.holdings()[1])) // 12)
    say(told, "findings", f"{total:,}")
    say(told, "resident at most", f"{resident():,.0f} MiB")
    pages(node, told)
    one_advisory(node, told)
    say(told, "resident at most, in all", f"{resident():,.0f} MiB")


def from_nothing(folder: Path, told: dict[str, object]) -> None:
    """Match everything anew in fresh processes: alone, and under Ray with one and two workers."""
    script = str(Path(__file__).with_name("_portfolio_slice.py"))
    answers = set()
    for name, options in (
        ("one process", ()),
        ("Ray, one worker", ("--ray", "1")),
        ("Ray, two workers", ("--ray", "2")),
    ):
        if options and not (Path(__file__).parents[1] / "build" / "peers" / "ray").is_dir():
            say(told, f"match all from nothing, {name}", "skipped: build/peers has no ray")
            continue
        run_ = [sys.executable, script, str(folder), *options]
        done = subprocess.run(run_, capture_output=True, text=True, check=True)
        answer = json.loads(done.stdout.splitlines()[-1])
        answers.add((answer["findings"], answer["digest"]))
        say(told, f"match all from nothing, {name}", answer)
    say(told, "same answer everywhere", len(answers) == 1)


def pages(node: Node, told: dict[str, object]) -> None:
    """Give the first page of every sort and of many filters."""
    for sort in Sort:
        page(node, told, f"page by {sort}", lambda sort=sort: findings(node, sort=sort))
    page(
        node,
        told,
        "page by epss, lowest first",
        lambda: findings(node, sort=Sort.EPSS, reverse=True),
    )
    scope = [f"system:{each:05}" for each in range(0, 5_000, 100)]
    today = date.today()  # noqa: DTZ011 -- a bench on this machine
    questions = {
        "KEV": FindingFilters(kev=True),
        "EPSS 0.5 and more": FindingFilters(epss_at_least=0.5),
        "CVSS 9 and more": FindingFilters(severity_at_least=9.0),
        "act or attend": FindingFilters(ssvc=(Ssvc.ACT, Ssvc.ATTEND)),
        "due within 30 days": FindingFilters(due_until=today + timedelta(days=30)),
        "unknown": FindingFilters(statuses=(Status.UNKNOWN,)),
        "a service": FindingFilters(service="service:000"),
        "a supplier": FindingFilters(supplier="supplier:00"),
        "a package": FindingFilters(package="PyPI/django"),
        "text in id or package": FindingFilters(text="ango"),
        "first seen today": FindingFilters(first_seen_since=datetime.now(UTC) - timedelta(days=1)),
        "critical, KEV, act": FindingFilters(critical=True, kev=True, ssvc=(Ssvc.ACT,)),
        "nothing fits": FindingFilters(text="nothing has this name"),
    }
    for name, filters in questions.items():
        page(node, told, f"page of {name}", lambda filters=filters: findings(node, filters=filters))
    for sort in (Sort.EPSS, Sort.DUE):
        page(
            node,
            told,
            f"page by {sort}, a user of 50 systems",
            lambda sort=sort: findings(node, sort=sort, scope=scope),
        )
    second = findings(node, sort=Sort.EPSS).next
    page(node, told, "second page by epss", lambda: findings(node, sort=Sort.EPSS, after=second))
    page(node, told, "counts of all that is open", lambda: counts(node))


def page(node: Node, told: dict[str, object], name: str, ask: Callable[[], object]) -> None:
    """Measure a question three times, the median counts."""
    del node
    clocks = []
    for _ in range(3):
        with Clock() as clock:
            answer = ask()
        clocks.append(clock)
    middle = statistics.median(each.wall for each in clocks)
    total = f" of {answer.total:,}" if hasattr(answer, "total") else ""
    say(told, name, f"{middle * 1000:8.1f} ms{total}")


def one_advisory(node: Node, told: dict[str, object]) -> None:
    """Measure from the arrival of an advisory to the services it reaches."""
    store = open_advisories(node.home.path)
    names = ("quiet-5", "quiet-500", "requests", "quiet-15000", "flask")
    walls, reached = [], []
    for number, name in enumerate(names):
        record = Advisory(
            f"BENCH-2026-{number}-{time.time_ns()}",
            affected=(
                Affected(
                    "PyPI",
                    name,
                    ranges=(
                        AffectedRange(
                            "ECOSYSTEM",
                            (("introduced", "0"), ("fixed", "99")),
                        ),
                    ),
                ),
            ),
        )
        store.apply([record], feed="bench", at=datetime.now(UTC))
        with Clock() as clock:
            found = affected(node, record.id)
        walls.append(clock.wall)
        reached.append((len(found), len({each for one in found for each in one.services})))
    say(told, "one new advisory to services, ms each", [round(each * 1000, 1) for each in walls])
    say(told, "   systems and services reached", reached)
    before = sequence(node)
    store.apply(
        [
            record._replace(
                modified="2026-12-01T00:00:00Z",
                affected=(
                    record.affected[0]._replace(
                        ranges=(AffectedRange("ECOSYSTEM", (("introduced", "0"), ("fixed", "1"))),)
                    ),
                ),
            )
        ],
        feed="bench",
        at=datetime.now(UTC),
    )
    with Clock() as clock:
        changes = rematch(node, changes_after=before)
    say(told, f"one changed advisory to {len(changes)} changes", clock.told())


if __name__ == "__main__":
    sys.exit(main())

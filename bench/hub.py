"""A served hub, end to end: from a ticket's receipt to its place in the picture, and through kills.

    python bench/hub.py [--held N] [--rate N] [--seconds N] [--kills N] [--folder DIR] [--json]

held: so many tickets are accepted and correlated before; `--folder` keeps that home for later runs.
latency: `panshi hub` serves the home, a member sends signed batches over HTTP with the one-file
SDK, and another process looks at what is committed: seconds from the receipt until the ticket is
correlated. The target is 1 s at the 99th percentile with 1,000,000 tickets held.
kills: a hub that accepts and correlates is killed with SIGKILL at random moments while a member
sends; counted are acknowledged tickets that are not there, tickets correlated twice or not at all,
and whether the picture equals that of a hub that was left alone. All tickets are synthetic.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from types import ModuleType
from typing import Any

import campaign_generator

from panshi.alliance.correlation import Correlator
from panshi.alliance.correlation.traits import sketch_of
from panshi.node.alliance.correlating import campaigns_store, correlate, picture_of
from panshi.node.alliance.correlating_file import shipped_method
from panshi.node.alliance.hub import prepare_hub
from panshi.node.alliance.intelligence.content import allow_list
from panshi.node.alliance.tickets import accept_tickets, damage, tickets_of, tickets_since
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.store.correlation import PLACE

SDK = Path(__file__).parents[1] / "sdk" / "panshi_member.py"
TARGET = 1.0
SECTOR = 100_000
"Tickets of one run of the generator; a million is ten of them."
EARLIER = timedelta(days=400)
"The generator's year lies partly ahead; no hub takes what is to come."
BATCH = 500
LIVES = 1.5
"Seconds a hub that is killed serves at most."


def made(size: int, first_seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """Member and ticket, as many as asked for."""
    given = 0
    while given < size:
        seed = first_seed + given // SECTOR
        plan = campaign_generator.Plan(size=min(SECTOR, size - given), seed=seed, missing=0.1)
        for row in campaign_generator.tickets(plan)[0]:
            yield row["member"], _written(row, f"{seed}-{row['id']}")
        given += plan.size


def _written(row: dict[str, Any], number: str) -> bytes:
    said = {key: value for key, value in row.items() if key not in {"id", "member"}}
    for key in {"occurred_at", "reported_at"} & said.keys():
        said[key] = (datetime.fromisoformat(said[key]) - EARLIER).isoformat()
    usual = {"title": "-", "severity": "medium", "category": "intrusions", "text": "-"}
    return json.dumps(usual | said | {"number": number}, ensure_ascii=False).encode()


def fill(home: Home, size: int) -> dict[str, object]:
    """Have a home accept and correlate tickets until it holds so many."""
    with Node.open(home) as node:
        prepare_hub(node, actor="bench")
        held = tickets_of(node).chain().position
        begun = time.perf_counter()
        batches: dict[str, list[bytes]] = {}
        for at, (member, each) in enumerate(made(size) if held < size else ()):
            if at < held:
                continue
            waiting = batches.setdefault(member, [])
            waiting.append(each)
            if len(waiting) == BATCH:
                accept_tickets(node, member, batches.pop(member))
                _tell(f"accepted {tickets_of(node).chain().position:,}")
        for member, waiting in batches.items():
            accept_tickets(node, member, waiting)
        accepted = time.perf_counter() - begun
        begun, taken = time.perf_counter(), 0
        while done := correlate(node, most=10_000):
            taken += done
            _tell(f"correlated {taken:,}")
        return {
            "held": tickets_of(node).chain().position,
            "accepted_s": round(accepted, 1),
            "correlated": taken,
            "correlated_s": round(time.perf_counter() - begun, 1),
        }


def _tell(text: str) -> None:
    print(f"\r{text}", end="", file=sys.stderr, flush=True)


class Hub:
    """`panshi hub` over a home, which can be killed and started again."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.environment = {**os.environ, "PANSHI_HOME": str(home), "PANSHI_API_RATE": "1000000"}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it and wait until it answers; gives the seconds that took."""
        begun = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "panshi", "hub", "--port", str(self.port)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return time.perf_counter() - begun
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill it and all its workers at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def run(self, *arguments: str, person: str) -> Any:  # noqa: ANN401 -- whatever JSON holds
        """Run a command of a person at the hub."""
        command = [sys.executable, "-m", "panshi", *arguments, "--json"]
        environment = {**self.environment, "LOGNAME": person}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)


def member_of(hub: Hub, folder: Path, name: str) -> Any:  # noqa: ANN401 -- the SDK is loaded from its file
    """Enrol a member: invited by one person, approved by another."""
    sdk = _sdk()
    client = sdk.Hub(
        f"http://localhost:{hub.port}",
        sdk.make_key(str(folder / f"{name}.pem")),
        pause=lambda seconds: time.sleep(min(seconds, 0.5)),
    )
    invite = ("hub", "members", "invite", name, "--name", name, "--sector", "banking")
    client.enrol(hub.run(*invite, person="chen.yiru")["code"])
    hub.run("hub", "members", "approve", name, person="lin.wei")
    return client


def _sdk() -> ModuleType:
    spec = importlib.util.spec_from_file_location("panshi_member", SDK)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no SDK at {SDK}")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


# -- latency -----------------------------------------------------------------------------------


def latency(home: Path, folder: Path, rate: int, seconds: int) -> dict[str, object]:
    """Send at a rate and time each ticket from its receipt until it is correlated."""
    hub = Hub(home)
    started = hub.start()
    try:
        client = member_of(hub, folder, f"bench-{time.time_ns()}")
        before = _correlated(home)
        warm = time.perf_counter()
        source = fresh(4_711, 0.03)
        client.send([next(source)])
        while _correlated(home) <= before:
            time.sleep(0.01)
        caught_up = time.perf_counter() - warm
        waits = _sent_and_watched(client, home, source, (rate, seconds))
    finally:
        hub.kill()
    waits.sort()
    return {
        "rate": rate,
        "tickets": len(waits),
        "hub_up_s": round(started, 1),
        "picture_up_s": round(caught_up, 1),
        "p50_s": round(waits[len(waits) // 2], 3),
        "p99_s": round(waits[int(len(waits) * 0.99)], 3),
        "worst_s": round(waits[-1], 3),
        "target_met": waits[int(len(waits) * 0.99)] <= TARGET,
    }


def _sent_and_watched(
    client: Any,  # noqa: ANN401 -- as above
    home: Path,
    source: Iterator[dict[str, Any]],
    plan: tuple[int, int],
) -> list[float]:
    rate, seconds = plan
    first = _correlated(home)
    receipts: list[float] = []
    seen: list[float] = []
    done = threading.Event()

    def watch() -> None:
        with closing(_opened(home)) as raw:
            while not (done.is_set() and len(seen) >= len(receipts)):
                count = _count(raw) - first - len(seen)
                seen.extend([time.perf_counter()] * count)
                time.sleep(0.005)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    each = max(rate // 10, 1)
    due = time.perf_counter()
    for _turn in range(seconds * rate // each):
        answers = client.send(list(islice(source, each)))
        if any(one["taking"] != "accepted" for one in answers):
            raise SystemExit(f"not accepted: {answers}")
        receipts += [time.perf_counter()] * len(answers)
        due += each / rate
        time.sleep(max(due - time.perf_counter(), 0))
    done.set()
    watching.join(60)
    # A ticket may be correlated before its receipt has come back.
    return [max(at - told, 0.0) for told, at in zip(receipts, seen, strict=True)]


def fresh(seed: int, share: float) -> Iterator[dict[str, Any]]:
    """Tickets nobody sent yet, a share of them of campaigns."""
    plan = campaign_generator.Plan(size=20_000, seed=seed, campaign_share=share)
    for row in campaign_generator.tickets(plan)[0]:
        yield json.loads(_written(row, f"{time.time_ns()}-{row['id']}"))


def _opened(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{home / PLACE}?mode=ro", uri=True, timeout=30)


def _count(raw: sqlite3.Connection) -> int:
    (found,) = raw.execute("SELECT coalesce(max(place), -1) + 1 FROM arrival").fetchone()
    return int(found)


def _correlated(home: Path) -> int:
    with closing(_opened(home)) as raw:
        return _count(raw)


# -- kills -------------------------------------------------------------------------------------


def kills(folder: Path, times: int) -> dict[str, object]:
    """Kill a hub at random moments while a member sends; count what went wrong."""
    home = Home(path=folder / "killed")
    with Node.open(home) as node:
        prepare_hub(node, actor="bench")
    hub, chance = Hub(home.path), random.Random(20261121)
    hub.start()
    members = cycle([member_of(hub, folder, f"bank-{number:03d}") for number in range(3)])
    source = fresh(815, 0.5)
    acknowledged: list[str] = []
    stop = threading.Event()

    def send() -> None:
        while not stop.is_set():
            batch, client = list(islice(source, chance.choice([1, 5, 40]))), next(members)
            while not stop.is_set():
                with suppress(Exception):  # the hub died: the same again
                    acknowledged.extend(each["number"] for each in client.send(batch))
                    break

    sending = threading.Thread(target=send, daemon=True)
    sending.start()
    for count in range(times):
        time.sleep(chance.uniform(0, LIVES))
        hub.kill()
        hub.start()
        _tell(f"killed {count + 1}")
    time.sleep(1)
    stop.set()
    sending.join(120)
    hub.kill()
    return {"kills": times} | _after(home, acknowledged)


def _after(home: Home, acknowledged: Sequence[str]) -> dict[str, object]:
    with Node.open(home) as node:
        correlate(node)
        numbers: dict[str, int] = {}
        alone = Correlator(shipped_method())
        position = 0
        while page := tickets_since(node, position, 1_000):
            for position, ticket in page:  # noqa: B007 -- the last one is where to go on
                numbers[ticket.number] = numbers.get(ticket.number, 0) + 1
                alone.take(sketch_of(ticket, allow_list(), alone.limits.values))
        with campaigns_store(node).reading() as turn:
            correlated = turn.reached()[0]
        kept = picture_of(node).correlator
        damaged = list(damage(node))
    return {
        "acknowledged": len(acknowledged),
        "held": sum(numbers.values()),
        "lost": len(set(acknowledged) - numbers.keys()),
        "held_twice": sum(count > 1 for count in numbers.values()),
        "correlated": correlated,
        "campaigns": len(kept.campaigns),
        "picture_as_left_alone": list(kept.homes) == list(alone.homes),
        "damage": damaged[:5],
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0], allow_abbrev=False)
    parser.add_argument("--held", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found: dict[str, object] = {"synthetic": True}
    with tempfile.TemporaryDirectory(prefix="panshi-bench-") as made_folder:
        folder = Path(made_folder)
        if asked.held:
            home = asked.folder or folder / "held"
            found["filled"] = fill(Home(path=home), asked.held)
            found["latency"] = latency(home, folder, asked.rate, asked.seconds)
        if asked.kills:
            found["killed"] = kills(folder, asked.kills)
    print(file=sys.stderr)
    if asked.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name}: {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

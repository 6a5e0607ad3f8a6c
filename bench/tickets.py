"""Accept incident tickets at a hub, on SQLite and PostgreSQL, beside a plain INSERT of the bytes.

Ours is the whole way of a batch that a member signed: its content digest and Ed25519 signature,
strict reading, digest of each ticket, repeats recognised, chain, durable commit, and a signed
receipt for each. The peer puts the same bytes into one table of the same database, as durably, in
the same batches, and answers nothing.

    python bench/tickets.py [--json] [--tickets N] [--batch N] [--senders N] [--kills N]

`inferred_on_two_idle_cores` divides by the busier of hub and database server, since a machine that
others use too shows less by the clock. `--kills` kills a hub with SIGKILL at random moments and
counts acknowledged tickets that are not found, and tickets found twice.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panshi.alliance.tickets.reading import batch, pieces
from panshi.model.alliance.ticket import Taking
from panshi.node.alliance.tickets import accept_tickets, damage, tickets_of
from panshi.node.home import Home
from panshi.node.node import Node

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.simulators.postgres import MISSING, binaries, postgres_server

TARGETS = {"sqlite": 2_000, "postgres": 5_000}
"Tickets a second, batched, on two cores."
SEED = 20260930
PAUSE = 0.6
"Seconds a hub that is killed lives at most: long enough for many batches."

TEXT = (
    "本行 SOC 於監控平台發現多筆異常登入，來源位址 {ip}，登入後執行編碼過的 PowerShell 指令並"
    "連線至 hxxps://{host}[.]example/update。已隔離主機並保存記憶體映像；影響範圍初步評估為內部"
    "測試環境，未影響客戶交易。The loader was dropped as {sha}; see attached notes. "
)


def ticket(chance: random.Random, number: int) -> bytes:
    """One ticket as a SOC would send it, some 1.2 kB."""
    ip = f"203.0.113.{chance.randrange(256)}"
    host, sha = f"h{chance.randrange(10**6)}", f"{chance.getrandbits(256):064x}"
    value = {
        "number": f"2026-{number:07d}",
        "title": f"異常登入與可疑連線 {number}",
        "reported_at": "2026-09-30T10:05:00+08:00",
        "detected_at": "2026-09-30T09:58:00+08:00",
        "occurred_at": "2026-09-30T09:12:00+08:00",
        "severity": chance.choice(["low", "medium", "high"]),
        "category": chance.choice(["intrusions", "malicious-code", "intrusion-attempts"]),
        "text": TEXT.format(ip=ip, host=host, sha=sha),
        "indicators": [
            {"kind": "ipv4", "value": ip},
            {"kind": "domain", "value": f"{host}.example"},
            {"kind": "sha256", "value": sha},
        ],
        "techniques": ["T1078", "T1059.001", "T1105"],
        "assets": ["網路銀行前置主機"],
        "impact": {"effects": ["confidentiality"], "hosts": chance.randrange(5)},
        "marking": {"tlp": "amber"},
    }
    return json.dumps(value, ensure_ascii=False).encode()


def parts[T](items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Give parts of a sequence."""
    for at in range(0, len(items), size):
        yield items[at : at + size]


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall clock and of this process's own time."""
    wall, own = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - own


def cpu_of(process: int) -> float:
    """CPU seconds of a process and of all its children that run."""
    ticks, parents = 0, {process}
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(folder.name)] = (int(fields[1]), int(fields[11]) + int(fields[12]))
    for number, (parent, own) in sorted(found.items()):
        if number in parents or parent in parents:
            parents.add(number)
            ticks += own
    return ticks / os.sysconf("SC_CLK_TCK")


def ours(
    home: Home, bodies: Sequence[bytes], senders: int, count: int, server: int = 0
) -> dict[str, object]:
    """Have several members send their batches at once."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key()
    requests = [(body, private.sign(sha256(body).digest())) for body in bodies]
    with Node.open(home) as node:
        tickets_of(node)

        def send(request: tuple[bytes, bytes]) -> int:
            body, signature = request
            public.verify(signature, sha256(body).digest())
            receipts = accept_tickets(node, "bank-017", pieces(body))
            return sum(each.taking is Taking.ACCEPTED for each in receipts)

        accepted: list[int] = []
        before = cpu_of(server) if server else 0.0
        with ThreadPoolExecutor(senders) as pool:
            wall, own = timed(lambda: accepted.extend(pool.map(send, requests)))
        theirs = cpu_of(server) - before if server else 0.0
        again, _ = timed(lambda: send(requests[0]))
        read, _ = timed(lambda: sum(1 for _ in _all(node)))
        found = list(damage(node))
    if sum(accepted) != count or found:
        raise SystemExit(f"{sum(accepted)} of {count} accepted; {found[:3]}")
    return {
        "accepted_per_second": round(count / wall),
        "accepted_per_cpu_second": round(count / own),
        "server_cpu_share": round(theirs / (own + theirs), 2),
        "inferred_on_two_idle_cores": round(count / max(own, theirs)),
        "repeats_per_second": round(count / len(bodies) / again),
        "read_by_cursor_per_second": round(count / read),
    }


def _all(node: Node) -> Iterator[int]:
    position = 0
    while page := tickets_of(node).since(position, 1_000):
        position = page[-1][0]
        yield from (each for each, _ticket in page)


def plain_sqlite(path: Path, batches: Sequence[Sequence[bytes]], count: int) -> int:
    """INSERT of the same bytes into one table, as durably; nothing else."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("CREATE TABLE ticket (id INTEGER PRIMARY KEY, body BLOB)")

        def run() -> None:
            for each in batches:
                raw.execute("BEGIN IMMEDIATE")
                raw.executemany("INSERT INTO ticket (body) VALUES (?)", [(b,) for b in each])
                raw.execute("COMMIT")

        return round(count / timed(run)[0])


def plain_postgres(url: str, batches: Sequence[Sequence[bytes]], count: int) -> int:
    """INSERT of the same bytes into one table, as durably; nothing else."""
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute("CREATE TABLE plain (id BIGSERIAL PRIMARY KEY, body BYTEA)")

        def run() -> None:
            for each in batches:
                with raw.transaction():
                    raw.cursor().executemany(
                        "INSERT INTO plain (body) VALUES (%s)", [(b,) for b in each]
                    )

        return round(count / timed(run)[0])


def acknowledge_until_killed(home: Home, pipe: int, first: int) -> None:
    """Accept batch after batch and say which positions were acknowledged."""
    chance = random.Random(first)
    with Node.open(home) as node:
        tickets_of(node)
        os.write(pipe, b"ready\n")
        while True:
            sent = [ticket(chance, first + n) for n in range(chance.choice([1, 5, 40]))]
            first += len(sent)
            told = accept_tickets(node, "bank-017", sent)
            os.write(pipe, "".join(f"{each.number}\n" for each in told).encode())


def kill_one(home: Home, chance: random.Random, first: int) -> list[str]:
    """Start a hub, kill it at a random moment, and give what it had acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            acknowledge_until_killed(home, writing, first)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        if pipe.readline() != b"ready\n":
            raise SystemExit("the hub that was to be killed did not come up")
        time.sleep(chance.uniform(0, PAUSE))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        # Only a line that is whole was acknowledged.
        return [line[:-1].decode() for line in pipe if line.endswith(b"\n")]


def killed(home: Home, kills: int) -> dict[str, object]:
    """Kill a hub again and again; count what it acknowledged and what is not there."""
    chance = random.Random(SEED)
    acknowledged: set[str] = set()
    for number in range(kills):
        acknowledged.update(kill_one(home, chance, number * 1_000_000))
    with Node.open(home) as node:
        held: dict[str, int] = {}
        position = 0
        while page := tickets_of(node).since(position, 1_000):
            position = page[-1][0]
            for _position, each in page:
                held[each.number] = held.get(each.number, 0) + 1
        found = list(damage(node))
    return {
        "kills": kills,
        "acknowledged": len(acknowledged),
        "lost": len(acknowledged - held.keys()),
        "held_twice": sum(count > 1 for count in held.values()),
        "damage": found[:5],
    }


@contextmanager
def databases(folder: Path) -> Iterator[tuple[dict[str, Callable[[str], Home]], int]]:
    """Give a maker of homes for each database there is."""
    made: dict[str, Callable[[str], Home]] = {
        "sqlite": lambda name: Home(path=folder / f"sqlite-{name}")
    }
    if binaries() is None:
        print(f"postgres: {MISSING}", file=sys.stderr)
        yield made, 0
        return
    with postgres_server() as server:
        made["postgres"] = lambda name: Home(
            path=folder / f"postgres-{name}", database=server.make(name)
        )
        yield made, server.process.pid


def measure(asked: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Measure each database beside its peer."""
    chance = random.Random(SEED)
    tickets = [ticket(chance, n) for n in range(asked.tickets)]
    batches = [tuple(each) for each in parts(tickets, asked.batch)]
    bodies = [batch(each) for each in batches]
    told: dict[str, object] = {
        "tickets": asked.tickets,
        "batch": asked.batch,
        "senders": asked.senders,
        "bytes_per_ticket": sum(map(len, tickets)) // len(tickets),
        "load_average": os.getloadavg()[0],
    }
    with databases(folder) as (places, server):
        for name, place in places.items():
            process = server if name == "postgres" else 0
            found = ours(place("rate"), bodies, asked.senders, asked.tickets, process)
            home = place("plain")
            found["plain_insert_per_second"] = (
                plain_postgres(home.database, batches, asked.tickets)
                if home.database
                else plain_sqlite(folder / "plain.sqlite3", batches, asked.tickets)
            )
            found["target_met"] = int(str(found["accepted_per_second"])) >= TARGETS[name]
            if asked.kills:
                found["killed"] = killed(place("killed"), asked.kills)
            told[name] = found
    return told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tickets", type=int, default=50_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--senders", type=int, default=4)
    parser.add_argument("--kills", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="panshi-bench-") as folder:
        found = measure(asked, Path(folder))
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    print(
        f"{asked.tickets:,} tickets of {found['bytes_per_ticket']} bytes, batches of "
        f"{asked.batch:,}, {asked.senders} senders, load {found['load_average']:.1f}"
    )
    for name, target in TARGETS.items():
        print(f"  {name} (target {target:,}/s): {found.get(name, 'no server')}")


if __name__ == "__main__":
    main()

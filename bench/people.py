"""Fifty signed-in people at 20 requests a second over 100,000 observations and 20,000 assets.

    python bench/people.py [--observations N] [--assets N] [--people N] [--rate N] [--seconds N]

A real `panshi serve` answers on loopback; requests are sent at fixed moments whether or not
earlier ones were answered (open loop), from this process, on the same cores. The workload is
synthetic. Beside it stands the same load on the plainest page there is (`/help/`), the floor that
sign-in, gate and frame cost by themselves.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

import assess
from pages import pages, whole

from panshi.node.home import VARIABLE, Home
from panshi.node.node import Node

TARGET_P95_MS = 300
START_SECONDS = 120
FLOOR = "/help/"


def fill(home: Path, observations: int, assets: int) -> dict[str, str]:
    """Build the home; gives the pages to ask for."""
    load = assess.workload(assets)
    assess.build(home, load, observations)
    with Node.open(Home(path=home), clock=lambda: assess.NOW) as node:
        node.commit_estate(whole(load.estate), by="bench")
        return pages(node)


SIGN_IN = """
import os, sys
import django
django.setup()
from django.contrib.auth.models import Group, User
from django.test import Client
from panshi.web import first_run
first_run.prepare()
for number in range(int(sys.argv[1])):
    user = User.objects.create_user(f"person{number}")
    user.groups.set(Group.objects.filter(name=sys.argv[2 + number % (len(sys.argv) - 2)]))
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    print(client.cookies["panshi_session"].value)
"""
ROLES = ("ciso", "analyst", "internal_audit")


def sessions(home: Path, people: int) -> list[str]:
    """Sign people in; gives the cookie of each."""
    environment = os.environ | {
        VARIABLE: str(home),
        "DJANGO_SETTINGS_MODULE": "panshi.web.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", SIGN_IN, str(people), *ROLES],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


async def ask(port: int, path: str, cookie: str) -> tuple[int, int]:
    """Give status and size of one answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: panshi_session={cookie}\r\n"
        "Accept-Language: zh-Hant\r\nConnection: close\r\n\r\n".encode()
    )
    answer = await reader.read(-1)
    writer.close()
    return int(answer.split(b" ", 2)[1]), len(answer)


async def load(
    port: int, paths: list[str], cookies: list[str], rate: float, seconds: float
) -> list[tuple[str, float, int]]:
    """Send at fixed moments; gives path, milliseconds and status of each request."""
    done: list[tuple[str, float, int]] = []

    async def one(path: str, cookie: str) -> None:
        began = time.perf_counter()
        status, _size = await ask(port, path, cookie)
        done.append((path, (time.perf_counter() - began) * 1000, status))

    started = time.perf_counter()
    tasks = []
    for number, (path, cookie) in enumerate(zip(cycle(paths), cycle(cookies), strict=False)):
        moment = started + number / rate
        if moment > started + seconds:
            break
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))
        tasks.append(asyncio.create_task(one(path, cookie)))
    await asyncio.gather(*tasks)
    return done


def summed(done: list[tuple[str, float, int]]) -> dict[str, float | int]:
    """Give percentiles and how many were not 200."""
    times = sorted(each[1] for each in done)
    return {
        "requests": len(times),
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(len(times) * 0.95)], 1),
        "max_ms": round(times[-1], 1),
        "not_200": sum(each[2] != 200 for each in done),
    }


def free_port() -> int:
    """Give a port nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def resident_mib(pid: int) -> float:
    """Give the resident memory of a process and its children."""
    total = 0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in [str(pid), *children]:
        status = Path(f"/proc/{each}/status").read_text()
        total += int(status.split("VmRSS:")[1].split()[0])
    return total / 1024


def served(home: Path, port: int) -> subprocess.Popen[str]:
    """Start `panshi serve` and wait until it judged once."""
    program = Path(sys.executable).with_name("panshi")
    server = subprocess.Popen(
        [program, "serve", "--port", str(port)],
        env=os.environ | {VARIABLE: str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            if asyncio.run(ask(port, "/health/", ""))[0] == 200:
                return server
        except OSError:
            time.sleep(0.2)
    server.kill()
    raise SystemExit("the server did not start")


def measured(home: Path, options: argparse.Namespace) -> dict[str, object]:
    """Build, serve, load."""
    found = fill(home, options.observations, options.assets)
    cookies = sessions(home, options.people)
    port = free_port()
    server = served(home, port)
    try:
        for path in found.values():
            asyncio.run(ask(port, path, cookies[0]))
        floor = asyncio.run(load(port, [FLOOR], cookies, options.rate, 5))
        done = asyncio.run(load(port, list(found.values()), cookies, options.rate, options.seconds))
        memory = resident_mib(server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    whole_load = summed(done)
    named = {path: name for name, path in found.items()}
    return {
        "synthetic": True,
        "observations": options.observations,
        "assets": options.assets,
        "people": options.people,
        "rate": options.rate,
        "all_pages": whole_load,
        "floor": summed(floor),
        "ratio_to_floor_p95": round(whole_load["p95_ms"] / summed(floor)["p95_ms"], 2),
        "by_page_p95_ms": {
            named[path]: summed([each for each in done if each[0] == path])["p95_ms"]
            for path in found.values()
        },
        "resident_mib": round(memory),
        "target_p95_ms": TARGET_P95_MS,
        "met": whole_load["p95_ms"] <= TARGET_P95_MS and not whole_load["not_200"],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--observations", type=int, default=100_000)
    parser.add_argument("--assets", type=int, default=20_000)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="panshi-bench-") as folder:
        result = measured(Path(folder), options)
    print(json.dumps(result, indent=None if options.json else 2))


if __name__ == "__main__":
    main()

"""Memory of 500 open event streams against a real server, and how long news takes (synthetic).

    python bench/live.py [--clients N] [--home FOLDER] [--json]

A server is started over a small bank (or a copy of a home), fifty people sign in, each opens ten
streams over real sockets. Measured are the resident memory of the server's processes before and
with the streams, and the time from an appended observation to the last stream that tells of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PEOPLE = 50
TARGET_MB = 100
SETTLED = 5.0

SIGN_IN = """
import django
django.setup()
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.sessions.backends.db import SessionStore
for number in range({people}):
    user, _ = User.objects.get_or_create(username=f"bench-{{number}}")
    user.groups.set(Group.objects.filter(name="ciso"))
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    print(session.session_key)
"""


def resident(pid: int) -> float:
    """Megabytes of a process and all its descendants (proportional set size)."""
    pids, total = [pid], 0
    while pids:
        here = pids.pop()
        try:
            rollup = Path(f"/proc/{here}/smaps_rollup").read_text(encoding="ascii")
            for task in Path(f"/proc/{here}/task").iterdir():
                pids += map(int, (task / "children").read_text(encoding="ascii").split())
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:")
    return total / 1024


async def stream(port: int, cookie: str, heard: asyncio.Queue[float]) -> None:
    """Hold one stream open and note when something comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET /events/ HTTP/1.1\r\nHost: localhost:{port}\r\n"
        f"Cookie: panshi_session={cookie}\r\nAccept: text/event-stream\r\n\r\n".encode()
    )
    status = await reader.readline()
    if b"200" not in status:
        raise SystemExit(f"a stream was refused: {status!r}")
    while line := await reader.readline():
        if line.startswith(b"data: ") and b'"size"' in line:
            heard.put_nowait(time.monotonic())


async def measured(pid: int, port: int, cookies: list[str], clients: int, home: Path) -> dict:
    """Open the streams, look at the memory, append something, wait for the last to hear of it."""
    heard: asyncio.Queue[float] = asyncio.Queue()
    before = resident(pid)
    tasks = []
    for number in range(clients):
        tasks.append(asyncio.create_task(stream(port, cookies[number % len(cookies)], heard)))
        if number % 50 == 49:
            await asyncio.sleep(0.2)
    await asyncio.sleep(SETTLED * 2)
    while not heard.empty():
        heard.get_nowait()
    held = resident(pid)
    await asyncio.to_thread(append, home)
    began = time.monotonic()
    times = [await asyncio.wait_for(heard.get(), 60) - began for _ in range(clients)]
    for task in tasks:
        task.cancel()
    return {
        "synthetic": True,
        "clients": clients,
        "people": len(cookies),
        "before_mb": round(before, 1),
        "with_clients_mb": round(held, 1),
        "added_mb": round(held - before, 1),
        "last_heard_s": round(max(times), 2),
        "target_mb": TARGET_MB,
        "met": held - before <= TARGET_MB,
    }


def append(home: Path) -> None:
    """Seal one more observation from another process."""
    panshi = [sys.executable, "-m", "panshi"]
    environment = {**os.environ, "PANSHI_HOME": str(home)}
    command = [*panshi, "parameter", "set", "confidence", "0.94", "--why", "bench"]
    subprocess.run(command, env=environment, check=True, capture_output=True)


def port_of_its_own() -> int:
    """Give a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until the server answers."""
    for _ in range(300):
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise SystemExit("the server does not answer")


def build(home: Path) -> None:
    """Make the small bank of the tests."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from panshi.node.home import Home  # noqa: PLC0415 -- after the path is set
    from tests.web.small_bank import open_small_bank  # noqa: PLC0415 -- as above

    open_small_bank(Home(path=home)).close()


def run(clients: int, given: Path | None) -> dict:
    """Start a server, sign people in, measure."""
    with tempfile.TemporaryDirectory(prefix="panshi-bench-") as folder:
        home = Path(folder) / "home"
        if given:
            shutil.copytree(given, home)
        else:
            home.mkdir()
            build(home)
        port = port_of_its_own()
        environment = {
            **os.environ,
            "PANSHI_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "panshi.web.settings",
        }
        with subprocess.Popen(
            [sys.executable, "-m", "panshi", "serve", "--port", str(port), "--json"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as server:
            try:
                wait_for(port)
                signed = subprocess.run(
                    [sys.executable, "-c", SIGN_IN.format(people=PEOPLE)],
                    env=environment,
                    check=True,
                    capture_output=True,
                    text=True,
                )
                time.sleep(SETTLED * 2)
                cookies = signed.stdout.split()
                return asyncio.run(measured(server.pid, port, cookies, clients, home))
            finally:
                server.terminate()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--home", type=Path, default=None)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = run(options.clients, options.home)
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:18} {value}")


if __name__ == "__main__":
    main()

"""What enforcing costs: requests through the streaming point beside plain proxies, and taking back.

    python bench/enforcement.py [--json] [--seconds S] [--connections N]

1. Requests per CPU second of the proxy, wrk over kept connections: nginx as a plain proxy, nginx
   with auth_request, our streaming point; all before one small application,
   with a real decision point in a process of its own.
2. N open TCP streams of N/10 sessions through our streaming point: from the end of one session to
   the closed connection at the client (p50, p99), and until all N are closed at once.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import re
import resource
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvloop

from panshi.protection.zero_trust.enforcement.credential import session_id_of

HERE = Path(__file__).resolve()
PER_SESSION = 10
POLICY = '@id("use") permit (principal, action, resource);'
APPLICATION = """
import asyncio, sys, httptools, uvloop
class P(asyncio.Protocol):
    def connection_made(self, t): self.t = t; self.p = httptools.HttpRequestParser(self)
    def data_received(self, d): self.p.feed_data(d)
    def on_message_complete(self):
        self.t.write(b"HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok")
class E(asyncio.Protocol):
    def connection_made(self, t): self.t = t
    def data_received(self, d): self.t.write(d)
async def main():
    loop = asyncio.get_running_loop()
    a = await loop.create_server(P, "127.0.0.1", 0, backlog=4096)
    b = await loop.create_server(E, "127.0.0.1", 0, backlog=4096)
    print(a.sockets[0].getsockname()[1], b.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()
uvloop.run(main())
"""
POINT = """
import asyncio, signal, sys, time, uvloop
from panshi.node.zero_trust.trust_content import trust_model
from panshi.pdp import ask, forward_auth, live
from panshi.pdp.live.deciding import attach
from panshi.pdp.live.registry import Live
from panshi.pdp.live.running import run
from panshi.pdp.point import DecisionPoint
from panshi.pdp.server import Server
from panshi.pdp.settings import read_settings
from panshi.protection.cedar import EntityStore, compile_policies
from pathlib import Path
async def main():
    registry = Live(model=trust_model(), clock=time.time)
    settings = read_settings(Path(sys.argv[2]))
    point = DecisionPoint(policies=compile_policies(sys.argv[1], source="bench"), clock=time.time,
        entities=EntityStore.from_json([]), live=registry, settings=settings)
    attach(registry, point)
    server = Server(point, (*live.ROUTES, *ask.ROUTES, *forward_auth.ROUTES))
    print(await server.listen("127.0.0.1", 0), flush=True)
    closed = compile_policies("forbid (principal, action, resource);", source="bench")
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGUSR1, lambda: point.replace_policies(closed, "2"))
    await run(registry)
uvloop.run(main())
"""


@contextmanager
def process(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the end of the block."""
    running = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        yield running
    finally:
        running.terminate()
        running.wait()


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and its children."""
    ids = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    ticks = 0
    for each in ids:
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def free() -> int:
    """Give a port that is free."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def ask(port: int, method: str, path: str, body: object = None) -> int:
    """Ask the decision point."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, json.dumps(body) if body else None)
    status = connection.getresponse().status
    connection.close()
    return status


def sign_in(port: int, number: int) -> str:
    """Establish a session and give the secret of its cookie."""
    secret = secrets.token_urlsafe(24)
    user = {"type": "User", "id": f"u{number}"}
    body = {"id": session_id_of(secret), "user": user, "assurance": 2}
    if ask(port, "POST", "/zt/v1/sessions", body) != 200:
        raise SystemExit("the decision point takes no sessions")
    return secret


def nginx_conf(port: int, application: int, point: int, *, asks: bool) -> str:
    """Configure nginx as a plain proxy, or with auth_request."""
    asking = "auth_request /_zt;" if asks else ""
    return f"""
daemon off; worker_processes 1; pid n.pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{ access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f;
  uwsgi_temp_path u; scgi_temp_path s; keepalive_requests 1000000;
  upstream app {{ server 127.0.0.1:{application}; keepalive 32; }}
  upstream point {{ server 127.0.0.1:{point}; keepalive 32; }}
  server {{ listen 127.0.0.1:{port};
    location / {{ {asking} proxy_pass http://app; proxy_http_version 1.1;
      proxy_set_header Connection ""; }}
    location = /_zt {{ internal; proxy_pass http://point/zt/v1/forward-auth;
      proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header X-Original-Method $request_method;
      proxy_set_header X-Original-URI $request_uri; proxy_set_header X-Original-Host $http_host; }}
  }} }}"""


def enforce_yaml(application: int, raw: int, point: int) -> str:
    """Configure our streaming point."""
    return f"""
name: bench
decision_point: http://127.0.0.1:{point}
web:
  - {{name: web, bind: "127.0.0.1:0", routes: [{{path: /app/**, system: app, actions: {{GET: read}},
     upstream: "http://127.0.0.1:{application}"}}]}}
tcp:
  - {{name: raw, bind: "127.0.0.1:0", proof: preamble, system: core,
     upstream: "tcp://127.0.0.1:{raw}"}}
"""


def measured(port: int, pid: int, secret: str, seconds: float) -> dict[str, float]:
    """Let wrk ask, and count what the proxy spent."""
    before = cpu_of(pid)
    told = subprocess.run(
        ["wrk", "-t1", "-c8", f"-d{seconds:.0f}s", "-H", f"Cookie: panshi_zt={secret}",
         f"http://127.0.0.1:{port}/app/x"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    if "Non-2xx" in told:
        raise SystemExit(told)
    spent = cpu_of(pid) - before
    asked = int(re.search(r"(\d+) requests in", told)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])
    return {"per_cpu_second": round(asked / spent), "per_second": round(rate)}


class Client(asyncio.Protocol):
    """One open stream; notes when it closes."""

    def __init__(self, number: int, secret: str, closed_at: dict[int, float]) -> None:
        """Show a secret as soon as there is a connection."""
        self.number, self.secret, self.closed_at = number, secret, closed_at
        self.loop = asyncio.get_running_loop()
        self.open: asyncio.Future[None] = self.loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say who it is."""
        transport.write(f"PANSHI-ZT/1 {self.secret}\nx".encode())

    def data_received(self, _data: bytes) -> None:
        """Know that it is open."""
        if not self.open.done():
            self.open.set_result(None)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Note the time."""
        self.closed_at[self.number] = self.loop.time()


async def taking_back(
    raw: int, point: int, deciding: int, enforcer: int, count: int
) -> dict[str, float]:
    """Open streams, end one session after another, then all that are left at once."""
    loop = asyncio.get_running_loop()
    closed_at: dict[int, float] = {}
    owners = [
        await asyncio.to_thread(sign_in, point, number) for number in range(count // PER_SESSION)
    ]
    for start in range(0, count, 200):
        batch = []
        for number in range(start, min(start + 200, count)):
            client = Client(number, owners[number % len(owners)], closed_at)
            await loop.create_connection(lambda each=client: each, "127.0.0.1", raw)
            batch.append(client.open)
        await asyncio.wait_for(asyncio.gather(*batch), 30)
    waits = []
    for owner in range(min(100, len(owners) // 2)):
        mine = set(range(owner, count, len(owners)))
        began = loop.time()
        path = f"/zt/v1/sessions/{session_id_of(owners[owner])}?cause=session_revoked"
        await asyncio.to_thread(ask, point, "DELETE", path)
        while not mine <= closed_at.keys():  # noqa: ASYNC110 -- told by nobody
            await asyncio.sleep(0.0005)
        waits += [closed_at[each] - began for each in mine]
    waits.sort()
    left = count - len(closed_at)
    spent, began = cpu_of(enforcer), loop.time()
    os.kill(deciding, signal.SIGUSR1)
    while len(closed_at) < count:  # noqa: ASYNC110 -- told by nobody
        await asyncio.sleep(0.001)
    return {
        "streams": count,
        "p50_ms": round(waits[len(waits) // 2] * 1000, 2),
        "p99_ms": round(waits[int(len(waits) * 0.99)] * 1000, 2),
        "all_at_once": left,
        "all_closed_s": round(max(closed_at.values()) - began, 3),
        "cpu_us_per_close": round((cpu_of(enforcer) - spent) / left * 1e6, 1),
    }


def everything(seconds: float, connections: int) -> dict[str, object]:
    """Run all of it."""
    found: dict[str, object] = {}
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        python = sys.executable
        app = stack.enter_context(process(python, "-c", APPLICATION))
        application, raw = map(int, app.stdout.readline().split())
        (home / "routes.yaml").write_text(
            "routes: [{path: /app/**, system: app, actions: {GET: read}}]"
        )
        deciding = stack.enter_context(
            process(python, "-c", POINT, POLICY, str(home / "routes.yaml"))
        )
        point = int(deciding.stdout.readline())
        secret = sign_in(point, 1_000_000)
        for name, asks in (("nginx plain", False), ("nginx auth_request", True)):
            port, base = free(), home / name
            base.mkdir()
            (base / "n.conf").write_text(nginx_conf(port, application, point, asks=asks))
            with process("nginx", "-p", str(base), "-c", "n.conf") as proxy:
                time.sleep(0.5)
                found[name] = measured(port, proxy.pid, secret, seconds)
        file = home / "enforce.yaml"
        file.write_text(enforce_yaml(application, raw, point))
        enforcing = stack.enter_context(
            process(python, "-m", "panshi", "zt", "enforce", str(file), "--json")
        )
        told = b""
        while not told.endswith(b"\n}\n"):
            told += enforcing.stdout.readline()
        ports = json.loads(told)["listeners"]
        time.sleep(0.5)
        found["streaming point"] = measured(ports["web"], enforcing.pid, secret, seconds)
        found["taking back"] = uvloop.run(
            taking_back(ports["raw"], point, deciding.pid, enforcing.pid, connections)
        )
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--connections", type=int, default=10_000)
    args = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    most = (min(soft, hard) - 1_000) // 2
    found = everything(args.seconds, min(args.connections, most))
    if args.json:
        print(json.dumps(found, indent=2))
        return
    for name, figures in found.items():
        print(f"{name:20}", "  ".join(f"{key} {value:,}" for key, value in figures.items()))


if __name__ == "__main__":
    main()

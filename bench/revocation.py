"""How fast trust is taken back, from the signal sent to the connection closed: 10,000 sessions.

    python bench/revocation.py                 # 10,000 sessions, 500 taken back singly, then all
    python bench/revocation.py --sessions 2000 --singles 100 --json

Three processes on loopback, as in life: the decision point; an enforcement point that holds the
connections and obeys the stream of orders; the clients, who also send the signal and see the end.

    single   one leaver at a time: question sent → that client reads the end of its connection
    echo     a round trip through the same enforcement point, as the floor of any such figure
    all      one feed of intelligence lists the address everybody comes from: every session falls

Beside them, in one process: deciding with and without a live session, reading a level, weighing
anew, solving for the next crossing. Policies and trust model are those that ship. Wall-clock
figures of a busy machine; compare them with `echo` of the same run, and `all` with the CPU seconds
that the two processes spent on it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from pathlib import Path

import uvloop

from panshi.node.zero_trust.trust_content import trust_model
from panshi.pdp.control import running, take_up
from panshi.pdp.live.registry import Live
from panshi.pdp.live.routes import ROUTES
from panshi.pdp.point import DecisionPoint, Question
from panshi.pdp.server import Server
from panshi.pdp.serving import settle
from panshi.protection.cedar import Entity, EntityStore, Uid, compile_policies
from panshi.protection.zero_trust.sessions.nouns import Access, Session
from panshi.protection.zero_trust.trust.crossing import next_change
from panshi.protection.zero_trust.trust.level import bounds_of
from panshi.protection.zero_trust.trust.signal import Signal, Subject, SubjectKind

ADDRESS = "203.0.113.7"
PEP = "bench"
AT_ONCE = 100
TARGET_P99_MS, TARGET_ALL_S = 50.0, 1.0
SYSTEM, READ = Uid("System", "crm"), Uid("Action", "read")


def point(sessions: int, clock: Callable[[], float] = time.time) -> DecisionPoint:
    """Make a decision point with the shipped policies and as many staff as there are sessions."""
    shipped = files("panshi").joinpath("content", "policies", "zero_trust.cedar")
    team, staff = Uid("Team", "crm"), Uid("Role", "staff")
    entities = EntityStore.from_json([])
    system = {"criticality": "medium", "personal_data": False, "fields": (), "users": team}
    entities.put(
        Entity(SYSTEM, system, frozenset(), {}),
        Entity(READ, {}, frozenset({Uid("Action", "use")}), {}),
        *(
            Entity(Uid("User", f"u{n}"), {"enabled": True}, frozenset({team, staff}), {})
            for n in range(sessions)
        ),
        *(Entity(Uid("Device", f"d{n}"), {}, frozenset(), {}) for n in range(sessions)),
    )
    policies = compile_policies(shipped.read_text(encoding="utf-8"), source="shipped")
    return DecisionPoint(policies=policies, entities=entities, clock=clock)


def session_of(number: int, now: float) -> Session:
    """Make one session."""
    return Session(
        id=f"s{number}",
        user=Uid("User", f"u{number}"),
        device=f"d{number}",
        assurance=3,
        authenticators=("hwk",),
        established_at=now,
        expires_at=now + 36_000,
        address=ADDRESS,
        country="TW",
    )


def access_of(number: int, now: float) -> Access:
    """Make the one access of a session."""
    return Access(
        id=f"a{number}", session=f"s{number}", action=READ, resource=SYSTEM, pep=PEP, opened_at=now
    )


def compliance(number: int, now: float, grade: str = "compliant") -> Signal:
    """Say that a device is well."""
    return Signal(
        kind="device.compliance",
        subject=Subject(SubjectKind.DEVICE, f"d{number}"),
        value=grade,
        weight_class=grade,
        observed_at=now,
        received_at=now,
        source="mdm",
    )


def populated(sessions: int) -> tuple[DecisionPoint, Live]:
    """Let everybody be at work."""
    made = point(sessions)
    live = take_up(made, model=trust_model())
    now = made.clock()
    for number in range(sessions):
        live.establish(session_of(number, now))
        live.signal(compliance(number, now))
        if not live.open(access_of(number, now)).allowed:
            raise SystemExit("the shipped policies do not allow what is measured")
    return made, live


# ---- the three processes --------------------------------------------------------------------


async def decide_for(sessions: int) -> None:
    """Be the decision point until the end of standard input."""
    made, live = populated(sessions)
    server = Server(made, ROUTES)
    port = await server.listen("127.0.0.1", 0)
    async with running(live, server):
        settle()  # as `panshi zt serve` does
        print(port, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        await server.stop(0.1)


class Held(asyncio.Protocol):
    """One connection the enforcement point holds: the first line names its session."""

    def __init__(self, open_now: dict[str, asyncio.Transport]) -> None:
        self._open_now = open_now

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the way out."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take the name, or echo."""
        if data.startswith(b"s"):
            self._open_now[data.decode().strip()] = self._transport  # type: ignore[assignment]
        self._transport.write(data)  # type: ignore[attr-defined]


async def enforce(decision_port: int) -> None:
    """Be the enforcement point: hold connections, obey orders, until the end of standard input."""
    open_now: dict[str, asyncio.Transport] = {}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Held(open_now), "127.0.0.1", 0, backlog=4_096)
    print(server.sockets[0].getsockname()[1], flush=True)

    async def obey() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", decision_port)
        writer.write(f"GET /zt/v1/orders?pep={PEP} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        async for line in reader:
            if line.startswith((b'{"kind":"close"', b'{"kind":"end_session"')):
                held = open_now.pop(json.loads(line)["session"], None)
                if held is not None:
                    held.abort()

    task = loop.create_task(obey())
    await asyncio.to_thread(sys.stdin.read)
    task.cancel()


class Client(asyncio.Protocol):
    """One client: notes when its connection ends."""

    __slots__ = ("_told", "ended_at", "ready", "transport")

    def __init__(self, told: Callable[[], None]) -> None:
        self.ended_at = 0.0
        self._told = told
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        self.transport = transport

    def data_received(self, _data: bytes) -> None:
        """Take the echo."""
        if not self.ready.done():
            self.ready.set_result(None)

    def connection_lost(self, _error: Exception | None) -> None:
        """Note the end."""
        self.ended_at = time.perf_counter()
        if not self.ready.done():
            self.ready.set_result(None)
        self._told()


@contextlib.asynccontextmanager
async def process(role: str, number: int) -> AsyncIterator[tuple[int, int]]:
    """Run one of the other processes; gives its port and its process id."""
    found = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "--role", role, "--sessions", str(number),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert found.stdout is not None
    assert found.stdin is not None
    try:
        yield int(await found.stdout.readline()), found.pid
    finally:
        found.stdin.close()
        await found.wait()


async def post(
    way: tuple[asyncio.StreamReader, asyncio.StreamWriter], path: str, body: object
) -> None:
    """Ask the decision point and read its answer."""
    reader, writer = way
    raw = json.dumps(body).encode()
    head = f"POST /zt/v1/{path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw)
    answer = await reader.readuntil(b"\r\n\r\n")
    length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    told = await reader.readexactly(length)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise SystemExit(told.decode())


async def measured(sessions: int, singles: int) -> dict[str, float]:
    """Connect everybody, take back singly, then all."""
    async with (
        process("decide", sessions) as (decision_port, decider),
        process("enforce", decision_port) as (port, enforcer),
    ):
        pids = (decider, enforcer)
        loop, gone = asyncio.get_running_loop(), asyncio.Event()
        clients: list[Client] = []
        left = [sessions]

        def ended() -> None:
            left[0] -= 1
            if not left[0]:
                gone.set()

        for start in range(0, sessions, AT_ONCE):
            made = [
                loop.create_connection(lambda: Client(ended), "127.0.0.1", port)
                for _ in range(start, min(start + AT_ONCE, sessions))
            ]
            for number, (_, client) in enumerate(await asyncio.gather(*made), start=start):
                client.transport.write(f"s{number}\n".encode())  # type: ignore[attr-defined]
                clients.append(client)
            await asyncio.gather(*(each.ready for each in clients[start:]))
        way = await asyncio.open_connection("127.0.0.1", decision_port)
        await asyncio.sleep(0.5)
        echoes, closings = [], []
        for number in range(singles):
            client = clients[number]
            client.ready = loop.create_future()
            began = time.perf_counter()
            client.transport.write(b"!")  # type: ignore[attr-defined]
            await client.ready
            echoes.append(time.perf_counter() - began)
            client.ready = loop.create_future()
            began = time.perf_counter()
            answer = loop.create_task(post(way, "leavers", {"user": f"u{number}"}))
            await client.ready
            closings.append(client.ended_at - began)
            await answer
        spent = [_spent(pid) for pid in pids]
        began = time.perf_counter()
        listed = {
            "kind": "intelligence.address", "subject": {"kind": "address", "id": ADDRESS},
            "grade": "listed", "source": "f-isac",
        }  # fmt: skip
        answer = loop.create_task(post(way, "signals", {"signals": [listed]}))
        rest = clients[singles:]
        await asyncio.wait_for(gone.wait(), 60)
        await answer
        ends = [each.ended_at - began for each in rest]
        return {
            "echo_p50_ms": _ms(echoes, 50),
            "echo_p99_ms": _ms(echoes, 99),
            "single_p50_ms": _ms(closings, 50),
            "single_p99_ms": _ms(closings, 99),
            "all_sessions": len(rest),
            "all_first_ms": min(ends) * 1e3,
            "all_p50_ms": _ms(ends, 50),
            "all_last_s": max(ends),
            "all_decision_cpu_s": _spent(pids[0]) - spent[0],
            "all_enforcement_cpu_s": _spent(pids[1]) - spent[1],
        }


def _spent(pid: int) -> float:
    """CPU seconds of a process, its own and the kernel's for it (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ms(seconds: list[float], share: int) -> float:
    return statistics.quantiles(seconds, n=100)[share - 1] * 1e3


# ---- in one process -------------------------------------------------------------------------


def costs() -> dict[str, float]:
    """Give CPU microseconds per call, the median of five repeats."""
    made, live = populated(200)
    now = made.clock()
    held = live.held["s7"]
    user = held.session.user
    known = live.context_of("s7", now)
    bounds = bounds_of(frozenset({20, 30, 50, 60, 70}))
    plain, with_live = (
        Question(user, READ, SYSTEM, known),
        Question(user, READ, SYSTEM, session_id="s7"),
    )
    held.standing.level(now)
    tick = [0.0]

    def level_of_the_next_moment() -> None:
        tick[0] += 200.0
        held.standing.level(now + tick[0] % 14_000)

    return {
        "decide_context_given_us": _cpu(lambda: made.decide(plain)),
        "decide_live_session_us": _cpu(lambda: made.decide(with_live)),
        "context_us": _cpu(lambda: live.context_of("s7", now)),
        "level_remembered_us": _cpu(lambda: held.standing.level(now)),
        "level_anew_us": _cpu(level_of_the_next_moment),
        "weigh_all_signals_us": _cpu(lambda: live.stand(held.session, now), 2_000),
        "next_crossing_us": _cpu(lambda: next_change(held.standing, bounds, now), 2_000),
    }


def _cpu(work: Callable[[], object], times: int = 20_000) -> float:
    found = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(times):
            work()
        found.append((time.process_time() - began) / times * 1e6)
    return statistics.median(found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--singles", type=int, default=500)
    parser.add_argument("--role", choices=("decide", "enforce"))
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    match args.role:
        case "decide":
            uvloop.run(decide_for(args.sessions))
        case "enforce":
            uvloop.run(enforce(args.sessions))
        case _:
            found = costs() | uvloop.run(measured(args.sessions, args.singles))
            _print(found, as_json=args.json)


def _print(found: dict[str, float], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found | {"load": os.getloadavg()[0]}, indent=2))
        return
    for name, value in found.items():
        print(f"{name:28} {value:12.3f}")
    print(f"{'load average':28} {os.getloadavg()[0]:12.2f}")
    met = found["single_p99_ms"] <= TARGET_P99_MS and found["all_last_s"] <= TARGET_ALL_S
    print(f"p99 ≤ {TARGET_P99_MS:g} ms and all ≤ {TARGET_ALL_S:g} s: {'met' if met else 'NOT met'}")


if __name__ == "__main__":
    main()

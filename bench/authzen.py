"""What one AuthZEN evaluation costs over HTTP: beside the same server doing nothing, and audited.

    python bench/authzen.py [--json] [--seconds 3] [--rounds 3]

One server process at a time, 16 connections by wrk on loopback, the requests of
`_decision_work.py` (50 policies, 200 users and 200 resources as stored entities, five attributes of
the situation in the context). What counts is the server's own processor time, the middle of the
rounds: answers per second of it, so that a busy machine disturbs the figures least. Sides alternate
within a round.

    null        the same server, a handler that answers a constant of the length of an answer
    evaluation  POST /access/v1/evaluation, nothing logged
    audited     the same with the chained log, every decision kept
    batch       100 evaluations a request
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvloop
from _decision_work import Work, cedar, work

from panshi.pdp.authzen import EVALUATION, ROUTES, evaluation_hot, question_of
from panshi.pdp.decision_log import DecisionLog
from panshi.pdp.http import HttpAnswer, PdpRoute
from panshi.pdp.point import DecisionPoint
from panshi.pdp.server import Server
from panshi.pdp.serving import settle
from panshi.protection.cedar import Entity, EntityStore, Uid, compile_policies

CONNECTIONS = 16
BATCH = 100
TARGET_SHARE = 0.70
TARGET_AUDIT_US = 6.0


def point_of(task: Work, log: DecisionLog | None = None) -> DecisionPoint:
    """Make a decision point for the work."""
    entities = [Entity(Uid("User", name), attrs) for name, attrs in task.users.items()]
    entities += [Entity(Uid("Resource", name), attrs) for name, attrs in task.resources.items()]
    return DecisionPoint(
        policies=compile_policies(cedar(task.rules), source="bench"),
        entities=EntityStore(entities),
        clock=time.time,
        log=log,
    )


def requests_of(task: Work) -> list[dict[str, Any]]:
    """Give the requests in AuthZEN's form."""
    return [
        {
            "subject": {"type": "User", "id": user},
            "action": {"name": action},
            "resource": {"type": "Resource", "id": thing},
            "context": context,
        }
        for user, action, thing, context in task.requests
    ]


def serve(side: str, folder: str, pipe: Connection) -> None:
    """Run one server; tells its port, then, when asked, its processor time."""
    uvloop.run(_serve(side, Path(folder), pipe))


async def _serve(side: str, folder: Path, pipe: Connection) -> None:
    log = DecisionLog(folder) if side == "audited" else None
    point, routes = point_of(work(), log), ROUTES
    if side == "null":
        body = b"x" * 300
        constant = PdpRoute(
            method="POST",
            path=ROUTES[0].path,
            handler=lambda _point, _request: HttpAnswer(body=body),
            scope="",
            hot=lambda _point, _body, _id: body,
        )
        routes = (constant, *(replace(each) for each in ROUTES[1:]))
    running = asyncio.create_task(log.run()) if log is not None else None
    server = Server(point, routes)
    port = await server.listen("127.0.0.1", 0)
    settle()  # as `panshi zt serve` does
    pipe.send(port)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, pipe.recv) == "time":
        pipe.send(_spent())
    if running is not None:
        running.cancel()


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


LUA = """
local bodies = {{}}
for line in io.lines("{file}") do bodies[#bodies + 1] = line end
local at = {at}
request = function()
  at = at % #bodies + 1
  return wrk.format("POST", "{path}", {{["Content-Type"] = "application/json"}}, bodies[at])
end
done = function(summary)
  local e = summary.errors
  io.write(string.format("ANSWERS %d WRONG %d\\n", summary.requests, e.status + e.read + e.timeout))
end
"""


def load(port: int, script: Path, seconds: int) -> int:
    """Let wrk ask; gives the number of answers."""
    found = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script),
         f"http://127.0.0.1:{port}"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    told = next(line for line in found.splitlines() if line.startswith("ANSWERS")).split()
    if told[3] != "0":
        raise SystemExit(f"{told[3]} answers were wrong")
    return int(told[1])


def measure(side: str, script: Path, seconds: int) -> float:
    """Give answers per second of the server's processor time."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        process = context.Process(target=serve, args=(side, folder, theirs))
        process.start()
        port = ours.recv()
        load(port, script, 1)
        ours.send("time")
        before = ours.recv()
        answers = load(port, script, seconds)
        ours.send("time")
        spent = ours.recv() - before
        ours.send("stop")
        process.join(5)
        process.kill()
    return answers / spent


def scripts(folder: Path) -> dict[str, Path]:
    """Write the requests and what wrk does with them."""
    asked = requests_of(work())
    batches = [
        {"evaluations": asked[start : start + BATCH]} for start in range(0, len(asked), BATCH)
    ]
    found = {}
    for name, bodies, path in (
        ("single", asked, "/access/v1/evaluation"),
        ("batch", batches, "/access/v1/evaluations"),
    ):
        file = folder / f"{name}.jsonl"
        file.write_text("".join(json.dumps(each) + "\n" for each in bodies))
        script = folder / f"{name}.lua"
        script.write_text(LUA.format(file=file, path=path, at=0))
        found[name] = script
    return found


def right() -> None:
    """Hold every answer against the neutral evaluator before anything is timed."""
    task = work()
    point = point_of(task)
    for asked, expected in zip(requests_of(task), task.expected, strict=True):
        question = question_of(EVALUATION.decode(json.dumps(asked)))
        if point.decide(question).allowed is not expected:
            raise SystemExit(f"wrong answer to {asked}")


def in_process(*, log: bool) -> float:
    """Give microseconds of processor time of one decision, bytes in to bytes out."""
    bodies = [json.dumps(each).encode() for each in requests_of(work())]
    with tempfile.TemporaryDirectory() as folder:
        kept = DecisionLog(Path(folder)) if log else None
        point = point_of(work(), kept)
        best = []
        for _ in range(9):
            began = time.process_time()
            for body in bodies:
                evaluation_hot(point, body, "r-1")
            if kept is not None:
                kept.flush()
            best.append((time.process_time() - began) / len(bodies) * 1e6)
        if kept is not None:
            kept.close()
    return statistics.median(best)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed (apt install wrk)")
    right()
    with tempfile.TemporaryDirectory() as folder:
        told = scripts(Path(folder))
        sides: dict[str, Callable[[], float]] = {
            "null": lambda: measure("null", told["single"], args.seconds),
            "evaluation": lambda: measure("evaluation", told["single"], args.seconds),
            "audited": lambda: measure("audited", told["single"], args.seconds),
            "batch": lambda: measure("evaluation", told["batch"], args.seconds) * BATCH,
        }
        seen: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(args.rounds):
            for name, run in sides.items():
                seen[name].append(run())
    rates = {name: statistics.median(values) for name, values in seen.items()}
    plain, audited = in_process(log=False), in_process(log=True)
    figures = {
        "per_cpu_second": {name: round(rate) for name, rate in rates.items()},
        "evaluation_of_null": round(rates["evaluation"] / rates["null"], 3),
        "target_of_null": TARGET_SHARE,
        "in_process_us": {"plain": round(plain, 2), "audited": round(audited, 2)},
        "audit_adds_us": round(audited - plain, 2),
        "target_audit_us": TARGET_AUDIT_US,
        "cpu": os.cpu_count(),
    }
    if args.json:
        print(json.dumps(figures, indent=2))
        return
    for name, rate in rates.items():
        print(f"{name:<12} {rate:>10,.0f} decisions per CPU second of the server")
    print(f"evaluation is {figures['evaluation_of_null']:.0%} of null (target {TARGET_SHARE:.0%})")
    print(f"in process: {plain:.2f} us, audited {audited:.2f} us: {audited - plain:+.2f} us")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

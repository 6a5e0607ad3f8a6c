"""A streaming enforcement point between a simulated application and a simulated decision point."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

from panshi.pep.streaming.configuration import read_enforcement
from panshi.pep.streaming.serving import start
from tests.simulators.application import SimulatedApplication
from tests.simulators.decision_point import SimulatedDecisionPoint
from tests.simulators.patience import PATIENCE

SECRET = "c" * 32


class Enforced:
    """Everything a test touches."""

    def __init__(self, point, application, running):
        self.point = point
        self.application = application
        self.running = running

    @property
    def web(self):
        return self.running.ports["web"]

    @property
    def raw(self):
        return self.running.ports["raw"]

    async def http(self, raw: bytes, *, port=None):
        reader, writer = await asyncio.open_connection("127.0.0.1", port or self.web)
        writer.write(raw)
        return reader, writer

    async def get(self, path="/app/x", *, credential=SECRET, extra="", method="GET", body=b""):
        cookie = f"Cookie: theme=dark; panshi_zt={credential}\r\n" if credential else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: app.test\r\n{cookie}{extra}\r\n"
        reader, writer = await self.http(head.encode() + body)
        try:
            return await asyncio.wait_for(reader.read(), PATIENCE)
        finally:
            writer.close()

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 -- what is waited for is told by nobody
                await asyncio.sleep(0.005)


@asynccontextmanager
async def enforced(folder: Path, *, grace_s=10, narrowing="close", limits="{}"):
    point, application = SimulatedDecisionPoint(), SimulatedApplication()
    await point.start()
    await application.start()
    file = folder / "enforce.yaml"
    up = f"upstream: http://127.0.0.1:{application.port}"
    rest = f"{up}, grace_s: {grace_s}, narrowing: {narrowing}"
    file.write_text(
        f"""
name: pep-1
decision_point: http://127.0.0.1:{point.port}
web:
  - name: web
    bind: 127.0.0.1:0
    routes:
      - {{host: app.test, path: /app/**, system: app, actions: {{GET: read, POST: write}}, {rest}}}
      - {{host: app.test, path: /events, system: app, actions: {{GET: read}}, {rest}}}
      - {{host: app.test, path: /slow, system: app, actions: {{GET: read}}, {rest}}}
      - {{host: app.test, path: /ws, system: app, actions: {{GET: connect}}, {rest}}}
tcp:
  - name: raw
    bind: 127.0.0.1:0
    proof: preamble
    system: core
    grace_s: {grace_s}
    narrowing: {narrowing}
    upstream: tcp://127.0.0.1:{application.tcp_port}
{"limits: " + limits if limits != "{}" else ""}
""",
        "utf-8",
    )
    running = await start(read_enforcement(file))
    world = Enforced(point, application, running)
    try:
        await world.until(lambda: running.enforcer.up)
        yield world
    finally:
        await running.stop()
        await application.stop()
        await point.stop()

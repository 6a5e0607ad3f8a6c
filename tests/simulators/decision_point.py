"""A decision point that does what a test tells it: allows, denies, orders, falls silent, dies.

It speaks through the real server of `panshi.pdp`, so that only the judgement is simulated.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

from panshi.pdp.http import HttpAnswer, PdpRoute, Stream, json_answer
from panshi.pdp.server import Server


class SimulatedDecisionPoint:
    """Grants by credential; everything it was asked and told is kept."""

    def __init__(self):
        self.grants = {}
        self.asked = []
        self.closed = []
        self.epoch = 0
        self.confirmed = 0
        self.port = 0
        self.silent = False
        self.answers = asyncio.Event()
        self.answers.set()
        self.subscribed = 0
        self.after = []
        self._orders = []
        self._wakes = set()
        self._server = None

    def allow(self, credential, session, *, user="amy", system=None):
        self.grants[credential] = (session, user, system)

    def forbid(self, credential):
        self.grants.pop(credential, None)

    async def start(self, port=0):
        routes = (
            PdpRoute(method="POST", path="/zt/v1/ask", handler=self._ask, scope=""),
            PdpRoute(method="GET", path="/zt/v1/orders", handler=self._listen, scope=""),
            PdpRoute(method="DELETE", path="/zt/v1/accesses/", handler=self._closed, scope=""),
            PdpRoute(method="POST", path="/zt/v1/orders/confirm", handler=self._confirm, scope=""),
        )
        self._server = Server(self, routes)
        self.port = await self._server.listen("127.0.0.1", port)

    async def stop(self):
        self._wake()
        await self._server.stop(grace=0.05)

    def order(self, kind, *, session="", access=None, cause="signal", detail=""):
        self.epoch += 1
        told = {"epoch": self.epoch, "kind": kind, "session": session, "access": access}
        told |= {"cause": cause, "detail": detail, "reason_zh": "收回", "reason_en": "taken back"}
        self._orders.append(told)
        self._wake()

    def _wake(self):
        for each in self._wakes:
            each.set()

    async def _ask(self, _point, request):
        asked = json.loads(request.body)
        self.asked.append(asked)
        await self.answers.wait()
        grant = self.grants.get(asked.get("session") or asked.get("certificate"))
        if grant is None:
            return json_answer(
                {"outcome": "sign-in", "headers": {"www-authenticate": 'Bearer realm="panshi"'}}
            )
        session, user, system = grant
        if system is not None and system != asked["system"]:
            return json_answer({"outcome": "denied", "reason_zh": "不行", "reason_en": "No."})
        return json_answer(
            {"outcome": "allowed", "session": session, "headers": {"x-panshi-user": user}}
        )

    def _listen(self, _point, request):
        after = int(dict(part.split("=") for part in request.query.split("&"))["after"])
        self.after.append(after)
        return Stream(pieces=self._pieces(after))

    async def _pieces(self, seen) -> AsyncIterator[bytes]:
        wake = asyncio.Event()
        self._wakes.add(wake)
        self.subscribed += 1
        try:
            while True:
                wake.clear()
                if not self.silent:
                    orders = [each for each in self._orders if each["epoch"] > seen]
                    seen = orders[-1]["epoch"] if orders else seen
                    lines = orders or [{"kind": "heartbeat", "epoch": self.epoch}]
                    yield b"".join(json.dumps(each).encode() + b"\n" for each in lines)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), 0.3)
        finally:
            self._wakes.discard(wake)

    def _closed(self, _point, request):
        self.closed.append(request.path.rpartition("/")[2])
        return HttpAnswer(status=204)

    def _confirm(self, _point, request):
        self.confirmed = json.loads(request.body)["epoch"]
        return json_answer({})

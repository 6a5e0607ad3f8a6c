"""A decision point with a home, live sessions and shared signals, in the loop of the test."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time

from panshi.node.zero_trust.signal_actions import signal_actions
from panshi.node.zero_trust.ssf_client import Peer, call
from panshi.node.zero_trust.trust_content import trust_model
from panshi.pdp.live.deciding import attach
from panshi.pdp.live.registry import Live
from panshi.pdp.live.running import run
from panshi.pdp.point import DecisionPoint
from panshi.pdp.server import Server
from panshi.pdp.shared_signals.hub import Hub, install
from panshi.pdp.shared_signals.rounds import Rounds
from panshi.pdp.shared_signals.routes import ROUTES
from panshi.protection.cedar import EntityStore, Uid, compile_policies
from panshi.protection.zero_trust.sessions.nouns import Access, Session
from panshi.store.signal_rows import FeedRow
from panshi.store.signal_streams import SignalStreams
from tests.simulators.patience import PATIENCE
from tests.simulators.running_point import ENTITIES, POLICIES
from tests.simulators.transmitter import AUDIENCE, ISSUER, jwks

PLAIN = Peer(plain_http=True)


class SignalledPoint:
    """Start it with a clock of its own, sign people in, push tokens at it."""

    def __init__(self, home, *, now: float | None = None):
        self.home = home
        self.offset = 0.0 if now is None else now - time.time()
        self.live = Live(model=trust_model(), clock=self.clock)
        self.point = DecisionPoint(
            policies=compile_policies(POLICIES, source="test.cedar"),
            entities=EntityStore.from_json(ENTITIES),
            clock=self.clock,
            live=self.live,
        )
        attach(self.live, self.point)
        self.store = SignalStreams(home)
        self.hub = Hub(
            home=home,
            store=self.store,
            actions=signal_actions(),
            point=self.point,
            live=self.live,
            clock=self.clock,
        )
        install(self.point, self.hub)
        self.rounds = Rounds(self.hub)
        self.server = Server(self.point, ROUTES)
        self.port = 0
        self._beside: list[asyncio.Task] = []

    def clock(self) -> float:
        return time.time() + self.offset

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self):
        self.port = await self.server.listen("127.0.0.1", 0)
        return self

    async def __aexit__(self, *_):
        for task in self._beside:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.server.stop(grace=0.1)
        self.store.__exit__()

    def go_on(self):
        """Let time pass for its feeds, its streams and its sessions."""
        loop = asyncio.get_running_loop()
        self._beside += [loop.create_task(self.rounds.run()), loop.create_task(run(self.live))]

    def feed(self, name="idp", *algorithms, **changes) -> FeedRow:
        """Set a push feed up by hand, with the simulated transmitter's keys."""
        row = FeedRow(
            **(
                {
                    "name": name,
                    "issuer": ISSUER,
                    "audience": (AUDIENCE,),
                    "method": "push",
                    "algorithms": ("RS256", "PS256", "ES256", "Ed25519", "EdDSA"),
                    "interval_s": 60.0,
                    "created_at": self.clock(),
                    "created_by": "test",
                    "families": ("device.compliance",),
                    "domains": ("bank.example",),
                    "jwks": json.dumps(jwks(*algorithms)),
                }
                | changes
            )
        )
        self.store.keep_feed(row)
        self.hub.reload()
        return row

    def sign_in(self, user, id_=None, **changes) -> str:
        """Establish a session and let it open one access."""
        session = Session(
            **(
                {
                    "id": id_ or f"s-{user}",
                    "user": Uid("User", user),
                    "assurance": 3,
                    "authenticators": ("hwk",),
                    "established_at": self.clock(),
                    "expires_at": self.clock() + 3_600,
                }
                | changes
            )
        )
        self.live.establish(session)
        access = Access(
            id=f"a-{session.id}",
            session=session.id,
            action=Uid("Action", "read"),
            resource=Uid("System", "wiki"),
            pep="p1",
            opened_at=self.clock(),
        )
        assert self.live.open(access).allowed
        return session.id

    async def push(self, raw: str, feed="idp", **headers):
        """Push one token; gives status, headers, body."""
        given = {"Content-Type": "application/secevent+jwt"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        reply = await call(
            "POST", f"{self.url}/ssf/v1/events/{feed}", PLAIN, body=raw.encode(), headers=given
        )
        return reply.status, reply.headers, json.loads(reply.body) if reply.body else None

    async def ask(self, method, path, body=None, *, token="", headers=None):
        """Ask anything; gives status, headers and JSON."""
        peer = Peer(plain_http=True, authorization=f"Bearer {token}" if token else "")
        raw = b"" if body is None else json.dumps(body).encode()
        reply = await call(
            method,
            self.url + path,
            peer,
            body=raw,
            headers={"Content-Type": "application/json", **(headers or {})},
        )
        return reply.status, reply.headers, json.loads(reply.body) if reply.body else None


async def until(what, wait_s=PATIENCE):
    """Wait until something is so."""
    end = asyncio.get_running_loop().time() + wait_s
    while not (found := what()):
        assert asyncio.get_running_loop().time() < end, "it did not happen in time"
        await asyncio.sleep(0.02)
    return found

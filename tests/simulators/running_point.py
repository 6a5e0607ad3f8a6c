"""A real decision point in a thread of its own, with live sessions and the questions of proxies.

What stands around is a test; nothing inside is simulated.
"""

import asyncio
import http.client
import json
import secrets
import threading
import time
from contextlib import AsyncExitStack

from panshi.node.zero_trust.trust_content import trust_model
from panshi.pdp import ask, attest, ext_authz_grpc, ext_authz_http, forward_auth, live
from panshi.pdp.gate import OpenGate
from panshi.pdp.live.deciding import attach
from panshi.pdp.live.registry import Live
from panshi.pdp.live.running import run
from panshi.pdp.point import DecisionPoint
from panshi.pdp.server import Server
from panshi.pdp.settings import Settings
from panshi.pdp.shared_signals import routes as shared_signals
from panshi.pdp.shared_signals import starting
from panshi.protection.cedar import EntityStore, compile_policies
from panshi.protection.zero_trust.enforcement.credential import session_id_of
from panshi.protection.zero_trust.enforcement.routes import Route, RouteTable
from tests.simulators.patience import PATIENCE

POLICIES = """
@id("use") permit (principal, action in [Action::"connect", Action::"read"], resource)
when { principal in resource.users && context.session has assurance &&
       context.session.assurance >= 2 };
@id("write") permit (principal, action == Action::"write", resource)
when { principal in resource.users && context.session has assurance &&
       context.session.assurance >= 2 };
@id("disabled") @obligation("terminate") @reason_zh("帳號已停用。") @reason_en("Disabled.")
forbid (principal, action, resource) unless { principal has enabled && principal.enabled };
@id("stronger") @obligation("step-up:aal3") @reason_zh("請以更強的方式登入。")
@reason_en("Sign in more strongly.")
forbid (principal, action == Action::"write", resource)
unless { context.session has assurance && context.session.assurance >= 3 };
@id("unfit") @reason_zh("設備不符規定。") @reason_en("The device is out of compliance.")
forbid (principal, action, resource == System::"payments")
when { context.device has compliant && !context.device.compliant };
"""


def user(name, *, enabled=True, team="staff"):
    return {
        "uid": {"type": "User", "id": name},
        "attrs": {"enabled": enabled},
        "parents": [{"type": "Team", "id": team}],
    }


def system(name, team="staff"):
    attrs = {"users": {"__entity": {"type": "Team", "id": team}}}
    return {"uid": {"type": "System", "id": name}, "attrs": attrs, "parents": []}


ENTITIES = [
    {"uid": {"type": "Team", "id": "staff"}, "attrs": {}, "parents": []},
    *(user(each) for each in ("amy", "bob", "cho", "dan")),
    user("gone", enabled=False),
    user("spiffe://bank.test/ledger"),
    *(system(each) for each in ("payments", "wiki", "core")),
    system("vault", team="nobody"),
]


def table(*hosts):
    actions = {"GET": "read", "HEAD": "read", "POST": "write"}
    paths = {"/pay/**": "payments", "/wiki/**": "wiki", "/vault/**": "vault"}
    return RouteTable(
        Route(host=host, path=path, system=name, actions=actions)
        for host in hosts or ("*",)
        for path, name in paths.items()
    )


class RunningPoint:
    """Start it, sign people in, say things about them, stop it."""

    def __init__(
        self, *, policies=POLICIES, entities=ENTITIES, settings=None, gate=None, home=None
    ):
        live_now = Live(model=trust_model(), clock=time.time)
        self.point = DecisionPoint(
            policies=compile_policies(policies, source="test.cedar"),
            entities=EntityStore.from_json(entities),
            clock=time.time,
            live=live_now,
            settings=settings or Settings(table=table()),
        )
        attach(live_now, self.point)
        self.gate = gate
        self.home = home
        self.hub = None
        self.port = self.grpc_port = 0
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        assert self._up.wait(PATIENCE)
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(PATIENCE)

    def _run(self):
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def _serve(self):
        routes = (*live.ROUTES, *ask.ROUTES, *forward_auth.ROUTES, *ext_authz_http.ROUTES)
        gate = self.gate or OpenGate()
        async with AsyncExitStack() as beside:
            if self.home is not None:
                routes += (*shared_signals.ROUTES, *attest.ROUTES)
                attest.install(self.point, attest.Attesting(home=self.home))
                hub = starting.shared_signals(self.point, self.home, self.point.live)
                self.hub = await beside.enter_async_context(hub)
            await self._listen(routes, gate)

    async def _listen(self, routes, gate):
        server = Server(self.point, routes, gate=gate)
        self.port = await server.listen("127.0.0.1", self.port)
        rpc, self.grpc_port = await ext_authz_grpc.listen(
            self.point, gate, f"127.0.0.1:{self.grpc_port}"
        )
        beside = self._loop.create_task(run(self.point.live))
        self._up.set()
        await self._stop.wait()
        beside.cancel()
        await rpc.stop(0)
        await server.stop(grace=0.2)

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        raw = None if body is None else json.dumps(body)
        given = {"Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, raw, given)
        answer = connection.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return found

    def sign_in(self, name, *, assurance=2, device=None, credential=None, secret=None):
        """Establish a session; gives the secret its cookie carries."""
        secret = secret or secrets.token_urlsafe(24)
        body = {
            "id": session_id_of(secret),
            "user": {"type": "User", "id": name},
            "assurance": assurance,
            "authenticators": ["hwk"],
        }
        body |= {"device": device} if device else {}
        body |= {"credential": credential} if credential else {}
        status, _, told = self.ask("POST", "/zt/v1/sessions", body)
        assert status == 200, told
        return secret

    def within(self, work):
        """Do something inside the decision point's own loop."""
        done = threading.Event()

        def whole():
            work(self.point)
            done.set()

        self._loop.call_soon_threadsafe(whole)
        assert done.wait(PATIENCE)

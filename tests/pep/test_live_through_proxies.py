"""Open streams through real nginx and real Envoy: each change cuts the right ones and no others.

Three streams each of four people: a WebSocket through nginx (auth_request) to payments, events
through Envoy (ext_authz by gRPC) to the wiki, and TCP through Envoy to the core. All end in the
streaming enforcement point, which runs as a process of its own.
"""

import asyncio
import http.client
import json
import subprocess
import sys
import time
from base64 import b64decode, b64encode

import pytest
import websockets

from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.zero_trust.devices import approve, set_references
from panshi.pdp.settings import Settings
from panshi.protection.cedar import compile_policies
from panshi.protection.zero_trust.enforcement.routes import Route, RouteTable
from panshi.store.signal_rows import FeedRow
from tests.simulators.application import SimulatedApplication
from tests.simulators.patience import PATIENCE
from tests.simulators.proxies import proxy
from tests.simulators.running_point import POLICIES, RunningPoint
from tests.simulators.tpm import extend, missing, software_tpm
from tests.simulators.transmitter import AUDIENCE, CAEP, ISSUER, RISC, claims, jwks, signed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=f"{missing()} is not on this machine"),
]
DEVICE = "device:nb-1"
PEOPLE = ("amy", "bob", "cho", "dan")
STREAMS = ("payments", "wiki", "core")
SIGNALS = """
@id("unattested") @obligation("terminate") forbid (principal, action, resource)
when { context.device has attested && !context.device.attested };
@id("lost") @reason_zh("訊號中斷。") @reason_en("Signals are lost.")
forbid (principal, action, resource == System::"payments")
when { context.signals.missing.contains("behaviour.rate") ||
       context.signals.stale.contains("behaviour.rate") };
"""


class Stream:
    """One open stream and the way to find out whether it still is."""

    def __init__(self, reader=None, writer=None, socket=None):
        self.reader, self.writer, self.socket = reader, writer, socket

    async def alive(self):
        if self.socket is not None:
            await self.socket.send("ping")
            assert await asyncio.wait_for(self.socket.recv(), PATIENCE) == "ping"
        elif self.writer is not None:
            self.writer.write(b"ping")
            assert await asyncio.wait_for(self.reader.readexactly(4), PATIENCE) == b"ping"
        else:
            assert await asyncio.wait_for(self.reader.readuntil(b"\n\n"), PATIENCE)

    async def ended(self):
        if self.socket is not None:
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(self.socket.recv(), PATIENCE)
            return closed.value.rcvd.reason if closed.value.rcvd else ""
        try:
            if self.writer is None:  # Envoy keeps its client's connection; the answer ends
                return await asyncio.wait_for(self.reader.readuntil(b"\r\n0\r\n\r\n"), PATIENCE)
            return await asyncio.wait_for(self.reader.read(), PATIENCE)
        except ConnectionResetError:
            return b""


class World:
    """Everything that runs, and what is open."""

    def __init__(self, point, nginx, envoy, envoy_tcp):
        self.point, self.nginx, self.envoy, self.envoy_tcp = point, nginx, envoy, envoy_tcp
        self.secrets, self.streams = {}, {}

    async def open_all(self):
        for each in PEOPLE:
            device = DEVICE if each == "amy" else f"laptop-{each}"
            secret = await asyncio.to_thread(self.point.sign_in, each, device=device, assurance=2)
            self.secrets[each] = secret
            self.streams[each, "payments"] = await self._websocket(secret)
            self.streams[each, "wiki"] = await self._events(secret)
            self.streams[each, "core"] = await self._tcp(secret)
        await self.only_ended(set())

    async def _websocket(self, secret):
        socket = await websockets.connect(
            f"ws://pay.test:{self.nginx}/live/pay/ws", host="127.0.0.1", port=self.nginx,
            additional_headers={"Cookie": f"panshi_zt={secret}"}, proxy=None,
        )  # fmt: skip
        return Stream(socket=socket)

    async def _events(self, secret):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.envoy)
        writer.write(
            b"GET /live/wiki/events HTTP/1.1\r\nHost: wiki.test\r\nAccept: text/event-stream\r\n"
            b"Cookie: panshi_zt=" + secret.encode() + b"\r\n\r\n"
        )
        assert b" 200 OK" in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        stream = Stream(reader=reader)
        stream.kept = writer
        return stream

    async def _tcp(self, secret):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.envoy_tcp)
        writer.write(f"PANSHI-ZT/1 {secret}\n".encode())
        return Stream(reader=reader, writer=writer)

    async def tell(self, method, path, body=None):
        status, _, told = await asyncio.to_thread(self.point.ask, method, path, body)
        assert status == 200, told
        return json.loads(told)

    async def token(self, event, user):
        """Push a security event token, as the identity provider would (RFC 8935)."""
        said = claims(event, iat=int(time.time()), jti=f"{user}-{time.time_ns()}")
        said["sub_id"] = {"format": "email", "email": f"{user}@bank.example"}
        status, _, told = await asyncio.to_thread(self._push, signed(said))
        assert status == 202, told

    def _push(self, raw):
        connection = http.client.HTTPConnection("127.0.0.1", self.point.port, timeout=PATIENCE)
        connection.request(
            "POST", "/ssf/v1/events/idp", raw, {"Content-Type": "application/secevent+jwt"}
        )
        answer = connection.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return found

    async def only_ended(self, expected):
        """Exactly these have ended, and every other one still carries what is sent."""
        reasons = {}
        for name in expected:
            reasons[name] = await self.streams.pop(name).ended()
        for stream in self.streams.values():
            await stream.alive()
        return reasons


class Device:
    """Amy's device with a real TPM, as `panshi zt attest` would drive it."""

    def __init__(self, node, tpm, point):
        self.node, self.tpm, self.point = node, tpm, point

    def post(self, step, body=None):
        status, _, told = self.point.ask("POST", f"/zt/v1/devices/{DEVICE}/{step}", body or {})
        assert status == 200, told
        return json.loads(told)

    def enrol(self):
        keys = self.tpm.keys()
        made = self.post(
            "enrol", {"endorsement": text(keys.endorsement), "attestation": text(keys.attestation)}
        )
        secret = self.tpm.activate(b64decode(made["credential"]))
        assert self.post("activate", {"secret": text(secret)})["proven"]
        approve(self.node, DEVICE, actor="chen")
        first = self.attest()
        set_references(
            self.node, f"device:{DEVICE}", first["values"], actor="chen", source="first boot"
        )
        assert self.attest()["outcome"] == "attested"

    def attest(self):
        asked = self.post("challenge")
        ((bank, registers),) = asked["selection"].items()
        made = self.tpm.quote(b64decode(asked["nonce"]), f"{bank}:{','.join(map(str, registers))}")
        parts = {"quote": made.quote, "signature": made.signature, "values": made.values}
        return self.post("quote", {name: text(each) for name, each in parts.items()})


def text(raw):
    return b64encode(raw).decode()


def feed(point):
    """Listen to an identity provider whose keys are known."""
    row = FeedRow(
        name="idp", issuer=ISSUER, audience=(AUDIENCE,), method="push", algorithms=("RS256",),
        interval_s=3600.0, created_at=time.time(), created_by="test",
        families=("device.compliance",), domains=("bank.example",), jwks=json.dumps(jwks()),
    )  # fmt: skip
    point.hub.store.keep_feed(row)
    point.hub.reload()


def of(*people, streams=STREAMS):
    return {(each, stream) for each in people for stream in streams}


async def enforcing(file):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "panshi", "zt", "enforce", str(file), "--json",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        raw = b""
        while not raw.endswith(b"\n}\n"):
            line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
            assert line, (await process.stderr.read()).decode()
            raw += line
        return process, json.loads(raw)["listeners"]
    except BaseException:
        process.kill()
        raise


def settings():
    actions = {"GET": "connect"}
    return Settings(
        table=RouteTable(
            Route(host="*", path=f"/live/{path}/**", system=name, actions=actions)
            for path, name in (("pay", "payments"), ("wiki", "wiki"))
        )
    )


def configuration(point, application):
    up = f"upstream: http://127.0.0.1:{application.port}, grace_s: 1"
    return f"""
name: pep-1
decision_point: http://127.0.0.1:{point.port}
web:
  - name: web
    bind: 127.0.0.1:0
    trusted_proxies: [127.0.0.1]
    routes:
      - {{path: /live/pay/**, system: payments, actions: {{GET: connect}}, {up}}}
      - {{path: /live/wiki/**, system: wiki, actions: {{GET: connect}}, {up}}}
tcp:
  - name: raw
    bind: 127.0.0.1:0
    proof: preamble
    system: core
    upstream: tcp://127.0.0.1:{application.tcp_port}
    grace_s: 1
"""


async def whole(folder, test):
    application = SimulatedApplication()
    await application.start()
    with (
        software_tpm() as tpm,
        Node.open(Home(path=folder / "home")) as node,
        RunningPoint(
            policies=POLICIES + SIGNALS, settings=settings(), home=node.home.path
        ) as point,
    ):
        point.within(lambda _point: feed(point))
        device = Device(node, tpm, point)
        await asyncio.to_thread(device.enrol)
        file = folder / "enforce.yaml"
        file.write_text(configuration(point, application), "utf-8")
        process, ports = await enforcing(file)
        inner = {8430: point.port, 8431: point.grpc_port, 8440: ports["web"], 8441: ports["raw"]}
        try:
            with (
                proxy("nginx", folder, inner) as (nginx, _),
                proxy("envoy", folder, inner) as (envoy, envoy_tcp),
            ):
                world = World(point, nginx, envoy, envoy_tcp)
                await world.open_all()
                await test(world, device)
        finally:
            process.terminate()
            await process.wait()
            await application.stop()


def test_each_change_reaches_the_right_streams_and_no_others(tmp_path):
    async def test(world, device):
        # The boot of a device changes and its TPM says so: everything of its holder ends
        await asyncio.to_thread(extend, device.tpm, 4, bytes([7] * 32))
        assert (await asyncio.to_thread(device.attest))["outcome"] == "failed"
        reasons = await world.only_ended(of("amy"))
        assert b"event: panshi-closed" in reasons["amy", "wiki"]

        # A session is stolen and its provider revokes it (CAEP): that session ends
        await world.token(CAEP + "session-revoked", "bob")
        reasons = await world.only_ended(of("bob"))
        assert reasons["bob", "payments"].startswith("session_revoked")

        # A feed of signals falls silent: what depends on it is narrowed away, the rest stays
        feed = {"source": "ueba", "families": ["behaviour.rate"], "interval_s": 0.3}
        await world.tell("POST", "/zt/v1/feeds", feed)
        await world.only_ended(of("cho", "dan", streams=("payments",)))

        # The feed comes back: the payments of one may be opened again
        await world.tell("POST", "/zt/v1/feeds", feed | {"interval_s": 3600})
        world.streams["dan", "payments"] = await world._websocket(world.secrets["dan"])
        await world.only_ended(set())

        # An employee leaves and the account is disabled (RISC)
        await world.token(RISC + "account-disabled", "cho")
        await world.only_ended(of("cho", streams=("wiki", "core")))

        # The policy changes: nobody may use the core
        closed = '@id("core") forbid (principal, action, resource == System::"core");'
        changed = compile_policies(POLICIES + SIGNALS + closed, source="changed.cedar")
        world.point.within(lambda point: point.replace_policies(changed, "2"))
        await world.only_ended(of("dan", streams=("core",)))

        # The decision point goes away: after the grace nothing stays open
        began = time.monotonic()
        await asyncio.to_thread(world.point.stop)
        await world.only_ended(of("dan", streams=("payments", "wiki")))
        assert time.monotonic() - began < PATIENCE

    asyncio.run(whole(tmp_path, test))

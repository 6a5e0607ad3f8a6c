"""A device with a real TPM enrols and attests over HTTP; a failed quote cuts its sessions."""

import asyncio
import time
from base64 import b64decode, b64encode
from contextlib import asynccontextmanager

import pytest

from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.zero_trust.devices import (
    approve,
    endorsement_name,
    revoke,
    row_named,
    set_references,
)
from panshi.node.zero_trust.trust_content import trust_model
from panshi.pdp import attest
from panshi.pdp.gate import OpenGate
from panshi.pdp.live.deciding import attach
from panshi.pdp.live.registry import Live
from panshi.pdp.point import DecisionPoint
from panshi.pdp.server import Server
from panshi.pep.asking import Address, Channel
from panshi.protection.cedar import EntityStore, Uid, compile_policies
from panshi.protection.zero_trust.sessions.nouns import Access, AccessKind, Session
from tests.simulators.tpm import extend, missing, software_tpm

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=f"{missing()} is not installed"),
]
DEVICE = "device:nb-1"
BASE = f"/zt/v1/devices/{DEVICE}/"
POLICIES = """
@id("use") permit (principal, action, resource);
@id("failed") forbid (principal, action, resource)
when { context.device has attested && !context.device.attested };
"""


def text(raw):
    return b64encode(raw).decode()


class World:
    """A decision point with a home, and a device with a TPM."""

    def __init__(self, node, tpm, point, channel):
        self.node, self.tpm, self.point, self.channel = node, tpm, point, channel
        self.told = []
        point.tell = self.told.append

    async def post(self, step, body=None):
        return await self.channel.ask("POST", BASE + step, body if body is not None else {})

    async def enrol(self, *, vouched=True):
        keys = await asyncio.to_thread(self.tpm.keys)
        status, made = await self.post(
            "enrol",
            {"endorsement": text(keys.endorsement), "attestation": text(keys.attestation)},
        )
        assert status == 200, made
        secret = await asyncio.to_thread(self.tpm.activate, b64decode(made["credential"]))
        status, proven = await self.post("activate", {"secret": text(secret)})
        assert (status, proven["proven"]) == (200, True)
        if vouched:
            approve(self.node, DEVICE, actor="chen")

    async def quote(self):
        _, asked = await self.post("challenge")
        ((bank, registers),) = asked["selection"].items()
        chosen = f"{bank}:{','.join(map(str, registers))}"
        made = await asyncio.to_thread(self.tpm.quote, b64decode(asked["nonce"]), chosen)
        return {
            "quote": text(made.quote),
            "signature": text(made.signature),
            "values": text(made.values),
        }

    async def attest(self):
        return await self.post("quote", await self.quote())


@asynccontextmanager
async def running(folder):
    with software_tpm() as tpm, Node.open(Home(path=folder / "home")) as node:
        live = Live(model=trust_model(), clock=time.time)
        point = DecisionPoint(
            policies=compile_policies(POLICIES, source="t.cedar"),
            entities=EntityStore.from_json([]),
            clock=time.time,
            live=live,
        )
        attach(live, point)
        attest.install(point, attest.Attesting(home=node.home.path))
        server = Server(point, attest.ROUTES, gate=OpenGate())
        port = await server.listen("127.0.0.1", 0)
        channel = Channel(Address.of(f"http://127.0.0.1:{port}"))
        try:
            yield World(node, tpm, point, channel)
        finally:
            channel.close()
            await server.stop(0.1)


def play(folder, scene):
    async def whole():
        async with asyncio.timeout(60), running(folder) as world:
            await scene(world)

    asyncio.run(whole())


def reasons(answer):
    return [each["reason"] for each in answer["reasons"]]


def test_a_device_enrols_attests_and_a_changed_boot_cuts_its_sessions_only(tmp_path):
    async def scene(world):
        # Given an enrolled device whose boot was approved, and two people at work
        await world.enrol()
        status, first = await world.attest()
        assert (status, first["outcome"], reasons(first)) == (
            200, "identity_only", ["no_reference_values"],
        )  # fmt: skip
        set_references(
            world.node, f"device:{DEVICE}", first["values"], actor="chen", source="first boot"
        )
        live, now = world.point.live, time.time()
        for name, device in (("amy", DEVICE), ("bob", "device:nb-2")):
            live.establish(
                Session(
                    id=name, user=Uid("User", name), device=device, assurance=3,
                    authenticators=("hwk",), established_at=now, expires_at=now + 3600,
                )
            )  # fmt: skip
            access = Access(
                id=f"{name}-1", session=name, action=Uid("Action", "read"),
                resource=Uid("System", "core"), pep="p", opened_at=now, kind=AccessKind.STREAM,
            )  # fmt: skip
            assert live.open(access).allowed

        # When it attests, all is well
        status, good = await world.attest()
        assert (status, good["outcome"], good["orders"]) == (200, "attested", 0)

        # And when its boot changed, what it has open is closed, and nothing of others
        await asyncio.to_thread(extend, world.tpm, 4, bytes([7] * 32))
        status, bad = await world.attest()
        assert (bad["outcome"], reasons(bad)) == ("failed", ["register_values_not_expected"])
        assert bad["orders"] >= 1
        assert "amy-1" not in live.register.accesses
        assert "bob-1" in live.register.accesses
        assert [each.outcome for each in world.told] == ["identity_only", "attested", "failed"]

    play(tmp_path, scene)


def test_a_replay_finds_no_challenge_and_says_nothing_of_the_device(tmp_path):
    async def scene(world):
        await world.enrol()
        answer = await world.quote()
        assert (await world.post("quote", answer))[0] == 200
        told = len(world.told)

        status, again = await world.post("quote", answer)

        assert (status, reasons(again)) == (409, ["no_open_challenge"])
        assert len(world.told) == told

    play(tmp_path, scene)


def test_an_answer_to_another_challenge_is_a_failure(tmp_path):
    async def scene(world):
        await world.enrol()
        old = await world.quote()
        await world.post("challenge")

        _, answer = await world.post("quote", old)

        assert (answer["outcome"], reasons(answer)) == ("failed", ["nonce_of_another_challenge"])

    play(tmp_path, scene)


def test_nobody_is_known_before_somebody_vouches_nor_after_it_was_revoked(tmp_path):
    async def scene(world):
        await world.enrol(vouched=False)
        assert reasons((await world.attest())[1]) == ["unknown_device"]
        approved = approve(world.node, DEVICE, actor="chen")
        assert endorsement_name(approved).startswith("000b")
        assert (await world.attest())[1]["outcome"] == "identity_only"
        keys = await asyncio.to_thread(world.tpm.keys)
        status, _ = await world.post(
            "enrol",
            {"endorsement": text(keys.endorsement), "attestation": text(keys.attestation)},
        )
        assert status == 403
        revoke(world.node, DEVICE, actor="chen", why="lost")
        assert reasons((await world.attest())[1]) == ["unknown_device"]

    play(tmp_path, scene)


def test_a_wrong_secret_proves_nothing_and_is_tried_once(tmp_path):
    async def scene(world):
        keys = await asyncio.to_thread(world.tpm.keys)
        stated = {"endorsement": text(keys.endorsement), "attestation": text(keys.attestation)}
        _, made = await world.post("enrol", stated)
        assert (await world.post("activate", {"secret": text(bytes(32))}))[0] == 403
        secret = await asyncio.to_thread(world.tpm.activate, b64decode(made["credential"]))
        assert (await world.post("activate", {"secret": text(secret)}))[0] == 403
        assert row_named(world.node.home.path, DEVICE).proven_at is None

    play(tmp_path, scene)


def test_an_endorsement_key_stated_as_attestation_key_is_refused(tmp_path):
    async def scene(world):
        keys = await asyncio.to_thread(world.tpm.keys)
        swapped = {"endorsement": text(keys.attestation), "attestation": text(keys.endorsement)}
        assert (await world.post("enrol", swapped))[0] == 400

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("step", "body", "status"),
    [
        ("enrol", {"endorsement": "!!", "attestation": ""}, 400),
        ("enrol", {"endorsement": "", "attestation": ""}, 400),
        ("quote", {"quote": "", "signature": "", "values": "", "more": 1}, 400),
        ("challenge", {}, 404),
        ("elsewhere", {}, 404),
    ],
)
def test_odd_requests_are_refused(tmp_path, step, body, status):
    async def scene(world):
        assert (await world.post(step, body))[0] == status

    play(tmp_path, scene)

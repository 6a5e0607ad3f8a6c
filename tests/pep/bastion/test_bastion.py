"""The bastion with a real decision point, a real target, asyncssh and OpenSSH as clients."""

import asyncio
import contextlib
import json
import shutil
import stat
import time
from datetime import UTC, datetime, timedelta

import asyncssh
import pytest

from panshi.errors import IntegrityError
from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.estate import Estate
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.zero_trust.grants import Asking, GrantDesk
from panshi.pep.asking import Address, Channel
from panshi.pep.bastion.configuration import BastionSettings, Credential, Person, Target
from panshi.pep.bastion.recording import FOLDER, verified
from panshi.pep.bastion.serving import LIVE, Bastion, host_key
from tests.simulators.patience import PATIENCE
from tests.simulators.running_point import RunningPoint

pytestmark = pytest.mark.slow
POLICIES = """
@id("privileged") permit (principal, action, resource)
when { context.session has assurance && context.session.assurance >= 2 };
@id("failed-device") @reason_zh("設備證明失敗。") @reason_en("The device failed.")
forbid (principal, action, resource)
when { context.device has attested && !context.device.attested };
@id("no-transfer") @reason_zh("不得傳檔。") @reason_en("No files.")
forbid (principal == User::"bob", action == Action::"transfer", resource);
"""
ENTITIES = [
    {"uid": {"type": "User", "id": name}, "attrs": {}, "parents": []} for name in ("amy", "bob")
] + [{"uid": {"type": "System", "id": "system:core"}, "attrs": {}, "parents": []}]


def bank():
    institution = AssetId("institution:b")
    return Estate(
        id="b",
        name_zh="銀行",
        name_en="Bank",
        version=1,
        as_of=datetime(2026, 9, 1, tzinfo=UTC),
        assets=(
            Asset(
                id=institution, kind=AssetKind.INSTITUTION, name="B", attributes={"sector": "bank"}
            ),
            Asset(id=AssetId("system:core"), kind=AssetKind.SYSTEM, name="core"),
        ),
    )


class TargetServer(asyncssh.SSHServer):
    """Takes the bastion's key only."""

    def __init__(self, key):
        self.key = key

    def validate_public_key(self, username, key):
        return username == "dbadmin" and key == self.key

    def public_key_auth_supported(self):
        return True

    def connection_requested(self, *_):
        return True


async def target_process(process):
    if process.command == "fail":
        process.stderr.write(b"no\n")
        process.exit(7)
    elif process.command:
        process.stdout.write(f"ran {process.command}\n".encode())
        process.exit(0)
    else:
        process.stdout.write(b"$ ")
        while line := await process.stdin.readline():
            text = line.strip()
            if text == b"exit":
                break
            if text == b"sudo":
                process.stdout.write(b"Password: ")
                await process.stdin.readline()
            process.stdout.write(b"did " + text + b"\n$ ")
        process.exit(0)


class World:
    """Everything of one test."""

    def __init__(self, folder):
        self.folder = folder
        self.keys = {
            name: asyncssh.generate_private_key("ssh-ed25519") for name in ["amy", "bob", "ca"]
        }
        self.mine = asyncssh.generate_private_key("ssh-ed25519")
        self.theirs = asyncssh.generate_private_key("ssh-ed25519")
        credential = folder / "credential"
        credential.write_bytes(self.mine.export_private_key())
        credential.chmod(0o600)
        self.node = Node.open(Home(path=folder / "home"))
        self.node.commit_estate(bank(), by="test")
        self.credential = credential

    def settings(self, pinned=None, ways=("shell", "exec", "sftp", "forward")):
        def known(name, *methods, device=""):
            public = self.keys[name].convert_to_public()
            line = public.export_public_key().decode().strip()
            return Credential(key=public, line=line, methods=methods, device=device)

        people = (
            Person(name="amy", user="amy", keys=(known("amy", "hwk", "pin", device="nb-1"),)),
            Person(name="bob", user="bob", keys=(known("bob", "hwk", "pin"),)),
        )
        target = Target(
            name="core-db", system="system:core", host="127.0.0.1", port=self.target_port,
            login="dbadmin", credential=self.credential,
            host_key=(pinned or self.theirs).convert_to_public(),
            ways=frozenset(ways), ports=frozenset({self.echo_port}),
        )  # fmt: skip
        return BastionSettings(
            people={each.name: each for each in people},
            authorities=(known("ca", "hwk", "pin"),),
            targets={"core-db": target},
        )

    def grant(self, person="amy", ways=("shell", "exec", "sftp", "forward"), lasts=3600.0):
        asking = Asking(
            system="system:core", for_person=person, ways=ways, ticket="CHG-7",
            lasts=timedelta(seconds=lasts), why="patch the core",
        )  # fmt: skip
        number = GrantDesk(self.node, actor=person).ask(asking)
        GrantDesk(self.node, actor="chen").decide(number, approved=True)
        return number

    def connect(self, name="amy", **options):
        chosen = {"client_keys": [self.keys[name]], "username": f"{name}+core-db"} | options
        trusted = ([self.bastion_key], [], [])
        return asyncssh.connect(
            "127.0.0.1", self.port, known_hosts=trusted, config=None, agent_path=None, **chosen
        )

    def recordings(self):
        return [each.observation.body for each in self.node.log.records("bastion.recording/1")]

    async def sealed(self, count=1):
        async with asyncio.timeout(PATIENCE):
            while len(self.recordings()) < count:  # noqa: ASYNC110 -- told by nobody
                await asyncio.sleep(0.02)
        return self.recordings()

    def shown(self, body):
        lines = (self.node.home.path / FOLDER / body.recording).read_text().splitlines()[1:]
        return "".join(e[2] for e in map(json.loads, lines) if e[1] == "o")


@contextlib.asynccontextmanager
async def running(folder, **options):
    world = World(folder)

    async def echo(reader, writer):
        while data := await reader.read(100):
            writer.write(data.upper())
        writer.close()

    with RunningPoint(policies=POLICIES, entities=ENTITIES) as point:
        upper = await asyncio.start_server(echo, "127.0.0.1", 0)
        world.echo_port = upper.sockets[0].getsockname()[1]
        target = await asyncssh.create_server(
            lambda: TargetServer(world.mine.convert_to_public()), "127.0.0.1", 0,
            server_host_keys=[world.theirs], process_factory=target_process, encoding=None,
            line_editor=False,
        )  # fmt: skip
        with_files = await asyncssh.create_server(
            lambda: TargetServer(world.mine.convert_to_public()), "127.0.0.1", 0,
            server_host_keys=[world.theirs], sftp_factory=True,
        )  # fmt: skip
        world.target_port = (with_files if options.pop("files", False) else target).get_port()
        world.point = point
        bastion = Bastion(
            world.node,
            world.settings(**options),
            Channel(Address.of(f"http://127.0.0.1:{point.port}")),
            clock=time.time,
        )
        acceptor = await bastion.serve("127.0.0.1", 0)
        world.bastion, world.port = bastion, acceptor.get_port()
        world.bastion_key = host_key(world.node.home.path).convert_to_public()
        async with asyncio.timeout(PATIENCE):
            while not bastion.enforcer.up:  # noqa: ASYNC110 -- told by nobody
                await asyncio.sleep(0.02)
        try:
            yield world
        finally:
            acceptor.close()
            await bastion.close()
            for each in (target, with_files, upper):
                each.close()
            world.node.close()


def play(folder, scene, **options):
    async def whole():
        async with asyncio.timeout(3 * PATIENCE), running(folder, **options) as world:
            await scene(world)

    asyncio.run(whole())


def test_without_a_grant_nobody_gets_through_and_is_told_how(tmp_path):
    async def scene(world):
        async with world.connect() as client:
            done = await client.run("id")
        assert done.exit_status == 126
        assert "panshi zt grant request --system system:core --way exec" in done.stderr
        assert not world.recordings()

    play(tmp_path, scene)


def test_a_granted_command_runs_is_recorded_and_sealed(tmp_path):
    async def scene(world):
        number = world.grant()
        async with world.connect() as client:
            done = await client.run("id")
            failed = await client.run("fail")
        assert (done.exit_status, done.stdout) == (0, "ran id\n")
        assert (failed.exit_status, failed.stderr) == (7, "no\n")
        first, second = await world.sealed(2)
        assert (first.grant, first.person, first.way, first.command) == (
            number,
            "amy",
            "exec",
            "id",
        )
        assert (first.assurance, first.ended_by, second.ended_by) == (3, "target", "target")
        path = world.node.home.path / FOLDER / first.recording
        assert verified(path) == (first.chain_head, first.sha256, first.chunks)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert world.shown(first) == "ran id\n"

    play(tmp_path, scene)


def test_a_grant_of_another_person_or_way_lets_nobody_in(tmp_path):
    async def scene(world):
        world.grant("bob", ways=("shell",))
        async with world.connect("amy") as client:
            assert (await client.run("id")).exit_status == 126
        async with world.connect("bob") as client:
            assert (await client.run("id")).exit_status == 126

    play(tmp_path, scene)


def test_a_shell_is_cut_at_once_when_the_device_fails_its_attestation(tmp_path):
    async def scene(world):
        world.grant()
        async with world.connect() as client:
            shell = await client.create_process(term_type="xterm", term_size=(100, 30))
            shell.stdin.write("uptime\n")
            await shell.stdout.readuntil("did uptime")
            live = json.loads((world.node.home.path / LIVE).read_text())
            assert [(each["person"], each["way"]) for each in live] == [("amy", "shell")]

            began = time.monotonic()
            signal = {
                "kind": "device.attestation", "subject": {"kind": "device", "id": "nb-1"},
                "grade": "failed", "source": "attestation",
            }  # fmt: skip
            status = await asyncio.to_thread(
                lambda: world.point.ask("POST", "/zt/v1/signals", {"signals": [signal]})[0]
            )
            assert status == 200
            said = await shell.stderr.read()
            assert time.monotonic() - began < PATIENCE
            assert "設備" in said or "device" in said
        (body,) = await world.sealed()
        assert body.ended_by == "order"
        assert json.loads((world.node.home.path / LIVE).read_text()) == []

    play(tmp_path, scene)


def test_a_shell_ends_when_its_grant_is_taken_back_and_no_other_does(tmp_path):
    async def scene(world):
        number = world.grant("amy")
        world.grant("bob")
        async with world.connect("amy") as one, world.connect("bob") as other:
            mine = await one.create_process(term_type="xterm")
            theirs = await other.create_process(term_type="xterm")
            await mine.stdout.readuntil("$ ")
            await theirs.stdout.readuntil("$ ")

            GrantDesk(world.node, actor="chen").revoke(number, why="incident")

            assert "taken back" in await mine.stderr.read()
            theirs.stdin.write("still\n")
            await theirs.stdout.readuntil("did still")

    play(tmp_path, scene)


def test_a_shell_ends_when_its_time_is_over(tmp_path):
    async def scene(world):
        world.grant(lasts=4)
        async with world.connect() as client:
            shell = await client.create_process(term_type="xterm")
            assert "has ended" in await shell.stderr.read()
        (body,) = await world.sealed()
        assert body.ended_by == "grant"

    play(tmp_path, scene)


def test_what_is_typed_without_echo_is_nowhere_in_the_recording(tmp_path):
    async def scene(world):
        world.grant()
        async with world.connect() as client:
            shell = await client.create_process(term_type="xterm")
            await shell.stdout.readuntil("$ ")
            shell.stdin.write("sudo\n")
            await shell.stdout.readuntil("Password: ")
            shell.stdin.write("hunter2-secret\n")
            await shell.stdout.readuntil("did sudo")
            shell.stdin.write("exit\n")
            await shell.wait_closed()
        (body,) = await world.sealed()
        raw = (world.node.home.path / FOLDER / body.recording).read_text()
        assert "hunter2" not in raw
        assert "Password: " in world.shown(body)
        assert body.bytes_typed == len("sudo\nhunter2-secret\nexit\n")

    play(tmp_path, scene)


def test_a_narrowed_shell_can_be_watched_and_not_typed_into(tmp_path):
    async def scene(world):
        world.grant()
        async with world.connect() as client:
            shell = await client.create_process(term_type="xterm")
            await shell.stdout.readuntil("$ ")
            (way,) = world.bastion.ways
            world.bastion.enforcer.registry.obey(
                {"kind": "narrow", "access": way.access, "reason_zh": "限縮", "epoch": 1}
            )
            await shell.stderr.readuntil("Watching only")
            shell.stdin.write("harm\n")
            await asyncio.sleep(0.3)
            shell.close()
        (body,) = await world.sealed()
        assert "did harm" not in world.shown(body)

    play(tmp_path, scene)


def test_files_pass_and_their_names_are_recorded(tmp_path):
    async def scene(world):
        world.grant()
        there = tmp_path / "there.txt"
        async with world.connect() as client, client.start_sftp_client() as files:
            file = await files.open(str(there), "w")
            await file.write("written")
            await file.close()
        assert there.read_text() == "written"
        (body,) = await world.sealed()
        raw = (world.node.home.path / FOLDER / body.recording).read_text()
        assert f"write {there}" in raw
        assert "written" not in raw

    play(tmp_path, scene, files=True)


def test_policies_decide_beside_the_grant(tmp_path):
    async def scene(world):
        world.grant("bob")
        async with world.connect("bob") as client:
            assert (await client.run("id")).exit_status == 0
            with pytest.raises(asyncssh.Error):
                await client.start_sftp_client()

    play(tmp_path, scene, files=False)


def test_forwarding_reaches_listed_ports_of_the_target_only(tmp_path):
    async def scene(world):
        world.grant()
        async with world.connect() as client:
            reader, writer = await client.open_connection("core-db", world.echo_port)
            writer.write(b"abc")
            assert await reader.read(3) == b"ABC"
            writer.close()
            with pytest.raises(asyncssh.ChannelOpenError):
                await client.open_connection("core-db", world.echo_port + 1)
            with pytest.raises(asyncssh.ChannelOpenError):
                await client.open_connection("10.9.9.9", world.echo_port)

    play(tmp_path, scene)


def test_a_target_with_another_host_key_gets_nothing(tmp_path):
    async def scene(world):
        world.grant()
        async with world.connect() as client:
            done = await client.run("id")
        assert done.exit_status == 126
        assert "cannot be reached" in done.stderr

    play(tmp_path, scene, pinned=asyncssh.generate_private_key("ssh-ed25519"))


def test_strangers_passwords_and_unknown_targets_are_refused(tmp_path):
    async def scene(world):
        stranger = asyncssh.generate_private_key("ssh-ed25519")
        for options in (
            {"client_keys": [stranger]},
            {"username": "amy+elsewhere"},
            {"username": "amy"},
            {"username": "mallory+core-db"},
            {"username": "bob+core-db"},
            {"client_keys": None, "password": "guess"},
        ):
            with pytest.raises(asyncssh.PermissionDenied):
                async with world.connect(**options):
                    pass

    play(tmp_path, scene)


def test_a_certificate_lets_in_its_principal_only(tmp_path):
    async def scene(world):
        world.grant()
        key = asyncssh.generate_private_key("ssh-ed25519")

        def certified(*principals, ca=world.keys["ca"], **times):
            made = ca.generate_user_certificate(key, "t", principals=list(principals), **times)
            return {"client_keys": [(key, made)]}

        async with world.connect(**certified("amy")) as client:
            assert (await client.run("id")).exit_status == 0
        for refused in (
            certified("bob"),
            certified("amy", ca=key),
            certified("amy", valid_before=1),
        ):
            with pytest.raises(asyncssh.PermissionDenied):
                async with world.connect(**refused):
                    pass

    play(tmp_path, scene)


def test_without_a_decision_point_nothing_opens(tmp_path):
    async def scene(world):
        world.grant()
        await asyncio.to_thread(world.point.stop)
        async with world.connect() as client:
            done = await client.run("id")
        assert done.exit_status == 126
        assert "cannot be asked" in done.stderr

    play(tmp_path, scene)


@pytest.mark.skipif(shutil.which("ssh") is None, reason="OpenSSH is not installed")
def test_openssh_gets_through_as_well(tmp_path):
    async def scene(world):
        world.grant()
        key, hosts = tmp_path / "amy", tmp_path / "hosts"
        key.write_bytes(world.keys["amy"].export_private_key())
        key.chmod(0o600)
        line = world.bastion_key.export_public_key().decode().strip()
        hosts.write_text(f"[127.0.0.1]:{world.port} {line}\n")
        options = ("BatchMode=yes", f"UserKnownHostsFile={hosts}", "StrictHostKeyChecking=yes")
        process = await asyncio.create_subprocess_exec(
            "ssh", "-F", "none", "-i", str(key), "-p", str(world.port),
            *(word for each in options for word in ("-o", each)),
            "amy+core-db@127.0.0.1", "uname", "-a",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        assert (process.returncode, out) == (0, b"ran uname -a\n"), err

    play(tmp_path, scene)


def test_a_recording_that_was_touched_is_found_out(tmp_path):
    async def scene(world):
        world.grant()
        async with world.connect() as client:
            await client.run("id")
        (body,) = await world.sealed()
        path = world.node.home.path / FOLDER / body.recording
        path.write_text(path.read_text().replace("ran id", "ran ls"))
        with pytest.raises(IntegrityError, match="broken"):
            verified(path)

    play(tmp_path, scene)

"""The bastion process: it listens, asks, records, and ends what is no longer granted.

Grants are read again whenever the evidence log has grown, twice a second while something is open,
and each way has a timer at its grant's end. A recording's digest is sealed when its way is over.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import asyncssh

from panshi.model.bodies.privileged import BastionRecording
from panshi.node.node import Node
from panshi.node.zero_trust.assurance_content import assurance_table
from panshi.node.zero_trust.grants import granted, grants, seal_recording
from panshi.pep.asking import Channel, Unanswered
from panshi.pep.bastion.configuration import BastionSettings
from panshi.pep.bastion.guarded import GRACE_S, Gatekeeper, Visitor, Way
from panshi.pep.bastion.login import Login
from panshi.pep.bastion.relay import forward
from panshi.pep.bastion.roles import Admitted
from panshi.pep.streaming.enforcer import Enforcer
from panshi.protection.zero_trust.enforcement.credential import session_id_of
from panshi.protection.zero_trust.privileged.grants import GrantState
from panshi.store.place import ready_directory, write_new_file

HOST_KEY = "zero_trust/keys/bastion_ed25519"
LIVE = "zero_trust/bastion.live.json"
LOOKS_EVERY_S = 0.5
NAME = "bastion"
_LOGIN_S = 30


class Bastion:
    """One listening bastion."""

    def __init__(
        self,
        node: Node,
        settings: BastionSettings,
        channel: Channel,
        *,
        clock: Callable[[], float],
        name: str = NAME,
    ) -> None:
        self.node = node
        self.settings = settings
        self.channel = channel
        self.clock = clock
        self.mapping = assurance_table(node.home.path).mapping
        self.enforcer = Enforcer(name, channel, frozenset({GRACE_S}))
        self.gate = Gatekeeper(
            home=node.home.path,
            enforcer=self.enforcer,
            clock=clock,
            granted=lambda person, system, way: granted(
                node, person=person, system=system, way=way
            ),
        )
        self.ways: set[Way] = set()
        self._log_size = -1
        self._tasks: set[asyncio.Task[object]] = set()

    async def serve(self, host: str, port: int) -> asyncssh.SSHAcceptor:
        """Listen, follow the orders and watch the grants until closed."""
        self._spawn(self.enforcer.run())
        self._spawn(self._watch())
        return await asyncssh.create_server(
            lambda: Login(self),
            host,
            port,
            server_host_keys=[host_key(self.node.home.path)],
            encoding=None,
            line_editor=False,
            agent_forwarding=False,
            x11_forwarding=False,
            login_timeout=_LOGIN_S,
            keepalive_interval=30,
            server_version="panshi",
        )

    async def close(self) -> None:
        """End everything that is open, sealed as such."""
        for way in tuple(self.ways):
            way.stop("bastion", "堡壘主機停止服務。 The bastion stops.")
        for _ in range(100):
            if not self.ways:
                break
            await asyncio.sleep(0.02)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.channel.close()

    def leave(self, visitor: Visitor) -> None:
        """End the session of a connection that is gone."""
        self._spawn(self._end(visitor))

    async def _end(self, visitor: Visitor) -> None:
        session = session_id_of(visitor.token)
        with suppress(Unanswered):
            await self.channel.ask("DELETE", f"/zt/v1/sessions/{session}?cause=signed_out")

    def forwarding(self, login: Admitted, port: int) -> Callable[..., Awaitable[None]]:
        """Give the handler of one forwarded connection."""

        async def handle(
            reader: asyncssh.SSHReader[bytes], writer: asyncssh.SSHWriter[bytes]
        ) -> None:
            await forward(self, login, port, reader, writer)

        return handle

    @asynccontextmanager
    async def holding(self, way: Way) -> AsyncIterator[None]:
        """Keep a way among those that are open, with its timer; seal its recording after."""
        loop = asyncio.get_running_loop()
        left = way.grant.asked.ends.timestamp() - self.clock()
        timer = loop.call_later(max(left, 0), self._expired, way)
        self.ways.add(way)
        self._told()
        try:
            yield
        finally:
            timer.cancel()
            self.ways.discard(way)
            self.enforcer.forget(way)
            self._seal(way)
            self._told()

    def _expired(self, way: Way) -> None:
        way.stop("grant", "授權時間已到。 The grant has ended.")

    def _seal(self, way: Way) -> None:
        now, visitor = self.clock(), way.visitor
        total = way.recorder.close(now)
        body = BastionRecording(
            recording=total.name,
            grant=way.grant.number,
            person=visitor.person.name,
            target=visitor.target.name,
            system=visitor.target.system,
            way=way.way,
            command=way.command[:2000],
            address=visitor.address,
            assurance=visitor.assurance,
            began=datetime.fromtimestamp(way.recorder.began, UTC),
            ended=datetime.fromtimestamp(now, UTC),
            ended_by=way.ended_by or "client",
            ended_why=way.ended_why,
            bytes_shown=total.shown,
            bytes_typed=total.typed,
            chunks=total.chunks,
            chain_head=total.head,
            sha256=total.sha256,
        )
        seal_recording(self.node, body)

    async def _watch(self) -> None:
        """Read grants again when the log has grown; end what is idle."""
        while True:
            await asyncio.sleep(LOOKS_EVERY_S)
            if not self.ways:
                continue
            now = self.clock()
            for way in tuple(self.ways):
                way.recorder.flush(now)
                if now - way.used_at > self.settings.idle_s:
                    way.stop("limit", "閒置過久。 Nothing happened for too long.")
            size = self.node.log.size()
            if size != self._log_size:
                self._log_size = size
                self._compare()

    def _compare(self) -> None:
        at = self.node.clock()
        standing = {each.number: each.state(at) for each in grants(self.node)}
        for way in tuple(self.ways):
            if standing.get(way.grant.number) is not GrantState.IN_FORCE:
                way.stop("grant", "授權已撤銷。 The grant was taken back.")

    def _told(self) -> None:
        """Write what is open beside the home's other files, for those who watch."""
        path = self.node.home.path / LIVE
        rows = [
            {
                "access": way.access,
                "person": way.visitor.person.name,
                "target": way.visitor.target.name,
                "system": way.visitor.target.system,
                "way": way.way,
                "grant": way.grant.number,
                "address": way.visitor.address,
                "began": way.recorder.began,
                "recording": way.recorder.path.name,
                "watching": way.watching,
            }
            for way in self.ways
        ]
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text(json.dumps(rows), "utf-8")
        beside.chmod(0o600)
        beside.replace(path)

    def _spawn(self, work: object) -> None:
        task = asyncio.get_running_loop().create_task(work)  # type: ignore[arg-type,var-annotated]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def host_key(home: Path) -> asyncssh.SSHKey:
    """Give the bastion's host key, made once."""
    path = home / HOST_KEY
    ready_directory(path.parent)
    if not path.exists():
        made = asyncssh.generate_private_key("ssh-ed25519")
        with suppress(FileExistsError):
            write_new_file(path, made.export_private_key())
    return asyncssh.read_private_key(str(path))

"""Bytes between a person and a target: shell, one command, SFTP, or a forwarded port.

The bastion signs in to the target with a credential of its own that the person never sees, and to
the one host key that is pinned. Every byte the target shows is recorded before it is passed on.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, cast

import asyncssh

from panshi.errors import ForbiddenError, PanshiError, StoreError
from panshi.pep.bastion.configuration import Target
from panshi.pep.bastion.file_names import FileNames
from panshi.pep.bastion.guarded import Way
from panshi.pep.bastion.roles import Admitted, House

_AT_ONCE = 32 * 1024
_CONNECT_S = 10
_REFUSED = 126
_STDERR = asyncssh.EXTENDED_DATA_STDERR
_PASSED_ON = frozenset({"LANG", "LC_ALL", "LC_CTYPE"})


class Front(asyncssh.SSHServerProcess[bytes]):
    """What one channel of a person is: also SFTP comes as bytes, to be passed on and not served."""

    def __init__(self, bastion: House) -> None:
        super().__init__(lambda front: process(bastion, front), None, 0, allow_scp=False)

    def subsystem_requested(self, subsystem: str) -> bool:
        """Take SFTP only."""
        return subsystem == "sftp"

    def session_started(self) -> None:
        """Begin; asyncssh itself would serve files of this machine."""
        readers = asyncssh.SSHReader[bytes](self, self._chan)
        writers = (asyncssh.SSHWriter[bytes](self, self._chan, each) for each in (None, _STDERR))
        work = self._start_process(readers, *writers)
        if self._conn is not None and work is not None:
            self._conn.create_task(work)


async def connect(target: Target) -> asyncssh.SSHClientConnection:
    """Sign in to a target; only its pinned host key is taken."""
    try:
        if target.credential.stat().st_mode & 0o077:
            raise StoreError("others may read this credential", place=target.credential.name)
        key = asyncssh.read_private_key(str(target.credential))
        return await asyncssh.connect(
            target.host,
            target.port,
            username=target.login,
            client_keys=[key],
            known_hosts=([target.host_key], [], []),
            agent_path=None,
            config=None,
            connect_timeout=_CONNECT_S,
            keepalive_interval=30,
            encoding=None,
        )
    except (OSError, asyncssh.Error, asyncssh.KeyImportError) as error:
        raise ForbiddenError(f"{target.name} cannot be reached: {type(error).__name__}") from error


async def process(bastion: House, front: asyncssh.SSHServerProcess[bytes]) -> None:
    """Serve one shell, command or SFTP session."""
    login = cast("Admitted", front.channel.get_connection().get_owner())
    kind, command = _asked(front)
    try:
        if not kind:
            raise ForbiddenError(f"{front.subsystem} is no way of this bastion")
        way = await bastion.gate.enter(await login.visitor(), kind, command)
    except PanshiError as error:
        _say(front, str(error))
        front.exit(_REFUSED)
        return
    async with bastion.holding(way):
        try:
            await _joined(bastion, way, front)
        except PanshiError as error:
            way.stop("bastion", str(error))
            _say(front, str(error))
            front.exit(_REFUSED)
        except (asyncssh.Error, OSError) as error:
            way.stop("target", type(error).__name__)
            front.exit(_REFUSED)


def _asked(front: asyncssh.SSHServerProcess[bytes]) -> tuple[str, str]:
    if front.subsystem:
        return ("sftp", "") if front.subsystem == "sftp" else ("", "")
    return ("exec", front.command) if front.command else ("shell", "")


async def _joined(bastion: House, way: Way, front: asyncssh.SSHServerProcess[bytes]) -> None:
    async with await connect(way.visitor.target) as back:
        options: dict[str, Any] = {"encoding": None}
        if front.term_type:
            options |= {"term_type": front.term_type, "term_size": front.term_size}
            way.recorder.resize(front.term_size[0], front.term_size[1], bastion.clock())
        if way.way == "sftp":
            options["subsystem"] = "sftp"
        passed = {name: value for name, value in front.env.items() if name in _PASSED_ON}
        there = await back.create_process(way.command or None, env=passed, **options)

        def cut() -> None:
            back.abort()
            front.exit(_REFUSED)

        way.say, way.cut = lambda text: _say(front, text), cut
        if way.over.is_set():  # ended while the target was being reached
            cut()
            return
        typing = asyncio.create_task(_typed(bastion, way, front, there))
        try:
            await asyncio.gather(
                _shown(bastion, way, there.stdout, front.stdout),
                _shown(bastion, way, there.stderr, front.stderr),
            )
            await there.wait_closed()
        finally:
            typing.cancel()
            with suppress(asyncio.CancelledError, asyncssh.Error, OSError):
                await typing
        if not way.ended_by:
            way.ended_by = "target" if there.exit_status is not None else "client"
            front.exit(there.exit_status if there.exit_status is not None else _REFUSED)


async def _typed(
    bastion: House,
    way: Way,
    front: asyncssh.SSHServerProcess[bytes],
    there: asyncssh.SSHClientProcess[bytes],
) -> None:
    """Pass on what is typed, counted and never kept."""
    names = FileNames() if way.way == "sftp" else None
    while not way.ended_by:
        try:
            data = await front.stdin.read(_AT_ONCE)
        except asyncssh.TerminalSizeChanged as size:
            there.change_terminal_size(size.width, size.height, size.pixwidth, size.pixheight)
            way.recorder.resize(size.width, size.height, bastion.clock())
            continue
        except asyncssh.BreakReceived as broken:
            there.send_break(broken.msec)
            continue
        except asyncssh.SignalReceived as signal:
            there.send_signal(signal.signal)
            continue
        if not data:
            there.stdin.write_eof()
            return
        way.used_at = bastion.clock()
        way.recorder.typed += len(data)
        for told in names.feed(data) if names is not None else ():
            way.recorder.note("f", told, way.used_at)
        if not way.watching:
            there.stdin.write(data)
            await there.stdin.drain()


async def _shown(
    bastion: House,
    way: Way,
    there: asyncssh.SSHReader[bytes],
    here: asyncssh.SSHWriter[bytes],
) -> None:
    """Record what is shown, then show it."""
    while not way.ended_by and (data := await there.read(_AT_ONCE)):
        now = way.used_at = bastion.clock()
        if way.way == "sftp":
            way.recorder.shown += len(data)
        else:
            way.recorder.show(data, now)
        if way.recorder.full:
            way.stop("limit", "側錄已達上限。 The recording is full.")
            return
        here.write(data)
        await here.drain()


async def forward(
    bastion: House,
    login: Admitted,
    port: int,
    reader: asyncssh.SSHReader[bytes],
    writer: asyncssh.SSHWriter[bytes],
) -> None:
    """Serve one forwarded connection."""
    try:
        way = await bastion.gate.enter(await login.visitor(), "forward", f"port {port}")
    except PanshiError:
        writer.close()
        return
    async with bastion.holding(way):
        try:
            async with await connect(way.visitor.target) as back:
                await _tunnel(bastion, way, back, port, (reader, writer))
        except (asyncssh.Error, OSError, PanshiError) as error:
            way.stop("target", type(error).__name__)
        finally:
            writer.close()


async def _tunnel(
    bastion: House,
    way: Way,
    back: asyncssh.SSHClientConnection,
    port: int,
    front: tuple[asyncssh.SSHReader[bytes], asyncssh.SSHWriter[bytes]],
) -> None:
    there = await back.open_connection("127.0.0.1", port, encoding=None)

    def cut() -> None:
        back.abort()
        front[1].close()

    way.cut = cut
    counts = {"in": 0, "out": 0}

    async def carry(
        source: asyncssh.SSHReader[bytes], sink: asyncssh.SSHWriter[bytes], name: str
    ) -> None:
        while not way.ended_by and (data := await source.read(_AT_ONCE)):
            way.used_at = bastion.clock()
            counts[name] += len(data)
            sink.write(data)
            await sink.drain()
        sink.write_eof()

    await asyncio.gather(carry(front[0], there[1], "in"), carry(there[0], front[1], "out"))
    way.recorder.typed, way.recorder.shown = counts["in"], counts["out"]
    way.recorder.note("c", f"{counts['in']} in, {counts['out']} out", bastion.clock())


def _say(front: asyncssh.SSHServerProcess[bytes], text: str) -> None:
    """Tell the person, on a line of its own."""
    with suppress(OSError, asyncssh.Error):
        front.stderr.write(f"\r\n[panshi] {text}\r\n".encode())

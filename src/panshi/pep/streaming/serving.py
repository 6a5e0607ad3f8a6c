"""Running the streaming enforcement point: listeners, limits, the link to the decision point."""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import uvloop

from panshi.errors import BadInputError, StoreError
from panshi.pep.asking import Address, Channel
from panshi.pep.streaming.census import Census
from panshi.pep.streaming.configuration import Behind, Enforcement, Limits, Proof
from panshi.pep.streaming.enforcer import Enforcer
from panshi.pep.streaming.registry import Ending
from panshi.pep.streaming.sockets import server_context
from panshi.pep.streaming.tcp import TcpClient
from panshi.pep.streaming.web import WebClient

logger = logging.getLogger(__name__)
BACKLOG = 4096
FILES_PER_CONNECTION = 2
SPARE_FILES = 256
FAREWELL_S = 0.1
"Time for closing frames to leave."

STOPPING = Ending(
    code=1001,
    cause="restart",
    zh="執行點重新啟動，請重新連線。",
    en="The enforcement point restarts; connect again.",
)


def serve(settings: Enforcement, ready: Callable[[tuple[tuple[str, int], ...]], None]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is told name and port of each listener."""
    uvloop.run(_serve(settings, ready))


async def _serve(
    settings: Enforcement, ready: Callable[[tuple[tuple[str, int], ...]], None]
) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    running = await start(settings)
    ready(tuple(running.ports.items()))
    await stop.wait()
    await running.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An enforcement point that listens."""

    enforcer: Enforcer
    census: Census
    servers: tuple[tuple[str, asyncio.Server], ...]
    following: asyncio.Task[None]

    @property
    def ports(self) -> dict[str, int]:
        """The port of each listener, by its name."""
        return {name: server.sockets[0].getsockname()[1] for name, server in self.servers}

    async def stop(self) -> None:
        """Take no more, end what is open, and leave."""
        self.following.cancel()
        for _, server in self.servers:
            server.close()
        registry = self.enforcer.registry
        registry.end_all(registry, STOPPING)
        await asyncio.sleep(FAREWELL_S)
        self.enforcer.channel.close()


async def start(settings: Enforcement) -> Running:
    """Listen, and follow the orders of the decision point."""
    limits = _files_for(settings.limits)
    graces = frozenset(each.grace_s for each in _all(settings))
    enforcer = Enforcer(settings.name, Channel(_address(settings)), graces)
    census = Census(limits.connections)
    servers = await _listen(settings, limits, enforcer, census)
    following = asyncio.get_running_loop().create_task(enforcer.run())
    following.add_done_callback(_ended)
    return Running(enforcer=enforcer, census=census, servers=tuple(servers), following=following)


def _ended(following: asyncio.Task[None]) -> None:
    """Stop serving when nobody follows orders any more: better a new process than a deaf one."""
    if not following.cancelled() and following.exception() is not None:
        logger.error("orders are followed no more: %r", following.exception())
        signal.raise_signal(signal.SIGTERM)


def _all(settings: Enforcement) -> Iterator[Behind]:
    for web in settings.web:
        yield from web.behind.values()
    for tcp in settings.tcp:
        yield tcp.behind


async def _listen(
    settings: Enforcement, limits: Limits, enforcer: Enforcer, census: Census
) -> list[tuple[str, asyncio.Server]]:
    servers = []
    for web in settings.web:
        tls = server_context(web.tls, demand=False)
        servers.append(
            (
                web.name,
                await _server(
                    lambda web=web: WebClient(enforcer, web, limits, census),  # type: ignore[misc]
                    web.host,
                    web.port,
                    tls,
                ),
            )
        )
    for tcp in settings.tcp:
        tls = server_context(tcp.tls, demand=tcp.proof is Proof.CERTIFICATE)
        servers.append(
            (
                tcp.name,
                await _server(
                    lambda tcp=tcp: TcpClient(enforcer, tcp, limits, census),  # type: ignore[misc]
                    tcp.host,
                    tcp.port,
                    tls,
                ),
            )
        )
    return servers


async def _server(
    made: Callable[[], asyncio.Protocol], host: str, port: int, tls: ssl.SSLContext | None
) -> asyncio.Server:
    try:
        return await asyncio.get_running_loop().create_server(
            made, host, port, ssl=tls, backlog=BACKLOG
        )
    except OSError as error:
        raise StoreError(
            error.strerror or "cannot listen", place=f"{host}:{port}", remedy="choose another bind"
        ) from error


def _address(settings: Enforcement) -> Address:
    token = ""
    if settings.token_file is not None:
        try:
            token = settings.token_file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInputError(
                "the token cannot be read", place=str(settings.token_file)
            ) from error
    tls = None
    if settings.ca is not None:
        try:
            tls = ssl.create_default_context(cafile=settings.ca)
        except (OSError, ssl.SSLError) as error:
            raise BadInputError(f"not an authority: {error}", place=str(settings.ca)) from error
    return Address.of(settings.decision_point, token=token, tls=tls)


def _files_for(limits: Limits) -> Limits:
    """Raise the limit of open files; take fewer connections where the system gives fewer."""
    wanted = limits.connections * FILES_PER_CONNECTION + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = hard if hard != resource.RLIM_INFINITY else wanted
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, allowed), hard))
        soft = min(wanted, allowed)
    room = (soft - SPARE_FILES) // FILES_PER_CONNECTION
    if room >= limits.connections:
        return limits
    return replace(limits, connections=max(1, room))

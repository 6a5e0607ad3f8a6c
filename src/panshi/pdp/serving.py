"""The process of the decision point: load, listen, say so, reload, stop.

SIGHUP           read policies and entities again; a bad set leaves the old one in force
SIGTERM, SIGINT  take no more, finish what is being answered, close the log; a second one: now
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path

import uvloop
from cryptography import x509

from panshi.errors import PanshiError, StoreError, UsageError
from panshi.node.zero_trust.point_files import DECISIONS, FOLDER, PointTokens
from panshi.node.zero_trust.trust_content import trust_model
from panshi.pdp import attest, sign_in
from panshi.pdp.control import running, take_up
from panshi.pdp.decision_log import DecisionLog, LogPolicy
from panshi.pdp.gate import ENFORCE, EVALUATE, SEARCH, SESSIONS, Caller, Gate, OpenGate
from panshi.pdp.loading import Loaded, load, load_published
from panshi.pdp.point import DecisionPoint
from panshi.pdp.routes import ROUTES
from panshi.pdp.sealing import sealing
from panshi.pdp.server import Server, server_tls
from panshi.pdp.settings import Settings, read_settings
from panshi.pdp.shared_signals.starting import shared_signals
from panshi.pdp.taping import taping
from panshi.pdp.vouching import address_of
from panshi.protection.zero_trust.decisions.verdict import FailSecure
from panshi.protection.zero_trust.sessions.watched import watched

GRACE_S = 5.0
COLLECT_EVERY = 20_000
"New containers between two rounds of the collector; a decision leaves no cycle behind."


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How `panshi zt serve` was called."""

    host: str = "127.0.0.1"
    port: int = 8421
    policies: Path | None = None
    """Folder of *.cedar; None: the published set of the home."""
    entities: Path | None = None
    schema: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    client_ca: Path | None = None
    address: str = ""
    """What the decision point calls itself, for example https://pdp.bank.example."""
    log: Path | None = None
    """Folder of the decision log; with a home its own."""
    sample: int = 1
    """One of so many permits is kept in the log."""
    tokens: Path | None = None
    """Folder with the tokens file; with a home its own."""
    nobody_barred: bool = False
    """Whether whoever reaches it may ask, also from other machines."""
    ttl: int = 0
    fail_secure: FailSecure = FailSecure.FORBID
    home: Path | None = None
    """Home of the node; None: everything from files, nothing sealed."""
    routes: Path | None = None
    """Which paths belong to which system, for the questions of proxies."""
    ext_authz_port: int | None = None
    """Where Envoy asks by gRPC; None: not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What is told once the process listens."""

    address: str
    policies: int
    entities: int
    fallback: int
    """Policies the compiler leaves to Cedar's own engine."""
    version: str
    ext_authz_port: int = 0


def settle() -> None:
    """Take what lasts out of the collector's rounds: policies, entities, modules."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)


def serve(options: Options, announce: Callable[[Ready], None], note: Callable[[str], None]) -> None:
    """Run until stopped."""
    uvloop.run(_serve(options, announce, note))


async def _serve(
    options: Options, announce: Callable[[Ready], None], note: Callable[[str], None]
) -> None:
    tls = _tls(options)
    async with contextlib.AsyncExitStack() as beside:
        source = _source(options)
        loaded = source()
        point = DecisionPoint(
            policies=loaded.policies,
            entities=loaded.entities,
            version=loaded.version,
            clock=time.time,
            ttl=options.ttl,
            fail_secure=_mode(options, loaded),
            settings=_settings(options),
        )
        point.address = address_of(options.address, secure=tls is not None, home=options.home)
        point.reload = lambda: _reload(point, options, source, note)
        if options.home is not None:
            point.tell = (await beside.enter_async_context(sealing(options.home))).tell
        beside.enter_context(_logging(point, options))
        live = take_up(point, model=trust_model(), home=options.home, sink=point.tell)
        live.watch(watched(point.policies))
        gate = _gate(options)
        server = Server(point, ROUTES, gate=gate)
        rpc = await beside.enter_async_context(_ext_authz(point, gate, options))
        if options.home is not None:
            await beside.enter_async_context(shared_signals(point, options.home, live))
            attest.install(point, attest.Attesting(home=options.home))
            sign_in.install_from(point, options.home)
        await beside.enter_async_context(running(live, server, options.home))
        if isinstance(point.log, DecisionLog):
            beside.push_async_callback(_ended, asyncio.create_task(point.log.run()))
        await beside.enter_async_context(taping(point, options.home))
        ready = await _listen(server, point, options, tls)
        settle()
        announce(replace(ready, ext_authz_port=rpc))
        await _until_stopped(point.reload)
        await server.stop(GRACE_S)


async def _listen(
    server: Server, point: DecisionPoint, options: Options, tls: ssl.SSLContext | None
) -> Ready:
    try:
        port = await server.listen(options.host, options.port, tls)
    except OSError as error:
        raise StoreError(
            f"cannot listen on port {options.port}: {error.strerror or error}",
            place=options.host,
            remedy="choose another --host or --port",
        ) from error
    scheme = "http" if tls is None else "https"
    host = f"[{options.host}]" if ":" in options.host else options.host
    return Ready(
        address=point.address.base or f"{scheme}://{host}:{port}",
        policies=len(point.policies.policy_ids),
        entities=len(point.entities),
        fallback=point.policies.fallback_count,
        version=point.version,
    )


@contextlib.asynccontextmanager
async def _ext_authz(
    point: DecisionPoint, gate: Gate | OpenGate, options: Options
) -> AsyncIterator[int]:
    """Answer Envoy by gRPC while the decision point runs; gives the port, 0: not."""
    if options.ext_authz_port is None:
        yield 0
        return
    from panshi.pdp.ext_authz_grpc import Tls, serving  # noqa: PLC0415 -- grpc only where asked for

    tls = None
    if options.tls_cert is not None and options.tls_key is not None:
        tls = Tls(certificate=options.tls_cert, key=options.tls_key, client_ca=options.client_ca)
    async with serving(point, gate, options.host, options.ext_authz_port, tls) as port:
        yield port


def _source(options: Options) -> Callable[[], Loaded]:
    """Say where policies and entities are read from, now and when it is asked to reload."""
    folder, home = options.policies, options.home
    if folder is not None:
        return lambda: load(folder, options.entities, options.schema)
    if home is None:
        raise UsageError("no policies", remedy="--policies DIR --entities FILE, or a home")
    return lambda: load_published(home)


def _reload(
    point: DecisionPoint,
    options: Options,
    source: Callable[[], Loaded],
    note: Callable[[str], None],
) -> bool:
    """Put what the source now says in force, all of it or nothing."""
    try:
        loaded = source()
        point.fail_secure = _mode(options, loaded)
        point.replace(loaded.policies, loaded.entities, loaded.version)
    except PanshiError as error:
        note(f"not reloaded, the set before stays in force: {error}")
        return False
    if point.live is not None:
        point.live.watch(watched(point.policies))
    note(f"reloaded: {len(loaded.policies.policy_ids)} policies, {len(loaded.entities)} entities")
    return True


def _mode(options: Options, loaded: Loaded) -> FailSecure:
    """Say which errors deny: what a published set was tried with holds where it is in force."""
    if loaded.fail_secure is None:
        return options.fail_secure
    return FailSecure.ANY if loaded.fail_secure else FailSecure.OFF


@contextlib.contextmanager
def _logging(point: DecisionPoint, options: Options) -> Iterator[None]:
    """Let the decision point remember what it decides."""
    folder = options.log
    if folder is None and options.home is not None:
        folder = options.home / FOLDER / DECISIONS
    if folder is None:
        yield
        return
    log = DecisionLog(
        folder,
        policy=LogPolicy(sample=options.sample),
        version=lambda: point.version,
        sealed=point.tell,
    )
    point.log = log
    try:
        yield
    finally:
        point.log = None
        log.close()


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _settings(options: Options) -> Settings:
    return read_settings(options.routes) if options.routes is not None else Settings()


async def _until_stopped(reload: Callable[[], bool]) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def stopping() -> None:
        if stop.is_set():
            raise SystemExit(1)
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping)
    loop.add_signal_handler(signal.SIGHUP, lambda: reload() and None)
    await stop.wait()


def _gate(options: Options) -> Gate | OpenGate:
    """Bar whom the options bar: with a home, tokens or a client CA, whoever shows none."""
    folder = options.tokens
    if folder is None and options.home is not None:
        folder = options.home / FOLDER
    if options.nobody_barred:
        return OpenGate()
    if folder is None and options.client_ca is None:
        if not _is_loopback(options.host):
            raise UsageError(
                f"{options.host} can be reached from other machines and nobody would be barred",
                remedy="give --tokens or --client-ca, or --open where a proxy bars for you",
            )
        return OpenGate()
    tokens = PointTokens(folder) if folder is not None else None

    def find(clear: str) -> Caller | None:
        held = tokens.holder(clear, time.time()) if tokens is not None else None
        if held is None:
            return None
        return Caller(name=held.name, scopes=frozenset(held.scopes), until=held.expires)

    certified = _certified if options.client_ca is not None else (lambda _pem: None)
    return Gate(
        find=find, version=tokens.version if tokens is not None else tuple, certified=certified
    )


def _certified(pem: str) -> Caller | None:
    """Let in who has a certificate of the client CA: TLS has verified it already."""
    subject = x509.load_pem_x509_certificate(pem.encode()).subject.rfc4514_string()
    return Caller(name=subject, scopes=frozenset({EVALUATE, SEARCH, ENFORCE, SESSIONS}))


def _tls(options: Options) -> ssl.SSLContext | None:
    if options.tls_cert is None or options.tls_key is None:
        if options.tls_cert or options.tls_key or options.client_ca:
            raise UsageError("TLS needs both halves", remedy="--tls-cert FILE --tls-key FILE")
        return None
    try:
        return server_tls(options.tls_cert, options.tls_key, options.client_ca)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"certificate or key cannot be used: {error}", place=str(options.tls_cert)
        ) from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

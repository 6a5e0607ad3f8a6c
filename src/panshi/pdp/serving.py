"""The process of the decision point: load, listen, say so, reload, stop.

SIGHUP           read policies and entities again; a bad set leaves the old one in force
SIGTERM, SIGINT  take no more, finish what is being answered, close the log; a second one: now
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import uvloop

from panshi.errors import PanshiError, StoreError, UsageError
from panshi.pdp.address import Address
from panshi.pdp.gate import Gate, OpenGate
from panshi.pdp.loading import Loaded, load
from panshi.pdp.point import DecisionPoint
from panshi.pdp.routes import ROUTES
from panshi.pdp.server import Server, server_tls
from panshi.pdp.settings import read_settings
from panshi.protection.zero_trust.decisions.verdict import FailSecure

GRACE_S = 5.0


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


def serve(options: Options, announce: Callable[[Ready], None], note: Callable[[str], None]) -> None:
    """Run until stopped."""
    uvloop.run(_serve(options, announce, note))


async def _serve(
    options: Options, announce: Callable[[Ready], None], note: Callable[[str], None]
) -> None:
    gate = _gate(options)
    tls = _tls(options)
    async with _point(options, note) as (point, reload), _ext_authz(point, gate, options) as rpc:
        server = Server(point, ROUTES, gate=gate)
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
        point.address = Address(base=options.address.rstrip("/"), secure=tls is not None)
        announce(
            Ready(
                address=options.address.rstrip("/") or f"{scheme}://{host}:{port}",
                policies=len(point.policies.policy_ids),
                entities=len(point.entities),
                fallback=point.policies.fallback_count,
                version=point.version,
                ext_authz_port=rpc,
            )
        )
        await _until_stopped(reload)
        await server.stop(GRACE_S)


@contextlib.asynccontextmanager
async def _point(
    options: Options, note: Callable[[str], None]
) -> AsyncIterator[tuple[DecisionPoint, Callable[[], None]]]:
    """Give the decision point with everything beside it, and how it is loaded anew."""
    if options.policies is None:
        raise UsageError("no policies", remedy="--policies DIR --entities FILE")
    loaded = _read(options)
    point = DecisionPoint(
        policies=loaded.policies,
        entities=loaded.entities,
        version=loaded.version,
        clock=time.time,
        ttl=options.ttl,
        fail_secure=options.fail_secure,
        settings=None if options.routes is None else read_settings(options.routes),
    )
    yield point, lambda: _reload(point, options, note)


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


def _read(options: Options) -> Loaded:
    if options.policies is None:
        raise UsageError("no policies", remedy="--policies DIR")
    return load(options.policies, options.entities, options.schema)


def _reload(point: DecisionPoint, options: Options, note: Callable[[str], None]) -> None:
    """Put what the files now say in force, all of it or nothing."""
    try:
        loaded = _read(options)
        point.replace(loaded.policies, loaded.entities, loaded.version)
    except PanshiError as error:
        note(f"not reloaded, the set before stays in force: {error}")
        return
    note(f"reloaded: {len(loaded.policies.policy_ids)} policies, {len(loaded.entities)} entities")


async def _until_stopped(reload: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def stopping() -> None:
        if stop.is_set():
            raise SystemExit(1)
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping)
    loop.add_signal_handler(signal.SIGHUP, reload)
    await stop.wait()


def _gate(options: Options) -> Gate | OpenGate:
    local = _is_loopback(options.host)
    if not local and not options.nobody_barred:
        raise UsageError(
            f"{options.host} can be reached from other machines and nobody would be barred",
            remedy="give --tokens or --client-ca, or --open where a proxy bars for you",
        )
    return OpenGate()


def _tls(options: Options):  # type: ignore[no-untyped-def]  # noqa: ANN202
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

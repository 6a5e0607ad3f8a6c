"""What the streaming enforcement point listens to, what stands behind, and how long it may wait.

The file is strict YAML. Every route names its grace: how long what is open may go on without a
decision point. 0 closes at once; nothing stays open for ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from panshi.governance.frameworks.reading import Part, parsed
from panshi.node.zero_trust.route_files import read, route_of
from panshi.protection.zero_trust.enforcement.routes import Mapped, RouteTable

LONGEST_GRACE_S = 3600
DEFAULT_GRACE_S = 10
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Narrowing(StrEnum):
    """What an order to narrow does to an open stream."""

    CLOSE = "close"
    RECEIVE_ONLY = "receive-only"
    "What comes from the application goes on; the first thing the client says closes the stream."


class Proof(StrEnum):
    """How the client of a TCP listener says who it is."""

    CERTIFICATE = "certificate"
    "By mutual TLS, which ends here."
    PREAMBLE = "preamble"
    "By a first line `PANSHI-ZT/1 <credential>`, over TLS or on loopback."


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """Where the application listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What stands behind a route, and how it is treated."""

    upstream: Upstream
    grace_s: int = DEFAULT_GRACE_S
    narrowing: Narrowing = Narrowing.CLOSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """A listener's certificate, and whose client certificates it takes."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebListener:
    """Takes HTTP/1.1, WebSocket and server-sent events."""

    name: str
    host: str
    port: int
    tls: Tls | None
    table: RouteTable
    behind: dict[str, Behind]
    "By the host and path of the route."
    trusted: frozenset[str] = frozenset()
    "Addresses of proxies whose X-Forwarded-For is believed."

    def of(self, mapped: Mapped) -> Behind:
        """Give what stands behind what a request was mapped to."""
        return self.behind[mapped.route.host + mapped.route.path]


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpListener:
    """Takes any bytes for one system."""

    name: str
    host: str
    port: int
    tls: Tls | None
    proof: Proof
    system: str
    action: str
    behind: Behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Beyond these a client is turned away."""

    connections: int = 12_000
    head_bytes: int = 32 * 1024
    head_s: int = 10
    idle_s: int = 75
    "How long a kept connection may wait for its next request."


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforcement:
    """The whole file."""

    name: str
    "Under which the decision point knows this enforcement point."
    decision_point: str
    token_file: Path | None
    ca: Path | None
    "What the decision point's certificate is checked against; None: the system's."
    web: tuple[WebListener, ...]
    tcp: tuple[TcpListener, ...]
    limits: Limits


def read_enforcement(path: Path) -> Enforcement:
    """Read the file; relative paths in it stand beside it."""
    top = parsed(read(path), source=path.name)
    keys = top.keys(required="name decision_point", optional="token_file ca web tcp limits")
    name = keys["name"].text()
    if not _NAME.fullmatch(name):
        raise keys["name"].refuse(f"{name!r} is no name", "lower-case letters, digits and dashes")
    web = tuple(_web(each, path.parent) for each in keys["web"].items()) if "web" in keys else ()
    tcp = tuple(_tcp(each, path.parent) for each in keys["tcp"].items()) if "tcp" in keys else ()
    if not web and not tcp:
        raise top.refuse("there is no listener", "add `web:` or `tcp:`")
    return Enforcement(
        name=name,
        decision_point=keys["decision_point"].text(),
        token_file=_path(keys.get("token_file"), path.parent),
        ca=_path(keys.get("ca"), path.parent),
        web=web,
        tcp=tcp,
        limits=_limits(keys.get("limits")),
    )


def _web(part: Part, folder: Path) -> WebListener:
    keys = part.keys(required="name bind routes", optional="tls trusted_proxies")
    behind: dict[str, Behind] = {}
    routes = []
    for each in keys["routes"].items():
        route, rest = route_of(each, also="upstream grace_s narrowing")
        if "upstream" not in rest:
            raise each.refuse("key 'upstream' is missing", "http://host:port")
        routes.append(route)
        behind[route.host + route.path] = _behind(rest, "http")
    host, port = _bind(keys["bind"])
    trusted = keys["trusted_proxies"].texts() if "trusted_proxies" in keys else ()
    return WebListener(
        name=keys["name"].text(),
        host=host,
        port=port,
        tls=_tls(keys.get("tls"), folder),
        table=RouteTable(routes),
        behind=behind,
        trusted=frozenset(trusted),
    )


def _tcp(part: Part, folder: Path) -> TcpListener:
    keys = part.keys(
        required="name bind proof system upstream",
        optional="action tls grace_s narrowing",
    )
    host, port = _bind(keys["bind"])
    proof = keys["proof"].word(Proof)
    tls = _tls(keys.get("tls"), folder)
    if proof is Proof.CERTIFICATE and (tls is None or tls.client_ca is None):
        raise keys["proof"].refuse("no authority for client certificates", "add `tls: client_ca:`")
    if proof is Proof.PREAMBLE and tls is None and host not in {"127.0.0.1", "::1"}:
        raise keys["proof"].refuse("a credential would cross the network in clear", "add `tls:`")
    return TcpListener(
        name=keys["name"].text(),
        host=host,
        port=port,
        tls=tls,
        proof=proof,
        system=keys["system"].text(),
        action=keys["action"].text() if "action" in keys else "connect",
        behind=_behind(keys, "tcp"),
    )


def _behind(keys: dict[str, Part], scheme: str) -> Behind:
    url = urlsplit(keys["upstream"].text())
    if url.scheme != scheme or not url.hostname or not url.port or url.path not in {"", "/"}:
        raise keys["upstream"].refuse("no address of an application", f"{scheme}://host:port")
    grace = keys.get("grace_s")
    narrowing = keys.get("narrowing")
    return Behind(
        upstream=Upstream(host=url.hostname, port=url.port),
        grace_s=grace.whole(low=0, high=LONGEST_GRACE_S) if grace else DEFAULT_GRACE_S,
        narrowing=narrowing.word(Narrowing) if narrowing else Narrowing.CLOSE,
    )


def _bind(part: Part) -> tuple[str, int]:
    host, _, port = part.text().rpartition(":")
    if not host or not port.isdecimal() or not 0 <= int(port) <= 65535:  # noqa: PLR2004 -- ports
        raise part.refuse("no address to listen on", "host:port, for example 127.0.0.1:8443")
    return host.strip("[]"), int(port)


def _tls(part: Part | None, folder: Path) -> Tls | None:
    if part is None:
        return None
    keys = part.keys(required="certificate key", optional="client_ca")
    return Tls(
        certificate=folder / keys["certificate"].text(),
        key=folder / keys["key"].text(),
        client_ca=_path(keys.get("client_ca"), folder),
    )


def _path(part: Part | None, folder: Path) -> Path | None:
    return None if part is None else folder / part.text()


def _limits(part: Part | None) -> Limits:
    if part is None:
        return Limits()
    names = "connections head_bytes head_s idle_s"
    given = {name: each.whole(low=1) for name, each in part.keys(optional=names).items()}
    return Limits(**given)

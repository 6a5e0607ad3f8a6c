"""What an institution sets about its enforcement points: the routes file of the decision point.

sign_in: https://id.bank.example/zt/sign-in     where a browser signs in
internal: [10.0.0.0/8]                          networks that count as inside, for workloads
routes: […]                                     see `panshi.node.zero_trust.route_files`
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from panshi.governance.frameworks.reading import Part, parsed
from panshi.node.zero_trust.route_files import read, route_of
from panshi.protection.zero_trust.enforcement.routes import RouteTable

if TYPE_CHECKING:
    from panshi.pdp.point import DecisionPoint

type Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The file; without one nothing is mapped and nothing passes."""

    table: RouteTable = field(default_factory=lambda: RouteTable(()))
    sign_in: str = ""
    "Where a browser signs in; empty: nowhere is pointed to."
    internal: tuple[Network, ...] = ()
    "Networks from which a workload is said to come from inside."


NOTHING = Settings()


def settings_of(point: DecisionPoint) -> Settings:
    """Give what is set at a decision point; nothing, where nothing is."""
    return point.settings if isinstance(point.settings, Settings) else NOTHING


def read_settings(path: Path) -> Settings:
    """Read the file."""
    top = parsed(read(path), source=path.name)
    keys = top.keys(required="routes", optional="sign_in internal")
    return Settings(
        table=RouteTable(route_of(each)[0] for each in keys["routes"].items()),
        sign_in=_url(keys["sign_in"]) if "sign_in" in keys else "",
        internal=tuple(map(_network, keys["internal"].items())) if "internal" in keys else (),
    )


def _url(part: Part) -> str:
    url = part.text()
    parts = urlsplit(url)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or parts.fragment or not (parts.scheme == "https" or local):
        raise part.refuse(f"{url!r} is no place to sign in", "an https:// address")
    return url


def _network(part: Part) -> Network:
    try:
        return ip_network(part.text())
    except ValueError as error:
        raise part.refuse(str(error), "for example 10.0.0.0/8") from error

"""What is never a hit: infrastructure everybody uses, reserved ranges, digests of nothing.

What ships is content; an institution adds its own values, each with a reason, a last day and two
persons who decided it. An allowed value is not hidden: it is shown with the reason it binds
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from panshi.model.alliance.ticket import Observable

type Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Why a value is allowed."""

    list: str
    "Name of the list, or number of the institution's own decision."
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowList:
    """Every value that binds nothing."""

    exact: Mapping[tuple[str, str], Ground] = field(default_factory=dict)
    "By kind and value; domains that stand for themselves are here."
    below: Mapping[str, Ground] = field(default_factory=dict)
    "Domains that stand for all names below them too."
    networks: tuple[tuple[Network, Ground], ...] = ()

    def ground(self, one: Observable) -> Ground | None:
        """Give why a value is allowed; None where it is not."""
        found = self.exact.get((one.kind, one.value))
        if found:
            return found
        match one.kind:
            case "domain":
                return self._below(one.value)
            case "ipv4" | "ipv6" | "ipv4-cidr" | "ipv6-cidr":
                return self._within(one.value)
            case _:
                return None

    def _below(self, name: str) -> Ground | None:
        parts = name.split(".")
        for at in range(len(parts)):
            found = self.below.get(".".join(parts[at:]))
            if found:
                return found
        return None

    def _within(self, value: str) -> Ground | None:
        try:
            asked = ip_network(value, strict=False)
        except ValueError:
            return None
        for network, ground in self.networks:
            if (
                isinstance(network, IPv4Network)
                and isinstance(asked, IPv4Network)
                and asked.subnet_of(network)
            ):
                return ground
            if (
                isinstance(network, IPv6Network)
                and isinstance(asked, IPv6Network)
                and asked.subnet_of(network)
            ):
                return ground
        return None

    def with_own(self, own: Iterable[tuple[Observable, Ground]]) -> AllowList:
        """Give the list with an institution's own values."""
        exact, below, networks = dict(self.exact), dict(self.below), list(self.networks)
        for one, ground in own:
            match one.kind:
                case "domain" if one.value.startswith("*."):
                    below[one.value[2:]] = ground
                case "ipv4" | "ipv6" | "ipv4-cidr" | "ipv6-cidr":
                    networks.append((ip_network(one.value, strict=False), ground))
                case _:
                    exact[one.kind, one.value] = ground
        return AllowList(exact=exact, below=below, networks=tuple(networks))


def host_kind(value: str) -> str:
    """Say whether a host is an address or a name."""
    try:
        return f"ipv{ip_address(value).version}"
    except ValueError:
        return "domain"

"""Look at listening sockets as the kernel tells them: /proc/net/{tcp,tcp6,udp,udp6}.

Addresses stand there as hexadecimal words in the byte order of the machine; a TCP socket
listens in state 0A, a UDP socket without a peer is in state 07.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

from panshi.errors import PanshiError
from panshi.model.bodies.network import Listener, Listeners
from panshi.observe.this_machine.machine import Machine, Sight

KIND = "host.listeners/1"

type Address = IPv4Address | IPv6Address

_TABLES = {"tcp": ("tcp", "0A"), "tcp6": ("tcp", "0A"), "udp": ("udp", "07"), "udp6": ("udp", "07")}
_LOCAL, _STATE, _INODE = 1, 3, 9  # columns
_MOST = 10_000
_MOST_DESCRIPTORS = 200_000


def look(machine: Machine, _now: datetime) -> Iterator[Sight]:
    """Yield all listening sockets of this network namespace."""
    sockets = listeners(machine)
    exposed = sum(not ip_address(socket.address).is_loopback for socket in sockets)
    body = Listeners(sockets=sockets, exposed=exposed)
    yield Sight(kind=KIND, subject=machine.host, body=body)


def listeners(machine: Machine) -> tuple[Listener, ...]:
    """Give the listening sockets, ordered by protocol, port and address."""
    found: dict[tuple[str, int, str], str] = {}
    tables = {name: machine.text_or_none(f"/proc/net/{name}") for name in _TABLES}
    if tables["tcp"] is None:
        raise PanshiError("cannot be read", place="/proc/net/tcp", remedy="is /proc mounted?")
    for table, (protocol, listening) in _TABLES.items():
        for line in (tables[table] or "").splitlines()[1:]:
            parts = line.split()
            if len(parts) > _INODE and parts[_STATE] == listening and len(found) < _MOST:
                address, port = _socket_address(parts[_LOCAL])
                found[protocol, port, str(address)] = parts[_INODE]
    owners = _owners(machine, frozenset(found.values()))
    return tuple(
        Listener(address=address, port=port, protocol=protocol, process=owners.get(inode, ""))
        for (protocol, port, address), inode in sorted(found.items())
    )


def own_addresses(machine: Machine) -> tuple[Address, ...]:
    """Give this machine's addresses other than loopback and link-local, IPv4 first."""
    found: list[Address] = []
    previous = ""
    for line in (machine.text_or_none("/proc/net/fib_trie") or "").splitlines():
        words = line.split()
        if words[:2] == ["/32", "host"] and words[2:3] == ["LOCAL"]:
            with suppress(ValueError):
                found.append(IPv4Address(previous))
        elif words[:1] == ["|--"]:
            previous = words[-1]
    for line in (machine.text_or_none("/proc/net/if_inet6") or "").splitlines():
        with suppress(ValueError, IndexError):
            found.append(IPv6Address(int(line.split()[0], 16)))
    own = (each for each in found if not (each.is_loopback or each.is_link_local))
    return tuple(dict.fromkeys(own))


def contact_points(machine: Machine, sockets: Iterable[Listener]) -> Iterator[tuple[int, str]]:
    """Give port and address to contact: loopback for sockets bound to all addresses."""
    own = {str(address) for address in own_addresses(machine)}
    for socket in sorted(sockets, key=lambda each: (each.port, each.address), reverse=True):
        if socket.protocol != "tcp":
            continue
        address = ip_address(socket.address)
        if address.is_unspecified:
            yield socket.port, "::1" if isinstance(address, IPv6Address) else "127.0.0.1"
        elif address.is_loopback or socket.address in own:
            yield socket.port, socket.address


def _socket_address(text: str) -> tuple[Address, int]:
    """Read `0100007F:0016`: words of four bytes in the machine's byte order, then the port."""
    digits, _, port = text.partition(":")
    words = [bytes.fromhex(digits[at : at + 8]) for at in range(0, len(digits), 8)]
    if sys.byteorder == "little":
        words = [word[::-1] for word in words]
    address = ip_address(b"".join(words))
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address, int(port, 16)


def _owners(machine: Machine, inodes: frozenset[str]) -> Mapping[str, str]:
    """Tell which process holds a socket, as far as its descriptors may be read."""
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    owners: dict[str, str] = {}
    left = _MOST_DESCRIPTORS
    for number, name in machine.processes():
        folder = f"/proc/{number}/fd"
        for descriptor in machine.names(folder):
            left -= 1
            if left < 0 or len(owners) == len(wanted):
                return owners
            with suppress(OSError):
                target = str(machine.path(f"{folder}/{descriptor}").readlink())
                if target in wanted:
                    owners.setdefault(wanted[target], name)
    return owners

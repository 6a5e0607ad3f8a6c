"""This machine as an estate: the assets its observations speak of, in one small graph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address

from panshi.errors import PanshiError
from panshi.model.asset import Asset, AssetId, AssetKind, AttributeValue, Relation, RelationKind
from panshi.model.bodies.network import Listener
from panshi.model.estate import Estate
from panshi.observe.this_machine.accounts import Password, accounts
from panshi.observe.this_machine.environments import environment_id, environments
from panshi.observe.this_machine.machine import Machine
from panshi.observe.this_machine.sockets import contact_points, listeners, own_addresses
from panshi.observe.this_machine.users import account_id

ESTATE_ID = "this-machine"
INSTITUTION = AssetId(f"institution:{ESTATE_ID}")
_INVENTORY = (ESTATE_ID,)
_SSH_SERVERS = frozenset({"sshd", "dropbear"})
_SSH_PORT = 22


def describe(now: datetime, machine: Machine | None = None) -> Estate:
    """Give the machine's estate as of now; what cannot be read is left out."""
    machine = machine or Machine()
    institution = Asset(
        id=INSTITUTION,
        kind=AssetKind.INSTITUTION,
        name="本機",
        attributes={"sector": "other"},
        inventories=_INVENTORY,
    )
    system = Asset(
        id=AssetId(f"system:{machine.hostname}"),
        kind=AssetKind.SYSTEM,
        name=machine.hostname,
        inventories=_INVENTORY,
    )
    host = _host(machine)
    endpoints = tuple(_endpoints(machine))
    people = tuple(_accounts(machine))
    software = tuple(_software(machine))
    relations = [
        Relation(kind=RelationKind.PART_OF, source=system.id, target=institution.id),
        Relation(kind=RelationKind.OWNED_BY, source=host.id, target=institution.id),
        Relation(kind=RelationKind.RUNS_ON, source=system.id, target=host.id),
    ]
    for kind, group in ((RelationKind.PART_OF, people), (RelationKind.RUNS_ON, software)):
        relations += (Relation(kind=kind, source=each.id, target=host.id) for each in group)
    relations += (
        Relation(kind=RelationKind.EXPOSES, source=host.id, target=each.id) for each in endpoints
    )
    return Estate(
        id=ESTATE_ID,
        name_zh="本機",
        name_en="This machine",
        version=1,
        as_of=now,
        assets=(institution, system, host, *endpoints, *people, *software),
        relations=tuple(relations),
    )


def _host(machine: Machine) -> Asset:
    release = machine.text_or_none("/etc/os-release") or machine.text_or_none("/usr/lib/os-release")
    told = dict(re.findall(r'^(\w+)=["\']?([^"\'\n]*)["\']?$', release or "", re.MULTILINE))
    addresses = [str(each) for each in own_addresses(machine)]
    attributes: dict[str, AttributeValue] = {}
    if told.get("NAME"):
        attributes["os"] = told["NAME"]
    if told.get("VERSION_ID"):
        attributes["os_version"] = told["VERSION_ID"]
    if addresses:
        attributes["address"] = addresses[0]
    return Asset(
        id=AssetId(machine.host),
        kind=AssetKind.HOST,
        name=machine.hostname,
        attributes=attributes,
        identifiers=tuple(f"host:{each}" for each in addresses if f"host:{each}" != machine.host),
        inventories=_INVENTORY,
    )


def _endpoints(machine: Machine) -> Iterator[Asset]:
    try:
        sockets = listeners(machine)
    except PanshiError:
        return
    own = tuple(str(each) for each in own_addresses(machine))
    for port in sorted(dict(contact_points(machine, sockets))):
        serving = [each for each in sockets if each.protocol == "tcp" and each.port == port]
        reachable = {_reached_at(each) for each in serving}
        addresses = own if "" in reachable else [each for each in own if each in reachable]
        attributes: dict[str, AttributeValue] = {
            "host": machine.hostname,
            "port": port,
            "protocol": "ssh" if any(map(_is_ssh, serving)) else "tcp",
        }
        if all(ip_address(each.address).is_loopback for each in serving):
            attributes["internet_facing"] = False
        yield Asset(
            id=AssetId(f"endpoint:{machine.hostname}:{port}"),
            kind=AssetKind.ENDPOINT,
            name=f"{machine.hostname}:{port}",
            attributes=attributes,
            identifiers=tuple(f"endpoint:{each}:{port}" for each in map(_in_brackets, addresses)),
            inventories=_INVENTORY,
        )


def _is_ssh(socket: Listener) -> bool:
    """Whether an SSH server holds the socket, or, where that is hidden, its usual port."""
    return socket.process in _SSH_SERVERS or (not socket.process and socket.port == _SSH_PORT)


def _reached_at(socket: Listener) -> str:
    """Give the address a socket is bound to, empty for all."""
    return "" if socket.address in {"0.0.0.0", "::"} else socket.address  # noqa: S104  compared only


def _in_brackets(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _accounts(machine: Machine) -> Iterator[Asset]:
    try:
        found = accounts(machine)
    except PanshiError:
        return
    for each in {account.name: account for account in found if account.login}.values():
        attributes: dict[str, AttributeValue] = {
            "privileged": each.administrator,
            "interactive": True,
            "directory": "local",
        }
        if each.password is Password.SET:
            attributes["enabled"] = True
        yield Asset(
            id=AssetId(account_id(machine, each.name)),
            kind=AssetKind.ACCOUNT,
            name=each.name,
            attributes=attributes,
            inventories=_INVENTORY,
        )


def _software(machine: Machine) -> Iterator[Asset]:
    for each in environments(machine):
        attributes: dict[str, AttributeValue] = {"software_type": "other"}
        if each.python:
            attributes["version"] = each.python
        yield Asset(
            id=AssetId(environment_id(machine, each)),
            kind=AssetKind.SOFTWARE,
            name=f"Python · {each.path}",
            attributes=attributes,
            inventories=_INVENTORY,
        )

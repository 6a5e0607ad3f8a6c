"""What an institution sets for its bastion: `HOME/zero_trust/bastion.yaml`.

people:                                  who may connect at all, with which keys
  - person: lin.kaiwen                   as grants name them
    user: account:lin.kaiwen             as policies name them; left out: the same
    keys:
      - key: sk-ssh-ed25519@openssh.com AAAA…
        methods: [hwk, user]             RFC 8176, by which its level of assurance follows
        device: device:nb-17             it is used on; its attestation counts
authorities:                             whose certificates count; the principal is the person
  - key: ssh-ed25519 AAAA…
    methods: [hwk, pin]
targets:
  - name: core-db
    system: system:core-banking
    host: 10.1.2.3
    login: dbadmin
    credential: keys/core-db             private key below HOME/zero_trust, mode 600
    host_key: ssh-ed25519 AAAA…          the only one that is taken
    ways: [shell, exec, sftp, forward]
    ports: [5432]                        of the target, for forwarding
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from panshi.errors import StoreError
from panshi.governance.frameworks.reading import Part, parsed
from panshi.protection.zero_trust.privileged.grants import WAYS

FILE = "zero_trust/bastion.yaml"
_MOST_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key by which a person, or an authority for persons, is known."""

    key: asyncssh.SSHKey
    line: str
    methods: tuple[str, ...]
    device: str = ""

    @property
    def fingerprint(self) -> str:
        """As OpenSSH shows it."""
        return self.key.get_fingerprint()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may connect."""

    name: str
    user: str
    keys: tuple[Credential, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the bastion leads."""

    name: str
    system: str
    host: str
    port: int
    login: str
    credential: Path
    host_key: asyncssh.SSHKey
    ways: frozenset[str]
    ports: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BastionSettings:
    """The whole file."""

    people: Mapping[str, Person]
    authorities: tuple[Credential, ...]
    targets: Mapping[str, Target]
    idle_s: int = 900
    "A way nobody used for so long is closed."


def read_settings(home: Path) -> BastionSettings:
    """Read the file of a home."""
    path = home / FILE
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"cannot be read: {error.strerror}", place=str(path), remedy="docs/how-to explains it"
        ) from error
    return load_settings(raw, source=path.name, folder=path.parent)


def load_settings(raw: bytes, *, source: str, folder: Path) -> BastionSettings:
    """Read settings; ContentError names the line of what is wrong."""
    top = parsed(raw, source=source)
    keys = top.keys(required="people targets", optional="authorities idle_s")
    people = {each.name: each for each in map(_person, keys["people"].items())}
    found = (_target(each, folder) for each in keys["targets"].items())
    authorities = keys["authorities"].items() if "authorities" in keys else ()
    return BastionSettings(
        people=people,
        authorities=tuple(map(_credential, authorities)),
        targets={each.name: each for each in found},
        idle_s=keys["idle_s"].whole(low=30, high=86_400) if "idle_s" in keys else 900,
    )


def _person(part: Part) -> Person:
    keys = part.keys(required="person", optional="user keys")
    name = keys["person"].text()
    if "+" in name:
        raise keys["person"].refuse("a name without + is expected", "`person+target` logs in")
    credentials = keys["keys"].items() if "keys" in keys else ()
    return Person(
        name=name,
        user=keys["user"].text() if "user" in keys else name,
        keys=tuple(map(_credential, credentials)),
    )


def _credential(part: Part) -> Credential:
    keys = part.keys(required="key methods", optional="device")
    return Credential(
        key=_key(keys["key"]),
        line=keys["key"].text(),
        methods=keys["methods"].texts(),
        device=keys["device"].text() if "device" in keys else "",
    )


def _target(part: Part, folder: Path) -> Target:
    keys = part.keys(
        required="name system host login credential host_key", optional="port ways ports"
    )
    ways = keys["ways"].texts() if "ways" in keys else WAYS[:2]
    if unknown := sorted(set(ways) - set(WAYS)):
        raise keys["ways"].refuse(f"no way {unknown[0]!r}", f"ways: {', '.join(WAYS)}")
    ports = keys["ports"].items() if "ports" in keys else ()
    return Target(
        name=keys["name"].text(),
        system=keys["system"].text(),
        host=keys["host"].text(),
        port=keys["port"].whole(low=1, high=_MOST_PORT) if "port" in keys else 22,
        login=keys["login"].text(),
        credential=folder / keys["credential"].text(),
        host_key=_key(keys["host_key"]),
        ways=frozenset(ways),
        ports=frozenset(each.whole(low=1, high=_MOST_PORT) for each in ports),
    )


def _key(part: Part) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_public_key(part.text())
    except (asyncssh.KeyImportError, ValueError) as error:
        raise part.refuse("this is no public key of OpenSSH", "one line of a .pub file") from error

"""Look at the SSH server's effective configuration.

As root the server itself is asked (`sshd -T`, which opens nothing and changes nothing). Where
that is not possible its files are read as sshd_config(5) says: the first value of a keyword
counts, `Include` is followed in place, and what stands below `Match` holds for some connections
only. Match blocks are not evaluated in either way; that there are any is said in `source`.
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from panshi.errors import PanshiError
from panshi.model.bodies.hosts import SshServer
from panshi.model.observation import Outcome
from panshi.observe.this_machine.machine import Machine, Sight
from panshi.observe.this_machine.sockets import listeners

KIND = "host.sshd/1"

_CONFIGURATION = "/etc/ssh/sshd_config"
_MOST_FILES = 200
_DEFAULTS = {
    "port": "22",
    "permitrootlogin": "prohibit-password",
    "passwordauthentication": "yes",
    "permitemptypasswords": "no",
    "pubkeyauthentication": "yes",
    "maxauthtries": "6",
    "x11forwarding": "no",
}


@dataclass(slots=True)
class Settings:
    """Keyword → first value, as read so far."""

    values: dict[str, str] = field(default_factory=dict)
    ports: list[int] = field(default_factory=list)
    matches: int = 0
    files: list[str] = field(default_factory=list)

    def take(self, keyword: str, value: str) -> None:
        """Keep the first value of a keyword; ports add up."""
        if keyword == "port" and value.isdecimal():
            self.ports.append(int(value))
        self.values.setdefault(keyword, value)


def look(machine: Machine, _now: datetime) -> Iterator[Sight]:
    """Yield the configuration, or that no SSH server is installed."""
    program = machine.program("sshd")
    if program is None:
        yield Sight(kind=KIND, subject=machine.host, outcome=Outcome.ABSENT)
        return
    settings, source = _settings(machine, program)
    if settings.matches:
        source += f"; {settings.matches} Match block(s) not evaluated"
    found = _DEFAULTS | settings.values
    ports = set(settings.ports) or {22}
    sockets = listeners(machine)
    body = SshServer(
        installed=True,
        listening=any(each.protocol == "tcp" and each.port in ports for each in sockets),
        permit_root_login=_root_login(found["permitrootlogin"]),
        password_authentication=found["passwordauthentication"].lower() != "no",
        permit_empty_passwords=found["permitemptypasswords"].lower() != "no",
        public_key_authentication=found["pubkeyauthentication"].lower() != "no",
        max_auth_tries=_whole(found["maxauthtries"], 6),
        x11_forwarding=found["x11forwarding"].lower() != "no",
        ciphers=_listed(found.get("ciphers", "")),
        kex_algorithms=_listed(found.get("kexalgorithms", "")),
        source=source,
    )
    yield Sight(kind=KIND, subject=machine.host, body=body)


def _settings(machine: Machine, program: str) -> tuple[Settings, str]:
    read = Settings()
    if machine.has(_CONFIGURATION):
        _read(machine, _CONFIGURATION, read, conditional=False)
    if machine.live and os.geteuid() == 0:
        try:
            said = machine.run(program, "-T")
        except PanshiError:  # no host keys or no run-time folder yet: read its files instead
            pass
        else:
            told = Settings(matches=read.matches)
            for line in said.splitlines():
                keyword, _, value = line.partition(" ")
                told.take(keyword.lower(), value.strip())
            return told, "sshd -T"
    return read, ", ".join(read.files) or "defaults"


def _read(machine: Machine, name: str, into: Settings, *, conditional: bool) -> bool:
    """Read one file; gives whether it ends below a Match."""
    if len(into.files) >= _MOST_FILES:
        raise PanshiError(f"more than {_MOST_FILES} files are included", place=name)
    into.files.append(name)
    for raw in machine.text(name).splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        keyword, value = _split(line)
        match keyword:
            case "match":
                conditional = value.lower() != "all"
                into.matches += conditional
            case "include":
                for pattern in value.split():
                    for each in _included(machine, pattern.strip('"')):
                        _read(machine, each, into, conditional=conditional)
            case _ if not conditional:
                into.take(keyword, value)
            case _:
                pass
    return conditional


def _split(line: str) -> tuple[str, str]:
    """Take `Keyword value` or `Keyword=value` apart, without a comment at its end."""
    keyword, _, value = line.replace("=", " ", 1).replace("\t", " ").partition(" ")
    return keyword.lower(), value.partition(" #")[0].strip().strip('"')


def _included(machine: Machine, pattern: str) -> Iterator[str]:
    place = pattern if pattern.startswith("/") else f"/etc/ssh/{pattern}"
    folder, _, name = place.rpartition("/")
    for each in machine.entries(folder):
        if fnmatch.fnmatchcase(each, name):
            yield f"{folder}/{each}"


def _root_login(value: str) -> str:
    lowered = value.lower()
    return "prohibit-password" if lowered == "without-password" else lowered


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() else otherwise


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())

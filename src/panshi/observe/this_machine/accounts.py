"""Local accounts: /etc/passwd, /etc/shadow and /etc/group, read without letting a hash go.

Formats as in passwd(5), shadow(5), group(5). Where /etc/shadow may not be read, nothing is said
about passwords: the state is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from panshi.observe.this_machine.machine import Machine, day_number

_NO_LOGIN = frozenset({"nologin", "false", "sync", "halt", "shutdown", "true"})
_ADMINISTRATORS = frozenset({"sudo", "wheel", "admin"})
_MOST_ACCOUNTS = 100_000
_PASSWD_FIELDS, _GROUP_FIELDS, _EXPIRY = 7, 4, 7


class Password(StrEnum):
    """What can be said of an account's password."""

    SET = "set"
    EMPTY = "empty"
    LOCKED = "locked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One line of /etc/passwd with what belongs to it."""

    name: str
    uid: int
    home: str
    login: bool
    "Has a shell one can work in."
    password: Password
    expires: date | None
    administrator: bool
    "User id 0, or member of a group that administers."


def accounts(machine: Machine) -> tuple[Account, ...]:
    """Give all local accounts in the order of /etc/passwd."""
    shadow = _shadow(machine)
    groups = _administrators(machine)
    found: list[Account] = []
    for line in machine.text("/etc/passwd").splitlines()[:_MOST_ACCOUNTS]:
        parts = line.split(":")
        if len(parts) != _PASSWD_FIELDS or not parts[2].isdecimal() or line[:1] in "#+-":
            continue
        name, held, uid, gid, _, home, shell = parts
        password, expires = _password(name, held, shadow)
        found.append(
            Account(
                name=name,
                uid=int(uid),
                home=home,
                login=shell.strip().rpartition("/")[2] not in _NO_LOGIN,
                password=password,
                expires=expires,
                administrator=int(uid) == 0 or name in groups or f":{gid}" in groups,
            )
        )
    return tuple(found)


def _shadow(machine: Machine) -> dict[str, tuple[str, date | None]] | None:
    """Give name → (state of the password field, expiry); None where it may not be read."""
    text = machine.text_or_none("/etc/shadow")
    if text is None:
        return None if machine.has("/etc/shadow") else {}
    entries = (line.split(":") for line in text.splitlines())
    return {
        parts[0]: (_state(parts[1]), day_number(parts[_EXPIRY]) if len(parts) > _EXPIRY else None)
        for parts in entries
        if len(parts) > 1
    }


def _password(
    name: str, held: str, shadow: dict[str, tuple[str, date | None]] | None
) -> tuple[Password, date | None]:
    if held != "x":
        return _state(held), None
    if shadow is None:
        return Password.UNKNOWN, None
    state, expires = shadow.get(name, (Password.LOCKED, None))
    return Password(state), expires


def _state(held: str) -> Password:
    if not held:
        return Password.EMPTY
    return Password.LOCKED if held[0] in "!*" else Password.SET


def _administrators(machine: Machine) -> frozenset[str]:
    """Give members of the administering groups, and those groups' ids as `:<id>`."""
    found: set[str] = set()
    for line in (machine.text_or_none("/etc/group") or "").splitlines():
        parts = line.split(":")
        if len(parts) == _GROUP_FIELDS and parts[0] in _ADMINISTRATORS:
            found.update(filter(None, parts[3].split(",")), {f":{parts[2]}"})
    return frozenset(found)

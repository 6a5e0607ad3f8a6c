"""Read sudo rules as sudoers(5) says: includes, aliases, continued lines, tags and defaults.

Counted are user specifications; one runs without a password if it carries NOPASSWD or if
`Defaults !authenticate` holds for all. Rules from LDAP or SSSD are not seen here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from panshi.errors import PanshiError
from panshi.observe.this_machine.machine import Machine

_FILE = "/etc/sudoers"
_MOST_FILES = 200
_INCLUDE = re.compile(r"^[@#](include|includedir)\s+(.+)$")
_ALIAS = re.compile(r"^(User|Runas|Host|Cmnd|Cmd)_Alias\s")
# A # begins a comment unless it begins a user id (#1000).
_COMMENT = re.compile(r"(?<!\\)#(?!\d).*$")
_NO_PASSWORD = re.compile(r"\bNOPASSWD\s*:")
_DEFAULTS = re.compile(r"^Defaults(?P<scope>\S*)\s+(?P<settings>.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class SudoRules:
    """What the sudo rules amount to."""

    rules: int
    without_password: int
    "Rules that ask no password of anyone but root."
    users: frozenset[str]
    "Users and %groups that rules name, aliases as such."


def sudo_rules(machine: Machine) -> SudoRules:
    """Count the rules; `PanshiError` where they may not be read; none where sudo is absent."""
    if not machine.has(_FILE):
        return SudoRules(rules=0, without_password=0, users=frozenset())
    rules: list[tuple[str, bool]] = []
    unasked_for_all = False
    unasked_for_some = 0
    for line in _lines(machine, _FILE, []):
        if _ALIAS.match(line):
            continue
        if found := _DEFAULTS.match(line):
            if "!authenticate" in found["settings"].replace(" ", ""):
                unasked_for_all |= not found["scope"]
                unasked_for_some += bool(found["scope"])
            continue
        if "=" in line:
            rules.append((_users_of(line), bool(_NO_PASSWORD.search(line))))
    unasked = sum((unasked or unasked_for_all) and users != "root" for users, unasked in rules)
    names = {name.strip() for users, _ in rules for name in users.split(",")}
    return SudoRules(
        rules=len(rules), without_password=unasked + unasked_for_some, users=frozenset(names)
    )


def _users_of(line: str) -> str:
    """Give the user list in front of the host list: `alice, %ops ALL = …` → `alice, %ops`."""
    left = re.sub(r"\s*,\s*", ",", line.partition("=")[0].strip())
    return left.rpartition(" ")[0].strip() or left


def _lines(machine: Machine, name: str, read: list[str]) -> Iterator[str]:
    if len(read) >= _MOST_FILES:
        raise PanshiError(f"more than {_MOST_FILES} files are included", place=name)
    read.append(name)
    text = re.sub(r"\\\r?\n", " ", machine.text(name))
    for raw in text.splitlines():
        line = raw.strip()
        if found := _INCLUDE.match(line):
            for each in _included(machine, found[1], found[2].strip().strip('"')):
                yield from _lines(machine, each, read)
        elif line := _COMMENT.sub("", line).strip():
            yield line


def _included(machine: Machine, how: str, place: str) -> Iterator[str]:
    path = place.replace("%h", machine.hostname)
    path = path if path.startswith("/") else f"/etc/{path}"
    if how == "include":
        yield path
        return
    for name in machine.entries(path):  # sudo skips editors' leftovers
        if "." not in name and not name.endswith("~"):
            yield f"{path}/{name}"

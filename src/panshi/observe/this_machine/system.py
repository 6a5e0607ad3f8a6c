"""Look at the operating system: release, kernel, and whether its maker still mends it.

The end of support is read from os-release(5) `SUPPORT_END`, else from Debian's distro-info tables;
where neither is there it is not known.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime

from panshi.model.bodies.device_state import HostSystem
from panshi.observe.this_machine.machine import Machine, Sight

KIND = "host.system/1"

_RELEASES = ("/etc/os-release", "/usr/lib/os-release")
_LAPTOPS = frozenset({"8", "9", "10", "11", "14", "30", "31", "32"})  # SMBIOS 7.4.1
SCREEN_MANAGERS = (
    "/etc/X11/default-display-manager",
    "/etc/systemd/system/display-manager.service",
)


def look(machine: Machine, now: datetime) -> Iterator[Sight]:
    """Yield what runs here."""
    place = next((each for each in _RELEASES if machine.has(each)), _RELEASES[0])
    said = _settings(machine.text(place))
    ends = _support_end(machine, said)
    body = HostSystem(
        system=said.get("PRETTY_NAME", said.get("ID", "unknown")),
        kernel=machine.text("/proc/sys/kernel/osrelease").strip(),
        workstation=is_workstation(machine),
        support_ends=ends,
        supported=None if ends is None else now.date() <= ends,
    )
    yield Sight(kind=KIND, subject=machine.host, body=body)


def is_workstation(machine: Machine) -> bool:
    """Whether people sit before it."""
    case = (machine.text_or_none("/sys/class/dmi/id/chassis_type") or "").strip()
    return case in _LAPTOPS or any(map(machine.has, SCREEN_MANAGERS))


def _settings(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, found, value in pairs if found}


def _support_end(machine: Machine, said: dict[str, str]) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(said.get("SUPPORT_END", ""))
    name = said.get("ID", "")
    if name not in {"debian", "ubuntu"}:
        return None
    table = machine.text_or_none(f"/usr/share/distro-info/{name}.csv") or ""
    wanted = said.get("VERSION_ID", "")
    for row in csv.DictReader(io.StringIO(table)):
        if wanted and (row.get("version") or "").split()[:1] == [wanted]:
            return _longest(row)
    return None


def _longest(row: dict[str, str]) -> date | None:
    """Give the last day of free security updates: the end of life, or of long-term support."""
    found = []
    for column in ("eol", "eol-server", "eol-lts"):
        with suppress(ValueError, TypeError):
            found.append(date.fromisoformat(row.get(column) or ""))
    return max(found, default=None)

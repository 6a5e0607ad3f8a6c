"""Look at the screen lock that is set for everybody (dconf system databases, as GNOME reads them).

What a user chose is theirs and is not looked at; without a setting for everybody nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from panshi.errors import PanshiError
from panshi.model.bodies.device_state import ScreenLock
from panshi.model.observation import Outcome
from panshi.observe.this_machine.machine import Machine, Sight
from panshi.observe.this_machine.system import is_workstation

KIND = "host.screen/1"

_DATABASES = "/etc/dconf/db"
_LOCK = re.compile(r"^\s*lock-enabled\s*=\s*(true|false)\s*$", re.MULTILINE)
_IDLE = re.compile(r"^\s*idle-delay\s*=\s*uint32\s+(\d{1,6})\s*$", re.MULTILINE)


def look(machine: Machine, _now: datetime) -> Iterator[Sight]:
    """Yield the lock, or that there is no screen."""
    if not is_workstation(machine):
        yield Sight(kind=KIND, subject=machine.host, outcome=Outcome.ABSENT)
        return
    text, locks = "", ""
    for database in machine.names(_DATABASES):
        folder = f"{_DATABASES}/{database}"
        for name in machine.names(folder) if database.endswith(".d") else ():
            text += (machine.text_or_none(f"{folder}/{name}") or "") + "\n"
        for name in machine.names(f"{folder}/locks"):
            locks += machine.text_or_none(f"{folder}/locks/{name}") or ""
    found, idle = _LOCK.findall(text), _IDLE.findall(text)
    if not found:
        raise PanshiError("no screen lock is set for everybody", place=_DATABASES)
    seconds = int(idle[-1]) if idle else None
    body = ScreenLock(
        locks=found[-1] == "true" and seconds != 0,
        idle_seconds=seconds,
        fixed="/org/gnome/desktop/screensaver/lock-enabled" in locks,
    )
    yield Sight(kind=KIND, subject=machine.host, body=body)

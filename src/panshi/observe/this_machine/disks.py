"""Look at the volumes of this machine: which of them lie on encrypted storage.

`lsblk` tells how devices stand on one another; a volume counts as encrypted where anything below it
is a dm-crypt device. What the machine needs to start (/boot) and memory disks are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from panshi.errors import PanshiError
from panshi.model.bodies.fleet import HostDisks
from panshi.observe.this_machine.machine import Machine, Sight

KIND = "host.disks/1"

_LEFT_OUT = ("/boot",)
_MEMORY = ("zram", "ram", "loop", "sr", "fd")
_DEEPEST = 16
type Device = dict[str, object]


def look(machine: Machine, _now: datetime) -> Iterator[Sight]:
    """Yield the volumes that carry files or swap."""
    program = machine.program("lsblk")
    if program is None:
        raise PanshiError("lsblk is not installed", remedy="install util-linux")
    said = machine.run(program, "--json", "--output", "NAME,TYPE,FSTYPE,MOUNTPOINTS")
    volumes = dict(volumes_of(said))
    if not volumes:
        raise PanshiError("no volume can be seen from here", place="lsblk")
    still_open = tuple(sorted(name for name, encrypted in volumes.items() if not encrypted))
    body = HostDisks(
        volumes=len(volumes),
        encrypted=len(volumes) - len(still_open),
        unencrypted=len(still_open),
        open_volumes=still_open,
    )
    yield Sight(kind=KIND, subject=machine.host, body=body)


def volumes_of(said: str) -> Iterator[tuple[str, bool]]:
    """Give each volume in use with whether it is encrypted."""
    try:
        devices = json.loads(said)["blockdevices"]
        yield from _walk(devices, encrypted=False, depth=0)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise PanshiError("lsblk speaks another format than expected", place="lsblk") from error


def _walk(devices: list[Device], *, encrypted: bool, depth: int) -> Iterator[tuple[str, bool]]:
    for device in devices if depth < _DEEPEST else ():
        name = str(device["name"])
        if name.startswith(_MEMORY):
            continue
        below = encrypted or device.get("type") == "crypt"
        places = device.get("mountpoints")
        used = [str(each) for each in (places if isinstance(places, list) else []) if each]
        if any(not place.startswith(_LEFT_OUT) for place in used):
            yield name, below
        children = device.get("children")
        if isinstance(children, list):
            yield from _walk(children, encrypted=below, depth=depth + 1)

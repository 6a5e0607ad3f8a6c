"""Look at protective agents, as far as this machine itself can tell.

An agent counts while its process runs, file integrity while its database exists. Inside a
container the host's agents cannot be seen; there, finding none is a failed look, not a finding.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from datetime import datetime

from panshi.errors import PanshiError
from panshi.model.bodies.hosts import HostProtection
from panshi.observe.this_machine.machine import Machine, Sight
from panshi.observe.this_machine.packages import installed_names

KIND = "host.protection/1"

# Process names as the kernel keeps them: at most 15 characters.
_SCANNERS = frozenset({"clamd", "savd", "savscand", "esets_daemon", "kesl", "ds_am", "maldet"})
_RESPONDERS = frozenset(
    {"falcon-sensor", "wdavdaemon", "sentinelone-age", "s1-agent", "cbagentd", "cbdaemon"}
    | {"elastic-endpoin", "xagt", "traps_pmd", "SophosMDR", "ds_agent", "pmd"}
)
_INTEGRITY = frozenset({"wazuh-syscheckd", "ossec-syscheckd", "tripwire", "samhain", "osqueryd"})
_INTEGRITY_DATABASES = ("/var/lib/aide/aide.db", "/var/lib/aide/aide.db.gz")
_CONFIGURATION = frozenset(
    {"puppet", "puppet-agent", "salt-minion", "chef-client", "cf-execd", "cf-serverd"}
)
_RECORDERS = frozenset({"auditd"})
_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
_CONTAINER_GROUPS = ("docker", "kubepods", "containerd", "libpod", "lxc")
_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
_TIMEX_BYTES = 256  # struct timex has 208 on 64-bit systems


def look(machine: Machine, _now: datetime) -> Iterator[Sight]:
    """Yield which agents run; `PanshiError` where not all processes can be seen."""
    if machine.text_or_none("/proc/1/comm") is None:
        raise PanshiError(
            "other users' processes are hidden", place="/proc", remedy="look again as root"
        )
    running = frozenset(name for _number, name in machine.processes())
    responds = not running.isdisjoint(_RESPONDERS)
    scans = not running.isdisjoint(_SCANNERS) or responds
    watches = not running.isdisjoint(_INTEGRITY) or _has_integrity_database(machine)
    configured = not running.isdisjoint(_CONFIGURATION)
    records = not running.isdisjoint(_RECORDERS)
    if in_container(machine) and not (scans or watches or configured or records):
        raise PanshiError("this is a container: agents of its host cannot be seen from inside")
    body = HostProtection(
        malware_protection=scans,
        detection_response=responds,
        file_integrity=watches,
        managed=responds or configured,
        configuration_managed=configured,
        changes_recorded=records,
        time_synchronised=_synchronised(machine),
    )
    yield Sight(kind=KIND, subject=machine.host, body=body)


def in_container(machine: Machine) -> bool:
    """Whether the machine is a container that shares its host's kernel."""
    groups = machine.text_or_none("/proc/1/cgroup") or ""
    return any(map(machine.has, _CONTAINER_MARKS)) or any(
        word in groups for word in _CONTAINER_GROUPS
    )


def _has_integrity_database(machine: Machine) -> bool:
    packages = installed_names(machine)
    return bool({"aide", "aide-common"} & packages) and any(map(machine.has, _INTEGRITY_DATABASES))


def _synchronised(machine: Machine) -> bool | None:
    """Ask the kernel whether its clock is disciplined (adjtimex with no mode: reads only)."""
    if not machine.live:
        return None
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _TIME_ERROR

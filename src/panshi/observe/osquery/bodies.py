"""Turn the tables of one host into bodies, or into the reason why they say nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from ipaddress import ip_address

from panshi.model.bodies.fleet import BrowserExtensions, HostDisks, HostPatches, HostSoftware
from panshi.model.bodies.hosts import HostUsers
from panshi.model.bodies.network import Listener, Listeners
from panshi.model.observation import Body
from panshi.observe.osquery.log import State
from panshi.observe.osquery.tables import EXTENSIONS, SOFTWARE
from panshi.observe.reading.members import whole
from panshi.observe.this_machine.kernel import PARAMETERS, parameters_body

SOFTWARE_KEPT = 20_000
KEPT = 2_000
_PROTOCOLS = {"6": "tcp", "17": "udp", "132": "sctp", "tcp": "tcp", "udp": "udp", "sctp": "sctp"}
_NO_DISKS = ("/dev/loop", "/dev/ram", "/dev/zram", "/dev/sr", "/dev/fd")
_NO_LOGIN = ("nologin", "false", "sync", "halt", "shutdown")
_NO_RULE = (
    "defaults",
    "#include",
    "@include",
    "user_alias",
    "host_alias",
    "cmnd_alias",
    "runas_al",
)

_EMPTY = "empty"
_OPTIONAL = frozenset({"yama_ptrace_scope", "unprivileged_bpf_disabled"})
"Parameters that some kernels do not have."

type Tables = Mapping[str, State]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One kind of observation of one host."""

    kind: str
    states: tuple[State, ...]
    "What it rests on."
    body: Body | None = None
    reason: str = ""


def sights(tables: Tables) -> Iterator[Sight]:
    """Give what the tables of one host tell; an incomplete one tells nothing."""
    for kind, names, made in _MAKERS:
        held = {name: tables[name] for name in names if name in tables}
        if not held:
            continue
        states = tuple(held.values())
        found: Body | str = _incomplete(held) or made(held)
        if isinstance(found, str):
            yield Sight(kind=kind, states=states, reason=found)
        else:
            yield Sight(kind=kind, states=states, body=found)


def _incomplete(held: Tables) -> str:
    broken = sorted(name for name, state in held.items() if not state.complete)
    if not broken:
        return ""
    return (
        f"the log of {', '.join(broken)} begins in the middle: what was there before is not told; "
        "use a snapshot query or give the whole log"
    )


def _listeners(held: Tables) -> Body | str:
    found: dict[tuple[str, int, str], str] = {}
    for cells in held["listening_ports"].cells():
        port = whole(cells, "port")
        protocol = _PROTOCOLS.get(cells["protocol"].lower())
        if not 0 < port < 2**16 or protocol is None:  # sockets of the file system have no port
            continue
        process = cells["name"] or cells["path"].rpartition("/")[2]
        found[protocol, port, cells["address"] or "0.0.0.0"] = process  # noqa: S104 -- what was seen
    sockets = tuple(
        Listener(address=address, port=port, protocol=protocol, process=process)
        for (protocol, port, address), process in sorted(found.items())
    )
    return Listeners(sockets=sockets, exposed=sum(not _loopback(each.address) for each in sockets))


def _loopback(address: str) -> bool:
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _users(held: Tables) -> Body | str:
    lacking = [name for name in ("users", "shadow", "sudoers") if name not in held]
    if lacking:
        return (
            f"not asked for: {', '.join(lacking)}; without them empty passwords and sudo rules "
            "cannot be told; schedule users, shadow and sudoers together"
        )
    accounts = list(held["users"].cells())
    if not accounts:
        return "the host lists no account at all"
    rules = [
        cells
        for cells in held["sudoers"].cells()
        if cells["header"] and not cells["header"].lower().startswith(_NO_RULE)
    ]
    repeated = Counter(each["uid"] for each in accounts)
    return HostUsers(
        login_accounts=tuple(
            sorted(each["username"] for each in accounts if _logs_in(each["shell"]))
        ),
        superusers=tuple(sorted(each["username"] for each in accounts if each["uid"] == "0")),
        empty_passwords=sum(each["password_status"] == _EMPTY for each in held["shadow"].cells()),
        sudo_rules=len(rules),
        sudo_without_password=sum(
            "NOPASSWD" in each["rule_details"] and each["header"] != "root" for each in rules
        ),
        duplicate_ids=sum(times - 1 for times in repeated.values()),
    )


def _logs_in(shell: str) -> bool:
    return bool(shell) and shell.rpartition("/")[2] not in _NO_LOGIN


def _disks(held: Tables) -> Body | str:
    volumes: dict[str, bool] = {}
    for cells in held["disk_encryption"].cells() if "disk_encryption" in held else ():
        if not cells["name"].startswith(_NO_DISKS):
            volumes[cells["name"]] = cells["encrypted"] == "1"
    for cells in held["bitlocker_info"].cells() if "bitlocker_info" in held else ():
        volumes[cells["drive_letter"]] = cells["protection_status"] == "1"
    if not volumes:
        return "the host lists no volume"
    bare = sorted(name for name, encrypted in volumes.items() if not encrypted)
    return HostDisks(
        volumes=len(volumes),
        encrypted=len(volumes) - len(bare),
        unencrypted=len(bare),
        open_volumes=tuple(bare[:KEPT]),
    )


def _patches(held: Tables) -> Body | str:
    found = {cells["hotfix_id"]: _day(cells["installed_on"]) for cells in held["patches"].cells()}
    found.pop("", None)
    if not found:
        return "the host lists no patch, which does not show that it was asked with the right to"
    days = [day for day in found.values() if day is not None]
    return HostPatches(
        count=len(found), newest=max(days, default=None), patches=tuple(sorted(found))[:KEPT]
    )


def _day(text: str) -> date | None:
    """Read the day of a hotfix: `11/21/2026`, ISO 8601, or a Windows file time in hexadecimal."""
    for shape in ("%m/%d/%Y", "%Y-%m-%d", "%Y%m%d"):
        with suppress(ValueError):
            return datetime.strptime(text, shape).replace(tzinfo=UTC).date()
    with suppress(ValueError, OverflowError, OSError):
        if len(text) == 16:  # noqa: PLR2004  64 bits
            return datetime.fromtimestamp(int(text, 16) / 10**7 - 11_644_473_600, UTC).date()
    return None


def _extensions(held: Tables) -> Body | str:
    found: dict[str, bool] = {}
    for state in held.values():
        for cells in state.cells():
            name = f"{cells['name']} {cells['version']} ({cells['identifier']})"
            found[name] = found.get(name, False) or cells.get("from_webstore", "") in {"0", "false"}
    return BrowserExtensions(
        count=len(found),
        sideloaded=sum(found.values()),
        extensions=tuple(sorted(found))[:KEPT],
    )


def _software(held: Tables) -> Body | str:
    found = {
        f"{cells['name']} {cells.get('version') or cells.get('bundle_short_version', '')}".strip()
        for state in held.values()
        for cells in state.cells()
    } - {""}
    if not found:
        return "the host lists no software at all"
    return HostSoftware(
        count=len(found),
        software=tuple(sorted(found))[:SOFTWARE_KEPT],
        kinds=tuple(sorted(held)),
    )


def _kernel(held: Tables) -> Body | str:
    if "system_controls" not in held:
        return "only the kernel's version was asked, none of its parameters"
    told = {cells["name"]: cells["current_value"] for cells in held["system_controls"].cells()}
    values: dict[str, int | None] = {}
    for name, (place, _least, _most) in PARAMETERS.items():
        value = told.get(place.replace("/", "."), "")
        values[name] = int(value) if value.isascii() and value.isdecimal() else None
    lacking = [name for name, value in values.items() if value is None and name not in _OPTIONAL]
    if lacking:
        return f"not asked for: {', '.join(lacking)}; query the whole of system_controls"
    versions = held["kernel_info"].cells() if "kernel_info" in held else iter(())
    return parameters_body(next((cells["version"] for cells in versions), ""), values)


_MAKERS = (
    ("host.listeners/1", ("listening_ports",), _listeners),
    ("host.users/1", ("users", "shadow", "sudoers"), _users),
    ("host.disks/1", ("disk_encryption", "bitlocker_info"), _disks),
    ("host.patches/1", ("patches",), _patches),
    ("browser.extensions/1", tuple(sorted(EXTENSIONS)), _extensions),
    ("host.software/1", tuple(sorted(SOFTWARE)), _software),
    ("host.kernel/1", ("system_controls", "kernel_info"), _kernel),
)
KINDS = tuple(kind for kind, _names, _made in _MAKERS)

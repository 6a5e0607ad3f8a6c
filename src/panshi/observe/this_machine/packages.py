"""Look at the packages of the operating system, and at the updates its index knows.

The databases of dpkg and apk are read as files, rpm's through `rpm -qa`. Updates are counted
by a simulation of apt that downloads and writes nothing, its cache included. Without a package
index the number of updates is not known; it is never 0 for want of an index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from panshi.errors import PanshiError
from panshi.model.bodies.hosts import HostPackages
from panshi.observe.this_machine.machine import Machine, Sight

KIND = "host.packages/1"

_STATUS = "/var/lib/dpkg/status"
_STATUS_PARTS = "/var/lib/dpkg/status.d"
_APK = "/lib/apk/db/installed"
_LISTS = "/var/lib/apt/lists"
_DAY = 86_400
# `Inst name [installed] (candidate origin:release/suite, … [arch])`; new packages lack the first.
_UPGRADE = re.compile(r"^Inst \S+ \[[^\]]+\] \((?P<origins>[^)]*)\)")
_SIMULATE = (
    "--simulate",
    "--quiet=2",
    "-oDebug::NoLocking=true",
    "-oAPT::Get::Show-User-Simulation-Note=false",
    "-oDir::Cache::pkgcache=",
    "-oDir::Cache::srcpkgcache=",
    "dist-upgrade",
)


def look(machine: Machine, now: datetime) -> Iterator[Sight]:
    """Yield the packages of the first package manager that has a database here."""
    manager, packages = _installed(machine)
    if not packages:
        raise PanshiError(f"the {manager} database names no installed package")
    age = updates = security = None
    if manager == "dpkg":
        age, knows_security = _index(machine, now)
        if age is not None:
            updates, security = _updates(machine)
            security = security if knows_security else None
    body = HostPackages(
        manager=manager,
        count=len(packages),
        packages=packages,
        index_age_days=age,
        updates=updates,
        security_updates=security,
    )
    yield Sight(kind=KIND, subject=machine.host, body=body)


def installed_names(machine: Machine) -> frozenset[str]:
    """Names of the installed packages, none where no database can be read."""
    try:
        _manager, packages = _installed(machine)
    except PanshiError:
        return frozenset()
    return frozenset(package.partition(" ")[0] for package in packages)


def _installed(machine: Machine) -> tuple[str, tuple[str, ...]]:
    parts = [name for name in machine.names(_STATUS_PARTS) if not name.endswith(".md5sums")]
    if machine.has(_STATUS) or parts:
        texts = [machine.text(_STATUS)] if machine.has(_STATUS) else []
        texts += [machine.text(f"{_STATUS_PARTS}/{name}") for name in parts]
        return "dpkg", tuple(sorted(each for text in texts for each in _of_dpkg(text)))
    if machine.has(_APK):
        return "apk", tuple(sorted(_of_apk(machine.text(_APK))))
    if machine.live and (rpm := machine.program("rpm")):
        listing = machine.run(rpm, "-qa", "--qf", r"%{NAME} %{VERSION}-%{RELEASE}\n")
        return "rpm", tuple(sorted(line for line in listing.splitlines() if " " in line))
    raise PanshiError(
        "no package database of dpkg, apk or rpm was found",
        place=_STATUS,
        remedy="list the packages with another source",
    )


def _of_dpkg(text: str) -> Iterator[str]:
    """Read stanzas as in dpkg's status file (deb822(5)); parts without a Status are installed."""
    for stanza in re.split(r"\n\s*\n", text):
        fields = _fields(stanza.splitlines(), ": ")
        status = fields.get("Status", "install ok installed").split()
        if "Package" in fields and status[-1:] == ["installed"]:
            yield f"{fields['Package']} {fields.get('Version', '')}".rstrip()


def _of_apk(text: str) -> Iterator[str]:
    for stanza in text.split("\n\n"):
        fields = _fields(stanza.splitlines(), ":")
        if "P" in fields:
            yield f"{fields['P']} {fields.get('V', '')}".rstrip()


def _fields(lines: Iterable[str], separator: str) -> dict[str, str]:
    pairs = (line.partition(separator) for line in lines if line[:1] not in {" ", "\t"})
    return {name: value.strip() for name, found, value in pairs if found}


def _index(machine: Machine, now: datetime) -> tuple[int | None, bool]:
    """Give the days since the index was last fetched, and whether it holds security updates."""
    names = [name for name in machine.names(_LISTS) if "_Packages" in name]
    if not names:
        return None, False
    places = (_LISTS, f"{_LISTS}/partial", *(f"{_LISTS}/{name}" for name in names))
    newest = max(machine.modified(place) or 0.0 for place in places)
    age = max(0, int((now.timestamp() - newest) // _DAY))
    return age, any("security" in name.lower() for name in names)


def _updates(machine: Machine) -> tuple[int | None, int | None]:
    program = machine.program("apt-get")
    if program is None or not machine.live:
        return None, None
    try:
        plan = machine.run(program, *_SIMULATE)
    except PanshiError:  # a broken or locked apt: not known
        return None, None
    origins = [found["origins"] for line in plan.splitlines() if (found := _UPGRADE.match(line))]
    return len(origins), sum("security" in each.lower() for each in origins)

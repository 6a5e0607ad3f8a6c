"""Look at the Python environments of this machine: what is installed where.

Environments are found by a bounded walk below the usual places: every folder `site-packages` or
`dist-packages`, which with a `pyvenv.cfg` above it is a virtual environment (PEP 405). What is
installed is read from the metadata beside the packages (*.dist-info, *.egg-info; PEP 376 and
core metadata); no interpreter found here is run and nothing found here is imported.
"""

from __future__ import annotations

import os
import re
import sysconfig
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from panshi.errors import PanshiError
from panshi.model.bodies.software import PythonEnvironment
from panshi.model.observation import Outcome
from panshi.observe.reading.files import open_source
from panshi.observe.reading.limits import Limits
from panshi.observe.this_machine.machine import Machine, Sight

KIND = "python.environment/1"

_PLACES = ("/usr/lib", "/usr/local", "/usr/share", "/opt", "/srv", "/root", "/home", "/var/lib")
_PACKAGES = frozenset({"site-packages", "dist-packages"})
_PASSED_OVER = frozenset(
    {"node_modules", "__pycache__", "proc", "sys", "dev", "docker", "containers", "snapd"}
    | {"dpkg", "apt", "locale", "doc", "man", "icons", "modules", "firmware"}
)
_HIDDEN_ENTERED = (".venv", ".pyenv", ".local", ".virtualenvs", ".tox", ".nox", ".conda")
_DEEPEST = 8
_MOST_FOLDERS = 40_000
_MOST_ENVIRONMENTS = 500
_MOST_DISTRIBUTIONS = 20_000
_SECONDS = 10.0
_HEAD = 64 * 1024
_METADATA = Limits(max_bytes=64 * 1024 * 1024)
_PACKAGES_OF_THIS_PYTHON = tuple(
    dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
)
_INFO = re.compile(r"(?P<name>.+?)-(?P<version>[^-]+)(-py[\d.]+)?\.(dist|egg)-info$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One folder of installed packages."""

    path: str
    "Prefix of a virtual environment, else the folder of packages, as on the machine."
    packages: str
    "The folder of packages."
    python: str
    "Version as far as configuration or path tell it."


def environment_id(machine: Machine, environment: Environment) -> str:
    """Asset id of an environment."""
    return f"software:python@{machine.hostname}:{environment.path}"


def look(machine: Machine, _now: datetime) -> Iterator[Sight]:
    """Yield every environment found; one that cannot be read is a failed look."""
    for environment in environments(machine):
        subject = environment_id(machine, environment)
        try:
            body = _read(machine, environment)
        except OSError as error:
            yield Sight(
                kind=KIND,
                subject=subject,
                outcome=Outcome.FAILED,
                reason=f"{environment.packages}: {error.strerror}",
            )
        else:
            yield Sight(kind=KIND, subject=subject, body=body)


def environments(machine: Machine) -> tuple[Environment, ...]:
    """Give the environments, ordered by path; empty folders of packages are none."""
    found = [_environment(machine, packages) for packages in _package_folders(machine)]
    unique = {each.path: each for each in found if each is not None}
    return tuple(unique[path] for path in sorted(unique)[:_MOST_ENVIRONMENTS])


def environment_at(machine: Machine, path: str) -> Environment | None:
    """Give the environment below one place, wherever it lies; None where there is none."""
    here = machine.path(path)
    folders = [path] if here.name in _PACKAGES else []
    folders += [
        f"{path}/{each.relative_to(here).as_posix()}"
        for each in sorted(here.glob("lib/python*/site-packages"))
    ]
    found = (_environment(machine, each) for each in folders)
    return next((each for each in found if each is not None), None)


def _package_folders(machine: Machine) -> Iterator[str]:
    """Walk breadth first, so that what is near is found before a limit is reached."""
    ends = time.monotonic() + _SECONDS
    queue = deque((place, 1) for place in _PLACES)
    seen: set[tuple[int, int]] = set()
    if machine.live:
        yield from _PACKAGES_OF_THIS_PYTHON
    for _ in range(_MOST_FOLDERS):
        if not queue or time.monotonic() > ends:
            return
        folder, depth = queue.popleft()
        for name in _folders_in(machine.path(folder), seen):
            place = f"{folder}/{name}"
            if name in _PACKAGES:
                yield place
            elif depth < _DEEPEST and _enters(name):
                queue.append((place, depth + 1))


def _folders_in(folder: Path, seen: set[tuple[int, int]]) -> tuple[str, ...]:
    """Give the names of sub-folders, links not followed, each folder entered once."""
    try:
        about = folder.stat(follow_symlinks=False)
        if (about.st_dev, about.st_ino) in seen:
            return ()
        seen.add((about.st_dev, about.st_ino))
        with os.scandir(folder) as entries:
            return tuple(
                sorted(each.name for each in entries if each.is_dir(follow_symlinks=False))
            )
    except OSError:
        return ()


def _enters(name: str) -> bool:
    return name not in _PASSED_OVER and (
        not name.startswith(".") or name.startswith(_HIDDEN_ENTERED)
    )


def _environment(machine: Machine, packages: str) -> Environment | None:
    if not any(name.endswith(("-info", ".py")) for name in machine.names(packages)):
        return None
    library = packages.rpartition("/")[0]
    version = re.search(r"python(\d+(?:\.\d+)*)$", library)
    python = version[1] if version else ""
    prefix = library.rpartition("/lib")[0]
    configuration = machine.text_or_none(f"{prefix}/pyvenv.cfg") if prefix else None
    if configuration is None:
        return Environment(path=packages, packages=packages, python=python)
    told = re.search(r"^version(?:_info)?\s*=\s*(\d+(?:\.\d+)*)", configuration, re.MULTILINE)
    return Environment(path=prefix, packages=packages, python=told[1] if told else python)


def distributions(machine: Machine, environment: Environment) -> Iterator[tuple[str, str]]:
    """Give place and metadata headers of each distribution; empty where they cannot be read."""
    with os.scandir(machine.path(environment.packages)) as entries:
        names = sorted(each.name for each in entries)
    for name in names[:_MOST_DISTRIBUTIONS]:
        if name.endswith((".dist-info", ".egg-info")) and not name.startswith("~"):
            place = f"{environment.packages}/{name}"
            yield place, _headers(machine, place)


def _read(machine: Machine, environment: Environment) -> PythonEnvironment:
    told = [_named(*each) for each in distributions(machine, environment)]
    found = [each for each in told if each is not None]
    return PythonEnvironment(
        path=environment.path,
        python=environment.python,
        distributions=tuple(sorted(found, key=str.casefold)),
        count=len(found),
        broken=len(told) - len(found),
    )


def _headers(machine: Machine, place: str) -> str:
    for candidate in (f"{place}/METADATA", f"{place}/PKG-INFO", place):
        if machine.path(candidate).is_file():
            return _head(machine.path(candidate)).split("\n\n", 1)[0]
    return ""


def _named(place: str, headers: str) -> str | None:
    """Give `name version` from the metadata's head, else from the folder's name."""
    name = re.search(r"^Name:\s*(\S+)\s*$", headers, re.MULTILINE)
    version = re.search(r"^Version:\s*(\S+)\s*$", headers, re.MULTILINE)
    if name and version:
        return f"{name[1]} {version[1]}"
    named = _INFO.search(place.rpartition("/")[2])
    return f"{named['name']} {named['version']}" if named and headers else None


def _head(path: Path) -> str:
    try:
        with open_source(path, _METADATA) as source:
            raw = b""
            while len(raw) < _HEAD and (more := source.read(_HEAD)):
                raw += more
            return raw.decode("utf-8", "replace").replace("\r\n", "\n")
    except PanshiError:
        return ""

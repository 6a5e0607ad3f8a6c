"""Which plug-ins an administrator allowed: `plugins.toml` below the home, one entry per version.

    [[observer]]
    name = "restic"
    distribution = "panshi-observer-restic"
    version = "1.0.0"
    sha256 = "…"

An update of the package is another version with another digest, and is off until it is allowed too.
Whoever may write this file may run code as the node; it must be the owner's alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from panshi.errors import BadInputError, UsageError
from panshi.observe.plugins import Broken, Installed, installed, load
from panshi.observe.port import Observer
from panshi.observe.sources import SOURCES
from panshi.observe.spool.places import owned_file
from panshi.store.place import OWNER_ONLY_FILE

FILE = "plugins.toml"


class Standing(StrEnum):
    """How an installed plug-in stands."""

    ALLOWED = "allowed"
    OFF = "off"
    CHANGED = "changed"
    "Allowed once, but not as it is now."
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """One entry of the file."""

    name: str
    distribution: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One plug-in as people see it."""

    name: str
    distribution: str
    version: str
    sha256: str
    standing: Standing
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    observer: tuple[Allowed, ...] = ()


def plugins(home: Path) -> tuple[Plugin, ...]:
    """List what is installed and how it stands; nothing is imported."""
    allowed = read_allowed(home)
    return tuple(_standing(each, allowed) for each in installed())


def _standing(found: Installed, allowed: tuple[Allowed, ...]) -> Plugin:
    wanted = [each for each in allowed if each.name == found.name]
    standing, problem = Standing.OFF, found.problem
    if problem:
        standing = Standing.UNUSABLE
    elif _entry(found) in wanted:
        standing = Standing.ALLOWED
    elif wanted:
        standing = Standing.CHANGED
        problem = f"allowed was {wanted[0].distribution} {wanted[0].version}, not what is installed"
    return Plugin(**asdict(_entry(found)), standing=standing, problem=problem)


def _entry(found: Installed) -> Allowed:
    return Allowed(
        name=found.name,
        distribution=found.distribution,
        version=found.version,
        sha256=found.sha256,
    )


def read_allowed(home: Path) -> tuple[Allowed, ...]:
    """Read what was allowed; nothing where there is no such file."""
    path = home / FILE
    if not path.exists():
        return ()
    raw = owned_file(path)
    try:
        return msgspec.toml.decode(raw, type=_File).observer
    except (msgspec.DecodeError, ValueError) as error:
        raise BadInputError(
            f"does not list allowed plug-ins: {error}",
            place=str(path),
            remedy="`panshi observe --allow-plugin NAME` writes it",
        ) from error


def allow(home: Path, name: str) -> Plugin:
    """Allow a plug-in exactly as it is installed now; gives it."""
    found = next((each for each in installed() if each.name == name), None)
    if found is None:
        raise UsageError(
            f"no plug-in {name!r} is installed", remedy="`panshi observe --plugins` lists them"
        )
    if found.problem:
        raise UsageError(f"plug-in {name} cannot be allowed: {found.problem}")
    load(found)  # what does not keep to the contract is refused now, not at the first file
    others = tuple(each for each in read_allowed(home) if each.name != name)
    _write(home, (*others, _entry(found)))
    return _standing(found, (_entry(found),))


def disallow(home: Path, name: str) -> None:
    """Take a plug-in off the list."""
    before = read_allowed(home)
    after = tuple(each for each in before if each.name != name)
    if after == before:
        raise UsageError(f"plug-in {name!r} is not allowed", remedy="`panshi observe --plugins`")
    _write(home, after)


def _write(home: Path, entries: tuple[Allowed, ...]) -> None:
    text = "# Plug-ins that may run in this node, as they were when they were allowed.\n"
    for each in sorted(entries, key=lambda each: each.name):
        text += "\n[[observer]]\n"
        text += "".join(f"{key} = {json.dumps(value)}\n" for key, value in asdict(each).items())
    path = home / FILE
    beside = path.with_name(f".{FILE}.new")
    beside.touch(mode=OWNER_ONLY_FILE)
    beside.chmod(OWNER_ONLY_FILE)
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


class AllSources(Mapping[str, Observer]):
    """Panshi's own observers and the allowed plug-ins, by name; imported when they are used."""

    def __init__(self, home: Path) -> None:
        """Keep the home; nothing is looked up yet."""
        self._home = home
        self._read: tuple[int, Mapping[str, Installed]] = (0, {})
        "When the file was written that the plug-ins are from."

    @property
    def _plugins(self) -> Mapping[str, Installed]:
        try:
            written = (self._home / FILE).stat().st_mtime_ns
        except OSError:
            return {}
        if self._read[0] != written:
            allowed = read_allowed(self._home)
            usable = (each for each in installed() if not each.problem and _entry(each) in allowed)
            self._read = (written, {each.name: each for each in usable})
        return self._read[1]

    def __getitem__(self, name: str) -> Observer:
        """Give the observer of that name, or raise `KeyError`."""
        if name in SOURCES:
            return SOURCES[name]
        plugin = self._plugins[name]
        try:
            return load(plugin)
        except UsageError as error:
            return Broken(name, error)

    def __iter__(self) -> Iterator[str]:
        """Give the names, Panshi's own first."""
        yield from SOURCES
        yield from self._plugins

    def __len__(self) -> int:
        """Count the observers."""
        return len(SOURCES) + len(self._plugins)


def sources_of(home: Path) -> Mapping[str, Observer]:
    """Give every observer a node may use."""
    return AllSources(home)

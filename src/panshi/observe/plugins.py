"""Observers from other packages: the contract, and the fence around what keeps to it.

A package names an object in the entry-point group `panshi.observers`; the entry point's name is
the observer's. The object fulfils `panshi.observe.port.Observer` and says by `contract = 1` which
version of this page it was written for. It runs with the rights of the node: nothing here makes
hostile code harmless, which is why none is imported before an administrator allowed that very
version of it (`panshi.node.plugins`). The fence is against mistakes:

* it may yield registered kinds that it declared, and none that only people or the node make;
* every observation is sealed with the plug-in's distribution and version as collector;
* what it raises is a failed look of the whole file, and nothing of that file is kept beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import Distribution, EntryPoint, entry_points
from typing import cast

from panshi.errors import BadInputError, PanshiError, UsageError
from panshi.model.bodies import KINDS
from panshi.model.observation import Observation, Outcome
from panshi.observe.port import MADE_HERE, Look, Observer
from panshi.observe.sources import TABLE

GROUP = "panshi.observers"
CONTRACT = 1
MOST = 2_000_000
"Observations taken of one file."
HELD = 50_000
_NOT_CODE = (".pyc", ".pyo")
_MADE_BY_INSTALLERS = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """One entry point of the group, as installed; its code is not imported."""

    name: str
    distribution: str
    version: str
    sha256: str
    "Digest over every file of the distribution; empty where it cannot be taken."
    problem: str
    "Why it cannot be used, whoever allows it; empty otherwise."
    entry: EntryPoint


def installed() -> tuple[Installed, ...]:
    """List the plug-ins of this installation, by name; imports none."""
    found = sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value))
    names = [each.name for each in found]
    return tuple(_described(each, names.count(each.name) > 1) for each in found)


def _described(entry: EntryPoint, twice: bool) -> Installed:  # noqa: FBT001 -- one fact of two
    distribution = entry.dist
    if distribution is None:
        raise UsageError(f"plug-in {entry.name} belongs to no package", remedy="install it anew")
    digest, problem = "", ""
    if entry.name in TABLE:
        problem = "its name is that of an observer of Panshi's own"
    elif twice:
        problem = "two packages give an observer of that name"
    else:
        digest, problem = _digest(distribution)
    return Installed(
        name=entry.name,
        distribution=distribution.name,
        version=distribution.version,
        sha256=digest,
        problem=problem,
        entry=entry,
    )


def _digest(distribution: Distribution) -> tuple[str, str]:
    """Give the digest over all files of a distribution, or why there is none."""
    if "editable" in (distribution.read_text("direct_url.json") or ""):
        return "", "it is installed as a link to a folder that may change; install it as a package"
    whole = hashlib.sha256()
    files = [each for each in distribution.files or () if not str(each).endswith(_NOT_CODE)]
    for each in sorted(files, key=str):
        if each.name in _MADE_BY_INSTALLERS:
            continue
        one = hashlib.sha256()
        try:
            with open(each.locate(), "rb") as file:  # noqa: PTH123 -- a SimplePath has no open
                while chunk := file.read(_CHUNK):
                    one.update(chunk)
        except OSError as error:
            return "", f"{each} cannot be read: {error.strerror}"
        whole.update(f"{each}\0{one.hexdigest()}\n".encode())
    return (whole.hexdigest(), "") if files else ("", "its package does not list its files")


def load(plugin: Installed) -> Observer:
    """Import a plug-in and hold it to the contract; the administrator allowed it."""
    try:
        found = plugin.entry.load()
    except Exception as error:
        raise UsageError(
            f"plug-in {plugin.name} cannot be imported: {type(error).__name__}: {error}",
            place=f"{plugin.distribution} {plugin.version}",
            remedy="install what it needs, or disallow it",
        ) from error
    if problem := _breach(found, plugin.name):
        raise UsageError(
            f"plug-in {plugin.name} {problem}",
            place=f"{plugin.distribution} {plugin.version}",
            remedy="ask its maker for a version that keeps to the contract",
        )
    return Guarded(cast("Observer", found), f"{plugin.distribution} {plugin.version}")


def _breach(found: object, name: str) -> str:
    """Say what of the contract an object does not keep; empty where it keeps all."""
    contract = getattr(found, "contract", None)
    if contract != CONTRACT:
        return f"was written for contract {contract!r}; this node speaks {CONTRACT}"
    if getattr(found, "name", None) != name:
        return f"calls itself {getattr(found, 'name', None)!r}"
    texts = (getattr(found, "title_zh", None), getattr(found, "title_en", None))
    if not all(isinstance(each, str) and each for each in texts):
        return "has no title in both languages"
    kinds, suffixes = getattr(found, "kinds", None), getattr(found, "suffixes", None)
    if not isinstance(kinds, tuple) or not kinds or not isinstance(suffixes, tuple):
        return "names no kinds or suffixes"
    if unknown := [each for each in kinds if each not in KINDS]:
        return f"yields {unknown[0]!r}, a kind nobody registered"
    if forbidden := [each for each in kinds if each.startswith(MADE_HERE)]:
        return f"would yield {forbidden[0]}, which no file can bring"
    if getattr(found, "needs_path", None) is not True:
        return "does not read files (needs_path), which is all a plug-in may"
    return "" if callable(getattr(found, "observe", None)) else "cannot observe"


class Broken:
    """An allowed plug-in that cannot be used; it stands in the list and says why."""

    needs_path = True
    kinds: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()

    def __init__(self, name: str, problem: PanshiError) -> None:
        """Keep what is wrong with it."""
        self.name = name
        self.title_zh = f"{name}（無法使用的外掛）"
        self.title_en = f"{name} (plug-in that cannot be used)"
        self._problem = problem

    def observe(self, _look: Look) -> Iterator[Observation]:
        """Say what is wrong."""
        raise self._problem


class Guarded:
    """A plug-in behind the fence; an `Observer` itself."""

    needs_path = True

    def __init__(self, inner: Observer, collector: str) -> None:
        """Take over what the plug-in says of itself."""
        self._inner = inner
        self._collector = collector
        self.name = inner.name
        self.title_zh = inner.title_zh
        self.title_en = inner.title_en
        self.kinds = inner.kinds
        self.suffixes = tuple(map(str, inner.suffixes))

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield what the plug-in saw, once it has read to the end; or one look that failed."""
        held: list[Observation] = []
        total = 0
        try:
            for total, seen in enumerate(self._fenced(look), start=1):
                if total <= HELD:
                    held.append(seen)
        except PanshiError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 -- foreign code ends at this fence
            yield self._failed(look, error)
            return
        if total == len(held):
            yield from held
            return
        # Too many to hold: read again. Whatever differs now is refused by whoever seals.
        try:
            yield from self._fenced(look)
        except PanshiError:
            raise
        except (Exception, SystemExit) as error:
            raise BadInputError(
                f"plug-in {self.name} failed the second time: {type(error).__name__}",
                place=str(look.path),
                remedy="nothing was kept",
            ) from error

    def _fenced(self, look: Look) -> Iterator[Observation]:
        for number, seen in enumerate(self._inner.observe(look), start=1):
            if number > MOST:
                raise BadInputError(f"more than {MOST:,} observations", place=str(look.path))
            if not isinstance(seen, Observation):
                raise TypeError(f"it yielded a {type(seen).__name__}, not an Observation")
            if seen.kind not in self.kinds:
                raise TypeError(f"it yielded {seen.kind!r}, which it did not declare")
            if seen.body is not None and type(seen.body) is not KINDS[seen.kind].body:
                raise TypeError(f"the body of {seen.kind} is a {type(seen.body).__name__}")
            told = f" ({seen.collector})" if seen.collector else ""
            yield replace(seen, collector=f"{self._collector}{told}")

    def _failed(self, look: Look, error: BaseException) -> Observation:
        return Observation(
            kind=self.kinds[0],
            subject=look.subject or f"observer:{self.name}",
            facet=f"{self.name} failure",
            observed_at=look.now,
            collector=self._collector,
            outcome=Outcome.FAILED,
            reason=f"the plug-in failed: {type(error).__name__}: {str(error)[:200]}",
        )

"""Watch: observe what arrives in folders and buckets by itself, each file once; say how it goes.

    for round_ in watch(node, places, stop): …

A file is observed and sealed first, then put away (an object: remembered). Killed in between, the
same file is observed again with the same time of look, so that every observation is known already:
nothing is lost and nothing counts twice. What an observer refuses is put away with its reason and
sealed as `watch.refusal/1`; what is wrong with the node or the place (disk full, no network) leaves
everything where it is until the next round.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from panshi.errors import BadInputError, PanshiError, StoreError, UsageError
from panshi.evidence.log import Filter
from panshi.model.bodies.watching import RefusedDelivery, WatchedPlace
from panshi.model.observation import Body, Observation, Outcome, Sealed
from panshi.node.node import Node
from panshi.observe.reading.limits import MIB
from panshi.observe.recognise import recognise
from panshi.observe.spool.folder import (
    BATCH,
    Delivered,
    Folder,
    HeldElsewhereError,
    Manifest,
    held_alone,
)
from panshi.observe.spool.places import FILE, Place, credentials_of, read_places
from panshi.observe.spool.s3 import Bucket, GoneError, Object
from panshi.store.place import ready_directory
from panshi.store.watch_memory import Fare, WatchMemory

REFUSAL = "watch.refusal/1"
STATE = "watch.place/1"
FETCHED = "watch"
"Folder below the home in which objects are kept while they are read."
_PARTIAL = (".part", ".partial", ".tmp", ".panshi.json", "/")
_UNSAFE = re.compile(r"[^\w.-]+")
_CHUNK = MIB
_LONGEST_PAUSE = 1.0

type Stop = Callable[[], bool]


@dataclass(slots=True, kw_only=True)
class Round:
    """One look at one place."""

    place: str
    address: str
    observed: int = 0
    "Files observed and put away."
    refused: int = 0
    waiting: int = 0
    "Files left for later."
    unready: int = 0
    "Of these, those that may still be written."
    new: int = 0
    "New observations."
    known: int = 0
    problem: str = ""
    files: list[str] = field(default_factory=list)
    "What became of each file, in a line; at most a batch."


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A place as people see it."""

    name: str
    address: str
    configured: bool = False
    "Whether it stands in `watch.toml`; else somebody once named it on the command line."
    fare: Fare | None = None
    "None where nobody looked yet."
    backlog: int | None = None
    "Files that lie there now; None where it cannot be told without asking the network."


def places(node: Node) -> tuple[Place, ...]:
    """Give the places `watch.toml` names."""
    return read_places(node.home.path)


def watched(node: Node) -> tuple[Watched, ...]:
    """Give every configured place, and those looked at before, with how they fare."""
    configured = places(node)
    with WatchMemory(node.home.path) as memory:
        fares = memory.fares()
    names = {each.name for each in configured}
    listed = [
        Watched(
            name=each.name,
            address=each.where,
            configured=True,
            fare=fares.get(each.name),
            backlog=_backlog(each),
        )
        for each in configured
    ]
    listed += [
        Watched(name=fare.place, address=fare.address, fare=fare)
        for fare in fares.values()
        if fare.place not in names
    ]
    return tuple(listed)


def _backlog(place: Place) -> int | None:
    if not place.folder:
        return None
    try:
        return Folder(Path(place.folder), place.settle_seconds).waiting().total
    except StoreError:
        return None


def refusals(node: Node, limit: int = 50) -> tuple[Sealed, ...]:
    """Give what was refused lately, newest first."""
    return node.log.page(Filter(kind=REFUSAL), limit=limit)


def look(node: Node, place: Place, *, stop: Stop = lambda: False) -> Round:
    """Look at a place once and observe what is ready; what goes wrong with the place is told."""
    round_ = Round(place=place.name, address=place.where)
    try:
        if place.folder:
            _FolderRound(node, place, round_, stop).run()
        else:
            _BucketRound(node, place, round_, stop, os.environ).run()
    except HeldElsewhereError as error:
        round_.problem = str(error)
        return round_
    except PanshiError as error:
        round_.problem = str(error)
    try:
        _keep(node, round_)
    except StoreError as error:  # nothing can be written: said to whoever asked, and tried again
        round_.problem = round_.problem or str(error)
    return round_


def watch(node: Node, wanted: tuple[Place, ...], stop: Stop) -> Iterator[Round]:
    """Look at places again and again until told to stop; yields rounds in which something was."""
    due = dict.fromkeys((place.name for place in wanted), 0.0)
    while not stop():
        now = time.monotonic()
        for place in wanted:
            if due[place.name] <= now and not stop():
                round_ = look(node, place, stop=stop)
                yield round_
                # A full batch means that more is ready: go on at once.
                full = round_.observed + round_.refused >= BATCH
                due[place.name] = time.monotonic() + (0 if full else place.every_seconds)
        now = time.monotonic()
        pause = min(due.values(), default=now + _LONGEST_PAUSE) - now
        time.sleep(min(max(pause, 0.05), _LONGEST_PAUSE))


def keep_watching(node: Node, stop: Stop) -> None:
    """Watch the places of `watch.toml` for as long as a process serves; follows its changes.

    A file that says something wrong is told once and read again when it changes; evidence is not
    lost by it, since everything waits where it arrived.
    """
    told = ""
    while not stop():
        try:
            wanted = places(node)
            told = ""
        except PanshiError as error:
            wanted = ()
            if str(error) != told:
                told = str(error)
                node.audit("", "watch.failure", FILE, detail=told[:200])
        for _round in watch(node, wanted, partial(_is_over, node, _stamp(node), stop)):
            pass


def _is_over(node: Node, stamp: int, stop: Stop) -> bool:
    return stop() or _stamp(node) != stamp


def _stamp(node: Node) -> int:
    try:
        return (node.home.path / FILE).stat().st_mtime_ns
    except OSError:
        return 0


def retry(node: Node, place: Place) -> int:
    """Give what was refused another chance, for example after an update; counts it."""
    if place.folder:
        folder = Folder(Path(place.folder), place.settle_seconds)
        folder.prepare()
        with folder.locked():
            return folder.bring_back()
    with WatchMemory(node.home.path) as memory:
        return memory.forget_refused(place.name)


def _keep(node: Node, round_: Round) -> None:
    """Remember how the place fares, and seal it where something happened or changed."""
    now = node.clock()
    with WatchMemory(node.home.path) as memory:
        before = memory.fares().get(round_.place)
        changed = before is None or before.problem != round_.problem
        memory.keep(
            Fare(
                place=round_.place,
                address=round_.address,
                looked_at=now.isoformat(timespec="seconds"),
                observed=round_.observed + (before.observed if before else 0),
                refused=round_.refused + (before.refused if before else 0),
                waiting=round_.waiting,
                unready=round_.unready,
                problem=round_.problem,
                since=now.isoformat(timespec="seconds") if changed or not before else before.since,
            )
        )
    if changed and round_.problem:
        _seal(node, round_.place, now, None, round_.problem)
    elif round_.observed or round_.refused or (changed and before is not None):
        body = WatchedPlace(
            place=round_.place,
            address=round_.address,
            observed=round_.observed,
            refused=round_.refused,
            waiting=round_.waiting,
            observations=round_.new,
        )
        _seal(node, round_.place, now, body, "")


def _seal(node: Node, place: str, at: datetime, body: Body | None, reason: str) -> None:
    made = Observation(
        kind=STATE,
        subject=f"watch:{place}",
        observed_at=at,
        collector="panshi",
        outcome=Outcome.UNREACHABLE if reason else Outcome.SEEN,
        reason=reason[:500],
        body=body,
    )
    node.log.append((made,), node.clock())


# -- one file --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """What is to be observed, wherever it came from."""

    path: Path
    name: str
    "As delivered."
    written: datetime
    size: int
    source: str = ""
    told: Manifest = field(default_factory=Manifest)


@dataclass(slots=True)
class _Rounds:
    """What rounds over folders and buckets share."""

    node: Node
    place: Place
    round: Round
    stop: Stop

    def observe(self, file: _File) -> PanshiError | None:
        """Observe a file and seal what it says; gives why it was refused, None where it was not."""
        source = ""
        try:
            source = self._source(file)
            report = self.node.observe(
                source,
                file.path,
                subject=file.told.subject or self.place.subject,
                options={**self.place.options, **file.told.options},
                actor=f"watch:{self.place.name}",
                looked_at=min(file.written, self.node.clock()),
            )
        except (BadInputError, UsageError) as error:
            self._refused(file, source, error)
            return error
        except PanshiError:
            raise
        except Exception as error:  # noqa: BLE001 -- one file must not stop all that come after it
            fault = BadInputError(
                f"the observer failed: {type(error).__name__}: {str(error)[:200]}",
                place=file.name,
                remedy="report it; the file is kept",
            )
            self._refused(file, source, fault)
            return fault
        self.round.observed += 1
        self.round.new += report.new
        self.round.known += report.known
        self._note(f"{file.name}: {source}, {report.new:,} / {report.observations:,}")
        return None

    def _source(self, file: _File) -> str:
        named = file.told.source or file.source or self.place.source
        sources = self.node.sources
        if not named:
            named = recognise(file.path)
            if not named:
                raise UsageError(
                    "the content tells no source, or several",
                    place=file.name,
                    remedy="deliver it in a sub-folder named after its source, such as `list`",
                )
        observer = sources.get(named)
        if observer is None or not observer.needs_path:
            raise UsageError(
                f"there is no source of files called {named!r}",
                place=file.name,
                remedy="`panshi observe --help` lists them",
            )
        return named

    def _refused(self, file: _File, source: str, error: PanshiError) -> None:
        body = RefusedDelivery(
            place=self.place.name,
            file=file.name,
            size=file.size,
            sha256=_digest(file.path),
            source=source,
            reason=f"{error.place}: {error.problem}".removeprefix(f"{file.name}: ")[:1000],
            remedy=error.remedy[:500],
        )
        refusal = Observation(
            kind=REFUSAL,
            subject=f"watch:{self.place.name}",
            facet=file.name,
            # As with looks: refused again after a crash, it is known already.
            observed_at=min(file.written, self.node.clock()),
            collector="panshi",
            body=body,
        )
        self.node.log.append((refusal,), self.node.clock())
        self.round.refused += 1
        self._note(f"{file.name}: {error}")

    def _note(self, text: str) -> None:
        if len(self.round.files) < BATCH:
            self.round.files.append(text)


def _digest(path: Path) -> str:
    whole = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                whole.update(chunk)
    except OSError:
        return ""
    return whole.hexdigest()


class _FolderRound(_Rounds):
    """One round over a spool on this machine."""

    def run(self) -> None:
        """Take what a crash left, then what is ready, oldest first."""
        folder = Folder(Path(self.place.folder), self.place.settle_seconds)
        folder.prepare()
        with folder.locked():
            for path in folder.interrupted():
                self._take(folder, folder.delivered(path))
            waiting = folder.waiting()
            taken = 0
            for path in waiting.ready:
                if self.stop():
                    break
                file = folder.claim(path)
                taken += 1
                if file is not None:
                    self._take(folder, file)
            self.round.waiting += waiting.total - taken
            self.round.unready += waiting.unready

    def _take(self, folder: Folder, delivered: Delivered) -> None:
        day = self.node.clock().date().isoformat()
        file = _File(
            path=delivered.path,
            name=delivered.name,
            written=delivered.written,
            size=delivered.size,
            source=delivered.source,
        )
        try:
            told = folder.manifest(delivered)
        except BadInputError as error:
            self._refused(file, "", error)
            folder.refuse(delivered, day, _reason(error))
            return
        refused = self.observe(replace(file, told=told))
        if refused is None:
            folder.finish(delivered, day)
        else:
            folder.refuse(delivered, day, _reason(refused))


def _reason(error: PanshiError) -> str:
    lines = (error.place, error.problem, error.remedy)
    return "\n".join(each for each in lines if each)


@dataclass(slots=True)
class _BucketRound(_Rounds):
    """One round over a bucket."""

    environment: Mapping[str, str]

    def run(self) -> None:
        """Read the objects not read yet, in the order of their keys; nothing there is changed."""
        home = self.node.home.path
        folder = ready_directory(home / FETCHED / self.place.name)
        bucket = Bucket(self.place, credentials_of(self.place, home, self.environment))
        with held_alone(folder / ".lock"), WatchMemory(home) as memory:
            after = memory.last_key(self.place.name) if self.place.ordered else ""
            taken = 0
            for found in bucket.objects(self.node.clock(), after):
                if not self._is_wanted(found, memory):
                    continue
                if taken >= BATCH or self.stop():
                    self.round.waiting += 1
                    continue
                taken += 1
                self._take(bucket, found, folder, memory)

    def _is_wanted(self, found: Object, memory: WatchMemory) -> bool:
        if found.key.endswith(_PARTIAL) or not found.size:
            return False
        return memory.etag(self.place.name, found.key) != found.etag

    def _take(self, bucket: Bucket, found: Object, folder: Path, memory: WatchMemory) -> None:
        inside = found.key.removeprefix(self.place.prefix)
        path = folder / (_UNSAFE.sub("_", inside.rpartition("/")[2])[-100:].lstrip(".") or "object")
        first = inside.partition("/")[0] if "/" in inside else ""
        file = _File(
            path=path,
            name=inside,
            written=found.written,
            size=found.size,
            source=first if first in self.node.sources else "",
        )
        refused: PanshiError | None
        if found.size > self.place.max_mib * MIB:
            refused = BadInputError(
                f"is larger than {self.place.max_mib} MiB", place=inside, remedy="split it"
            )
            self._refused(file, "", refused)
        else:
            try:
                with path.open("wb") as into:
                    bucket.fetch(found, into, self.node.clock())
            except GoneError:
                self.round.waiting += 1
                return
            try:
                refused = self.observe(file)
            finally:
                path.unlink(missing_ok=True)
        memory.remember(self.place.name, found.key, found.etag, refused=refused is not None)

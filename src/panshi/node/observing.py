"""Observe: run an observer over files or this machine and seal what it saw, all or nothing.

A file is read to its end before anything of it is appended, so a file that turns out to be
truncated or hostile leaves log and estates untouched. Files that yield more observations than
are worth holding are read twice: once to check, once to append in one transaction, which is
committed only if the file is still the one that was checked.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from panshi.errors import BadInputError, UsageError
from panshi.evidence.log import LogStore
from panshi.model.bodies.records import ObserverRun
from panshi.model.observation import Observation, ObservationId
from panshi.observe.port import MADE_HERE, Look, Observer

HELD = 50_000
TOLD_EVERY = 1_000
WARNINGS_KEPT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What one run of an observer did."""

    source: str
    path: str
    observations: int
    new: int
    known: int
    "Already in the log, word for word."
    inconclusive: int
    kinds: dict[str, int]
    ids: tuple[ObservationId, ...]
    "Ids of the first 50,000 observations, in the order of the file."
    warnings: tuple[str, ...]
    unresolved: tuple[str, ...]
    "Subjects no estate knows: seen, yet in no inventory."
    seconds: float


@dataclass(slots=True)
class _Counted:
    """Running counts of what was appended."""

    kinds: Counter[str] = field(default_factory=Counter)
    unresolved: dict[str, None] = field(default_factory=dict)
    total: int = 0
    inconclusive: int = 0


type _Stamp = tuple[int, int, int] | None
type Progress = Callable[[int], None]


@dataclass(slots=True, kw_only=True)
class ObserverSession:
    """One observer at work on one file, with the parts of its report."""

    observer: Observer
    log: LogStore
    clock: Callable[[], datetime]
    knows: Callable[[str], bool]
    progress: Progress = lambda _count: None
    looked_at: datetime | None = None
    """Time of the look where it is not now: when the file was written, so that reading it again
    gives the same observations."""

    def run(self, path: Path | None, subject: str, options: Mapping[str, str]) -> RunReport:
        """Read everything, then append everything; report and seal the run itself."""
        started = time.monotonic()
        if (path is None) == self.observer.needs_path:
            raise UsageError(
                f"observer {self.observer.name} "
                + ("needs a file" if self.observer.needs_path else "takes no file"),
                remedy=f"see `panshi observe {self.observer.name} --help`",
            )
        warnings: list[str] = []
        look = Look(
            path=path,
            now=self.looked_at or self.clock(),
            subject=subject,
            options=options,
            warn=warnings.append,
        )
        before = _stamp(path)
        held, total = self._check(look)
        again = held if total == len(held) else self.observer.observe(look)
        counted = _Counted()
        appended = self.log.append(self._counted(again, counted, before, path, total), self.clock())
        report = RunReport(
            source=self.observer.name,
            path=str(path or ""),
            observations=total,
            new=appended.new,
            known=appended.known,
            inconclusive=counted.inconclusive,
            kinds=dict(sorted(counted.kinds.items())),
            ids=appended.ids[:HELD],
            warnings=tuple(dict.fromkeys(warnings)),
            unresolved=tuple(counted.unresolved),
            seconds=round(time.monotonic() - started, 3),
        )
        self._seal_run(report)
        return report

    def _check(self, look: Look) -> tuple[list[Observation], int]:
        held: list[Observation] = []
        total = 0
        for total, observation in enumerate(self.observer.observe(look), start=1):
            self._refuse_what_people_record(observation)
            if total <= HELD:
                held.append(observation)
            if total % TOLD_EVERY == 0:
                self.progress(total)
        return held, total

    def _refuse_what_people_record(self, observation: Observation) -> None:
        """Refuse kinds that only people or the node itself make: no file brings an approval in."""
        if observation.kind.startswith(MADE_HERE):
            raise BadInputError(
                f"observer {self.observer.name} yields {observation.kind}, which no file can bring",
                remedy="people record it by the command line, the console or the API",
            )

    def _counted(
        self,
        observations: Iterable[Observation],
        counted: _Counted,
        before: _Stamp,
        path: Path | None,
        total: int,
    ) -> Iterator[Observation]:
        """Give them on, counted; raise at the end, before anything is kept, if the file changed."""
        with _read_again(path):
            for observation in observations:
                self._refuse_what_people_record(observation)
                counted.total += 1
                counted.kinds[observation.kind] += 1
                counted.inconclusive += not observation.outcome.conclusive
                if not self.knows(observation.subject):
                    counted.unresolved.setdefault(observation.subject)
                if counted.total % TOLD_EVERY == 0:
                    self.progress(total + counted.total)
                yield observation
        if counted.total != total or _stamp(path) != before:
            raise BadInputError(
                "the file changed while it was read",
                place=str(path),
                remedy="nothing was kept; observe it again when it is complete",
            )

    def _seal_run(self, report: RunReport) -> None:
        now = self.clock()
        run = ObserverRun(
            source=report.source,
            path=Path(report.path).name,
            observations=report.observations,
            already_known=report.known,
            inconclusive=report.inconclusive,
            warnings=report.warnings[:WARNINGS_KEPT],
            seconds=report.seconds,
        )
        observation = Observation(
            kind="observer.run/1",
            subject=f"observer:{report.source}",
            observed_at=now,
            collector="panshi",
            body=run,
        )
        self.log.append((observation,), now)


def files_below(paths: Iterable[Path], suffixes: tuple[str, ...]) -> Iterator[Path]:
    """Give the named files, and of named directories the files with a fitting ending, sorted."""
    for path in paths:
        if path.is_dir():
            fitting = (each for each in path.rglob("*") if each.is_file())
            yield from sorted(each for each in fitting if each.name.endswith(suffixes))
        else:
            yield path


@contextmanager
def _read_again(path: Path | None) -> Iterator[None]:
    """Say of the file, not of the log that waits for it, what goes wrong with the file."""
    try:
        yield
    except OSError as error:
        raise BadInputError(
            f"the file cannot be read again: {error.strerror}",
            place=str(path or ""),
            remedy="nothing was kept",
        ) from error


def _stamp(path: Path | None) -> _Stamp:
    """Tell whether a file is still the same one, by what this gives; None without one."""
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns

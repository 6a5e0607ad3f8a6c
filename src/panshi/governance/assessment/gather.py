"""Which evidence an assessment needs of a log: of looks the newest, of tests and records all.

The newest look replaces older ones, so the log's index of newest ones is enough. A test lifts only
an older test that asked the same (another technique does not), and an exception stands beside
others, so of these every one is read; they are few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from panshi.evidence.log import LogStore
from panshi.governance.assessment.contradictions import INCIDENT
from panshi.model.control import Framework
from panshi.model.observation import ObservationId, Sealed

RECORD_KINDS = (
    "record.attestation/1",
    "record.claim/1",
    "record.exception/1",
    "record.not_applicable/1",
)


def kinds_of_looks(frameworks: Iterable[Framework]) -> frozenset[str]:
    """Kinds of which only the newest look counts."""
    return frozenset(
        control.check.observation
        for framework in frameworks
        for control in framework.controls
        if control.check is not None
    )


def kinds_of_tests(frameworks: Iterable[Framework]) -> frozenset[str]:
    """Kinds of tests of which every one counts."""
    return frozenset(
        each.observation
        for framework in frameworks
        for control in framework.controls
        for each in control.contradicted_by
    ) | {INCIDENT}


def gather(
    log: LogStore,
    frameworks: Collection[Framework],
    *,
    as_of: datetime | None = None,
    without: Collection[ObservationId] = (),
) -> Iterator[Sealed]:
    """Read what an assessor over these frameworks needs, as of a moment."""
    tests = kinds_of_tests(frameworks)
    newest = kinds_of_looks(frameworks) - tests
    yield from log.latest(sorted(newest), as_of=as_of, without=without)
    for kind in (*sorted(tests), *RECORD_KINDS):
        yield from log.records(kind, as_of=as_of, without=without)

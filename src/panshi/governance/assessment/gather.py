"""Which evidence an assessment needs of a log: of looks the newest, of tests and records all.

The newest look replaces older ones, so the log's index of newest ones is enough. A test lifts only
an older test that asked the same (another technique does not), and an exception stands beside
others, so of these every one is read; they are few.

An observation may be dated ahead: by a clock that runs fast, or since one was set back. The newest
look is then not yet one, and the look that stands until then is an older one. Whoever wants an
assessor that goes on through time asks with `now` and without `as_of`, and gets both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from panshi.evidence.log import Filter, LogStore
from panshi.governance.assessment.contradictions import NAMING
from panshi.governance.attestations.folding import KINDS as ATTESTATION_KINDS
from panshi.governance.exceptions.folding import KINDS as EXCEPTION_KINDS
from panshi.model.control import Framework
from panshi.model.observation import ObservationId, Sealed

PAGE = 5_000
"How many observations dated ahead are read at once."

RECORD_KINDS = (
    "record.claim/1",
    "record.not_applicable/1",
    *sorted(ATTESTATION_KINDS),
    *sorted(EXCEPTION_KINDS),
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
    return (
        frozenset(
            each.observation
            for framework in frameworks
            for control in framework.controls
            for each in control.contradicted_by
        )
        | NAMING
    )


def gather(
    log: LogStore,
    frameworks: Collection[Framework],
    *,
    as_of: datetime | None = None,
    without: Collection[ObservationId] = (),
    now: datetime | None = None,
) -> Iterator[Sealed]:
    """Read what an assessor over these frameworks needs; what it is given twice it takes once.

    With `as_of` only what was observed and received by then. Without, there is no bound; with
    `now`, what stands now is read beside what is dated ahead of it.
    """
    tests = kinds_of_tests(frameworks)
    newest = sorted(kinds_of_looks(frameworks) - tests)
    if as_of is not None or now is None:
        yield from log.latest(newest, as_of=as_of, without=without)
    else:
        yield from _latest_and_ahead(log, newest, now, without)
    for kind in (*sorted(tests), *RECORD_KINDS):
        yield from log.records(kind, as_of=as_of, without=without)


def _latest_and_ahead(
    log: LogStore, kinds: Collection[str], now: datetime, without: Collection[ObservationId]
) -> Iterator[Sealed]:
    """Give the newest looks, and of kinds with looks dated ahead also what stands until then."""
    ahead: set[str] = set()
    for sealed in log.latest(kinds, without=without):
        if sealed.observation.observed_at > now or sealed.received_at > now:
            ahead.add(sealed.observation.kind)
        yield sealed
    if ahead:
        yield from log.latest(sorted(ahead), as_of=now, without=without)
    left_out = frozenset(without)
    for kind in sorted(ahead):
        before: int | None = None
        wanted = Filter(kind=kind, since=now)
        while found := log.page(wanted, before=before, limit=PAGE):
            yield from (sealed for sealed in found if sealed.id not in left_out)
            before = found[-1].position

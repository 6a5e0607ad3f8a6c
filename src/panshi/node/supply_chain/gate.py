"""Which findings stop a pipeline.

`any` (the default) stops on everything that is not lifted by a statement; `kev` on what is known to
be exploited; `critical`, `high`, `medium`, `low` on CVSS from there on. What cannot be told stops
too: a status `unknown`, and, where a severity is asked for, an advisory that has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from panshi.node.supply_chain.match import Finding, Matched
from panshi.protection.supply_chain.findings.severity import base_score

if TYPE_CHECKING:
    from panshi.store.advisory_snapshot import Snapshot

STANDING = frozenset({"affected", "unknown", "under_investigation"})


class FailOn(StrEnum):
    """What stops."""

    ANY = "any"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    KEV = "kev"


FROM_SCORE = {FailOn.LOW: 0.1, FailOn.MEDIUM: 4.0, FailOn.HIGH: 7.0, FailOn.CRITICAL: 9.0}


def stopping(
    matched: Matched, criteria: Iterable[FailOn], snapshot: Snapshot, *, unknown: bool = True
) -> Iterator[Finding]:
    """Give the findings that stop; `unknown` says whether what cannot be told does."""
    wanted = frozenset(criteria)
    for finding in matched.findings:
        if finding.status not in STANDING or (finding.status == "unknown" and not unknown):
            continue
        if any(_meets(finding, each, snapshot) for each in wanted):
            yield finding


def severity_score(advisory: str, snapshot: Snapshot) -> float | None:
    """Give the CVSS base score of an advisory, as findings of the portfolio have it."""
    record = snapshot.advisory(advisory)
    return base_score(record.severity) if record is not None else None


def _meets(finding: Finding, criterion: FailOn, snapshot: Snapshot) -> bool:
    match criterion:
        case FailOn.ANY:
            return True
        case FailOn.KEV:
            return finding.kev
        case _:
            score = severity_score(finding.advisory, snapshot)
            return score is None or score >= FROM_SCORE[criterion]

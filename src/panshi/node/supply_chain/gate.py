"""Which findings stop a pipeline.

`any` (the default) stops on everything that is not lifted by a statement; `kev` on what is known to
be exploited; `critical`, `high`, `medium`, `low` on CVSS from there on. What cannot be told stops
too: a status `unknown`, and, where a severity is asked for, an advisory that has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from panshi.node.supply_chain.match import Finding, Matched

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
    """Give the highest CVSS base score an advisory names."""
    record = snapshot.advisory(advisory)
    scores = [_score(vector) for _, vector in record.severity] if record is not None else []
    return max((each for each in scores if each is not None), default=None)


def _meets(finding: Finding, criterion: FailOn, snapshot: Snapshot) -> bool:
    match criterion:
        case FailOn.ANY:
            return True
        case FailOn.KEV:
            return finding.kev
        case _:
            score = severity_score(finding.advisory, snapshot)
            return score is None or score >= FROM_SCORE[criterion]


@lru_cache(maxsize=1 << 14)
def _score(vector: str) -> float | None:
    from cvss import CVSS2, CVSS3, CVSS4  # noqa: PLC0415 -- slow to load, only a gate needs it
    from cvss.exceptions import CVSSError  # noqa: PLC0415 -- as above

    try:
        if vector.startswith("CVSS:4"):
            return float(CVSS4(vector).base_score)
        if vector.startswith("CVSS:3"):
            return float(CVSS3(vector).scores()[0])
        return float(CVSS2(vector).scores()[0])
    except (CVSSError, ValueError):
        return None

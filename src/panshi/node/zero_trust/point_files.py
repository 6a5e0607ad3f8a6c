"""What a decision point keeps below its home: tokens of its callers and the log of decisions.

HOME/zero_trust/tokens.json            HOME/zero_trust/decisions/000001.jsonl …
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from panshi.errors import MissingError
from panshi.protection.zero_trust.decisions.chain import Followed, Verified, follow_all
from panshi.protection.zero_trust.decisions.records import DecisionRecord
from panshi.store.decision_chain import lines, segments
from panshi.store.decision_tokens import MOST_DAYS, SCOPES, PointToken, PointTokens

__all__ = [
    "DECISIONS",
    "FOLDER",
    "MOST_DAYS",
    "SCOPES",
    "PointToken",
    "PointTokens",
    "records",
    "verify_log",
]

FOLDER = "zero_trust"
DECISIONS = "decisions"


def verify_log(folder: Path) -> Verified:
    """Follow the whole chain of a log; IntegrityError names file and line of what does not fit."""
    return follow_all((str(each), lines(each)) for each in _segments(folder))


def records(folder: Path, *, denied_only: bool = False) -> Iterator[DecisionRecord]:
    """Give the records of a log, newest segment first, each segment followed to its end first."""
    for segment in reversed(_segments(folder)):
        chain = Followed(place=str(segment))
        found = [record for line in lines(segment) if (record := chain.take(line)) is not None]
        yield from (each for each in reversed(found) if not (denied_only and each.allowed))


def _segments(folder: Path) -> tuple[Path, ...]:
    found = segments(folder)
    if not found:
        raise MissingError(
            "no log of decisions", place=str(folder), remedy="`panshi zt serve --log DIR`"
        )
    return found

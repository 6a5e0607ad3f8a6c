"""The chain of a segment, followed line by line: by the writer that goes on, by whoever verifies.

{"format":"panshi.decisions/1", …}     opening line: the head before, the first number, policy
[1,1700000000.0,"r1", …]               a record (see `DecisionRecord`)
{"head":"…","records":512,"time":…}    a head: what the chain must come to here
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from panshi.errors import IntegrityError
from panshi.protection.zero_trust.decisions.records import (
    ALGORITHM,
    FORMAT,
    DecisionRecord,
    first_head,
    next_head,
)


@dataclass(slots=True, kw_only=True)
class Followed:
    """How far a chain was followed."""

    place: str
    """File, for messages."""
    head: bytes = b""
    number: int = 0
    """Of the last record."""
    records: int = 0
    covered: int = 0
    """Records a head line stands behind."""
    lines: int = 0
    last_time: float = 0.0
    opening: Mapping[str, Any] = field(default_factory=dict)

    def follow(self, lines: Iterable[bytes]) -> None:
        """Follow further lines; what does not fit raises IntegrityError with its line."""
        for line in lines:
            self.take(line)

    def take(self, line: bytes) -> DecisionRecord | None:
        """Follow one line; gives the record where it is one."""
        self.lines += 1
        if self.lines == 1:
            self._open(line)
            return None
        if line[:1] == b"{":
            self._check(line)
            return None
        self.head = next_head(self.head, line)
        record = self._record(line)
        self.number, self.last_time = record.number, record.time
        self.records += 1
        return record

    def _open(self, line: bytes) -> None:
        self.opening = self._json(line)
        if self.opening.get("format") != FORMAT or self.opening.get("algorithm") != ALGORITHM:
            raise self._wrong(f"not a segment of {FORMAT}")
        number = self.opening.get("number")
        if not isinstance(number, int):
            raise self._wrong("the opening line names no number")
        self.number = number - 1
        self.head = first_head(line)

    def _check(self, line: bytes) -> None:
        told = self._json(line)
        if told.get("head") != self.head.hex():
            raise self._wrong("the head does not follow from the records above it")
        if told.get("records") != self.records:
            raise self._wrong("the head counts other records than stand above it")
        self.covered = self.records

    def _record(self, line: bytes) -> DecisionRecord:
        try:
            fields = json.loads(line)
            record = DecisionRecord(*fields)
        except (ValueError, TypeError) as error:
            raise self._wrong(f"not a record: {error}") from error
        if record.number != self.number + 1:
            raise self._wrong(f"record {self.number + 1} is missing")
        return record

    def _json(self, line: bytes) -> Mapping[str, Any]:
        try:
            found = json.loads(line)
        except ValueError as error:
            raise self._wrong(f"not JSON: {error}") from error
        if not isinstance(found, dict):
            raise self._wrong("not a JSON object")
        return found

    def _wrong(self, problem: str) -> IntegrityError:
        return IntegrityError(
            problem,
            place=f"{self.place}:{self.lines}",
            remedy="keep the file as it is and compare with the sealed heads",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What verification of a whole log found."""

    segments: int
    records: int
    uncovered: int
    """Records at the end no head line stands behind yet."""
    first_number: int
    last_number: int
    head: str
    """Of the last record, hexadecimal."""


def follow_all(segments: Iterable[tuple[str, Iterable[bytes]]]) -> Verified:
    """Follow every segment, each from the head of the one before."""
    before, count, records, uncovered, first, last = "", 0, 0, 0, 0, 0
    for place, lines in segments:
        chain = Followed(place=place)
        chain.follow(lines)
        if chain.lines == 0:
            continue
        if count and chain.opening.get("after") != before:
            raise IntegrityError(
                "does not follow the segment before it", place=f"{place}:1",
                remedy="a segment is missing or was replaced",
            )  # fmt: skip
        if count and chain.opening.get("number") != last + 1:
            raise IntegrityError(
                f"records from {last + 1} on are missing before it", place=f"{place}:1",
                remedy="a segment is missing or was cut short",
            )  # fmt: skip
        first = first or int(chain.opening["number"])
        before, last = chain.head.hex(), chain.number
        records += chain.records
        uncovered = chain.records - chain.covered
        count += 1
    return Verified(
        segments=count, records=records, uncovered=uncovered, first_number=first,
        last_number=last, head=before,
    )  # fmt: skip

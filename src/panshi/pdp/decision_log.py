"""The decision log while the decision point runs: records in memory, then chained, then on disk.

    append      the record waits in memory; its number is its id
    flush       every 512 records or every quarter second: encoded, chained, written, a head line
    sync        every second, and when a segment or the log is closed
    batch       every five minutes and at the end of a segment: counts and heads, handed to `sealed`

A crash of the process loses at most a quarter second of records, one of the machine at most a
second; what is told to rest does. `sample` n keeps one permit of n; denials, errors and permits
with obligations are always kept, and what is not kept is counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from panshi.errors import StoreError
from panshi.protection.zero_trust.decisions.chain import Followed
from panshi.protection.zero_trust.decisions.records import (
    ALGORITHM,
    FORMAT,
    Counting,
    DecisionBatch,
    DecisionRecord,
    first_head,
    sorted_counts,
)
from panshi.store.decision_chain import SegmentWriter, lines

if TYPE_CHECKING:
    from panshi.pdp.point import Question
    from panshi.protection.zero_trust.decisions.verdict import Verdict

MOST_WAITING = 512
logger = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPolicy:
    """What is kept and when it rests; told in each segment's opening line."""

    sample: int = 1
    """One of so many permits is kept."""
    flush_s: float = 0.25
    sync_s: float = 1.0
    batch_s: float = 300.0
    segment_records: int = 200_000


class DecisionLog:
    """One log, written by one decision point."""

    def __init__(
        self,
        folder: Path,
        *,
        policy: LogPolicy | None = None,
        version: Callable[[], str] = str,
        sealed: Callable[[DecisionBatch], None] | None = None,
    ) -> None:
        """Go on where the log ends; a segment that does not hold is refused."""
        self.policy = policy or LogPolicy()
        self.cannot_write: StoreError | None = None
        self._version = version
        self._sealed = sealed
        self._waiting: list[DecisionRecord] = []
        self._counting = Counting()
        self._turn = 0
        self._writer = SegmentWriter(folder)
        self._take_up()

    def _take_up(self) -> None:
        segment = self._writer.segment
        self._head, self._number, self._records = b"", 0, 0
        if segment is not None:
            chain = Followed(place=str(segment))
            chain.follow(lines(segment))
            self._head, self._number, self._records = chain.head, chain.number, chain.records
            if chain.records > chain.covered:
                self._write_head(chain.last_time)
        if not self._head:
            self._begin(0.0)
        self._next = self._number + 1
        self._batch_from = (self._next, self._head, 0.0)
        self._last_time = 0.0

    def append(
        self,
        question: Question,
        found: Verdict,
        errors: tuple[str, ...],
        attributes: Mapping[str, object],
        epoch: int,
        now: float,
    ) -> str:
        """Remember one decision and give its id; empty where a permit is not kept.

        Where nothing can be written any more this raises: what is not remembered is not decided.
        """
        if len(self._waiting) >= MOST_WAITING:
            self.flush()
        counting, allowed = self._counting, found.allowed
        resource = question.resource
        counting.count(question.action.id, resource.type, allowed=allowed)
        if errors:
            counting.errors += 1
        duties = found.duties
        if duties:
            counting.obliged += 1
        elif allowed and not errors and self.policy.sample > 1 and self._left_out():
            counting.kept_away += 1
            return ""
        number = self._next
        self._next = number + 1
        subject = question.subject
        self._waiting.append(
            DecisionRecord(
                number,
                now,
                question.request_id,
                f'{subject[0]}::"{subject[1]}"',
                question.action.id,
                f'{resource[0]}::"{resource[1]}"',
                allowed,
                found.names,
                errors,
                epoch,
                attributes,
                question.session_id or "",
                tuple([each.type for each in duties]) if duties else (),
            )
        )
        return str(number)

    def _left_out(self) -> bool:
        self._turn = (self._turn + 1) % self.policy.sample
        return self._turn != 1

    def flush(self) -> None:
        """Chain and write what waits; on a full disk it goes on waiting, and is said."""
        waiting = self._waiting
        if not waiting:
            return
        head, written = self._head, []
        # the chain of `records.next_head`, spelt out: it runs once a decision
        for record in waiting:
            line = _encode(record)
            head = sha256(head + line).digest()
            written.append(line)
        records = self._records + len(waiting)
        last = waiting[-1]
        written.append(_head_line(head, records, last.time))
        written.append(b"")
        try:
            self._writer.append(b"\n".join(written))
        except StoreError as error:
            self.cannot_write = error
            raise
        self.cannot_write = None
        if not self._batch_from[2]:
            self._batch_from = (*self._batch_from[:2], waiting[0].time)
        self._head, self._records = head, records
        self._number, self._last_time = last.number, last.time
        self._waiting = []
        if records >= self.policy.segment_records:
            self.close_batch()
            self._begin(last.time)

    def close_batch(self) -> DecisionBatch | None:
        """Close the batch that is open and hand it on; None where nothing was decided."""
        self.flush()
        counting = self._counting
        if not counting.total:
            return None
        number, head, since = self._batch_from
        batch = DecisionBatch(
            first_number=number,
            last_number=self._number,
            since=since or self._last_time,
            until=self._last_time,
            allowed=counting.allowed,
            denied=counting.denied,
            errors=counting.errors,
            obliged=counting.obliged,
            by_action=sorted_counts(counting.by_action),
            by_resource_type=sorted_counts(counting.by_type),
            first_head=head.hex(),
            last_head=self._head.hex(),
            sample_permits=self.policy.sample,
            permits_not_kept=counting.kept_away,
            policy_version=self._version(),
            segment=self._writer.segment.name if self._writer.segment else "",
        )
        self._writer.sync()
        self._counting = Counting()
        self._batch_from = (self._number + 1, self._head, 0.0)
        if self._sealed is not None:
            self._sealed(batch)
        return batch

    async def run(self) -> None:
        """Flush, sync and close batches as time passes, until cancelled."""
        loop = asyncio.get_running_loop()
        synced = batched = loop.time()
        while True:
            await asyncio.sleep(self.policy.flush_s)
            now = loop.time()
            try:
                self.flush()
                if now - synced >= self.policy.sync_s:
                    synced = now
                    await asyncio.to_thread(self._writer.sync)
                if now - batched >= self.policy.batch_s:
                    batched = now
                    self.close_batch()
            except StoreError as error:
                logger.error("%s", error)  # noqa: TRY400 -- the message says what to do

    def close(self) -> None:
        """Write what waits, close the batch, let it rest."""
        with contextlib.suppress(StoreError):
            self.close_batch()
        self._writer.close()

    def _begin(self, now: float) -> None:
        """Begin a segment behind the last."""
        self._writer.begin()
        opening = _encode(
            {
                "format": FORMAT,
                "algorithm": ALGORITHM,
                "after": self._head.hex(),
                "number": self._number + 1,
                "time": now,
                "sample_permits": self.policy.sample,
                "sync": f"written every {self.policy.flush_s} s or {MOST_WAITING} records, "
                f"synced every {self.policy.sync_s} s",
                "policy_version": self._version(),
            }
        )
        self._writer.append(opening + b"\n")
        self._head, self._records = first_head(opening), 0

    def _write_head(self, now: float) -> None:
        self._writer.append(_head_line(self._head, self._records, now) + b"\n")


def _head_line(head: bytes, records: int, now: float) -> bytes:
    return _encode({"head": head.hex(), "records": records, "time": now})

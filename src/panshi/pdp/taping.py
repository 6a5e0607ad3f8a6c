"""Keeping requests with their whole context beside the chained log, to try other policies on them.

The chained log holds what the deciding policies read and is evidence; another set may read more.
What is kept here is no evidence, is written half a second late and goes after a month.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from panshi.errors import StoreError
from panshi.node.zero_trust.recorded import line_of
from panshi.protection.cedar import Request
from panshi.store.request_tape import RequestTape

if TYPE_CHECKING:
    from panshi.pdp.point import DecisionPoint, Log, Question
    from panshi.protection.zero_trust.decisions.verdict import Verdict

EVERY_S = 0.5
logger = logging.getLogger(__name__)


class Taped:
    """A log that also keeps requests whole."""

    def __init__(self, log: Log, point: DecisionPoint, tape: RequestTape) -> None:
        """Stand before a log."""
        self._log, self._point, self._tape = log, point, tape

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the log has
        """Be the log in everything else."""
        return getattr(self._log, name)

    def append(
        self,
        question: Question,
        found: Verdict,
        errors: tuple[str, ...],
        attributes: Mapping[str, object],
        epoch: int,
        now: float,
    ) -> str:
        """Remember one decision, then keep its request."""
        decision_id = self._log.append(question, found, errors, attributes, epoch, now)
        context = question.context
        if question.session_id is not None and self._point.live is not None:
            known = self._point.live.context_of(
                question.session_id,
                now,
                subject=question.subject,
                action=question.action,
                resource=question.resource,
            )
            context = {**context, **known}
        request = Request(question.subject, question.action, question.resource, context)
        self._tape.add(
            line_of(now, decision_id, request, allowed=found.allowed, reasons=found.names)
        )
        return decision_id


@contextlib.asynccontextmanager
async def taping(point: DecisionPoint, home: Path | None) -> AsyncIterator[None]:
    """Keep the requests of a decision point with a home and a log, while it runs."""
    log = point.log
    if home is None or log is None:
        yield
        return
    tape = RequestTape(home)
    point.log = Taped(log, point, tape)
    task = asyncio.get_running_loop().create_task(_flush(point, tape))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        point.log = log
        _write(point, tape)


async def _flush(point: DecisionPoint, tape: RequestTape) -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        _write(point, tape)


def _write(point: DecisionPoint, tape: RequestTape) -> None:
    """Write what waits; that it cannot be kept stops no decision, for it is no evidence."""
    try:
        tape.flush(point.clock())
    except StoreError as error:
        logger.warning("%s", error)

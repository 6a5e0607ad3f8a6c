"""Questions answered once, without a server: the same evaluation, the same answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from panshi.errors import BadInputError
from panshi.pdp.authzen import EVALUATION, failed, question_of, written
from panshi.pdp.authzen_bodies import decoded
from panshi.pdp.loading import load, load_published
from panshi.pdp.point import DecisionPoint

LONGEST_LINE = 4 << 20


def answers(
    lines: Iterable[bytes],
    *,
    policies: Path | None,
    entities: Path | None = None,
    schema: Path | None = None,
    home: Path | None = None,
    clock: Callable[[], float] = time.time,
) -> Iterator[dict[str, Any]]:
    """Answer AuthZEN evaluations, one a line; one that is no request is denied and says why."""
    if policies is None:
        if home is None:
            raise BadInputError("no policies", remedy="--policies DIR --entities FILE")
        loaded = load_published(home)
    else:
        loaded = load(policies, entities, schema)
    point = DecisionPoint(
        policies=loaded.policies, entities=loaded.entities, version=loaded.version, clock=clock
    )
    for line in lines:
        if line.strip():
            answer: dict[str, Any] = msgspec.json.decode(_answer(point, line))
            yield answer


def _answer(point: DecisionPoint, line: bytes) -> bytes:
    try:
        if len(line) > LONGEST_LINE:
            raise BadInputError(f"a line longer than {LONGEST_LINE >> 20} MiB")
        question = question_of(decoded(EVALUATION, line), explain=True)
    except BadInputError as error:
        return failed(400, error.problem)
    return written(point.decide(question), explain=True)

"""Use case: which controls were met not long ago and are not any more.

Nothing is stored for it: the past is judged again from the log as it was then, once a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from panshi.errors import UsageError
from panshi.governance.assessment.assessor import Assessor
from panshi.model.verdict import Verdict
from panshi.model.zone import INSTITUTION_ZONE, day_of
from panshi.node.node import Node
from panshi.node.remembered import remembered, remembered_for_the_day

WEEKS = 5
"So many past Sundays, at whose end the past is judged again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallen:
    """A control that was met and is not."""

    control: str
    last_met: date
    "Last of the Sundays looked at on which it was met; the same until it is met on another."
    verdict: Verdict


def fallen(node: Node, estate_id: str | None = None) -> tuple[Fallen, ...]:
    """Give the controls of an estate that fell within the weeks looked back, newest first."""
    estate = node.estate(estate_id).id
    return remembered(node, "fallen", estate, lambda: _fallen(node, estate))


def _fallen(node: Node, estate: str) -> tuple[Fallen, ...]:
    now = node.judging.ask(_verdicts, estate)
    today = day_of(node.clock())
    sunday = today - timedelta(days=today.isoweekday())
    found: dict[str, Fallen] = {}
    for weeks in range(WEEKS):
        day = sunday - timedelta(weeks=weeks)
        for key in _met_on(node, estate, day):
            verdict = now.get(key)
            if verdict is not None and not verdict.met:
                found.setdefault(key, Fallen(control=key, last_met=day, verdict=verdict))
    return tuple(found.values())


def _met_on(node: Node, estate: str, day: date) -> frozenset[str]:
    """Keys of the controls met at the end of a day; none where the estate was not known then."""
    moment = datetime.combine(day, time.max, tzinfo=INSTITUTION_ZONE)

    def asked() -> frozenset[str]:
        try:
            past = node.judging.ask(_verdicts, estate, moment)
        except UsageError:
            return frozenset()
        return frozenset(key for key, verdict in past.items() if verdict.met)

    return remembered_for_the_day(node, ("met", estate, day), asked)


def _verdicts(assessor: Assessor) -> dict[str, Verdict]:
    return {
        control.key: assessor.judge.verdict(control.key)
        for framework in assessor.frameworks.values()
        for control in framework.controls
    }

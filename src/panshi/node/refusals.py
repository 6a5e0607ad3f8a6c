"""Refusals in the audit trail, gathered: who knocks a thousand times fills no log.

The first refusal of an actor for an action is sealed at once. What follows within the same minute
is counted and sealed as one event with the count, when something is refused or done later, or when
the node closes. So an actor costs two leaves a minute and action at most.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Refusals after the first within a minute."""

    actor: str
    action: str
    target: str
    "Of the last one."
    since: datetime
    count: int


@dataclass(slots=True, kw_only=True)
class Refusals:
    """What was refused lately and is not sealed yet."""

    _open: dict[tuple[str, str], Gathered] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def is_first(self, actor: str, action: str, target: str, now: datetime) -> bool:
        """Whether a refusal opens a minute and is to be sealed by itself; else it is counted."""
        with self._lock:
            known = self._open.get((actor, action))
            first = known is None or not known.since <= now < known.since + WINDOW
            self._open[(actor, action)] = Gathered(
                actor=actor,
                action=action,
                target=target,
                since=now if first or known is None else known.since,
                count=0 if first or known is None else known.count + 1,
            )
            return first

    def over(self, now: datetime | None) -> tuple[Gathered, ...]:
        """Give what was counted in minutes that are over, all without a moment, and forget it."""
        with self._lock:
            ended = [
                each
                for each in self._open.values()
                if now is None or not each.since <= now < each.since + WINDOW
            ]
            for each in ended:
                del self._open[(each.actor, each.action)]
            return tuple(each for each in ended if each.count)

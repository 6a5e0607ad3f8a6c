"""What falls due and when: one heap for everything, on whatever clock the caller reads.

An item is due once; giving it another time makes the earlier one void. Void entries stay in the
heap until they come up or outnumber the others.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from heapq import heapify, heappop, heappush
from math import inf

_ROOM = 1_024


class Due(StrEnum):
    """What falls due."""

    SESSION = "session"
    FEED = "feed"
    GRANT = "grant"
    HOUR = "hour"


class Schedule:
    """Times by item."""

    def __init__(self) -> None:
        """Begin with nothing due."""
        self._heap: list[tuple[float, Due, str]] = []
        self._times: dict[tuple[Due, str], float] = {}
        self.sooner: Callable[[], None] = _nobody_waits
        "Called when something falls due before everything else: whoever sleeps must look again."

    def put(self, due: Due, name: str, time: float) -> None:
        """Let an item fall due at a time, and at no other; infinite: never."""
        key = (due, name)
        if time == inf:
            self._times.pop(key, None)
        elif self._times.get(key) != time:
            self._times[key] = time
            if not self._heap or time < self._heap[0][0]:
                self.sooner()
            heappush(self._heap, (time, due, name))
            if len(self._heap) > 4 * len(self._times) + _ROOM:
                self._heap = [(when, *each) for each, when in self._times.items()]
                heapify(self._heap)

    def time_of(self, due: Due, name: str) -> float:
        """Give when an item falls due; infinite where it does not."""
        return self._times.get((due, name), inf)

    def next(self) -> float:
        """Give when the next item falls due; infinite where none will."""
        while self._heap:
            time, due, name = self._heap[0]
            if self._times.get((due, name)) == time:
                return time
            heappop(self._heap)
        return inf

    def pop(self, now: float) -> tuple[Due, str] | None:
        """Take one item that is due."""
        if self.next() > now:
            return None
        _, due, name = heappop(self._heap)
        del self._times[due, name]
        return due, name


def _nobody_waits() -> None:
    return

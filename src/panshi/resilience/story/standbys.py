"""What a node stands on where no layer decides: so many of several, some of them switched to."""

from __future__ import annotations

from typing import Protocol

from panshi.model.resilience.graph import Group, NodeId


class Known(Protocol):
    """What is known at a moment."""

    moment: float

    def up(self, name: NodeId) -> float:
        """Give when a node is up again."""

    def dwell(self, name: NodeId) -> float:
        """Give how long an intruder was in what poisons a node."""


class Several:
    """A group of which so many are needed, through one telling."""

    def __init__(self, telling: Known, group: Group, *, moves: bool) -> None:
        """Begin with the primaries up."""
        self._telling, self._group, self._moves = telling, group, moves
        self._up = self._primary = self._start = 0.0
        self._serving: frozenset[int] = frozenset()
        self.dwell = -1.0

    def settle(self) -> float:
        """Give when the group is up again: the `needed`-th of its members."""
        needed, now = self._group.needed, self._telling.moment
        ups = [self._telling.up(each.node) for each in self._group.members]
        dwells = [self._telling.dwell(each.node) for each in self._group.members]
        if not self._moves:
            self.dwell = sorted(dwells)[needed - 1]
            return sorted(ups)[needed - 1]
        primary = max(ups[:needed])
        self.dwell = max(dwells[:needed])
        if primary <= now:
            self._up, self._serving = primary, frozenset()
        else:
            if self._primary <= now:
                self._serving, self._start = frozenset(), now
            elif self._up <= now:
                self._start = now
            readies = [self._ready(place, up) for place, up in enumerate(ups)]
            self._up = sorted(readies)[needed - 1]
            self._serving = frozenset(p for p, each in enumerate(readies) if each <= self._up)
            self.dwell = max(self.dwell, *(dwells[place] for place in self._serving))
        self._primary = primary
        return self._up

    def _ready(self, place: int, up: float) -> float:
        now = self._telling.moment
        serves = self._up <= now and place in self._serving and up <= now
        if place < self._group.needed or serves:
            return up
        return max(up, self._start) + self._group.members[place].switch.likely

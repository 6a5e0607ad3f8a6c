"""Changes of live state on their way to disk: written in groups, acknowledged once they rest.

Deciding does not wait for the disk; whoever is answered does. Of two changes to one thing before a
group is written the later one is kept. A crash loses at most what nobody was told is safe.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import msgspec

type Key = tuple[str, str]
"""Kind and id of a thing."""


class Rest(Protocol):
    """Where live state rests."""

    def put(self, rows: list[tuple[str, str, bytes | None]]) -> None:
        """Write a group, all of it or nothing; None takes a row away."""
        ...

    def close(self) -> None:
        """Let go of the place."""
        ...


class Journal:
    """The way to the disk."""

    def __init__(self, rest: Rest | None) -> None:
        """Write to a place; None: live state is kept in memory only."""
        self._rest = rest
        self._waiting: dict[Key, object | None] = {}
        self._turn = asyncio.Lock()

    def note(self, kind: str, name: str, value: object | None) -> None:
        """Remember a thing as it now is; None: it is no more."""
        if self._rest is not None:
            self._waiting[kind, name] = value

    async def durable(self) -> None:
        """Return once everything noted so far rests on disk."""
        if self._rest is None or (not self._waiting and not self._turn.locked()):
            return
        async with self._turn:  # whoever waited here finds its rows written by the group before
            if self._waiting:
                await self._written(self._rest.put)

    def write_now(self) -> None:
        """Write without an event loop: at start and at the end."""
        if self._rest is not None and self._waiting:
            rows = _rows(self._waiting)
            self._waiting = {}
            self._rest.put(rows)

    def close(self) -> None:
        """Write what is left and let go of the place."""
        self.write_now()
        if self._rest is not None:
            self._rest.close()

    async def _written(self, put: Callable[[list[tuple[str, str, bytes | None]]], None]) -> None:
        group, self._waiting = self._waiting, {}
        try:
            await asyncio.to_thread(lambda: put(_rows(group)))
        except BaseException:
            self._waiting = group | self._waiting  # the next group takes them along
            raise


def _rows(group: dict[Key, object | None]) -> list[tuple[str, str, bytes | None]]:
    encode = msgspec.json.encode
    return [
        (kind, name, None if value is None else encode(value))
        for (kind, name), value in group.items()
    ]

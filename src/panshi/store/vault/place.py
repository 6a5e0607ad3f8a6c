"""A place that keeps fragments: the port every kind of storage implements.

Places only ever gain names: `put` refuses to overwrite. `replace` serves repair, `remove` serves
prune; where the storage is write-once both may be refused, and the caller says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

type Part = bytes | bytearray | memoryview


class Place(Protocol):
    """One place. Every fault is a StoreError that names the place; what is absent, MissingError."""

    @property
    def label(self) -> str:
        """How people know it: its address without secrets."""
        ...

    def put(self, name: str, parts: Sequence[Part]) -> None:
        """Write a new object, whole or not at all; it is durable and visible after `flush`."""
        ...

    def flush(self) -> None:
        """Make everything that was put survive a loss of power."""
        ...

    def replace(self, name: str, content: bytes) -> None:
        """Write an object in the place of a damaged one, durably."""
        ...

    def read(self, name: str) -> bytes:
        """Read an object whole."""
        ...

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Name every object below a folder, with its size."""
        ...

    def remove(self, name: str) -> None:
        """Remove an object; one that is gone already is no fault."""
        ...

    def tidy(self) -> None:
        """Forget what was not flushed; remove what an interrupted run left half-written."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...

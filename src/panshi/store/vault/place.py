"""A place that keeps fragments: the port every kind of storage implements.

Places only ever gain names: `put` refuses to overwrite. `replace` serves repair, `remove` serves
prune; where the storage is write-once both may be refused, and the caller says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from panshi.errors import IntegrityError

type Part = bytes | bytearray | memoryview

MOST_OBJECT = 1 << 30
"No object of a vault is larger; who knows better asks for less, and a hostile place gives no more."


def too_large(name: str, label: str) -> IntegrityError:
    """Say that an object is larger than it can be."""
    return IntegrityError(
        f"{name} is larger than it can be", place=label, remedy="panshi vault scrub --repair"
    )


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

    def read(self, name: str, most: int = MOST_OBJECT) -> bytes:
        """Read an object whole; IntegrityError where it is larger than `most` bytes."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What a service says keeps an object."""

    mode: str
    "`COMPLIANCE`: nobody lifts it; `GOVERNANCE`: who has the right does."
    until: datetime


@runtime_checkable
class Locking(Protocol):
    """A place that can say until when it keeps an object, whoever asks to remove it."""

    def lock(self, name: str) -> Lock | None:
        """Give the lock of an object; None where the place says of none."""
        ...

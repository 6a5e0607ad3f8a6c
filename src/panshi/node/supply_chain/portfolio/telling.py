"""What opened, closed or changed, written beside what made it so, for whoever follows.

The rows before and after are joined and compared. Changes of one cause share a sequence number.
Numbers follow the clock, so that those of an index made anew are higher than all before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from panshi.node.supply_chain.portfolio.memory import GENERATION, SEQUENCE, SYSTEMS
from panshi.protection.supply_chain.findings.differences import differences, unchanged
from panshi.protection.supply_chain.findings.rows import HOLDING, MATCH, Holdings, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from numpy.typing import NDArray

    from panshi.node.supply_chain.portfolio.memory import Packages
    from panshi.protection.supply_chain.findings.rows import Rows
    from panshi.store.portfolio import Writing


class Teller:
    """Tells what one transaction changes."""

    def __init__(self, writing: Writing, packages: Packages, now: datetime) -> None:
        """Go on with the numbers given so far."""
        self._writing, self._packages = writing, packages
        micros = int(now.timestamp() * 1_000_000)
        self._at = int(now.timestamp())
        self._sequence = max(writing.meta(SEQUENCE), micros)
        self._generation = writing.meta(GENERATION) + 1
        self._matches: dict[int, bytes] = {}
        self._systems: set[int] = set()
        self._keys: set[int] = set()

    def holdings(self, system: int) -> NDArray[np.void]:
        """Give the stretches of a system as they are."""
        _, blobs = self._writing.holdings((system,))
        return np.frombuffer(blobs[0], dtype=HOLDING)

    def matches_changed(self, keys: Iterable[int]) -> None:
        """Read the matches of some keys anew when they are needed next."""
        for each in keys:
            self._matches.pop(each, None)

    def system(
        self, system: int, before: NDArray[np.void], after: NDArray[np.void], cause: str
    ) -> None:
        """Tell what a delivery changed for its system."""
        self._systems.add(system)
        packages = np.concatenate((before["package"], after["package"]))
        matches = self._matches_of(np.unique(self._packages.key_of[packages]))
        old, new = (
            self._joined(Holdings.of((system,), (each.tobytes(),)), matches)
            for each in (before, after)
        )
        self.changed(old, new, lambda _key: cause)

    def keys(self, keys: Iterable[int]) -> None:
        """Remember that what matches some keys is another."""
        self._keys.update(keys)

    def changed(self, old: Rows, new: Rows, cause: Callable[[int], str]) -> None:
        """Write the differences, those of one cause together; `cause` is asked per key."""
        rows = differences(old, new)
        causes: dict[str, list[int]] = {}
        for key in sorted(set(rows["key"].tolist())):
            causes.setdefault(cause(key), []).append(key)
        for name, keys in causes.items():
            self._write(name, rows if len(causes) == 1 else rows[np.isin(rows["key"], keys)])

    def scored(self, rows: Rows, cause: str) -> None:
        """Write that findings stand as they did, and something about them is another."""
        self._write(cause, unchanged(rows))

    def _write(self, cause: str, rows: NDArray[np.void]) -> None:
        if len(rows):
            self._sequence += 1
            self._writing.add_change(self._sequence, self._at, cause, rows.tobytes())

    def close(self) -> None:
        """Remember what was touched, for columns to follow."""
        self._writing.touch(self._generation, "s", self._systems)
        self._writing.touch(self._generation, "k", self._keys)
        self._writing.set_meta(GENERATION, self._generation)
        if self._systems:
            self._writing.set_meta(SYSTEMS, self._generation)
        self._writing.set_meta(SEQUENCE, self._sequence)

    def _joined(self, holdings: Holdings, matches: NDArray[np.void]) -> Rows:
        return join(holdings, matches, self._packages.key_of, self._packages.rank)

    def _matches_of(self, keys: NDArray[np.uint32]) -> NDArray[np.void]:
        missing = [each for each in map(int, keys) if each not in self._matches]
        for each in missing:
            self._matches[each] = self._writing.matches((each,))
        blob = b"".join(map(self._matches.__getitem__, map(int, keys)))
        return np.frombuffer(blob, dtype=MATCH)

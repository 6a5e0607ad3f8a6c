"""What matches the packages of a key, as rows of numbers.

Why a version is affected is told when somebody looks; here only that it is, under which name, and
since when its advisory is known to us.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from panshi.protection.supply_chain.findings.finding import STATUSES, Status
from panshi.protection.supply_chain.findings.rows import MATCH
from panshi.protection.supply_chain.matching import AFFECTED, Unmatchable, judge, subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from panshi.protection.supply_chain.matching import Lookup
    from panshi.store.advisory_snapshot import Snapshot
    from panshi.store.portfolio import Reading, Writing

CODES = {status: STATUSES.index(Status(status)) for status in ("affected", "unknown")}


def hits(purl: str, lookup: Lookup) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Give status and advisories per vulnerability of one package; of aliases the surest one."""
    found = subject(purl)
    if isinstance(found, Unmatchable):
        return {}
    best: dict[str, tuple[str, tuple[str, ...]]] = {}
    version, place = found.version, found.place
    for key in found.keys:
        for entry in lookup(key):
            status = judge(entry, version, place)
            if status is None:
                continue
            name = entry.told.vulnerability
            before, by = best.get(name, (status, ()))
            surer = AFFECTED if AFFECTED in {before, status} else status
            best[name] = (surer, (*by, entry.told.advisory))
    return best


class Matcher:
    """Matches packages within one transaction."""

    def __init__(self, writing: Writing, snapshot: Snapshot) -> None:
        """Match with the advisories as they stand."""
        self._writing, self._snapshot = writing, snapshot
        self._numbers: dict[str, int] = {}
        self._reached: dict[str, int] = {}

    def rows(self, packages: Iterable[tuple[int, str]]) -> NDArray[np.void]:
        """Give what matches some packages."""
        made = [
            (number, self._number(name), min(map(self._since, by)), CODES[status])
            for number, purl in packages
            for name, (status, by) in hits(purl, self._snapshot.lookup).items()
        ]
        return np.array(made, dtype=MATCH)

    def sources(self, packages: Iterable[str]) -> set[str]:
        """Give the advisories that speak of some packages."""
        told: set[str] = set()
        for purl in packages:
            found = subject(purl)
            if not isinstance(found, Unmatchable):
                for key in found.keys:
                    told.update(entry.told.advisory for entry in self._snapshot.lookup(key))
        return told

    def _number(self, name: str) -> int:
        found = self._numbers.get(name)
        if found is None:
            found = self._numbers[name] = self._writing.vulnerability_number(name)
        return found

    def _since(self, advisory: str) -> int:
        """Give when an advisory first reached us."""
        found = self._reached.get(advisory)
        if found is None:
            found = self._reached[advisory] = self._snapshot.reached(advisory)
        return found


def table(reading: Reading, keys: Iterable[int] | None = None) -> NDArray[np.void]:
    """Read the matches of some keys, or of all."""
    return np.frombuffer(reading.matches(keys), dtype=MATCH)

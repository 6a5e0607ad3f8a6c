"""Follow the journal of the advisories: match anew what a changed one spoke or speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from panshi.node.supply_chain.portfolio.matching import Matcher, table
from panshi.node.supply_chain.portfolio.memory import ADVISORIES
from panshi.node.supply_chain.portfolio.table import rows_of
from panshi.node.supply_chain.portfolio.telling import Teller
from panshi.protection.supply_chain.findings.rows import join

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from numpy.typing import NDArray

    from panshi.node.supply_chain.portfolio.memory import PortfolioMemory
    from panshi.store.advisory_rows import Change
    from panshi.store.advisory_snapshot import Snapshot
    from panshi.store.portfolio import Writing

BATCH = 2_000
"Changes taken in per transaction."


def take_advisories(memory: PortfolioMemory, now: datetime) -> bool:
    """Take in some changes; tell whether there may be more."""
    with memory.index.reading() as reading:
        if reading.meta(ADVISORIES) >= memory.advisories.sequence():
            return False
    with memory.index.writing() as writing, memory.advisories.reading() as snapshot:
        changes = snapshot.changes(writing.meta(ADVISORIES), BATCH)
        if not changes:
            return False
        memory.packages.catch_up(writing)
        _Advising(memory, writing, snapshot, now).take(changes)
        writing.set_meta(ADVISORIES, changes[-1].sequence)
    return len(changes) == BATCH


class _Advising:
    """Some changed advisories within one transaction."""

    def __init__(
        self, memory: PortfolioMemory, writing: Writing, snapshot: Snapshot, now: datetime
    ) -> None:
        self._memory, self._writing, self._snapshot = memory, writing, snapshot
        self._matcher = Matcher(writing, snapshot)
        self._teller = Teller(writing, memory.packages, now)

    def take(self, changes: Iterable[Change]) -> None:
        """Match anew whatever they spoke or speak of, and tell what it changed."""
        advisories = dict.fromkeys(each.id for each in changes if each.kind == "advisory")
        causes = self._touched(advisories)
        before, after = [], []
        changed: list[int] = []
        for key in causes:
            old = table(self._writing, (key,))
            packages = self._writing.packages_of(key)
            new = self._matcher.rows(packages)
            self._writing.put_sources(key, self._matcher.sources(purl for _, purl in packages))
            others = _changed(old, new)
            if not others:
                continue
            changed.append(key)
            before.append(old[np.isin(old["vulnerability"], others)])
            after.append(new[np.isin(new["vulnerability"], others)])
            self._writing.put_matches(key, new.tobytes())
        if changed:
            self._tell(np.concatenate(before), np.concatenate(after), causes)
            self._teller.keys(changed)
        for each in changes:
            if each.kind != "advisory":
                self._score(each)
        self._teller.close()

    def _touched(self, advisories: Iterable[str]) -> dict[int, str]:
        """Give the keys to look at anew, each with the advisory it is for."""
        causes: dict[int, str] = {}
        for each in advisories:
            keys = self._writing.keys_of_advisory(each)
            for named in self._snapshot.keys_of(each):
                keys |= self._writing.primary_keys(*named)
            for key in keys:
                causes.setdefault(key, each)
        return causes

    def _tell(
        self, before: NDArray[np.void], after: NDArray[np.void], causes: dict[int, str]
    ) -> None:
        packages = self._memory.packages
        touched = np.zeros(len(packages.purls), dtype=bool)
        touched[before["package"]] = touched[after["package"]] = True
        everything = self._memory.holdings(self._writing)
        holdings = everything.where(touched[everything.package])
        old, new = (
            join(holdings, each, packages.key_of, packages.rank) for each in (before, after)
        )
        self._teller.changed(old, new, lambda key: f"advisory:{causes[key]}")

    def _score(self, change: Change) -> None:
        """Tell the findings of a vulnerability whose exploitation is seen otherwise."""
        group = self._snapshot.group(change.id)
        number = self._writing.vulnerability(group.vulnerability if group else change.id)
        if number is None:
            return
        keys = {
            key
            for advisory in (group.advisories if group else (change.id,))
            for key in self._writing.keys_of_advisory(advisory)
        }
        rows = rows_of(self._memory, self._writing, sorted(keys), number)
        self._teller.scored(rows, f"{change.kind}:{change.id}")


def _changed(old: NDArray[np.void], new: NDArray[np.void]) -> list[int]:
    """Give the vulnerabilities that match otherwise; findings of all others stay as they are."""
    if old.tobytes() == new.tobytes():
        return []
    return sorted({each[1] for each in set(old.tolist()) ^ set(new.tolist())})

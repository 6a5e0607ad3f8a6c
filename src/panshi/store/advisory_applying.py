"""A batch of records taken into the advisory snapshot within one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import lmdb

from panshi.model.supply_chain.advisory import Advisory, Withdrawn
from panshi.model.supply_chain.bom import Defect
from panshi.model.supply_chain.compiled import Compiled
from panshi.store.advisory_rows import comparable, digest_of
from panshi.store.advisory_scores import put_epss, put_kev
from panshi.store.advisory_writing import Writing

__all__ = ["Applied", "applying", "put_epss", "put_kev"]


class Applied(NamedTuple):
    """What a batch changed."""

    new: int
    changed: int
    unchanged: int
    withdrawn: int
    defects: tuple[Defect, ...] = ()
    "Bounds and packages that could not be placed."


def applying(
    compiler: Callable[[Advisory], Compiled],
    batch: Sequence[Advisory | Withdrawn],
    feed: str,
    at: datetime,
) -> Callable[[lmdb.Transaction, dict[bytes, Any]], Applied]:
    """Give the work of one transaction; done again, it compiles nothing twice."""
    ready: dict[str, Compiled] = {}

    def work(txn: lmdb.Transaction, tables: dict[bytes, Any]) -> Applied:
        writing = Writing(txn, tables, at)
        counts = dict.fromkeys(("new", "changed", "unchanged", "withdrawn"), 0)
        defects: list[Defect] = []
        for each in batch:
            if isinstance(each, Withdrawn):
                counts["withdrawn"] += writing.remove(each.id, feed)
                continue
            digest = digest_of(each)
            verdict = writing.stands(each.id, digest, comparable(each.modified))
            counts[verdict] += 1
            if verdict == "unchanged":
                continue
            if digest not in ready:
                ready[digest] = compiler(each)
            writing.put(each, digest, ready[digest])
            defects += ready[digest].defects
        writing.finish()
        return Applied(**counts, defects=tuple(defects))

    return work

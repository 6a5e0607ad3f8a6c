"""KEV and EPSS in the advisory snapshot: whole lists, of which only what changed is journaled.

EPSS changes a little for nearly every vulnerability every day. The journal takes a change where a
record of ours carries the CVE and the score moved by a hundredth or more; the scores themselves are
all kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import lmdb

from panshi.model.supply_chain.advisory import KnownExploited
from panshi.store.advisory_rows import encode, epss_of
from panshi.store.advisory_snapshot import CONTENT, EPSS_DAY
from panshi.store.advisory_writing import Writing

NOTABLE = 0.01


def put_kev(
    txn: lmdb.Transaction,
    tables: dict[bytes, Any],
    at: datetime,
    catalogue: Mapping[str, KnownExploited],
) -> int:
    """Take the whole catalogue; tells how many entries changed."""
    writing = Writing(txn, tables, at)
    before = writing.rows(b"kev")
    after = {name: encode(entry) for name, entry in catalogue.items()}
    changed = sorted(
        name for name in {*before, *after} if before.get(name, b"") != after.get(name, b"")
    )
    for name in changed:
        writing.write(b"kev", name, after.get(name, b""))
        writing.note("kev", name)
    writing.set_meta(CONTENT[1], sha256(encode(sorted(after.items()))).digest())
    return len(changed)


def put_epss(
    txn: lmdb.Transaction,
    tables: dict[bytes, Any],
    at: datetime,
    given: tuple[date, Iterable[tuple[str, float, float]]],
) -> int:
    """Take a day's scores; an earlier day than the one held changes nothing."""
    writing = Writing(txn, tables, at)
    day, table = given
    held = writing.meta(EPSS_DAY)
    if held is not None and date.fromisoformat(held.decode()) > day:
        return 0
    before = writing.rows(b"epss")
    changed, kept, total = 0, set(), sha256()
    for name, score, percentile in sorted(table):
        kept.add(name)
        total.update(encode((name, score, percentile)))
        raw = before.get(name)
        old, old_percentile, previous, _ = epss_of(raw) if raw else (None, None, None, None)
        if (old, old_percentile) == (score, percentile):
            continue
        if old is not None and old != score:
            previous = old
        changed += old != score
        writing.write(b"epss", name, encode((score, percentile, previous, day)))
        if abs(score - (old or 0.0)) >= NOTABLE and writing.read(b"names", name):
            writing.note("epss", name)
    for name in before.keys() - kept:
        writing.write(b"epss", name, b"")
        changed += 1
    writing.set_meta(CONTENT[2], total.digest())
    writing.set_meta(EPSS_DAY, day.isoformat().encode())
    return changed

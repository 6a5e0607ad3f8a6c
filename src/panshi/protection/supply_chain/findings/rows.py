"""The join: which systems held which packages when, beside which packages match what.

    rows = join(holdings, matches, key_of)

One row per (system, package key, vulnerability). Both sides are small, the result is large, so
nothing here loops over rows in Python; ADR 0186 tells what was tried.

Where a system holds, or held, several versions of one package, their stretches of time are put
together: a run without a gap is one opening, and the newest run is the finding.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    type Numbers = NDArray[np.uint32]
    type Mask = NDArray[np.bool_]

EVER = np.uint32(0xFFFFFFFF)
"End of a stretch that has none yet."
HOLDING = np.dtype([("package", "<u4"), ("since", "<u4"), ("until", "<u4")])
"One stretch of time a system held one package; seconds since 1970."
MATCH = np.dtype(
    [("package", "<u4"), ("vulnerability", "<u4"), ("reached", "<u4"), ("status", "u1")]
)
"One vulnerability of one package; `reached` is when its advisory first reached us."


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """Stretches of time of many systems, one row each."""

    system: Numbers
    package: Numbers
    since: Numbers
    until: Numbers

    @classmethod
    def of(cls, systems: Sequence[int], blobs: Sequence[bytes]) -> Holdings:
        """Read what a store keeps of each system."""
        rows = np.frombuffer(b"".join(blobs), dtype=HOLDING)
        counts = [len(each) // HOLDING.itemsize for each in blobs]
        return cls(
            system=np.repeat(np.asarray(systems, dtype=np.uint32), counts),
            package=np.ascontiguousarray(rows["package"]),
            since=np.ascontiguousarray(rows["since"]),
            until=np.ascontiguousarray(rows["until"]),
        )

    def where(self, chosen: Mask) -> Holdings:
        """Give some of the rows."""
        at = np.flatnonzero(chosen)
        return Holdings(
            system=self.system[at],
            package=self.package[at],
            since=self.since[at],
            until=self.until[at],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Findings as columns."""

    system: Numbers
    key: Numbers
    package: Numbers
    vulnerability: Numbers
    status: NDArray[np.uint8]
    since: Numbers
    until: Numbers

    def __len__(self) -> int:
        """Count the findings."""
        return len(self.system)

    def where(self, chosen: Mask | NDArray[np.intp]) -> Rows:
        """Give some of the rows."""
        return Rows(**{each.name: getattr(self, each.name)[chosen] for each in fields(self)})

    @classmethod
    def together(cls, parts: Sequence[Rows]) -> Rows:
        """Put parts after each other."""
        return cls(
            **{
                each.name: np.concatenate([getattr(part, each.name) for part in parts])
                for each in fields(cls)
            }
        )


def matches_by_package(matches: NDArray[np.void], packages: int) -> tuple[NDArray[np.int64], ...]:
    """Sort matches by package; give the order and where each package begins and ends."""
    order = np.argsort(matches["package"], kind="stable")
    counts = np.bincount(matches["package"], minlength=packages)
    ends = np.cumsum(counts)
    return order, ends - counts, counts


def join(
    holdings: Holdings,
    matches: NDArray[np.void],
    key_of: Numbers,
    rank: Callable[[Numbers], NDArray[np.int64]],
) -> Rows:
    """Give every finding there is or was.

    `key_of` gives the key of each package by its number; `rank` puts some packages in a lasting
    order, so that of several affected versions always the same one stands for them.
    """
    order, starts, counts = matches_by_package(matches, len(key_of))
    held = holdings.where(counts[holdings.package] > 0)
    times = counts[held.package]
    total = int(times.sum())
    holding = np.repeat(np.arange(len(times), dtype=np.uint32), times)
    within = np.arange(total, dtype=np.int64)
    within -= np.repeat(np.cumsum(times) - times, times)
    match = order[starts[held.package][holding] + within]
    reached = matches["reached"][match]
    until = held.until[holding]
    known = until > reached
    if not known.all():
        holding, match = holding[known], match[known]
        reached, until = reached[known], until[known]
    package = held.package[holding]
    rows = Rows(
        system=held.system[holding],
        key=key_of[package],
        package=package,
        vulnerability=matches["vulnerability"][match],
        status=matches["status"][match],
        since=np.maximum(held.since[holding], reached),
        until=until,
    )
    several = _several(held, key_of)[holding]
    if not several.any():
        return rows
    return Rows.together((rows.where(~several), _merged(rows.where(several), rank)))


def _several(held: Holdings, key_of: Numbers) -> Mask:
    """Tell which holdings share system and package key with another one."""
    both = held.system.astype(np.uint64) << np.uint64(32) | key_of[held.package]
    _, inverse, counts = np.unique(both, return_inverse=True, return_counts=True)
    several: Mask = counts[inverse] > 1
    return several


def _merged(rows: Rows, rank: Callable[[Numbers], NDArray[np.int64]]) -> Rows:
    """Make one finding of all stretches of one system, key and vulnerability: the newest run."""
    order = np.lexsort((rows.since, rows.vulnerability, rows.key, rows.system))
    rows = rows.where(order)
    same = np.zeros(len(rows), dtype=bool)
    same[1:] = (
        (rows.system[1:] == rows.system[:-1])
        & (rows.key[1:] == rows.key[:-1])
        & (rows.vulnerability[1:] == rows.vulnerability[:-1])
    )
    group = np.cumsum(~same) - 1
    high = group.astype(np.uint64) << np.uint64(32)
    latest = np.maximum.accumulate(high | rows.until)
    begins = ~same
    begins[1:] |= (high[1:] | rows.since[1:]) > latest[:-1]
    run = np.cumsum(begins)
    last_of_group = np.flatnonzero(np.append(~same[1:], True))
    newest = run == run[last_of_group][group]
    rows, group = rows.where(newest), group[newest]
    first = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    since = np.minimum.reduceat(rows.since, first)
    until = np.maximum.reduceat(rows.until, first)
    at_the_end = rows.until == until[group]
    chosen = np.lexsort((rank(rows.package), rows.status, ~at_the_end, group))
    best = chosen[np.flatnonzero(np.append(True, group[chosen][1:] != group[chosen][:-1]))]
    standing = rows.where(best)
    return Rows(
        system=standing.system,
        key=standing.key,
        package=standing.package,
        vulnerability=standing.vulnerability,
        status=standing.status,
        since=since,
        until=until,
    )

"""Prune: release snapshots whose retention is over and remove what no other snapshot needs.

What interrupted runs left behind goes first, so that a full disk has room for the entry that
releases; only then do the released fragments go. Interrupted, it is taken up by the next prune,
which removes whatever no standing snapshot needs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from panshi.errors import PanshiError
from panshi.node.resilience.vault.opening import Vault, renewed
from panshi.node.resilience.vault.sealing import clock_holds, segments_of, settle
from panshi.node.resilience.vault.writing import RUN_BYTES, Writers, acknowledge
from panshi.resilience.vault import chain
from panshi.resilience.vault.history import epochs, releasable, standing
from panshi.resilience.vault.layout import (
    CATALOGUES,
    FRAGMENTS,
    KEYS,
    catalogue_name,
    fragment_name,
    keys_name,
    number_of,
)
from panshi.store.vault.place import Place

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was released and removed."""

    released: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]
    "Snapshots that stand, each with the day its retention ends."
    removed: int
    "Objects removed."
    bytes: int
    refused: tuple[str, ...]
    "Places that would not remove something: write-once storage keeps it."


def prune(
    vault: Vault,
    *,
    now: datetime,
    held: Collection[str] = (),
    dry_run: bool = False,
    clock_is_right: bool = False,
) -> tuple[Vault, Pruned]:
    """Release what may go; nothing before its retention, nor the newest, nor what is `held`.

    A clock that the chain does not follow, by more than a day, releases nothing by itself.
    """

    def ripe(seen: Vault) -> tuple[chain.Entry, ...]:
        clock_holds(seen, now, sure=clock_is_right)
        due = now if clock_is_right else min(now, seen.head.time + _A_DAY)
        return releasable(seen.entries, seen.terms, now=due, held=held)

    if dry_run:
        return vault, _told(vault, ripe(vault))
    signing = vault.memory.keys().signing
    with vault.memory.alone():
        vault = renewed(vault)
        going = ripe(vault)
        gone = {each.sequence for each in going}
        needed = _needed(vault, gone)
        with Writers(vault) as writers:
            settle(vault, writers)
            runs = vault.memory.runs()
            removed, size, refused = _swept_all(vault, _needed(vault, set()), runs)
            if not refused:
                vault.memory.end(*runs)
            if going:
                entry = chain.sign(
                    signing,
                    vault=vault.terms.vault,
                    after=vault.head,
                    kind=chain.PRUNE,
                    now=now,
                    released=sorted(gone),
                )
                vault = acknowledge(vault, writers, entry)
                more, bytes_, refused = _swept_all(vault, needed, runs)
                removed, size = removed + more, size + bytes_
    return vault, _told(vault, going, removed, size, refused)


def _swept_all(
    vault: Vault, needed: frozenset[str], runs: frozenset[bytes]
) -> tuple[int, int, tuple[str, ...]]:
    """Remove what nobody needs; what is newer than the chain may be another machine's to come."""
    removed = size = 0
    refused = []

    def stray(name: str) -> bool:
        if name in needed:
            return False
        number = number_of(name)
        if name.startswith(KEYS):
            return number is not None and number <= epochs(vault.entries)[0][0]
        return (number is not None and number <= vault.head.sequence) or _ours(name, runs)

    for place in vault.places.values():
        try:
            count, bytes_ = _swept(place, stray)
        except PanshiError as error:
            refused.append(f"{place.label}: {error.problem}")
            continue
        removed += count
        size += bytes_
    return removed, size, tuple(refused)


def _needed(vault: Vault, gone: set[int]) -> frozenset[str]:
    """Names of all objects the snapshots that stay need; unreadable catalogues stop the prune."""
    names = {keys_name(*each) for each in epochs(vault.entries)}
    for snapshot in standing(vault.entries):
        if snapshot.sequence in gone:
            continue
        names.add(catalogue_name(snapshot.sequence, snapshot.fields["catalogue"]))
        rows = segments_of(vault, snapshot).values()
        names.update(fragment_name(each.session, each.id) for each in rows)
    return frozenset(names)


def _ours(name: str, runs: frozenset[bytes]) -> bool:
    """Whether a fragment was left by an interrupted seal of this machine."""
    try:
        return bytes.fromhex(name.rpartition("/")[2])[:RUN_BYTES] in runs
    except ValueError:
        return False


def _swept(place: Place, stray: Callable[[str], bool]) -> tuple[int, int]:
    """Remove from a place what nobody needs."""
    count = size = 0
    for folder in (FRAGMENTS, CATALOGUES, KEYS):
        for name, its in list(place.sizes(folder)):
            if stray(name):
                place.remove(name)
                count += 1
                size += its
    return count, size


def _told(
    vault: Vault,
    going: tuple[chain.Entry, ...],
    removed: int = 0,
    size: int = 0,
    refused: tuple[str, ...] = (),
) -> Pruned:
    return Pruned(
        released=tuple(each.snapshot_id() for each in going),
        kept=tuple(
            (each.snapshot_id(), str(each.fields["retain_until"]))
            for each in standing(vault.entries)
            if each not in going
        ),
        removed=removed,
        bytes=size,
        refused=refused,
    )

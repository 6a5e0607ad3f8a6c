"""Prune: release snapshots whose retention is over and remove what no other snapshot needs.

What interrupted runs left behind goes first, so that a full disk has room for the entry that
releases; only then do the released fragments go. Interrupted, it is taken up by the next prune,
which removes whatever no standing snapshot needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from panshi.errors import PanshiError, UsageError
from panshi.node.resilience.vault.opening import Vault
from panshi.node.resilience.vault.sealing import segments_of, settle
from panshi.node.resilience.vault.writing import Writers, acknowledge
from panshi.resilience.vault import chain
from panshi.resilience.vault.history import epoch, releasable, standing
from panshi.resilience.vault.layout import (
    CATALOGUES,
    FRAGMENTS,
    KEYS,
    catalogue_name,
    fragment_name,
    keys_name,
)
from panshi.store.vault.place import Place

_FAR_AHEAD = timedelta(minutes=10)


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


def prune(vault: Vault, *, now: datetime, dry_run: bool = False) -> tuple[Vault, Pruned]:
    """Release what may go; nothing goes before its retention, nor any of the newest `keep`."""
    if now < vault.head.time - _FAR_AHEAD:
        raise UsageError(
            f"the clock says {chain.instant(now)}, the vault's last entry is later",
            remedy="set the clock of this machine right",
        )
    going = releasable(vault.entries, vault.terms, now=now)
    gone = {each.sequence for each in going}
    needed = _needed(vault, gone)
    names = tuple(each.snapshot_id() for each in going)
    if dry_run:
        return vault, _told(vault, names, gone)
    signing = vault.memory.keys().signing
    with vault.memory.alone(), Writers(vault, vault.terms.spread.k + 1) as writers:
        settle(vault, writers)
        removed, size, refused = _swept_all(vault, _needed(vault, set()))
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
            more, bytes_, refused = _swept_all(vault, needed)
            removed, size = removed + more, size + bytes_
    return vault, _told(vault, names, gone, removed, size, refused)


def _swept_all(vault: Vault, needed: frozenset[str]) -> tuple[int, int, tuple[str, ...]]:
    removed = size = 0
    refused = []
    for place in vault.places.values():
        try:
            count, bytes_ = _swept(place, needed)
        except PanshiError as error:
            refused.append(f"{place.label}: {error.problem}")
            continue
        removed += count
        size += bytes_
    return removed, size, tuple(refused)


def _needed(vault: Vault, gone: set[int]) -> frozenset[str]:
    """Names of all objects the snapshots that stay need; unreadable catalogues stop the prune."""
    names = {keys_name(*epoch(vault.entries))}
    for snapshot in standing(vault.entries):
        if snapshot.sequence in gone:
            continue
        names.add(catalogue_name(snapshot.sequence, snapshot.fields["catalogue"]))
        rows = segments_of(vault, snapshot).values()
        names.update(fragment_name(each.session, each.id) for each in rows)
    return frozenset(names)


def _swept(place: Place, needed: frozenset[str]) -> tuple[int, int]:
    """Remove from a place what nobody needs."""
    count = size = 0
    for folder in (FRAGMENTS, CATALOGUES, KEYS):
        for name, its in list(place.sizes(folder)):
            if name not in needed:
                place.remove(name)
                count += 1
                size += its
    return count, size


def _told(
    vault: Vault,
    names: tuple[str, ...],
    gone: set[int],
    removed: int = 0,
    size: int = 0,
    refused: tuple[str, ...] = (),
) -> Pruned:
    return Pruned(
        released=names,
        kept=tuple(
            (each.snapshot_id(), str(each.fields["retain_until"]))
            for each in standing(vault.entries)
            if each.sequence not in gone
        ),
        removed=removed,
        bytes=size,
        refused=refused,
    )

"""What a chain says: which snapshots stand, which may go, which keys are in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from panshi.errors import MissingError
from panshi.resilience.vault import chain
from panshi.resilience.vault.layout import Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a vault was founded on; fixed for its life."""

    vault: bytes
    spread: Spread
    retention: timedelta
    "How long every snapshot is kept at least."
    keep: int
    "How many of the newest snapshots of each source are kept, however old."
    signer: bytes
    reader: bytes
    places: tuple[str, ...] = ()
    "A label per place, in the order of the fragments."


def standing(entries: Sequence[chain.Entry]) -> tuple[chain.Entry, ...]:
    """Snapshots that were acknowledged and not released, oldest first."""
    released = {
        number
        for entry in entries
        if entry.kind == chain.PRUNE
        for number in entry.fields["released"]
    }
    return tuple(
        entry
        for entry in entries
        if entry.kind == chain.SNAPSHOT and entry.sequence not in released
    )


def releasable(
    entries: Sequence[chain.Entry],
    terms: Terms,
    *,
    now: datetime,
    held: Collection[str] = (),
) -> tuple[chain.Entry, ...]:
    """Snapshots whose retention is over; what is `held` and the newest of a series never are.

    Of each series stay the newest `keep`, and the newest `keep` that are not suspect: many poisoned
    copies must not push out the last good one.
    """
    newest: Counter[tuple[str, bool]] = Counter()
    going = []
    for entry in reversed(standing(entries)):
        series = str(entry.fields.get("series", ""))
        kinds = [(series, True)]
        if not entry.fields.get("suspect"):
            kinds.append((series, False))
        stays = entry.snapshot_id() in held or any(newest[each] < terms.keep for each in kinds)
        newest.update(kinds)
        if not stays and chain.moment(entry.fields["retain_until"]) <= now:
            going.append(entry)
    return tuple(reversed(going))


def find(entries: Sequence[chain.Entry], name: str) -> chain.Entry:
    """Find a standing snapshot by `latest`, its number or the beginning of its id."""
    snapshots = standing(entries)
    if not snapshots:
        raise MissingError("the vault holds no snapshot yet", remedy="panshi vault seal")
    if name == "latest":
        return snapshots[-1]
    found = [each for each in snapshots if str(each.sequence) == name or each.snapshot_id() == name]
    if len(found) != 1:
        raise MissingError(
            f"there is no snapshot {name!r}", remedy="`panshi vault list` names them"
        )
    return found[0]


def epochs(entries: Sequence[chain.Entry]) -> tuple[tuple[int, str], ...]:
    """Epochs of the officers' keys that still open, newest first, each with its file's digest."""
    first = max((int(e.fields["first"]) for e in entries if e.kind == chain.RETIRE), default=0)
    found = tuple(
        (int(entry.fields["epoch"]), str(entry.fields["sha256"]))
        for entry in reversed(entries)
        if entry.kind == chain.KEYS and int(entry.fields["epoch"]) >= first
    )
    if not found:
        raise MissingError("the vault has no keys", remedy="panshi vault init")
    return found


def epoch(entries: Sequence[chain.Entry]) -> tuple[int, str]:
    """Newest epoch of the officers' keys and the digest of its key file."""
    return epochs(entries)[0]

"""What is known of the vault on a day, from sealed placements, snapshots and drills.

Nothing is asked of the places themselves: that is what scrubs and drills are for. A placement is
proven anew, so that an approval that ran out no longer counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from panshi.model.bodies.vault import (
    DRILL,
    SHARES,
    SNAPSHOT,
    SharesInForce,
    SnapshotSealed,
    VaultDrill,
)
from panshi.model.observation import Sealed
from panshi.node.node import Node
from panshi.node.own_records import own_records
from panshi.node.records import institution_of
from panshi.node.resilience.placement import SealedPlacement, sealed_placements

STALE = timedelta(days=2)
"A source without a newer snapshot is shown as standing still."
QUARTER = timedelta(days=92)
"A source not restored for so long is shown as due."


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One source in one vault."""

    vault: str
    source: str
    newest: SnapshotSealed
    sealed: Sealed
    good: SnapshotSealed | None
    "The newest one that is not held back."
    drill: VaultDrill | None
    drill_sealed: Sealed | None
    stale: bool
    due: bool
    "No drill within a quarter."
    first: datetime
    "When its oldest snapshot was marked."


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultStatus:
    """Everything known of the institution's vaults."""

    placements: tuple[SealedPlacement, ...]
    sources: tuple[SourceStatus, ...]
    unconfirmed: tuple[SharesInForce, ...] = ()
    "Vaults whose key shares were changed, and whose old ones open still."

    @property
    def quarantined(self) -> tuple[SourceStatus, ...]:
        """Sources whose newest snapshot is held back."""
        return tuple(each for each in self.sources if each.newest.quarantined)

    @property
    def failed(self) -> tuple[SourceStatus, ...]:
        """Sources whose newest drill failed."""
        return tuple(each for each in self.sources if each.drill and not each.drill.passed)

    @property
    def due(self) -> tuple[SourceStatus, ...]:
        """Sources not restored within a quarter."""
        return tuple(each for each in self.sources if each.due)


def vault_status(
    node: Node, estate_id: str | None = None, as_of: datetime | None = None
) -> VaultStatus:
    """Give what is known of the vaults."""
    now = as_of or node.clock()
    snapshots: dict[tuple[str, str], list[tuple[SnapshotSealed, Sealed]]] = {}
    for sealed in own_records(node, SNAPSHOT, estate_id, as_of):
        body = sealed.observation.body
        if isinstance(body, SnapshotSealed):
            snapshots.setdefault((body.vault, body.source), []).append((body, sealed))
    drills: dict[tuple[str, str], tuple[VaultDrill, Sealed]] = {}
    for sealed in own_records(node, DRILL, estate_id, as_of):
        body = sealed.observation.body
        if isinstance(body, VaultDrill):
            key = (body.vault, body.source)
            if key not in drills or drills[key][0].lost_at <= body.lost_at:
                drills[key] = (body, sealed)
    sources = tuple(_source(held, drills.get(key), now) for key, held in sorted(snapshots.items()))
    return VaultStatus(
        placements=sealed_placements(node),
        sources=sources,
        unconfirmed=unconfirmed_shares(node, estate_id, as_of),
    )


def unconfirmed_shares(
    node: Node, estate_id: str | None = None, as_of: datetime | None = None
) -> tuple[SharesInForce, ...]:
    """Give the vaults whose newest key shares nobody has used yet, as was recorded last."""
    subject = institution_of(node.estate(estate_id))
    found = node.log.latest((SHARES,), as_of=as_of)
    bodies = (each.observation.body for each in found if each.observation.subject == subject)
    return tuple(e for e in bodies if isinstance(e, SharesInForce) and e.opening > 1)


def _source(
    held: list[tuple[SnapshotSealed, Sealed]],
    drill: tuple[VaultDrill, Sealed] | None,
    now: datetime,
) -> SourceStatus:
    newest, sealed = max(held, key=lambda each: each[0].marked_at)
    good = [each for each, _sealed in held if not each.quarantined]
    return SourceStatus(
        vault=newest.vault,
        source=newest.source,
        newest=newest,
        sealed=sealed,
        good=max(good, key=lambda each: each.marked_at, default=None),
        drill=drill[0] if drill is not None else None,
        drill_sealed=drill[1] if drill is not None else None,
        stale=newest.marked_at + STALE < now,
        due=drill is None or drill[0].lost_at + QUARTER < now,
        first=min(each.marked_at for each, _sealed in held),
    )

"""The records of the demo bank's core-data vault: placement, snapshots, drills; all demo data.

No byte is stored for it. The placement is proven like a real one; times of drills are made up and
say so by their collector.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
import yaml

from panshi.model.bodies.vault import DRILL, SNAPSHOT, SnapshotSealed, VaultDrill
from panshi.model.observation import Body, Observation
from panshi.model.resilience.placement import Placement
from panshi.node.demo_accountability import at_the_time
from panshi.node.node import Node
from panshi.node.records import institution_of
from panshi.node.resilience.placement import seal_placement
from panshi.store import library

COLLECTOR = "示範保險庫"
HOUR = timedelta(hours=1)
SHOWN = 4
"Snapshots kept of each source in the demo: the newest ones."


class Source(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What is sealed regularly."""

    source: str
    method: str
    every_hours: int
    days: int
    rows: int
    octets: int


class Quarantined(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The newest snapshot of a source is held back."""

    source: str
    reasons: tuple[str, ...]
    entropy: float
    changed: float


class Drill(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One restore, measured."""

    source: str
    ago: int
    rto_seconds: float
    rpo_seconds: float
    rto_target: float
    rpo_target: float
    withheld: tuple[str, ...]
    used: tuple[str, ...]
    octets: int
    rows: int
    checks: int
    failed: int = 0
    failure: str = ""


class Plan(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The vault's part of the file."""

    placement: Placement
    by: str
    snapshots: tuple[Source, ...]
    quarantined: Quarantined
    drills: tuple[Drill, ...]


def seed_vault(node: Node, estate_id: str, now: datetime) -> None:
    """Prove the placement, seal snapshots and drills."""
    _name, raw = library.demo("resilience.yaml")
    plan = msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader)["vault"], Plan)
    seal_placement(at_the_time(node, now - timedelta(days=31)), plan.placement, actor=plan.by)
    subject = institution_of(node.estate(estate_id))
    vault = plan.placement.vault
    made = [*_snapshots(plan, vault, subject, now), *_drills(plan, vault, subject, now)]
    node.log.append(tuple(sorted(made, key=lambda each: each.observed_at)), now)


def _snapshots(plan: Plan, vault: str, subject: str, now: datetime) -> Iterator[Observation]:
    for source in plan.snapshots:
        for back in range(SHOWN, 0, -1):
            at = now - HOUR * source.every_hours * back
            held = plan.quarantined if back == 1 and _same(plan, source) else None
            yield _seen(
                SNAPSHOT,
                subject,
                f"{vault}:{source.source}:{at.isoformat()}",
                at,
                SnapshotSealed(
                    vault=vault,
                    source=source.source,
                    snapshot=f"{source.source}-{at:%Y%m%d}",
                    method=source.method,
                    marked_at=at,
                    position=f"demo/{at:%Y%m%d}",
                    mark_sha256=sha256(f"{source.source} {at:%Y%m%d}".encode()).hexdigest(),
                    rows=source.rows,
                    octets=source.octets,
                    quarantined=held is not None,
                    reasons=held.reasons if held is not None else (),
                    entropy_share=held.entropy if held is not None else 0.04,
                    changed_share=held.changed if held is not None else 0.02,
                ),
            )


def _same(plan: Plan, source: Source) -> bool:
    return plan.quarantined.source == source.source


def _drills(plan: Plan, vault: str, subject: str, now: datetime) -> Iterator[Observation]:
    for drill in plan.drills:
        lost = now - timedelta(days=drill.ago)
        marked = lost - timedelta(seconds=drill.rpo_seconds)
        done = lost + timedelta(seconds=drill.rto_seconds)
        yield _seen(
            DRILL,
            subject,
            f"{vault}:{drill.source}",
            done,
            VaultDrill(
                plan=f"{drill.source}季度復原（示範）",
                passed=not drill.failed,
                vault=vault,
                source=drill.source,
                snapshot=f"{drill.source}-{marked:%Y%m%d}",
                position=f"demo/{marked:%Y%m%d}",
                asked_at=lost,
                granted_at=lost + timedelta(minutes=12),
                first_byte_at=lost + timedelta(minutes=14),
                last_byte_at=done - timedelta(minutes=8),
                verified_at=done,
                lost_at=lost,
                marked_at=marked,
                rto_seconds=drill.rto_seconds,
                rpo_seconds=drill.rpo_seconds,
                rto_target_seconds=drill.rto_target,
                rpo_target_seconds=drill.rpo_target,
                places_used=drill.used,
                places_withheld=drill.withheld,
                octets=drill.octets,
                rows_verified=drill.rows,
                rows_wrong=3 if drill.failed else 0,
                checks_passed=drill.checks - drill.failed,
                checks_failed=drill.failed,
                failures=(drill.failure,) if drill.failure else (),
                scheduled=True,
            ),
        )


def _seen(kind: str, subject: str, facet: str, at: datetime, body: Body) -> Observation:
    return Observation(
        kind=kind, subject=subject, facet=facet, observed_at=at, collector=COLLECTOR, body=body
    )

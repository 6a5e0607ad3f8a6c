"""The vault: placements proven, snapshots and drills on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.model.bodies.vault import DRILL, SNAPSHOT, SnapshotSealed, VaultDrill
from panshi.model.observation import ObservationId
from panshi.model.resilience.placement import Placement
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.own_records import own_records
from panshi.node.resilience.placement import prove_placement, sealed_placements
from panshi.resilience.vault_placement import Proof


class PlacementShape(TypedDict):
    """A placement on record, proven as of today."""

    evidence: ObservationId
    holds: bool
    placement: Placement
    proof: Proof


class ProofShape(TypedDict):
    """What holds of a placement."""

    holds: bool
    proof: Proof


class DrillShape(TypedDict):
    """A restore drill as it was measured."""

    evidence: ObservationId
    at: datetime
    drill: VaultDrill


class SnapshotShape(TypedDict):
    """A snapshot of a source as it went into the vault."""

    evidence: ObservationId
    snapshot: SnapshotSealed


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementAsked:
    """A placement to prove; nothing is recorded."""

    placement: Placement
    on: date | None = None
    "Day on which approvals must be in force; left out: today."


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillsQuery:
    """Which drills."""

    plan: Annotated[str, Meta(max_length=60)] = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotsQuery:
    """Which snapshots."""

    source: Annotated[str, Meta(max_length=40)] = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 50


def placements(node: Node, _asked: Asked) -> Answered:
    """Answer the newest placement of each vault."""
    return answered(
        tuple(
            PlacementShape(
                evidence=each.sealed.id,
                holds=each.proof.holds,
                placement=each.placement,
                proof=each.proof,
            )
            for each in sealed_placements(node)
        )
    )


def prove(node: Node, asked: Asked) -> Answered:
    """Answer what holds of a placement that is sent."""
    wanted = given(asked, PlacementAsked)
    proof = prove_placement(wanted.placement, wanted.on or day_of(node.clock()))
    return answered(ProofShape(holds=proof.holds, proof=proof))


def drills(node: Node, asked: Asked) -> Answered:
    """Answer the newest drills."""
    query = queried(asked, DrillsQuery)
    found = [
        DrillShape(evidence=each.id, at=each.observation.observed_at, drill=body)
        for each in own_records(node, DRILL)
        if isinstance(body := each.observation.body, VaultDrill) and query.plan in {"", body.plan}
    ]
    return answered(tuple(reversed(found[-query.limit :])))


def snapshots(node: Node, asked: Asked) -> Answered:
    """Answer the newest snapshots."""
    query = queried(asked, SnapshotsQuery)
    found = [
        SnapshotShape(evidence=each.id, snapshot=body)
        for each in own_records(node, SNAPSHOT)
        if isinstance(body := each.observation.body, SnapshotSealed)
        and query.source in {"", body.source}
    ]
    return answered(tuple(reversed(found[-query.limit :])))


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/vault/placements",
        action="vault.view",
        handler=placements,
        answers=tuple[PlacementShape, ...],
        summary="Where shards and key shares lie, proven as of today",
    ),
    Route(
        method="POST",
        path="/vault/placements/prove",
        action="vault.view",
        handler=prove,
        body=PlacementAsked,
        example={
            "placement": {
                "vault": "core",
                "k": 1,
                "institution": ["示範銀行"],
                "places": [{"id": "taipei", "country": "TW", "operator": "示範銀行"}],
            }
        },
        answers=ProofShape,
        summary="Prove a placement over every coalition; nothing is recorded",
    ),
    Route(
        method="GET",
        path="/vault/drills",
        action="vault.view",
        handler=drills,
        query=DrillsQuery,
        answers=tuple[DrillShape, ...],
        summary="Restore drills as measured, the newest first",
    ),
    Route(
        method="GET",
        path="/vault/snapshots",
        action="vault.view",
        handler=snapshots,
        query=SnapshotsQuery,
        answers=tuple[SnapshotShape, ...],
        summary="Snapshots of sources with marks and reasons of the gate, the newest first",
    ),
)

"""Use case: bring a source to a mark, let the gate judge it, seal it into the vault, record it.

    taken = seal_source(node, "core-ledger", actor=...)

A quarantined snapshot is sealed all the same: it may be all there is, and it is evidence. What goes
into the evidence log is the mark's digest, so that whoever holds all places cannot swap a mark.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from panshi.errors import UsageError
from panshi.model.bodies.vault import SHARES, SNAPSHOT, SharesInForce, SnapshotSealed
from panshi.model.observation import Body, Observation, ObservationId, Sealed
from panshi.model.resilience.mark import Mark
from panshi.node.node import Node
from panshi.node.records import institution_of
from panshi.node.resilience.vault.opening import Vault, opened
from panshi.node.resilience.vault.sealing import Sealed as SealedSnapshot
from panshi.node.resilience.vault.sealing import Series, seal
from panshi.node.resilience.vault.sources import files
from panshi.observe.vault_sources.capture import Captured, capture
from panshi.observe.vault_sources.source import FILE, Setup, Source, read_setup, source_named
from panshi.resilience.vault import chain
from panshi.resilience.vault.history import epochs
from panshi.resilience.vault_anomaly import Facts, Reason, facts_of, judged
from panshi.store.place import ready_directory

WORK = "vault-work"
REMEMBERED = 60
"Good snapshots the gate judges by."
COLLECTOR = "panshi vault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a source."""

    source: str
    snapshot: str
    position: str
    rows: int
    files: int
    new_bytes: int
    quarantined: bool
    reasons: tuple[str, ...]
    totals: tuple[str, ...]
    absent: tuple[str, ...]
    evidence: ObservationId


def setup_of(node: Node) -> Setup:
    """Give what `vault-sources.toml` says; refuse a vault without places."""
    setup = read_setup(node.home.path)
    if not setup.places:
        raise UsageError(
            "no places of the vault are set up",
            place=str(node.home.path / FILE),
            remedy="see docs/how-to/restore-drills.md",
        )
    return setup


def seal_source(node: Node, name: str, *, actor: str, clock_is_right: bool = False) -> Taken:
    """Seal one source as it is now."""
    setup = setup_of(node)
    source = source_named(node.home.path, name)
    subject_of(node, source.asset)  # nothing is read for an asset nobody knows
    work = ready_directory(node.home.path / WORK / source.name)
    captured = capture(source, work, node.clock)
    reasons = judged(captured.mark, history(node, source.name))
    with opened(setup.places, node.home.path) as vault:
        _, sealed = seal(
            vault,
            files([captured.folder]),
            now=node.clock(),
            clock_is_right=clock_is_right,
            series=Series(name=source.name, suspect=bool(reasons)),
            marks={
                "source": source.name,
                "position": captured.mark.position,
                "mark_sha256": captured.mark_sha256,
            },
        )
        record_shares(node, vault)
    evidence = _record(node, setup, source, captured, sealed, reasons)
    node.audit(actor, "vault.seal_source", source.name, detail=sealed.snapshot)
    return Taken(
        source=source.name,
        snapshot=sealed.snapshot,
        position=captured.mark.position,
        rows=captured.mark.rows,
        files=sealed.files,
        new_bytes=sealed.new_bytes,
        quarantined=bool(reasons),
        reasons=tuple(each.told for each in reasons),
        totals=captured.mark.totals,
        absent=sealed.absent,
        evidence=evidence,
    )


def record_shares(node: Node, vault: Vault) -> None:
    """Seal whose key shares open, where they were changed; that may be done elsewhere."""
    changed = next(each for each in reversed(vault.entries) if each.kind == chain.KEYS)
    identity, opening = vault.terms.vault.hex(), len(epochs(vault.entries))
    body = SharesInForce(
        vault=read_setup(node.home.path).vault or identity,
        epoch=int(changed.fields["epoch"]),
        rotated_at=changed.time,
        opening=opening,
    )
    known = {each.observation.facet: each.observation.body for each in node.log.latest((SHARES,))}
    if known.get(identity) == body or (identity not in known and body.epoch == 1):
        return
    seal_observations(node, (looked(node, SHARES, body, institution_of(node.estate()), identity),))


def snapshots_of(node: Node, source: str) -> tuple[Sealed, ...]:
    """Give the snapshots on record of a source, oldest first."""
    found = node.log.records(SNAPSHOT)
    return tuple(each for each in found if each.observation.facet == source)


def history(node: Node, source: str) -> tuple[Facts, ...]:
    """Give what the gate saw of the good snapshots before."""
    bodies = (each.observation.body for each in snapshots_of(node, source))
    good = [
        msgspec.json.decode(body.facts, type=Facts)
        for body in bodies
        if isinstance(body, SnapshotSealed) and not body.quarantined and body.facts
    ]
    return tuple(good[-REMEMBERED:])


def subject_of(node: Node, asset: str, place: str = FILE) -> str:
    """Give the asset records speak of; the institution where none is named."""
    if not asset:
        return institution_of(node.estate())
    found = node.estate().resolve(asset)
    if found is None:
        raise UsageError(f"there is no asset {asset}", place=place, remedy="name one of the estate")
    return found


def _record(
    node: Node,
    setup: Setup,
    source: Source,
    captured: Captured,
    sealed: SealedSnapshot,
    reasons: tuple[Reason, ...],
) -> ObservationId:
    mark: Mark = captured.mark
    body = SnapshotSealed(
        vault=setup.vault,
        source=source.name,
        snapshot=sealed.snapshot,
        method=mark.method,
        marked_at=mark.marked_at,
        position=mark.position,
        mark_sha256=captured.mark_sha256,
        rows=mark.rows,
        files=sealed.files,
        octets=sealed.source_bytes,
        totals=mark.totals[:50],
        quarantined=bool(reasons),
        reasons=tuple(each.told for each in reasons),
        entropy_share=mark.seen.opaque_share,
        changed_share=mark.seen.changed_share,
        facts=msgspec.json.encode(facts_of(mark)).decode(),
    )
    return seal_observations(
        node, (looked(node, SNAPSHOT, body, institution_of(node.estate()), source.name),)
    )


def looked(node: Node, kind: str, body: Body, subject: str, facet: str) -> Observation:
    """Put what the vault saw into the form the log takes."""
    return Observation(
        kind=kind,
        subject=subject,
        facet=facet,
        observed_at=node.clock(),
        collector=COLLECTOR,
        body=body,
    )


def seal_observations(node: Node, made: tuple[Observation, ...]) -> ObservationId:
    """Seal several at once, all or none; gives the id of the last."""
    found = node.log.append(made, node.clock()).ids[-1]
    node.log.sign_checkpoint(node.signer)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTold:
    """A source as people see it."""

    name: str
    kind: str
    asset: str
    snapshot: str = ""
    marked_at: datetime | None = None
    quarantined: bool = False
    reasons: tuple[str, ...] = ()


def sources_told(node: Node) -> tuple[SourceTold, ...]:
    """Give every source with its newest snapshot."""
    newest = {each.observation.facet: each.observation.body for each in node.log.records(SNAPSHOT)}
    found = []
    for each in read_setup(node.home.path).source:
        told = SourceTold(name=each.name, kind=each.kind, asset=each.asset)
        body = newest.get(each.name)
        if isinstance(body, SnapshotSealed):
            told = replace(
                told,
                snapshot=body.snapshot,
                marked_at=body.marked_at,
                quarantined=body.quarantined,
                reasons=body.reasons,
            )
        found.append(told)
    return tuple(found)

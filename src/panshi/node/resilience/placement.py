"""Use case: prove where a vault's shards and key shares lie, and seal what was found.

    proof = prove_placement(node, read_placement(path))
    seal_placement(node, placement, actor=...)

What is sealed is the placement itself; page and report prove it anew on the day they are asked, so
that an approval that ran out no longer counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from panshi.governance.persons import pair_defect
from panshi.model.bodies.vault import PLACEMENT, PlacementProven
from panshi.model.observation import ObservationId, Sealed
from panshi.model.resilience.placement import Placement, Rule
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.own_records import own_records
from panshi.observe.reading.settings_files import decode_settings, read_settings
from panshi.resilience.vault_placement import Proof, prove
from panshi.store import library


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    version: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPlacement:
    """A placement on record, proven anew."""

    placement: Placement
    proof: Proof
    sealed: Sealed


@cache
def placement_rules() -> tuple[Rule, ...]:
    """Give the rules that ship."""
    name, raw = library.resilience("placement.yaml")
    return decode_settings(raw, _Rules, place=name).rules


def read_placement(path: Path) -> Placement:
    """Read a placement from a TOML, JSON or YAML file."""
    return read_settings(path, Placement)


def prove_placement(placement: Placement, on: date) -> Proof:
    """Hold a placement to the rules that ship."""
    return prove(placement, placement_rules(), on=on, pair_defect=pair_defect)


def seal_placement(node: Node, placement: Placement, *, actor: str) -> ObservationId:
    """Seal a placement and what its proof says today."""
    proof = prove_placement(placement, day_of(node.clock()))
    body = PlacementProven(
        passed=proof.holds,
        vault=placement.vault,
        k=proof.k,
        n=proof.n,
        enumerated=proof.enumerated,
        minimal_coalitions=proof.shards.minimal,
        broken_rules=tuple(each.rule.id for each in proof.broken),
        approved_rules=tuple(each.rule.id for each in proof.findings if each.approved),
        countries=tuple(sorted({each.country for each in placement.places})),
        placement=msgspec.json.encode(placement).decode(),
    )
    return node.record(PLACEMENT, body, facet=placement.vault, actor=actor)


def sealed_placements(node: Node) -> tuple[SealedPlacement, ...]:
    """Give the newest placement of each vault on record, proven as of today."""
    newest: dict[str, Sealed] = {}
    for sealed in own_records(node, PLACEMENT):
        newest[sealed.observation.facet] = sealed
    today = day_of(node.clock())
    found = []
    for sealed in newest.values():
        body = sealed.observation.body
        if isinstance(body, PlacementProven):
            placement = msgspec.json.decode(body.placement, type=Placement)
            found.append(
                SealedPlacement(
                    placement=placement, proof=prove_placement(placement, today), sealed=sealed
                )
            )
    return tuple(found)

"""Use case: who answers for which control; many at once, and undone by a superseding record.

Owners are sealed records about the institution, one series per control; the newest counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from panshi.errors import UsageError
from panshi.model.bodies.ownership import Ownership
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.records import institution_of, record
from panshi.node.remembered import remembered

KIND = "record.ownership/1"
MOST = 500
"Controls assigned in one go."


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What became of the owners of some controls."""

    changed: int
    before: tuple[tuple[str, str], ...]
    "Control and its owner until now, of those that changed: what undoing gives back."


def owners(node: Node, estate_id: str | None = None) -> Mapping[str, Ownership]:
    """Give who answers for each control of an estate, by control key; unowned ones left out."""
    estate = node.estate(estate_id)
    return remembered(node, "owners", estate.id, lambda: _owners(node, institution_of(estate)))


def owned_by(node: Node, person: str, estate_id: str | None = None) -> tuple[str, ...]:
    """Give the keys of the controls a person answers for."""
    return tuple(key for key, each in owners(node, estate_id).items() if each.owner == person)


def assign(
    node: Node,
    wanted: Sequence[tuple[str, str]],
    *,
    actor: str,
    estate_id: str | None = None,
) -> Assigned:
    """Make people answer for controls from today on; an empty name frees a control."""
    if len(wanted) > MOST:
        raise UsageError(f"{len(wanted):,} controls at once", remedy=f"at most {MOST}; narrow them")
    estate = node.estate(estate_id)
    now = node.clock()
    known = owners(node, estate.id)
    changing = [
        (node.library.control(key), owner)
        for key, owner in dict(wanted).items()
        if owner != _owner(known, key)
    ]
    node.log.append(
        (
            record(
                KIND,
                Ownership(
                    framework=control.framework,
                    control=control.id,
                    owner=owner,
                    since=day_of(now),
                    assigned_by=actor,
                ),
                subject=institution_of(estate),
                facet=control.key,
                at=now,
            )
            for control, owner in changing
        ),
        now,
    )
    if changing:
        names: Collection[str] = {owner or "—" for _control, owner in changing}
        node.audit(
            actor,
            "ownership.assign",
            f"{len(changing)} controls",
            detail=f"{', '.join(sorted(names))}: {', '.join(c.key for c, _ in changing[:20])}",
        )
        node.checkpoint()
    before = tuple((control.key, _owner(known, control.key)) for control, _new in changing)
    return Assigned(changed=len(changing), before=before)


def _owner(known: Mapping[str, Ownership], key: str) -> str:
    return known[key].owner if key in known else ""


def _owners(node: Node, institution: str) -> dict[str, Ownership]:
    found: dict[str, Ownership] = {}
    for sealed in node.log.records(KIND):
        body = sealed.observation.body
        if isinstance(body, Ownership) and sealed.observation.subject == institution:
            found[f"{body.framework}/{body.control}"] = body
    return {key: body for key, body in found.items() if body.owner}

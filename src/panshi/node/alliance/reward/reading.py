"""What points are computed from, read out of a hub's collections.

An indicator a member added is a contribution, one of the hub's staff an outside source. A sighting
of it is an echo, with `count` nought or as an opinion that disagrees a false positive; a note that
names it says it was used. Whose object it is follows from who was let in to add it, never from
what it says of itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from panshi.alliance.intelligence.patterns import wanted
from panshi.alliance.intelligence.release import STAFF
from panshi.alliance.reward.decisions import Appeal, Ruling, appeals, rulings
from panshi.alliance.reward.events import Contribution, Echo, EchoKind, Participant
from panshi.governance.persons import pair_defect
from panshi.model.alliance.member import MemberKind
from panshi.model.bodies.reward import APPEAL, RULING
from panshi.node.alliance.collections import collections
from panshi.node.alliance.members import members
from panshi.node.alliance.objects import store
from panshi.node.node import Node
from panshi.store.stix_objects.adding import STAFF_OWNER
from panshi.store.stix_objects.reading import FIRST, Kept, Wanted

PAGE = 2_000
GROUP = "group:"
"A community of this prefix names a financial group: its members are one voice."
_DENIES = {"strongly-disagree", "disagree"}
_SHARERS = {MemberKind.INSTITUTION, MemberKind.ASSOCIATION, MemberKind.CERT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Everything that is settled."""

    participants: tuple[Participant, ...]
    contributions: tuple[Contribution, ...]
    echoes: tuple[Echo, ...]


def shared(node: Node) -> Shared:
    """Read what members shared and said, and what people ruled."""
    contributions: list[Contribution] = []
    echoes: list[Echo] = []
    seen: dict[str, list[Contribution]] = {}
    for kept, thing in _objects(node, ("indicator",)):
        for each in _contributions(kept, thing):
            contributions.append(each)
            seen.setdefault(kept.id, []).append(each)
    for kept, thing in _objects(node, ("sighting", "opinion", "note")):
        echoes += _echoes(kept, thing, seen)
    ruled = (each.echo for each in all_rulings(node).values())
    echoes += [each for each in ruled if each is not None]
    return Shared(
        participants=participants(node),
        contributions=tuple(contributions),
        echoes=tuple(echoes),
    )


def participants(node: Node) -> tuple[Participant, ...]:
    """Give the members that share; those of one financial group with one voice."""
    return tuple(
        Participant(
            member=each.id,
            voice=next((name for name in sorted(each.communities) if name.startswith(GROUP)), ""),
        )
        for each in members(node)
        if each.heard and each.kind in _SHARERS
    )


def all_appeals(node: Node) -> Mapping[str, Appeal]:
    """Give every appeal by number."""
    return appeals(node.log.records(APPEAL), two_people=pair_defect)


def all_rulings(node: Node) -> Mapping[str, Ruling]:
    """Give every ruling by the evidence id of its proposal."""
    return rulings(node.log.records(RULING), two_people=pair_defect)


def _objects(node: Node, types: tuple[str, ...]) -> Iterator[tuple[Kept, dict[str, Any]]]:
    held = store(node)
    for each in collections(node):
        after = 0
        while True:
            asked = Wanted(after=after, limit=PAGE, types=types, versions=(FIRST,))
            page = held.page(each.id, {STAFF}, asked)
            for kept in page.objects:
                yield kept, msgspec.json.decode(kept.body)
            if not page.more:
                break
            after = page.next


def _contributions(kept: Kept, thing: Mapping[str, Any]) -> Iterator[Contribution]:
    member = "" if kept.owner == STAFF_OWNER else kept.owner
    read = wanted(str(thing.get("pattern", "")), str(thing.get("pattern_type", "stix")))
    values = dict.fromkeys(one for each in read.alternatives for one in each)
    for number, each in enumerate(values):
        yield Contribution(
            id=f"{kept.id}#{number}" if number else kept.id,
            member=member,
            kind=each.kind,
            value=each.value,
            at=_moment(kept.seq),
        )


def _echoes(
    kept: Kept, thing: Mapping[str, Any], seen: Mapping[str, list[Contribution]]
) -> Iterator[Echo]:
    kind = _kind(thing)
    refs = thing.get("object_refs") or [thing.get("sighting_of_ref")]
    for ref in refs if kind is not None else ():
        for each in seen.get(str(ref), ()):
            yield Echo(
                member="" if kept.owner == STAFF_OWNER else kept.owner,
                kind=kind or EchoKind.SIGHTED,
                about=each.kind,
                value=each.value,
                at=_moment(kept.seq),
                seen_at=_said(thing.get("last_seen")),
                contribution=each.id,
            )


def _kind(thing: Mapping[str, Any]) -> EchoKind | None:
    match thing.get("type"):
        case "sighting":
            return EchoKind.FALSE_POSITIVE if thing.get("count") == 0 else EchoKind.SIGHTED
        case "opinion":
            return EchoKind.FALSE_POSITIVE if thing.get("opinion") in _DENIES else None
        case _:
            return EchoKind.USED


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC)


def _said(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None

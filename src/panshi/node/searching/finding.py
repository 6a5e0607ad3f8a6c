"""Searching: only what somebody may see is asked for, and checked again on what is found."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from panshi.model.observation import ObservationId
from panshi.node.node import Node
from panshi.node.objects import ObjectKind, reference
from panshi.node.searching.feeding import bring_up_to_date, index_of
from panshi.node.searching.log_entries import RECORDS
from panshi.store.search_index import Found, Trace, TraceFilter

PER_KIND = 5
MOST = 50
AHEAD = 3
"Hits looked at per hit shown, because several records may lead to one object."
ACTIONS = (
    "framework.view",
    "verdict.view",
    "estate.view",
    "evidence.view",
    "indicator.view",
    "office.view",
)
PERSONAL_ACTIONS = ("evidence.personal", "comment.view")
type May = Callable[[str], bool]
"Whether whoever asks is permitted an action."

HEXADECIMAL = re.compile(r"[0-9a-f]{6,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing found."""

    about: str
    "Reference of the object."
    title_zh: str
    title_en: str
    snippet: str = ""
    number: int = 0
    "Pass it as `after` to go on from there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What was found, by kind of object, in the order of `ObjectKind`."""

    groups: tuple[tuple[str, tuple[Hit, ...]], ...]
    more: tuple[str, ...]
    "Kinds of which there is more."
    complete: bool
    "False while the index is still being built."


def search(
    node: Node, query: str, *, may: May, estate_id: str = "", per_kind: int = PER_KIND
) -> Results:
    """Give the first hits of each kind that whoever asks may see."""
    complete = bring_up_to_date(node)
    every = tuple(ObjectKind)
    hits = _hits(node, query, every, may, estate_id=estate_id, limit=per_kind + 1)
    by_id = _by_id(node, query, may)
    if by_id:
        hits[ObjectKind.OBSERVATION] = [*by_id, *hits.get(ObjectKind.OBSERVATION, [])]
    return Results(
        groups=tuple((kind, tuple(hits[kind][:per_kind])) for kind in every if hits.get(kind)),
        more=tuple(kind for kind in every if len(hits.get(kind, ())) > per_kind),
        complete=complete,
    )


def search_kind(
    node: Node,
    query: str,
    kind: ObjectKind,
    *,
    may: May,
    estate_id: str = "",
    after: int = 0,
    limit: int = MOST,
) -> tuple[Hit, ...]:
    """Give a page of hits of one kind."""
    bring_up_to_date(node)
    found = _hits(node, query, (kind,), may, estate_id=estate_id, after=after, limit=limit)
    return tuple(found.get(kind, ()))


def trail(
    node: Node, wanted: TraceFilter, *, before: int | None = None, limit: int = MOST
) -> tuple[Trace, ...]:
    """Give who did what, newest first; whoever asks must be permitted `activity.view`."""
    bring_up_to_date(node)
    return index_of(node).trail(wanted, before=before, limit=limit)


def actions_of(may: May) -> tuple[str, ...]:
    """Give the permits that decide what may be found."""
    asked = {*ACTIONS, *PERSONAL_ACTIONS, *(each.action for each in RECORDS.values())}
    return tuple(each for each in sorted(asked) if may(each))


def _hits(
    node: Node,
    query: str,
    kinds: tuple[ObjectKind, ...],
    may: May,
    *,
    estate_id: str,
    limit: int,
    after: int = 0,
) -> dict[str, list[Hit]]:
    """Give the hits of each kind, one per object."""
    permitted = actions_of(may)
    found = index_of(node).find(
        query, kinds, actions=permitted, estate=estate_id, after=after, limit=limit * AHEAD
    )
    return {
        kind: list(
            islice(_once(_hit(each) for each in group if _may_see(node, each, permitted)), limit)
        )
        for kind, group in found.items()
    }


def _once(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Give the first hit of each object."""
    known: set[str] = set()
    for each in hits:
        if each.about not in known:
            known.add(each.about)
            yield each


def _may_see(node: Node, found: Found, permitted: Collection[str]) -> bool:
    """Check again what is about to be shown: the permit, and that the body still stands."""
    if found.action not in permitted:
        return False
    kind, _, name = found.about.partition("/")
    if kind != ObjectKind.OBSERVATION:
        return True
    sealed = node.log.get(ObservationId(name))
    return sealed is not None and not sealed.erased


def _by_id(node: Node, query: str, may: May) -> list[Hit]:
    digits = query.strip().lower()
    if not HEXADECIMAL.fullmatch(digits) or not may("evidence.view"):
        return []
    return [
        Hit(about=reference(ObjectKind.OBSERVATION, each), title_zh=each, title_en=each)
        for each in index_of(node).observations(digits)
    ]


def _hit(found: Found) -> Hit:
    return Hit(
        about=found.about,
        title_zh=found.title_zh,
        title_en=found.title_en,
        snippet=found.snippet,
        number=found.number,
    )

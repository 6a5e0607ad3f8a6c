"""Collections of a hub's TAXII server: how they stand, asked for and decided by people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.alliance.intelligence.collections import Waiting
from panshi.api.asked import given
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.model.alliance.intelligence import Collection
from panshi.model.alliance.marking import Tlp
from panshi.node.alliance.collections import Change, ask, collections, decide, shelf
from panshi.node.alliance.objects import Held, held
from panshi.node.node import Node

type Named = Annotated[tuple[Annotated[str, Meta(max_length=60)], ...], Meta(max_length=1_000)]


class Shown(TypedDict):
    """A collection as it stands."""

    id: str
    alias: str
    title: str
    description: str
    readers: tuple[str, ...]
    "Members, `community:<name>`, `members` or `partners`; the hub's staff always reads."
    writers: tuple[str, ...]
    unmarked: str
    "How what bears no marking is read when it is added."


class ShownStanding(Shown):
    """A collection in use, and how much it holds."""

    objects: int
    "Each once, whatever its versions."
    newest: datetime | None
    "When the last version was added; null where nothing was."


class ShownWaiting(TypedDict):
    """What somebody asked for and another person has to decide."""

    collection: Shown
    asked_by: str
    asked_at: datetime
    why: str


class Standing(TypedDict):
    """Every collection in use, and what waits."""

    collections: tuple[ShownStanding, ...]
    waiting: tuple[ShownWaiting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAsked:
    """How a collection is to be; what is left out stays as it stands."""

    why: Annotated[str, Meta(min_length=1, max_length=2_000)]
    title: Annotated[str, Meta(max_length=200)] | None = None
    description: Annotated[str, Meta(max_length=2_000)] | None = None
    readers: Named | None = None
    "Members, `community:<name>`, `members` or `partners`."
    writers: Named | None = None
    unmarked: Tlp | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionAsked:
    """Whether what waits is to be."""

    approved: bool
    why: Annotated[str, Meta(max_length=2_000)] = ""


def listed(node: Node, _asked: Asked) -> Answered:
    """Answer how collections stand."""
    return answered(_standing(node))


def change(node: Node, asked: Asked) -> Answered:
    """Ask for a collection; what narrows counts at once."""
    wanted = given(asked, ChangeAsked)
    ask(
        node,
        asked.names["collection"],
        Change(
            title=wanted.title,
            description=wanted.description,
            readers=wanted.readers,
            writers=wanted.writers,
            unmarked=wanted.unmarked,
            retired=wanted.retired,
        ),
        actor=asked.actor,
        why=wanted.why,
    )
    return answered(_standing(node))


def decided(node: Node, asked: Asked) -> Answered:
    """Approve or refuse what waits."""
    wanted = given(asked, DecisionAsked)
    name = asked.names["collection"]
    decide(node, name, approved=wanted.approved, actor=asked.actor, why=wanted.why)
    return answered(_standing(node))


def _standing(node: Node) -> Standing:
    found = collections(node)
    holds = held(node, found)
    return Standing(
        collections=tuple(_standing_of(each, holds[each.id]) for each in found),
        waiting=tuple(map(_waiting, shelf(node).waiting.values())),
    )


def _standing_of(one: Collection, holds: Held) -> ShownStanding:
    return ShownStanding(**_shown(one), objects=holds.objects, newest=holds.newest)


def _shown(one: Collection) -> Shown:
    return Shown(
        id=one.id,
        alias=one.alias,
        title=one.title,
        description=one.description,
        readers=one.readers,
        writers=one.writers,
        unmarked=one.unmarked.value,
    )


def _waiting(one: Waiting) -> ShownWaiting:
    return ShownWaiting(
        collection=_shown(one.collection), asked_by=one.by, asked_at=one.at, why=one.why
    )


ROUTES = (
    Route(
        method="GET",
        path="/hub/collections",
        action="hub_member.view",
        handler=listed,
        summary="Collections of the TAXII server, and what waits for a second person",
        answers=Standing,
    ),
    Route(
        method="PUT",
        path="/hub/collections/{collection}",
        action="taxii.collections",
        handler=change,
        body=ChangeAsked,
        example={"title": "Cloud watch", "readers": ["community:cloud"], "why": "asked for"},
        summary="Ask for a collection or a change of one; what widens waits for another person",
        answers=Standing,
    ),
    Route(
        method="POST",
        path="/hub/collections/{collection}/decision",
        action="taxii.collections",
        handler=decided,
        body=DecisionAsked,
        example={"approved": True},
        summary="Approve or refuse what waits, as another person",
        answers=Standing,
    ),
)

"""Feeds: how they stand, whom this node asks, asking now, and the institution's own advisories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import given
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.texts import Text, Word
from panshi.node.node import Node
from panshi.node.supply_chain.feed_answers import (
    FeedsAnswer,
    PlaceAnswer,
    TakenAnswer,
    feeds_answer,
    places_answer,
    taken_answer,
)
from panshi.node.supply_chain.feed_sync import sync
from panshi.node.supply_chain.feeds import NewPlace, add_place, place_named, remove_place
from panshi.node.supply_chain.own_advisories import (
    LARGEST,
    OwnStanding,
    bring_back,
    own_advisories,
    publish,
    withdraw,
)

type FeedName = Annotated[str, Meta(min_length=1, max_length=120)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsAsked:
    """Which places to ask."""

    names: Annotated[tuple[FeedName, ...], Meta(max_length=100)] = ()
    "All that were added without any."


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceGiven:
    """A place to be asked; what is left out is as officially known, or as usual for its kind."""

    name: FeedName
    kind: Annotated[str, Meta(max_length=10)] = ""
    "`osv`, `kev`, `epss` or `csaf`."
    url: Annotated[str, Meta(max_length=1_000)] = ""
    hosts: Annotated[tuple[Word, ...], Meta(max_length=20)] = ()
    "Other hosts it may point to."
    every_seconds: Annotated[int, Meta(ge=0, le=604_800)] = 0
    stale_after_hours: Annotated[int, Meta(ge=0, le=87_840)] = 0
    max_mib: Annotated[int, Meta(ge=0, le=8_192)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGiven:
    """An advisory of one's own."""

    record: Annotated[str, Meta(min_length=1, max_length=LARGEST)]
    "OSV record, as JSON or YAML."


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWithdrawal:
    """Why an own advisory is withdrawn."""

    why: Text


def listed(node: Node, _asked: Asked) -> Answered:
    """Answer how every feed stands."""
    return answered(feeds_answer(node))


def ask(node: Node, asked: Asked) -> Answered:
    """Ask places now and answer what they brought."""
    names = given(asked, FeedsAsked).names
    node.audit(asked.actor, "feed.sync", ", ".join(names)[:200])
    found = [taken_answer(each) for each in sync(node, names, actor=asked.actor, wait=False)]
    bring_back(node, actor=asked.actor)
    node.checkpoint()
    return answered(found)


def places(node: Node, _asked: Asked) -> Answered:
    """Answer official places and those that were added."""
    return answered(places_answer(node))


def add(node: Node, asked: Asked) -> Answered:
    """Add a place."""
    new = given(asked, PlaceGiven)
    made = add_place(
        node,
        NewPlace(
            name=new.name,
            kind=new.kind,
            url=new.url,
            hosts=tuple(new.hosts),
            every_seconds=new.every_seconds,
            stale_after_hours=new.stale_after_hours,
            max_mib=new.max_mib,
        ),
        actor=asked.actor,
    )
    return answered(_place(node, made.name), status=201)


def remove(node: Node, asked: Asked) -> Answered:
    """Ask a place no more."""
    name = asked.names["feed"]
    place_named(node, name)
    found = _place(node, name)
    remove_place(node, name, actor=asked.actor)
    return answered(found)


def own(node: Node, _asked: Asked) -> Answered:
    """Answer the institution's own advisories."""
    return answered(own_advisories(node))


def advise(node: Node, asked: Asked) -> Answered:
    """Publish one."""
    raw = given(asked, OwnGiven).record.encode()
    return answered(publish(node, raw, name="record", actor=asked.actor), status=201)


def take_back(node: Node, asked: Asked) -> Answered:
    """Withdraw one that another person published."""
    why = given(asked, OwnWithdrawal).why
    return answered(withdraw(node, asked.names["advisory"], why=why, actor=asked.actor))


def _place(node: Node, name: str) -> PlaceAnswer:
    return next(each for each in places_answer(node) if each.name == name)


ROUTES = (
    Route(
        method="GET",
        path="/feeds",
        action="feed.view",
        handler=listed,
        answers=FeedsAnswer,
        summary="Feeds of advisories, known exploitation and scores, and how each stands",
    ),
    Route(
        method="POST",
        path="/feeds/sync",
        action="feed.sync",
        handler=ask,
        body=FeedsAsked,
        answers=tuple[TakenAnswer, ...],
        summary="Ask the places that were added what changed, now",
    ),
    Route(
        method="GET",
        path="/feeds/places",
        action="feed.view",
        handler=places,
        answers=tuple[PlaceAnswer, ...],
        summary="Official places and those this node asks",
    ),
    Route(
        method="POST",
        path="/feeds/places",
        action="feed.change",
        handler=add,
        body=PlaceGiven,
        answers=PlaceAnswer,
        statuses=(201,),
        summary="Let this node ask a place",
        example={"name": "kev"},
    ),
    Route(
        method="DELETE",
        path="/feeds/places/{feed:rest}",
        action="feed.change",
        handler=remove,
        answers=PlaceAnswer,
        summary="Ask a place no more; what it brought stays and ages",
    ),
    Route(
        method="GET",
        path="/feeds/own",
        action="feed.view",
        handler=own,
        answers=tuple[OwnStanding, ...],
        summary="The institution's own advisories, newest first",
    ),
    Route(
        method="POST",
        path="/feeds/own",
        action="feed.advise",
        handler=advise,
        body=OwnGiven,
        answers=OwnStanding,
        statuses=(201,),
        summary="Publish an own advisory, or a new edition of one",
    ),
    Route(
        method="POST",
        path="/feeds/own-withdrawals/{advisory}",
        action="feed.advise",
        handler=take_back,
        body=OwnWithdrawal,
        answers=OwnStanding,
        summary="Withdraw an own advisory that another person published",
    ),
)

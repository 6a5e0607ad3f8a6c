"""Subscriptions of a hub's members: begun and ended by its liaisons, or by the member itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered, nothing_more
from panshi.api.route import Route
from panshi.model.alliance.member import Scope
from panshi.node.alliance.admission import Entry
from panshi.node.alliance.members import member
from panshi.node.alliance.subscribing import (
    Subscribing,
    Subscription,
    end_subscription,
    subscribe,
    subscriptions,
)
from panshi.node.node import Node

type Part = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
type Parts = Annotated[tuple[Part, ...], Meta(max_length=500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionsQuery:
    """Whose."""

    member: Annotated[str, Meta(max_length=40)] = ""
    "Of all members without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionAsked:
    """What a member asks to be told of; within a part any fits, between parts all must."""

    title: Annotated[str, Meta(max_length=200)] = ""
    sectors: Parts = ()
    technologies: Parts = ()
    suppliers: Parts = ()
    techniques: Parts = ()
    vulnerabilities: Parts = ()
    types: Parts = ()
    "Of STIX objects; all without."
    least: Annotated[int, Meta(ge=0, le=100)] = 0
    "Confidence, in percent, an object must state; one that states none passes."

    @property
    def wanted(self) -> Subscribing:
        """The same for the hub."""
        return Subscribing(
            title=self.title,
            sectors=self.sectors,
            technologies=self.technologies,
            suppliers=self.suppliers,
            techniques=self.techniques,
            vulnerabilities=self.vulnerabilities,
            types=self.types,
            least=self.least,
        )


def every(node: Node, asked: Asked) -> Answered:
    """Answer the subscriptions in force."""
    name = queried(asked, SubscriptionsQuery).member
    return answered(subscriptions(node, member(node, name).id if name else ""))


def begin(node: Node, asked: Asked) -> Answered:
    """Begin one for a member."""
    wanted = given(asked, SubscriptionAsked).wanted
    made = subscribe(node, asked.names["member"], wanted, actor=asked.actor)
    return answered(made, status=201)


def end(node: Node, asked: Asked) -> Answered:
    """End one of a member."""
    name = member(node, asked.names["member"]).id
    end_subscription(node, asked.names["subscription"], actor=asked.actor, of=name)
    return nothing_more()


def own(node: Node, asked: Asked) -> Answered:
    """Answer the member's own subscriptions."""
    return answered(subscriptions(node, _entry(asked).member.id))


def begin_own(node: Node, asked: Asked) -> Answered:
    """Begin one of the member's own."""
    entry, wanted = _entry(asked), given(asked, SubscriptionAsked).wanted
    return answered(subscribe(node, entry.member.id, wanted, actor=entry.actor), status=201)


def end_own(node: Node, asked: Asked) -> Answered:
    """End one of the member's own; of another's nothing is said."""
    entry = _entry(asked)
    end_subscription(node, asked.names["subscription"], actor=entry.actor, of=entry.member.id)
    return nothing_more()


def _entry(asked: Asked) -> Entry:
    if asked.came is None or asked.came.entry is None:
        raise TypeError("the route does not open to members")
    return asked.came.entry


_EXAMPLE = {"title": "供應鏈", "suppliers": ["甲雲科技"], "techniques": ["T1195"]}
ROUTES = (
    Route(
        method="GET",
        path="/hub/subscriptions",
        action="taxii.read",
        handler=every,
        query=SubscriptionsQuery,
        summary="Subscriptions of members, each with its feed",
        answers=tuple[Subscription, ...],
    ),
    Route(
        method="POST",
        path="/hub/members/{member}/subscriptions",
        action="intel.subscribe",
        handler=begin,
        body=SubscriptionAsked,
        example=_EXAMPLE,
        summary="Begin a subscription of a member; what lies here is filed at once",
        statuses=(201,),
        answers=Subscription,
    ),
    Route(
        method="DELETE",
        path="/hub/members/{member}/subscriptions/{subscription}",
        action="intel.subscribe",
        handler=end,
        summary="End a subscription of a member; its feed is no collection any more",
        statuses=(204,),
    ),
    Route(
        method="GET",
        path="/hub/self/subscriptions",
        action="",
        opens=Scope.TAXII_READ,
        handler=own,
        summary="The member's own subscriptions",
        answers=tuple[Subscription, ...],
    ),
    Route(
        method="POST",
        path="/hub/self/subscriptions",
        action="",
        opens=Scope.TAXII_READ,
        handler=begin_own,
        body=SubscriptionAsked,
        example=_EXAMPLE,
        summary="Begin a subscription; it opens nothing the member may not read anyway",
        statuses=(201,),
        answers=Subscription,
    ),
    Route(
        method="DELETE",
        path="/hub/self/subscriptions/{subscription}",
        action="",
        opens=Scope.TAXII_READ,
        handler=end_own,
        summary="End one of the member's own subscriptions",
        statuses=(204,),
    ),
)

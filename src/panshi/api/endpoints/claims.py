"""What people assert of a control: a share, or that it has no population here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import given
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.shapes import Recorded
from panshi.node.claims import claim, countersign_not_applicable, sign_not_applicable
from panshi.node.node import Node

type Word = Annotated[str, Meta(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAsked:
    """A share that the token's person asserts."""

    control: Word
    "`<framework>/<control>`."
    share: Annotated[float, Meta(ge=0, le=1)]
    estate: Annotated[str, Meta(max_length=200)] = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicableAsked:
    """That a control has no population here, signed by the token's person."""

    control: Word
    "`<framework>/<control>`."
    reason: Annotated[str, Meta(min_length=1, max_length=2000)]
    expires: date
    "First day on which it no longer stands; within a year."
    estate: Annotated[str, Meta(max_length=200)] = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Countersigning:
    """Which signature is countersigned."""

    id: Word
    "Id of the observation that seals it."
    estate: Annotated[str, Meta(max_length=200)] = ""
    "The estate it is about; the first without it."


def assert_share(node: Node, asked: Asked) -> Answered:
    """Seal a claim."""
    wanted = given(asked, ClaimAsked)
    made = claim(
        node, wanted.control, wanted.share, actor=asked.actor, estate_id=wanted.estate or None
    )
    return answered({"id": made}, status=201)


def not_applicable(node: Node, asked: Asked) -> Answered:
    """Seal a signature."""
    wanted = given(asked, NotApplicableAsked)
    made = sign_not_applicable(
        node,
        wanted.control,
        reason=wanted.reason,
        expires=wanted.expires,
        actor=asked.actor,
        estate_id=wanted.estate or None,
    )
    return answered({"id": made}, status=201)


def countersign(node: Node, asked: Asked) -> Answered:
    """Seal the second signature."""
    wanted = given(asked, Countersigning)
    made = countersign_not_applicable(
        node, wanted.id, actor=asked.actor, estate_id=wanted.estate or None
    )
    return answered({"id": made}, status=201)


ROUTES = (
    Route(
        method="POST",
        path="/claims",
        action="claim.make",
        handler=assert_share,
        body=ClaimAsked,
        example={"control": "zt36/1-1", "share": 0.95},
        summary="Assert a share of a control, to be set beside the evidence",
        statuses=(201,),
        answers=Recorded,
    ),
    Route(
        method="POST",
        path="/not-applicable",
        action="not_applicable.sign",
        handler=not_applicable,
        body=NotApplicableAsked,
        example={"control": "zt36/1-1", "reason": "no such system", "expires": "2027-01-31"},
        summary="Sign that a control has no population here",
        statuses=(201,),
        answers=Recorded,
    ),
    Route(
        method="POST",
        path="/not-applicable/countersignatures",
        action="not_applicable.sign",
        handler=countersign,
        body=Countersigning,
        example={"id": "0123456789abcdef0123456789abcdef"},
        summary="Countersign that a control has no population here",
        statuses=(201,),
        conflicts=True,
        answers=Recorded,
    ),
)

"""Concentration in the sector: members say what they stand on; the desk sees what takes down whom.

What members say is signed twice: the request, and the extract itself, which the hub keeps so that
it can show who said what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.alliance.sector.concentration import Shared
from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.errors import BadInputError
from panshi.model.alliance.member import Member, Scope
from panshi.model.observation import ObservationId
from panshi.model.resilience.dependence import SharedKind, SignedExtract
from panshi.node.alliance.dependence import (
    OwnThing,
    own_concentration,
    sector_concentration,
    take_extract,
)
from panshi.node.node import Node

LONGEST_STATEMENT = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorQuery:
    """Which things, those that take down most first."""

    kind: SharedKind | None = None
    members: Annotated[int, Meta(ge=1, le=10_000)] = 1
    "Only what at least so many members stand on."
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class ExtractShape(TypedDict):
    """The extract of one member that counts."""

    member: str
    evidence: ObservationId
    tlp: str
    services: int
    critical: int
    things: int


class SectorShape(TypedDict):
    """What is shared, and on whose word."""

    extracts: tuple[ExtractShape, ...]
    silent: tuple[str, ...]
    shared: tuple[Shared, ...]


class Taken(TypedDict):
    """What was sealed."""

    evidence: ObservationId


def shown(node: Node, asked: Asked) -> Answered:
    """Answer what takes down whom."""
    wanted, found = queried(asked, SectorQuery), sector_concentration(node)
    fitting = [
        each
        for each in found.shared
        if wanted.kind in {None, each.kind} and len(each.touched) >= wanted.members
    ]
    return answered(
        SectorShape(
            extracts=tuple(
                ExtractShape(
                    member=each.member,
                    evidence=each.evidence,
                    tlp=each.extract.tlp,
                    services=each.extract.services,
                    critical=each.extract.critical,
                    things=len(each.extract.things),
                )
                for each in found.extracts
            ),
            silent=found.silent,
            shared=tuple(fitting[: wanted.limit]),
        )
    )


def own(node: Node, asked: Asked) -> Answered:
    """Answer a member's own things with how many others stand on them."""
    return answered(own_concentration(node, _member(asked)))


def give(node: Node, asked: Asked) -> Answered:
    """Take the member's signed extract."""
    signed = given(asked, SignedExtract)
    if len(signed.statement) > LONGEST_STATEMENT:
        raise BadInputError("the extract is too large", place="statement")
    return answered(Taken(evidence=take_extract(node, _member(asked), signed)), status=201)


def _member(asked: Asked) -> Member:
    if asked.came is None or asked.came.entry is None:
        raise TypeError("the route does not open to members")
    return asked.came.entry.member


ROUTES = (
    Route(
        method="GET",
        path="/hub/concentration",
        action="soc.view",
        handler=shown,
        query=SectorQuery,
        answers=SectorShape,
        summary="What any supplier, site, cloud or component takes down across members",
    ),
    Route(
        method="GET",
        path="/hub/self/concentration",
        action="",
        opens=Scope.TICKETS_READ,
        handler=own,
        answers=tuple[OwnThing, ...],
        summary="The member's own things, and how many others stand on them",
    ),
    Route(
        method="PUT",
        path="/hub/self/dependence",
        action="",
        opens=Scope.TICKETS_WRITE,
        handler=give,
        body=SignedExtract,
        example={"statement": "{…}", "key": "poqkLGiymh_W0uP6", "signature": "…"},
        answers=Taken,
        statuses=(201,),
        summary="Give the signed extract of what the member stands on",
    ),
)

"""How software is made: systems over their releases, and the build keys that are trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.api.asked import Moment, given, moment, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.texts import EstateName, EstateQuery, Note, Text, Word
from panshi.node.node import Node
from panshi.node.secure_development.answers import overview_answer, shown_answer
from panshi.node.secure_development.judging import (
    overview,
    seal_pipelines,
    system_shown,
    trust_of,
)
from panshi.node.secure_development.trust import TrustDesk
from panshi.report.secure_development_answers import (
    KeyAnswer,
    OverviewAnswer,
    SystemAnswer,
    key_answer,
)

type Names = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=300)], ...], Meta(max_length=50)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewQuery:
    """Which systems."""

    estate: EstateName = ""
    "The first estate without it."
    supplier: Annotated[str, Meta(max_length=200)] = ""
    "Only what this supplier delivers."
    all: bool = False
    "Also systems nothing is known of."
    as_of: Moment = ""
    "Now without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemQuery:
    """At which moment."""

    estate: EstateName = ""
    "The first estate without it."
    as_of: Moment = ""
    "Now without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class SealAsked:
    """Of which estate."""

    estate: EstateName = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAsked:
    """A build key somebody proposes to trust."""

    name: Word
    public_key: Annotated[str, Meta(min_length=1, max_length=16_384)]
    "PEM: Ed25519, ECDSA or RSA of 2,048 bits."
    builders: Annotated[Names, Meta(min_length=1)]
    "Ids of the builders it may speak for."
    systems: Names = ()
    "Only for these; for all without any."
    why: Note = ""
    estate: EstateName = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAsked:
    """Why another person's proposal is approved."""

    why: Note = ""
    estate: EstateName = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationAsked:
    """Why trust is taken back."""

    why: Text
    estate: EstateName = ""
    "The first estate without it."


class SealedAnswer(TypedDict):
    """What was sealed."""

    ids: tuple[str, ...]
    "One observation of `release.pipeline/1` for each system of which a release is known."


def every(node: Node, asked: Asked) -> Answered:
    """Answer every system."""
    wanted = queried(asked, OverviewQuery)
    found = overview(node, wanted.estate or None, moment(wanted.as_of))
    return answered(overview_answer(found, supplier=wanted.supplier, unknown_too=wanted.all))


def shown(node: Node, asked: Asked) -> Answered:
    """Answer one system over its releases."""
    wanted = queried(asked, SystemQuery)
    found = system_shown(node, asked.names["system"], wanted.estate or None, moment(wanted.as_of))
    return answered(shown_answer(node, found))


def sealed(node: Node, asked: Asked) -> Answered:
    """Seal how the releases of each system were made."""
    wanted = given(asked, SealAsked)
    ids = seal_pipelines(node, actor=asked.actor, estate_id=wanted.estate or None)
    return answered({"ids": ids}, status=201)


def keys(node: Node, asked: Asked) -> Answered:
    """Answer every build key."""
    queried(asked, EstateQuery)
    return answered(tuple(map(key_answer, trust_of(node).all)))


def proposed(node: Node, asked: Asked) -> Answered:
    """Propose a build key."""
    wanted = given(asked, KeyAsked)
    desk = TrustDesk(node, actor=asked.actor, estate_id=wanted.estate or None)
    key_id = desk.propose(
        wanted.public_key.encode(),
        name=wanted.name,
        builders=wanted.builders,
        systems=wanted.systems,
        why=wanted.why,
        source="public_key",
    )
    return answered(key_answer(desk.key(key_id)), status=201)


def approved(node: Node, asked: Asked) -> Answered:
    """Approve a build key."""
    wanted = given(asked, ApprovalAsked)
    desk = TrustDesk(node, actor=asked.actor, estate_id=wanted.estate or None)
    desk.approve(asked.names["key"], why=wanted.why)
    return answered(key_answer(desk.key(asked.names["key"])), status=201)


def revoked(node: Node, asked: Asked) -> Answered:
    """Revoke a build key."""
    wanted = given(asked, RevocationAsked)
    desk = TrustDesk(node, actor=asked.actor, estate_id=wanted.estate or None)
    desk.revoke(asked.names["key"], why=wanted.why)
    return answered(key_answer(desk.key(asked.names["key"])), status=201)


ROUTES = (
    Route(
        method="GET",
        path="/secure-development",
        action="supply_chain.view",
        handler=every,
        query=OverviewQuery,
        summary="Every system of which it is known how it is made",
        answers=OverviewAnswer,
    ),
    Route(
        method="GET",
        path="/secure-development/systems/{system}",
        action="supply_chain.view",
        handler=shown,
        query=SystemQuery,
        summary="One system or supplier's product over its releases: SSDF, SAMM, ASVS, gaps",
        answers=SystemAnswer,
    ),
    Route(
        method="POST",
        path="/secure-development/pipelines",
        action="secure_development.seal",
        handler=sealed,
        body=SealAsked,
        example={},
        summary="Seal release.pipeline/1 of each system, derived from its records",
        statuses=(201,),
        answers=SealedAnswer,
    ),
    Route(
        method="GET",
        path="/secure-development/keys",
        action="supply_chain.view",
        handler=keys,
        query=EstateQuery,
        summary="Build keys: proposed, trusted, revoked",
        answers=tuple[KeyAnswer, ...],
    ),
    Route(
        method="POST",
        path="/secure-development/keys",
        action="build_key.propose",
        handler=proposed,
        body=KeyAsked,
        example={
            "name": "CI",
            "public_key": "-----BEGIN PUBLIC KEY-----\n"
            "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
            "-----END PUBLIC KEY-----\n",
            "builders": ["https://ci.example/builder"],
        },
        summary="Propose to trust a build key",
        statuses=(201,),
        answers=KeyAnswer,
    ),
    Route(
        method="POST",
        path="/secure-development/keys/{key}/approval",
        action="build_key.approve",
        handler=approved,
        body=ApprovalAsked,
        example={},
        summary="Approve a build key another person proposed",
        statuses=(201,),
        answers=KeyAnswer,
    ),
    Route(
        method="POST",
        path="/secure-development/keys/{key}/revocation",
        action="build_key.approve",
        handler=revoked,
        body=RevocationAsked,
        example={"why": "leaked"},
        summary="Take trust in a build key back at once",
        statuses=(201,),
        answers=KeyAnswer,
    ),
)

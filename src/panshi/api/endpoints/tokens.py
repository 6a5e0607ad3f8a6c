"""Tokens: what the one presented may do, and for administrators all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.api.asked import given
from panshi.api.exchange import Answered, Asked, answered, nothing_more
from panshi.api.route import Route
from panshi.errors import ForbiddenError
from panshi.node.accounts import make_token, revoke_token, rotate_token
from panshi.node.node import Node
from panshi.node.tokens import MOST_DAYS, Token
from panshi.protection.access.roles import ACTIONS

type Word = Annotated[str, Meta(min_length=1, max_length=200)]


class TokenShape(TypedDict):
    """What is known of a token; never the token itself."""

    name: str
    role: str
    scopes: tuple[str, ...]
    "Empty: all the role may that needs no person."
    estates: tuple[str, ...]
    "Empty: every estate."
    person: str
    "Account it acts as; empty for a service."
    created: datetime
    expires: datetime
    last_used: datetime | None
    "To the minute."


class OwnToken(TokenShape):
    """The token presented, and what it may do."""

    actions: tuple[str, ...]
    "Every action the policies permit it."


class NewToken(TypedDict):
    """A token in clear, shown this once."""

    name: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAsked:
    """A token to be made."""

    name: Word
    role: Word
    days: Annotated[int, Meta(ge=1, le=MOST_DAYS)] = 90
    scopes: Annotated[tuple[Word, ...], Meta(max_length=100)] = ()
    "Actions, of those the role may; what a person must decide is only permitted where named."
    estates: Annotated[tuple[Word, ...], Meta(max_length=100)] = ()
    person: Annotated[str, Meta(max_length=200)] = ""
    "Account it acts as; a service without it."


def own(node: Node, asked: Asked) -> Answered:
    """Answer what the token presented is and may do."""
    if asked.token is None:
        raise ForbiddenError("no token")
    actions = tuple(filter(asked.may, ACTIONS))
    return answered(OwnToken(**_shape(asked.token, node.tokens.used()), actions=actions))


def tokens(node: Node, _asked: Asked) -> Answered:
    """Answer every token."""
    used = node.tokens.used()
    return answered([_shape(each, used) for each in node.tokens.list()])


def make(node: Node, asked: Asked) -> Answered:
    """Make a token and show it, this once."""
    wanted = given(asked, TokenAsked)
    clear = make_token(
        node,
        name=wanted.name,
        role=wanted.role,
        days=wanted.days,
        actor=asked.actor,
        scopes=wanted.scopes,
        estates=wanted.estates,
        person=wanted.person,
    )
    return answered(NewToken(name=wanted.name, token=clear), status=201)


def rotate(node: Node, asked: Asked) -> Answered:
    """Give a token a new secret."""
    name = asked.names["token"]
    return answered(NewToken(name=name, token=rotate_token(node, name, actor=asked.actor)))


def revoke(node: Node, asked: Asked) -> Answered:
    """Forget a token at once."""
    revoke_token(node, asked.names["token"], actor=asked.actor)
    return nothing_more()


def _shape(token: Token, used: dict[str, datetime]) -> TokenShape:
    return TokenShape(
        name=token.name,
        role=token.role,
        scopes=token.scopes,
        estates=token.estates,
        person=token.person,
        created=token.created,
        expires=token.expires,
        last_used=used.get(token.name),
    )


ROUTES = (
    Route(
        method="GET",
        path="/self",
        action="account.self",
        handler=own,
        summary="The token presented and what it may do",
        answers=OwnToken,
    ),
    Route(
        method="GET",
        path="/tokens",
        action="account.view",
        handler=tokens,
        summary="Every token, without its secret",
        answers=tuple[TokenShape, ...],
    ),
    Route(
        method="POST",
        path="/tokens",
        action="token.manage",
        handler=make,
        body=TokenAsked,
        example={"name": "ci", "role": "analyst", "days": 30, "scopes": ["observer.run"]},
        summary="Make a token; it is shown once",
        statuses=(201,),
        answers=NewToken,
    ),
    Route(
        method="POST",
        path="/tokens/{token}/rotation",
        action="token.manage",
        handler=rotate,
        summary="Give a token a new secret; the old one opens nothing from now on",
        answers=NewToken,
    ),
    Route(
        method="DELETE",
        path="/tokens/{token}",
        action="token.manage",
        handler=revoke,
        summary="Forget a token at once",
        statuses=(204,),
    ),
)

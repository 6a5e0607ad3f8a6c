"""Accounts, for administrators: who may sign in, in which roles, and inviting others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered, nothing_more
from panshi.api.route import Route
from panshi.errors import MissingError, UsageError
from panshi.node import accounts as people
from panshi.node.accounts import Account
from panshi.node.node import Node
from panshi.protection.access.roles import Role

MAX_PAGE = 500

type Roles = Annotated[tuple[Role, ...], Meta(max_length=20)]


class AccountPage(TypedDict):
    """Some accounts, by name."""

    accounts: tuple[Account, ...]
    next_after: str | None


class Invitation(TypedDict):
    """A link that signs an account in once, shown this once."""

    name: str
    path: str
    "Below the address of the console; works once, for 24 hours."


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountQuery:
    """Which accounts."""

    after: Annotated[str, Meta(max_length=64)] = ""
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Who is invited."""

    name: Annotated[str, Meta(min_length=2, max_length=64)]
    roles: Roles = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """What is to change; what is left out stays."""

    roles: Roles | None = None
    active: bool | None = None
    "False: the account cannot sign in, and its sessions end."


def every(_node: Node, asked: Asked) -> Answered:
    """Answer a page of accounts."""
    query = queried(asked, AccountQuery)
    found = people.accounts().every(query.after, query.limit + 1)
    page = found[: query.limit]
    more = len(found) > query.limit
    return answered({"accounts": page, "next_after": page[-1].name if more else None})


def one(_node: Node, asked: Asked) -> Answered:
    """Answer one account."""
    return answered(_account(asked.names["account"]))


def invite(_node: Node, asked: Asked) -> Answered:
    """Make an account, or a new link for one that cannot sign in."""
    wanted = given(asked, Invited)
    path = people.accounts().invite(wanted.name, wanted.roles)
    return answered(Invitation(name=wanted.name, path=path), status=201)


def change(_node: Node, asked: Asked) -> Answered:
    """Set roles, or switch off or on."""
    wanted, name = given(asked, AccountChange), asked.names["account"]
    if wanted.roles is None and wanted.active is None:
        raise UsageError("nothing is to change", remedy="give roles or active")
    _account(name)
    if wanted.roles is not None:
        people.accounts().assign(name, wanted.roles)
    if wanted.active is not None:
        people.accounts().switch(name, on=wanted.active)
    return answered(_account(name))


def revoke(_node: Node, asked: Asked) -> Answered:
    """Forget every passkey of an account and end its sessions."""
    people.accounts().revoke_passkeys(asked.names["account"])
    return nothing_more()


def _account(name: str) -> Account:
    found = people.accounts().find(name)
    if found is None:
        raise MissingError(f"there is no account {name[:64]!r}", remedy="GET /api/v1/accounts")
    return found


ROUTES = (
    Route(
        method="GET",
        path="/accounts",
        action="account.view",
        handler=every,
        query=AccountQuery,
        summary="Accounts, by name",
        answers=AccountPage,
    ),
    Route(
        method="GET",
        path="/accounts/{account}",
        action="account.view",
        handler=one,
        summary="One account",
        answers=Account,
    ),
    Route(
        method="POST",
        path="/accounts",
        action="account.manage",
        handler=invite,
        body=Invited,
        example={"name": "ana", "roles": ["analyst"]},
        summary="Invite someone: makes an account and a one-time link",
        statuses=(201,),
        answers=Invitation,
    ),
    Route(
        method="PATCH",
        path="/accounts/{account}",
        action="account.manage",
        handler=change,
        body=AccountChange,
        example={"roles": ["analyst", "control_owner"]},
        summary="Set the roles of an account, or switch it off or on",
        answers=Account,
    ),
    Route(
        method="DELETE",
        path="/accounts/{account}/passkeys",
        action="account.manage",
        handler=revoke,
        summary="Forget the passkeys of an account and sign it out",
        statuses=(204,),
    ),
)

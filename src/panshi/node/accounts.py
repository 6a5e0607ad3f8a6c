"""The accounts of people, as command line and API see them; kept by the console.

The console is named by a dotted string, because entry points do not import each other. Whoever
acts by a bound token acts as an account: it must be able to sign in and hold the token's role.
"""

from __future__ import annotations

import importlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from panshi.errors import MissingError, UsageError
from panshi.node.node import Node
from panshi.node.tokens import Token

CONSOLE = "panshi.web.accounts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who may sign in."""

    name: str
    roles: tuple[str, ...]
    active: bool
    passkeys: int
    organisation: bool
    "Whether the person signs in through the organisation's identity provider."
    last_sign_in: datetime | None


class Accounts(Protocol):
    """What the console keeps of accounts."""

    def every(self, after: str, limit: int) -> tuple[Account, ...]:
        """Accounts by name, those after a name."""
        ...

    def find(self, name: str) -> Account | None:
        """One account."""
        ...

    def invite(self, name: str, roles: Collection[str]) -> str:
        """Make an account that cannot sign in yet; gives the path of a one-time link."""
        ...

    def assign(self, name: str, roles: Collection[str]) -> None:
        """Give an account exactly these roles."""
        ...

    def switch(self, name: str, *, on: bool) -> None:
        """Let an account sign in, or not, and end its sessions."""
        ...

    def revoke_passkeys(self, name: str) -> None:
        """Forget every way to sign in but the organisation's, and end the sessions."""
        ...


def accounts() -> Accounts:
    """Give the console's accounts."""
    found: Accounts = importlib.import_module(CONSOLE).accounts()
    return found


def held_roles(token: Token) -> tuple[str, ...]:
    """Give the roles of whom a token is bound to; none where they left or lost the token's role.

    A service holds the role of its token.
    """
    if not token.person:
        return (token.role,)
    account = accounts().find(token.person)
    stands = account is not None and account.active and token.role in account.roles
    return account.roles if account is not None and stands else ()


def make_token(
    node: Node,
    *,
    name: str,
    role: str,
    days: int,
    actor: str,
    scopes: Collection[str] = (),
    estates: Collection[str] = (),
    person: str = "",
) -> str:
    """Make a token, bound to a person or a service, and seal that it was made."""
    if person:
        account = accounts().find(person)
        if account is None:
            raise MissingError(f"there is no account {person!r}", remedy="invite the person first")
        if role not in account.roles:
            raise UsageError(
                f"{person} does not hold the role {role}",
                remedy="roles: " + (", ".join(account.roles) or "none"),
            )
    unknown = sorted(set(estates) - set(node.estate_ids()))
    if unknown:
        raise MissingError(f"there is no estate {unknown[0]!r}", remedy="panshi estate list")
    clear = node.tokens.make(
        name=name,
        role=role,
        days=days,
        now=node.clock(),
        scopes=scopes,
        estates=estates,
        person=person,
    )
    node.audit(actor, "token.make", name, detail=_told(role, scopes, person))
    return clear


def rotate_token(node: Node, name: str, *, actor: str) -> str:
    """Give a token a new secret and seal that it was done."""
    clear = node.tokens.rotate(name, node.clock())
    node.audit(actor, "token.rotate", name)
    return clear


def revoke_token(node: Node, name: str, *, actor: str) -> None:
    """Forget a token and seal that it was done."""
    node.tokens.revoke(name)
    node.audit(actor, "token.revoke", name)


def _told(role: str, scopes: Collection[str], person: str) -> str:
    parts = (role, f"for {person}" if person else "service", " ".join(sorted(scopes)))
    return ", ".join(each for each in parts if each)

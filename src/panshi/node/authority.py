"""Who may do what in console and API, by the packaged policies (`content/policies/`).

The policies are part of the package, like code; they are read once, when first asked for.
"""

from __future__ import annotations

from functools import cache

from panshi.node.tokens import Token
from panshi.protection.access import Decision, Policies, Request, decide
from panshi.protection.access.roles import Role
from panshi.store import library


@cache
def console_policies() -> Policies:
    """Parse the packaged policies of console and API."""
    name, raw = library.policies("console.cedar")
    return Policies.parse(raw.decode(), source=name)


@cache
def decided(
    roles: tuple[str, ...], action: str, *, signed_in: bool = True, in_person: bool = True
) -> Decision:
    """Decide by roles, and whether a person decides; the policies look at nothing else."""
    request = Request(
        principal="someone" if signed_in else "", roles=roles, action=action, in_person=in_person
    )
    return decide(console_policies(), request)


def permitted(role: str, action: str) -> bool:
    """Whether a person with this one role may do this."""
    return decided((role,), action).allowed


def token_permitted(token: Token, action: str, held: tuple[str, ...] = ()) -> bool:
    """Whether a token may do this: what its role may, narrowed by its scopes.

    A token decides in person only where it is bound to a person and its scopes name the action.
    What is forbidden to the person by any role they hold is forbidden to their token too.
    """
    if token.scopes and action not in token.scopes:
        return False
    in_person = bool(token.person) and action in token.scopes
    return all(
        decided(roles, action, in_person=in_person).allowed
        for roles in {(token.role,), held or (token.role,)}
    )


def roles_for(action: str) -> tuple[Role, ...]:
    """Which roles may do this, to tell someone who may not."""
    return tuple(role for role in Role if permitted(role, action))

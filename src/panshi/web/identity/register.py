"""Accounts, their roles and their ways to sign in: kept in Django's and allauth's tables.

The last administrator who can sign in is never switched off, stripped or locked out. Whoever is
switched off or loses their passkeys is signed out everywhere at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, User
from django.db import close_old_connections
from django.db.models import Count, Q, QuerySet

from panshi.errors import BadInputError, MissingError
from panshi.node.accounts import Account
from panshi.protection.access.roles import ROLES, Role
from panshi.web.identity import links
from panshi.web.words import say

NAME = re.compile(r"[\w.@+-]{2,64}")


class Register:
    """The accounts of this console."""

    def every(self, after: str = "", limit: int = 500) -> tuple[Account, ...]:
        """Give accounts by name, those after a name."""
        people = _people().filter(username__gt=after).order_by("username")[:limit]
        found = tuple(_account(each) for each in people)
        close_old_connections()
        return found

    def find(self, name: str) -> Account | None:
        """Give one account."""
        user = _people().filter(username=name).first()
        found = None if user is None else _account(user)
        close_old_connections()
        return found

    def invite(self, name: str, roles: Collection[str]) -> str:
        """Make an account, or give one that cannot sign in a new link."""
        check_name(name)
        user, made = User.objects.get_or_create(username=name)
        if made:
            user.set_unusable_password()
            user.save()
            user.groups.set(_groups(roles))
        elif can_sign_in(user):
            raise BadInputError(
                say("此帳號已能登入", "this account can sign in already"),
                place=name,
                remedy=say("先撤銷其通行密鑰", "revoke its passkeys first"),
            )
        path = links.path_for(user)
        close_old_connections()
        return path

    def assign(self, name: str, roles: Collection[str]) -> None:
        """Give an account exactly these roles."""
        user = _user(name)
        if Role.ADMINISTRATOR not in roles:
            _keep_the_last(user)
        user.groups.set(_groups(roles))
        close_old_connections()

    def switch(self, name: str, *, on: bool) -> None:
        """Let an account sign in, or not."""
        user = _user(name)
        if not on:
            _keep_the_last(user)
        user.is_active = on
        user.save()
        if not on:
            end_sessions(user)
        close_old_connections()

    def revoke_passkeys(self, name: str) -> None:
        """Forget passkeys, recovery codes and password."""
        user = _user(name)
        _keep_the_last(user)
        Authenticator.objects.filter(user=user).delete()
        user.set_unusable_password()
        user.save()
        end_sessions(user)
        close_old_connections()


def take(user: User, roles: Collection[str]) -> None:
    """Set roles that somebody else than an administrator decided; the last administrator stays."""
    wanted = set(roles)
    if Role.ADMINISTRATOR not in wanted and _is_last(user):
        wanted.add(Role.ADMINISTRATOR)
    user.groups.set(_groups(wanted))


def check_name(name: str) -> None:
    """Refuse what is no name for an account."""
    if not NAME.fullmatch(name):
        raise BadInputError(
            say("帳號名稱不合格式", "not a name for an account"),
            place=name[:64],
            remedy=say("2 至 64 個字母、數字或 . @ + - _", "2 to 64 letters, digits or . @ + - _"),
        )


def can_sign_in(user: User) -> bool:
    """Whether an account has a way in of its own."""
    return (
        user.has_usable_password()
        or Authenticator.objects.filter(user=user).exists()
        or SocialAccount.objects.filter(user=user).exists()
    )


def end_sessions(user: User) -> None:
    """Sign an account out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def _people() -> QuerySet[User]:
    return User.objects.prefetch_related("groups").annotate(
        passkeys=Count("authenticator", filter=Q(authenticator__type="webauthn"), distinct=True),
        outside=Count("socialaccount", distinct=True),
    )


def _account(user: User) -> Account:
    held = {group.name for group in user.groups.all()}
    return Account(
        name=user.get_username(),
        roles=tuple(role for role in ROLES if role in held),
        active=user.is_active,
        passkeys=user.passkeys,  # type: ignore[attr-defined]  # annotated by `_people`
        organisation=bool(user.outside),  # type: ignore[attr-defined]
        last_sign_in=user.last_login,
    )


def _user(name: str) -> User:
    found = User.objects.filter(username=name).first()
    if found is None:
        raise MissingError(f"there is no account {name[:64]!r}", remedy="GET /api/v1/accounts")
    return found


def _groups(roles: Collection[str]) -> list[Group]:
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise BadInputError(
            f"there is no role {unknown[0][:40]!r}", remedy="roles: " + ", ".join(ROLES)
        )
    return list(Group.objects.filter(name__in=set(roles)))


def _is_last(user: User) -> bool:
    others = User.objects.filter(is_active=True, groups__name=Role.ADMINISTRATOR)
    return not others.exclude(pk=user.pk).exists() and others.filter(pk=user.pk).exists()


def _keep_the_last(user: User) -> None:
    if _is_last(user):
        raise BadInputError(
            say("這是最後一位系統管理員", "this is the last administrator"),
            place=user.get_username(),
            remedy=say("先指派另一位", "appoint another one first"),
        )

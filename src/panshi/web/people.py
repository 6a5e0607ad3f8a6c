"""Who has an account here: for choosing people, and for whoever sends them something."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import DatabaseError, connection

from panshi.errors import StoreError
from panshi.node.notify import Recipient
from panshi.protection.access.roles import ROLES
from panshi.web.desk.models import Preference

MOST = 20
"People offered while somebody types."


def known(name: str) -> bool:
    """Whether an active account has this name."""
    return User.objects.filter(username=name, is_active=True).exists()


def beginning_with(text: str) -> list[str]:
    """Give the first active accounts whose names hold a text, those that begin with it first."""
    fitting = User.objects.filter(is_active=True, username__icontains=text.strip())
    names = list(fitting.order_by("username").values_list("username", flat=True)[: MOST * 5])
    low = text.strip().casefold()
    return sorted(names, key=lambda each: (not each.casefold().startswith(low), each))[:MOST]


def recipients() -> tuple[Recipient, ...]:
    """Give everybody who may be told things, with what they want to hear of."""
    try:
        people = (
            User.objects.filter(is_active=True)
            .select_related("preference")
            .prefetch_related("groups", "watch_set")
            .order_by("username")
        )
        return tuple(map(_recipient, people))
    except DatabaseError as error:
        raise StoreError("the accounts cannot be read", remedy="see the console's log") from error
    finally:
        connection.close()


def _recipient(user: User) -> Recipient:
    wanted: Preference = getattr(user, "preference", None) or Preference()
    held = {group.name for group in user.groups.all()}
    return Recipient(
        name=user.get_username(),
        roles=tuple(role for role in ROLES if role in held),
        email=wanted.email,
        muted=tuple(wanted.muted),
        digest=wanted.digest,
        chinese=not wanted.language.startswith("en"),
        watched=tuple(each.about for each in user.watch_set.all()),
    )

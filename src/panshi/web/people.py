"""Who has an account here: for choosing people, and for whoever sends them something."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

MOST = 20
"People offered while somebody types."


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account that can sign in, with its roles."""

    name: str
    roles: tuple[str, ...]


def known(name: str) -> bool:
    """Whether an active account has this name."""
    return User.objects.filter(username=name, is_active=True).exists()


def beginning_with(text: str) -> list[str]:
    """Give the first active accounts whose names hold a text, those that begin with it first."""
    fitting = User.objects.filter(is_active=True, username__icontains=text.strip())
    names = list(fitting.order_by("username").values_list("username", flat=True)[: MOST * 5])
    low = text.strip().casefold()
    return sorted(names, key=lambda each: (not each.casefold().startswith(low), each))[:MOST]


def everyone() -> tuple[Person, ...]:
    """Give every active account with its roles."""
    people = User.objects.filter(is_active=True).prefetch_related("groups").order_by("username")
    return tuple(
        Person(name=each.get_username(), roles=tuple(group.name for group in each.groups.all()))
        for each in people
    )

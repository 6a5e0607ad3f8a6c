"""What the event stream asks of the console: whose session it is, and what waits for them."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from panshi.node.inbox import inbox
from panshi.node.node import THIS_MACHINE
from panshi.node.notify import register_of
from panshi.protection.access.roles import ROLES
from panshi.web.desk.marks import marks_of
from panshi.web.nodes import node


def who(cookies: str) -> tuple[str, tuple[str, ...]] | None:
    """Give account and roles behind a cookie header; None where nobody is signed in."""
    try:
        named = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if named is None:
        return None
    try:
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore(named.value)
        user = get_user(request)
        if not isinstance(user, User) or not user.is_active:
            return None
        held = set(user.groups.values_list("name", flat=True))
        return user.get_username(), tuple(role for role in ROLES if role in held)
    finally:
        connection.close()


def counts(person: str, roles: tuple[str, ...]) -> dict[str, int]:
    """Give how much waits for a person: open inbox items, unread notices."""
    try:
        user = User.objects.get(username=person)
        held = marks_of(user, timezone.localdate())
    except User.DoesNotExist:
        return {}
    finally:
        connection.close()
    estates = [each for each in node().estate_ids() if each != THIS_MACHINE] or node().estate_ids()
    items = inbox(node(), person, roles, estates[0]) if estates else ()
    return {
        "inbox": sum(each.key not in held for each in items),
        "unread": register_of(node()).unread(person),
    }

"""Sign-ins, failures and sign-outs go into the evidence log like every other action."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from panshi.web.nodes import node


def connect() -> None:
    """Listen to Django's and allauth's signals."""
    user_logged_in.connect(_signed_in, dispatch_uid="panshi.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="panshi.signed_out")
    user_login_failed.connect(_failed, dispatch_uid="panshi.failed")
    authenticator_added.connect(_added, dispatch_uid="panshi.added")
    authenticator_removed.connect(_removed, dispatch_uid="panshi.removed")


def _signed_in(user: Any, **_rest: object) -> None:  # noqa: ANN401 -- Django's signal
    node().audit(user.get_username(), "session.begin", "console", detail=_way())


def _way() -> str:
    """Name the way somebody signed in, as the address asked for says it."""
    found = context.request.resolver_match if context.request else None
    return found.url_name or "" if found else ""


def _signed_out(user: Any, **_rest: object) -> None:  # noqa: ANN401 -- Django's signal
    node().audit(user.get_username() if user else "", "session.end", "console")


def _failed(credentials: dict[str, Any], **_rest: object) -> None:
    name = str(credentials.get("username", ""))[:150]
    known = User.objects.filter(username=name).exists()
    node().audit(name if known else "", "session.begin", "console", allowed=False)


def _added(user: Any, authenticator: Any, **_rest: object) -> None:  # noqa: ANN401
    node().audit(user.get_username(), "authenticator.add", str(authenticator.type))


def _removed(user: Any, authenticator: Any, **_rest: object) -> None:  # noqa: ANN401
    node().audit(user.get_username(), "authenticator.remove", str(authenticator.type))

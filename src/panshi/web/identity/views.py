"""Signing in by a one-time link, and a person's own account page."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.account.views import PasswordSetView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from panshi.protection.access.roles import ROLE_NAMES, Role
from panshi.web import problems
from panshi.web.gate import action, open_to_all, roles_of
from panshi.web.identity import links
from panshi.web.nodes import node


def signed_in(request: HttpRequest) -> User:
    """Give who is signed in; the gate lets nobody else through."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


@open_to_all
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Ask before the link is used up (programs that peek at links must not), then sign in."""
    if request.method != "POST":
        user = links.holder(token)
        status = 200 if user else 410
        return render(request, "identity/welcome.html", {"holder": user}, status=status)
    user = links.use(token)
    if user is None:
        node().audit("", "session.begin", "one-time link", allowed=False)
        return render(request, "identity/welcome.html", {"holder": None}, status=410)
    record_authentication(request, user, method="one_time_link", reauthenticated=True)
    response: HttpResponse = perform_login(
        request, user, email_verification="none", redirect_url=reverse("mfa_add_webauthn")
    )
    return response


@action("account.self")
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own passkeys, recovery codes, roles and sessions."""
    user = signed_in(request)
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    context = {
        "passkeys": Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN),
        "codes_left": len(RecoveryCodes(codes).get_unused_codes()) if codes else None,
        "sessions": UserSession.objects.purge_and_list(user),
        "session_key": request.session.session_key,
        "own_roles": [ROLE_NAMES[Role(each)] for each in roles_of(request)],
        "may_have_password": links.is_first_administrator(user),
    }
    return render(request, "identity/account.html", context)


@action("account.self")
def set_password(request: HttpRequest) -> HttpResponseBase:
    """Set a local password: for the first administrator only, as a fallback."""
    user = signed_in(request)
    if not links.is_first_administrator(user):
        return problems.forbidden(request, "account.manage")
    if user.has_usable_password():
        return redirect("account_change_password")
    answer: HttpResponseBase = PasswordSetView.as_view()(request)
    return answer

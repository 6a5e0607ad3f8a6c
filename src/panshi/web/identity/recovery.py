"""Signing in with a recovery code: the way back for whoever lost every passkey.

A code works once. Attempts are counted per account and per address; an unknown account and a
wrong code look the same. What follows is enrolling a passkey: decisions of weight want one.
"""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from panshi.web.gate import open_to_all
from panshi.web.nodes import node

LIMIT = "login_failed"
LONGEST = 64


@open_to_all
def recover(request: HttpRequest) -> HttpResponse:
    """Ask for account and code, and sign in."""
    if request.method != "POST":
        return render(request, "identity/recover.html", {"wrong": False})
    name = request.POST.get("username", "").strip()[:LONGEST]
    code = "".join(request.POST.get("code", "").split())[:LONGEST]
    key = f"recovery-{name.casefold()}"
    if not ratelimit.consume(request, action=LIMIT, key=key):
        node().audit("", "session.begin", "recovery code", allowed=False, detail="too many")
        return render(request, "429.html", status=429)
    user = _holder(name, code)
    if user is None:
        node().audit("", "session.begin", "recovery code", allowed=False)
        return render(request, "identity/recover.html", {"wrong": True}, status=403)
    ratelimit.clear(request, action=LIMIT, key=key)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(
        request,
        user,
        method="mfa",
        type=Authenticator.Type.RECOVERY_CODES.value,
        reauthenticated=True,
    )
    node().audit(user.get_username(), "recovery_code.use", "console")
    return redirect("mfa_add_webauthn")


def _holder(name: str, code: str) -> User | None:
    """Give whose unused code this is, and use it up."""
    kind = Authenticator.Type.RECOVERY_CODES
    found = (
        Authenticator.objects.select_related("user")
        .filter(user__username=name, user__is_active=True, type=kind)
        .first()
    )
    if found is None or not code:
        return None
    return found.user if RecoveryCodes(found).validate_code(code) else None

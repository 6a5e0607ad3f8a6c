"""A person's own sessions: ending one, or all."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from panshi.web.gate import action
from panshi.web.identity.register import end_sessions
from panshi.web.identity.views import signed_in
from panshi.web.words import say


@require_POST
@action("account.self")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions; this one, too."""
    session = get_object_or_404(UserSession, pk=pk, user=signed_in(request))
    if session.is_current():
        logout(request)
        return redirect("account_login")
    session.end()
    messages.success(request, say("該工作階段已登出。", "That session was signed out."))
    return redirect("account")


@require_POST
@action("account.self")
def end_all(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere, here too."""
    end_sessions(signed_in(request))
    logout(request)
    return redirect("account_login")

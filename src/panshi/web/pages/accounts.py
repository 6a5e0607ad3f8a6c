"""Accounts for administrators: who there is, in which roles, and inviting others by a link."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from panshi.protection.access.roles import ROLE_NAMES
from panshi.web.gate import action
from panshi.web.identity.register import Register
from panshi.web.words import say

PER_PAGE = 50


@action("account.view")
def accounts(request: HttpRequest) -> HttpResponse:
    """List accounts with their roles and whether they can sign in."""
    found = Register().every(request.GET.get("after", ""), PER_PAGE + 1)
    context = {
        "rows": found[:PER_PAGE],
        "following": found[PER_PAGE - 1].name if len(found) > PER_PAGE else "",
        "total": User.objects.count(),
        "roles": ROLE_NAMES,
        "link": request.session.pop("shown_link", None),
    }
    return render(request, "pages/accounts.html", context)


@require_POST
@action("account.manage")
def invite(request: HttpRequest) -> HttpResponse:
    """Make an account, or a new link for one that cannot sign in; show the link once."""
    name = request.POST.get("username", "").strip()
    path = Register().invite(name, request.POST.getlist("roles"))
    request.session["shown_link"] = {"name": name, "url": request.build_absolute_uri(path)}
    return redirect("accounts")


@require_POST
@action("account.manage")
def assign(request: HttpRequest, name: str) -> HttpResponse:
    """Set an account's roles, switch it off or on, or revoke its passkeys."""
    user = get_object_or_404(User, username=name)
    register = Register()
    match request.POST.get("do", "roles"):
        case "off" | "on" as wanted:
            register.switch(name, on=wanted == "on")
        case "revoke":
            register.revoke_passkeys(name)
        case _:
            register.assign(name, request.POST.getlist("roles"))
    messages.success(request, say("已更新 {}。", "{} was updated.").format(user.get_username()))
    return redirect("accounts")

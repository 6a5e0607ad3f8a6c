"""Accounts for administrators: who there is, in which roles, and inviting others by a link."""

from __future__ import annotations

import re

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.models import Group, User
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError
from panshi.protection.access.roles import ROLE_NAMES, Role
from panshi.web.gate import action
from panshi.web.identity import links
from panshi.web.words import say

NAME = re.compile(r"[\w.@+-]{2,64}")
MOST = 500


@action("account.view")
def accounts(request: HttpRequest) -> HttpResponse:
    """List accounts with their roles and whether they can sign in."""
    people = (
        User.objects.prefetch_related("groups")
        .annotate(passkeys=Count("authenticator", filter=Q(authenticator__type="webauthn")))
        .order_by("username")[:MOST]
    )
    rows = [(each, {group.name for group in each.groups.all()}) for each in people]
    link = request.session.pop("shown_link", None)
    return render(request, "pages/accounts.html", {"rows": rows, "roles": ROLE_NAMES, "link": link})


@require_POST
@action("account.manage")
def invite(request: HttpRequest) -> HttpResponse:
    """Make an account, or a new link for one that has no passkey; show the link once."""
    name = request.POST.get("username", "").strip()
    if not NAME.fullmatch(name):
        raise BadInputError(
            say("帳號名稱不合格式", "not a name for an account"),
            place=name[:64],
            remedy=say("2 至 64 個字母、數字或 . @ + - _", "2 to 64 letters, digits or . @ + - _"),
        )
    user, made = User.objects.get_or_create(username=name)
    if made:
        user.set_unusable_password()
        user.save()
        user.groups.set(_roles(request))
    elif Authenticator.objects.filter(user=user).exists() or user.has_usable_password():
        raise BadInputError(
            say("此帳號已能登入", "this account can sign in already"),
            place=name,
            remedy=say("先撤銷其通行密鑰", "revoke its passkeys first"),
        )
    shown = request.build_absolute_uri(links.path_for(user))
    request.session["shown_link"] = {"name": name, "url": shown}
    return redirect("accounts")


@require_POST
@action("account.manage")
def assign(request: HttpRequest, user_id: int) -> HttpResponse:
    """Set an account's roles, switch it off or on, or revoke its passkeys."""
    user = get_object_or_404(User, pk=user_id)
    roles = _roles(request)
    doing = request.POST.get("do", "roles")
    last = _is_last_administrator(user)
    if last and (doing in {"off", "revoke"} or (doing == "roles" and _lacks_admin(roles))):
        raise BadInputError(
            say("這是最後一位系統管理員", "this is the last administrator"),
            place=user.get_username(),
            remedy=say("先指派另一位", "appoint another one first"),
        )
    match doing:
        case "roles":
            user.groups.set(roles)
        case "off" | "on":
            user.is_active = doing == "on"
            user.save()
        case "revoke":
            Authenticator.objects.filter(user=user).delete()
            user.set_unusable_password()
            user.save()
    messages.success(request, say("已更新 {}。", "{} was updated.").format(user.get_username()))
    return redirect("accounts")


def _roles(request: HttpRequest) -> list[Group]:
    wanted = set(request.POST.getlist("roles")) & set(Role)
    return list(Group.objects.filter(name__in=wanted))


def _lacks_admin(roles: list[Group]) -> bool:
    return all(each.name != Role.ADMINISTRATOR for each in roles)


def _is_last_administrator(user: User) -> bool:
    others = User.objects.filter(is_active=True, groups__name=Role.ADMINISTRATOR)
    return not others.exclude(pk=user.pk).exists() and others.filter(pk=user.pk).exists()

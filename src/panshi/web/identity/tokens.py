"""Tokens for the API: one's own, and for administrators all of them.

A token is shown once. Making one wants a passkey used just now, because a token acts for months.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, ForbiddenError, MissingError
from panshi.node.accounts import make_token, revoke_token, rotate_token
from panshi.node.authority import permitted
from panshi.node.tokens import Token
from panshi.protection.access.roles import ACTIONS, ROLE_NAMES, Role
from panshi.web.gate import action, roles_of
from panshi.web.nodes import node
from panshi.web.words import say

SHOWN = "shown_token"
LONGEST_OWN = 365


@action("account.self")
def own(request: HttpRequest) -> HttpResponse:
    """List one's own tokens, and offer to make one in a role one has."""
    name = request.user.get_username()
    held = roles_of(request)
    context = {
        "rows": _rows([each for each in node().tokens.list() if each.person == name]),
        "roles": {Role(role): ROLE_NAMES[Role(role)] for role in held},
        "actions": [each for each in ACTIONS if any(permitted(role, each) for role in held)],
        "shown": request.session.pop(SHOWN, None),
    }
    return render(request, "identity/own_tokens.html", context)


@require_POST
@action("account.self", fresh=True)
def make_own(request: HttpRequest) -> HttpResponse:
    """Make a token that acts as whoever is signed in."""
    person = request.user.get_username()
    if request.POST.get("role", "") not in roles_of(request):
        raise ForbiddenError(
            say("您沒有這個角色", "you do not hold this role"),
            remedy=say("請選擇自己的角色", "choose a role of yours"),
        )
    name = f"{person}:{request.POST.get('name', '').strip()}"
    return _make(request, name=name, person=person, longest=LONGEST_OWN, then="own_tokens")


@require_POST
@action("account.self")
def revoke_own(request: HttpRequest) -> HttpResponse:
    """Forget a token of one's own."""
    name, person = request.POST.get("token", ""), request.user.get_username()
    if node().tokens.get(name).person != person:
        raise MissingError(say("沒有這個權杖", "there is no such token"), place=name[:70])
    return _revoke(request, name, then="own_tokens")


@action("account.view")
def every(request: HttpRequest) -> HttpResponse:
    """List every token."""
    context = {
        "rows": _rows(node().tokens.list()),
        "roles": ROLE_NAMES,
        "actions": ACTIONS,
        "estates": node().estate_ids(),
        "shown": request.session.pop(SHOWN, None),
    }
    return render(request, "identity/tokens.html", context)


@require_POST
@action("token.manage", fresh=True)
def make(request: HttpRequest) -> HttpResponse:
    """Make a token for a service, or for a person."""
    name = request.POST.get("name", "").strip()
    person = request.POST.get("person", "").strip()
    return _make(request, name=name, person=person, longest=LONGEST_OWN, then="tokens")


@require_POST
@action("token.manage", fresh=True)
def rotate(request: HttpRequest) -> HttpResponse:
    """Give a token a new secret and show it once."""
    name = request.POST.get("token", "")
    clear = rotate_token(node(), name, actor=request.user.get_username())
    request.session[SHOWN] = {"name": name, "token": clear}
    return redirect("tokens")


@require_POST
@action("token.manage")
def revoke(request: HttpRequest) -> HttpResponse:
    """Forget a token."""
    return _revoke(request, request.POST.get("token", ""), then="tokens")


def _make(request: HttpRequest, *, name: str, person: str, longest: int, then: str) -> HttpResponse:
    days = request.POST.get("days", "90")
    if not days.isascii() or not days.isdecimal() or not 1 <= int(days[:9]) <= longest:
        raise BadInputError(
            say("有效天數不對", "not a number of days"),
            place=days[:20],
            remedy=say(f"1 至 {longest}", f"1 to {longest}"),
        )
    clear = make_token(
        node(),
        name=name,
        role=request.POST.get("role", ""),
        days=int(days),
        actor=request.user.get_username(),
        scopes=request.POST.getlist("scopes"),
        estates=request.POST.getlist("estates"),
        person=person,
    )
    request.session[SHOWN] = {"name": name, "token": clear}
    return redirect(then)


def _revoke(request: HttpRequest, name: str, *, then: str) -> HttpResponse:
    revoke_token(node(), name, actor=request.user.get_username())
    messages.success(request, say("已撤銷 {}。", "{} was revoked.").format(name))
    return redirect(then)


def _rows(tokens: list[Token] | tuple[Token, ...]) -> list[dict[str, object]]:
    used, now = node().tokens.used(), node().clock()
    return [
        {"token": each, "last_used": used.get(each.name), "expired": each.expires <= now}
        for each in tokens
    ]

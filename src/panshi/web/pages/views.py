"""Saved views: a list's address with its filter, named, for oneself or for roles one holds."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError
from panshi.web.desk.models import SavedView
from panshi.web.gate import action, roles_of
from panshi.web.identity.views import signed_in
from panshi.web.words import say

MOST = 100
"Views one person keeps."
LONGEST_ADDRESS = 1000
PAGING = ("after", "before")
SHOWN = 30


@require_POST
@action("account.self", audited=False)
def save(request: HttpRequest) -> HttpResponse:
    """Keep an address under a name; the same name again replaces it."""
    user = signed_in(request)
    name = " ".join(request.POST.get("name", "").split())[:80]
    address = _address(request)
    if not name or (SavedView.objects.filter(user=user).exclude(name=name).count() >= MOST):
        raise BadInputError(
            say("檢視需要名稱，且最多 {} 個", "a view needs a name; {} at most").format(MOST),
            remedy=say("取個名字，或刪掉舊的", "name it, or delete an old one"),
        )
    shared = [each for each in request.POST.getlist("role") if each in roles_of(request)]
    SavedView.objects.update_or_create(
        user=user,
        name=name,
        defaults={"address": address, "roles": shared, "at": timezone.now()},
    )
    messages.success(request, say("已儲存檢視「{}」。", "View {} saved.").format(name))
    return redirect(address)


@require_POST
@action("account.self", audited=False)
def delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete one of one's own views."""
    found = get_object_or_404(SavedView, pk=view_id, user=signed_in(request))
    address = found.address
    found.delete()
    return redirect(urlsplit(address).path)


def views_of(request: HttpRequest) -> QuerySet[SavedView]:
    """Give the views of a page: one's own, and those shared with a role one holds."""
    shared = Q()
    for role in roles_of(request):
        shared |= Q(roles__icontains=f'"{role}"')
    mine = Q(user=signed_in(request))
    here = SavedView.objects.filter(address__startswith=f"{request.path}")
    return (
        here.filter(mine | shared if shared else mine)
        .select_related("user")
        .order_by("name")[:SHOWN]
    )


def _address(request: HttpRequest) -> str:
    """Give the address to keep, without its page."""
    given = request.POST.get("address", "")
    if (
        not given.startswith("/")
        or len(given) > LONGEST_ADDRESS
        or not url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    ):
        raise BadInputError(
            say("不是這個主控台的頁面", "not a page of this console"), place=given[:64]
        )
    parts = urlsplit(given)
    kept = [
        (name, value)
        for name, values in QueryDict(parts.query).lists()
        for value in values
        if name not in PAGING and value
    ]
    return f"{parts.path}?{urlencode(kept)}" if kept else parts.path


urlpatterns = [
    path("views/", save, name="view_save"),
    path("views/<int:view_id>/delete/", delete, name="view_delete"),
]

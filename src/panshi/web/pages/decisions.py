"""What the board must decide this month, from all registers, each with the page to decide on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.node.decisions import decisions
from panshi.web.gate import action
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.objects import address_of, kind_word


@action("verdict.view")
def show(request: HttpRequest, estate_id: str) -> HttpResponse:
    """List what awaits the board."""
    look = looking(request, estate_id)
    rows = [
        (each, kind_word(each.about), address_of(each.about, estate_id))
        for each in decisions(node(), estate_id)
    ]
    dated = [each for each, _kind, _url in rows if each.due is not None]
    context = look.context | {"rows": rows, "first": dated[0].due if dated else None}
    return render(request, "pages/decisions.html", context)


urlpatterns = [path("e/<str:estate_id>/decisions/", show, name="decisions")]

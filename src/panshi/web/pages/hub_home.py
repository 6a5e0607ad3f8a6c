"""The first page of a hub: campaigns, members, what waits, what is new since the last look."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.model.alliance.ticket import Severity
from panshi.node.alliance import desk
from panshi.node.alliance.campaigns import CampaignsWanted, campaigns_listed
from panshi.node.alliance.hub import hub_name
from panshi.node.alliance.news import at_a_glance, new_since
from panshi.web.gate import action, may
from panshi.web.hub_look import look, looked_at
from panshi.web.nodes import node
from panshi.web.pages.hub_campaigns import campaign_lines
from panshi.web.pages.hub_tickets import line, member_names, only_at_a_hub
from panshi.web.words import say

SHOWN = 8


@action("soc.view")
def show(request: HttpRequest) -> HttpResponse:
    """Show what an analyst who sits down must know first."""
    only_at_a_hub()
    looked, names = looked_at(request), member_names()
    waiting = desk.queue(
        node(), desk.Wanted(severity=Severity.HIGH, owner=desk.NOBODY), limit=SHOWN
    )
    mine = desk.queue(node(), desk.Wanted(owner=request.user.get_username()), limit=SHOWN)
    campaigns = campaigns_listed(node(), CampaignsWanted(), limit=SHOWN)
    context = {
        "hub": hub_name(node()),
        "glance": at_a_glance(node()),
        "looked": looked,
        "news": new_since(node(), looked) if looked else None,
        "campaigns": campaign_lines(campaigns.rows, names, looked),
        "waiting": [line(each, names, looked) for each in waiting.rows],
        "mine": [line(each, names, looked) for each in mine.rows],
        "may_act": may(request, "soc.act"),
    }
    return render(request, "pages/hub_home.html", context)


@require_POST
@action("account.self", audited=False)
def seen(request: HttpRequest) -> HttpResponse:
    """Note that whoever asks has looked."""
    only_at_a_hub()
    look(request)
    messages.success(request, say("已記下您看過的時間。", "Noted that you have looked."))
    return redirect("hub_home")


urlpatterns = [
    path("hub/", show, name="hub_home"),
    path("hub/seen/", seen, name="hub_seen"),
]

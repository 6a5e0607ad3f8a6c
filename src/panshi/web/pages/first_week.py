"""The guided first week of a new institution: each step derived, each with what is missing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.node.first_week import first_week
from panshi.node.node import THIS_MACHINE
from panshi.web.gate import action
from panshi.web.nodes import node
from panshi.web.objects import address


@action("home.view")
def show(request: HttpRequest) -> HttpResponse:
    """Show how far it is and what comes next."""
    steps = first_week(node())
    own = [each for each in node().estate_ids() if each != THIS_MACHINE]
    week_estate = own[0] if own else ""
    done = sum(each.done for each in steps)
    context = {
        "steps": steps,
        "done": done,
        "left": len(steps) - done,
        "next_step": next((each for each in steps if not each.done), None),
        "week_estate": week_estate,
        "plan_url": address("plan", week_estate) if week_estate else "",
    }
    return render(request, "pages/first_week.html", context)


urlpatterns = [path("first-week/", show, name="first_week")]

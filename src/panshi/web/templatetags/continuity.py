"""What templates on continuity share."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.http import HttpRequest

from panshi.report.disaster_words import duration_words, money_words
from panshi.web.continuity_tabs import tabs
from panshi.web.words import chinese

register = template.Library()


@register.inclusion_tag("parts/continuity_tabs.html", takes_context=True)
def continuity_tabs(context: Mapping[str, object]) -> dict[str, object]:
    """Show the tabs above a page on continuity."""
    request = context["request"]
    if not isinstance(request, HttpRequest):
        return {"tabs": ()}
    return {"tabs": tuple(tabs(request, str(context.get("estate_id", ""))))}


@register.filter
def duration(minutes: float | None) -> str:
    """Say minutes as people do."""
    return duration_words(minutes, chinese=chinese())


@register.filter
def money(twd: int) -> str:
    """Say an amount a year."""
    return money_words(twd, chinese=chinese())

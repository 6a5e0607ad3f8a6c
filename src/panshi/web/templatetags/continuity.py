"""What templates on continuity share."""

from __future__ import annotations

from collections.abc import Mapping
from math import log10

from django import template
from django.http import HttpRequest

from panshi.report.disaster_words import duration_words, money_words
from panshi.web.continuity_tabs import tabs
from panshi.web.words import chinese, say

register = template.Library()
RARE = 0.01


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


@register.filter
def rare(probability: float) -> str:
    """Say a probability that may be tiny: a percentage, or one in so many."""
    if probability >= RARE:
        return f"{probability:.1%}"
    if not probability:
        return "0"
    years = round(1 / probability, -int(log10(1 / probability)) + 1)
    return say(f"約 {years:,.0f} 分之一", f"1 in {years:,.0f}")

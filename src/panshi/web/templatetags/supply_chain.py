"""What templates on the software supply chain share."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.http import HttpRequest

from panshi.web.supply_chain_tabs import tabs

register = template.Library()


@register.inclusion_tag("parts/supply_chain_tabs.html", takes_context=True)
def supply_chain_tabs(context: Mapping[str, object]) -> dict[str, object]:
    """Show the tabs above a page on the software supply chain."""
    request = context["request"]
    if not isinstance(request, HttpRequest):
        return {"tabs": ()}
    return {"tabs": tuple(tabs(request, str(context.get("estate_id", ""))))}

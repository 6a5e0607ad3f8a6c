"""The saved views of a list, beside its filter."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.contrib.auth.models import User
from django.http import HttpRequest

from panshi.protection.access.roles import ROLE_NAMES, Role
from panshi.web.gate import roles_of
from panshi.web.pages.views import views_of
from panshi.web.words import pick

register = template.Library()


@register.inclusion_tag("parts/views.html", takes_context=True)
def saved_views(context: Mapping[str, object]) -> dict[str, object]:
    """Show the views of this list, and let one keep what is shown."""
    request = context["request"]
    if not isinstance(request, HttpRequest) or not isinstance(request.user, User):
        return {"hidden": True}
    here = request.get_full_path()
    return {
        "csrf_token": context.get("csrf_token"),
        "views": [(each, each.user_id == request.user.pk) for each in views_of(request)],
        "here": here,
        "held": [(role, pick(ROLE_NAMES[Role(role)])) for role in roles_of(request)],
    }

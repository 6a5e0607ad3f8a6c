"""Pages that say what went wrong, where, and what to do next; without secrets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from panshi.errors import (
    BadInputError,
    ForbiddenError,
    IntegrityError,
    PanshiError,
    StoreError,
    UsageError,
)
from panshi.node.authority import roles_for
from panshi.protection.access.roles import ROLE_NAMES
from panshi.web.words import pick, say


def forbidden(request: HttpRequest, action: str) -> HttpResponse:
    """403: say which roles may."""
    roles = [pick(ROLE_NAMES[role]) for role in roles_for(action)]
    context = {
        "title": say("您的角色不能做這件事", "Your role may not do this"),
        "action": action,
        "roles": say("、", ", ").join(roles),
    }
    return render(request, "pages/forbidden.html", context, status=403)


def told(request: HttpRequest, error: PanshiError) -> HttpResponse:
    """Show an error raised on purpose: problem, place, remedy."""
    match error:
        case UsageError():
            status = 404 if request.method == "GET" else 400
        case BadInputError():
            status = 400
        case ForbiddenError():
            status = 403
        case IntegrityError() | StoreError():
            status = 503
        case _:
            status = 500
    context = {"title": say("無法完成", "This could not be completed"), "error": error}
    return render(request, "pages/told.html", context, status=status)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """404."""
    title = say("沒有這個頁面", "There is no such page")
    return render(request, "pages/missing.html", {"title": title}, status=404)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """403 raised inside a view."""
    return forbidden(request, "unnamed")


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """403 for a form without a valid token, mostly an expired session."""
    context = {"title": say("表單已失效", "The form has expired"), "again": True}
    return render(request, "pages/expired.html", context, status=403)


def broken(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """500: bare, because whatever the page needs may be what broke."""
    return HttpResponse(render_to_string("pages/broken.html"), status=500)

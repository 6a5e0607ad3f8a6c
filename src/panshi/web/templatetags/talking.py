"""The panel below an object: what was said of it, saying more, watching it, its trail."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.safestring import SafeString

from panshi.node.comments import LONGEST_TEXT, comments
from panshi.node.objects import ObjectKind, reference
from panshi.node.searching import trail
from panshi.store.search_index import TraceFilter
from panshi.web.desk.models import Watch
from panshi.web.gate import may
from panshi.web.linking import linked
from panshi.web.nodes import node

register = template.Library()

TRACES = 5


@register.inclusion_tag("parts/talk.html", takes_context=True)
def talk(context: Mapping[str, object], kind: str, name: str) -> dict[str, object]:
    """Show the panel of an object: `{% talk "control" control.key %}`."""
    request = context["request"]
    if not isinstance(request, HttpRequest) or not isinstance(request.user, User):
        return {"hidden": True}
    about = reference(ObjectKind(kind), name)
    sees = may(request, "comment.view")
    follows = may(request, "activity.view")
    return {
        "about": about,
        "csrf_token": context.get("csrf_token"),
        "csp_nonce": context.get("csp_nonce"),
        "estate_id": context.get("estate_id", ""),
        "said": comments(node(), about) if sees else (),
        "sees": sees,
        "may_write": may(request, "comment.write"),
        "me": request.user.get_username(),
        "longest": LONGEST_TEXT,
        "watched": Watch.objects.filter(user=request.user, about=about).exists(),
        "traces": trail(node(), TraceFilter(about=about), limit=TRACES) if follows else (),
        "follows": follows,
    }


@register.simple_tag(takes_context=True)
def spoken(context: Mapping[str, object], text: str, mentions: tuple[str, ...]) -> SafeString:
    """Give a comment's text with links."""
    return linked(text, str(context.get("estate_id", "")), mentions)

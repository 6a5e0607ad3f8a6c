"""Talking about an object: saying something, taking it back, watching it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, re_path
from django.utils import timezone
from django.views.decorators.http import require_POST

from panshi.node.comments import comment, erase
from panshi.node.objects import split
from panshi.web import people
from panshi.web.desk.models import Watch
from panshi.web.frame import chosen_estate
from panshi.web.gate import action
from panshi.web.identity.views import signed_in
from panshi.web.nodes import node
from panshi.web.objects import address_of
from panshi.web.words import say


@require_POST
@action("comment.write", audited=False)
def write(request: HttpRequest) -> HttpResponse:
    """Say something about an object."""
    said = comment(
        node(),
        request.POST.get("about", ""),
        request.POST.get("text", ""),
        actor=request.user.get_username(),
        exists=people.known,
    )
    return _back(request, said.body.about)


@require_POST
@action("comment.write", audited=False)
def take_back(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Erase one's own comment; its digest stays in the log."""
    about = erase(node(), comment_id, actor=request.user.get_username())
    messages.success(request, say("留言內容已刪除。", "The text of the comment is erased."))
    return _back(request, about)


@require_POST
@action("account.self", audited=False)
def watch(request: HttpRequest) -> HttpResponse:
    """Begin or stop to watch an object."""
    about = request.POST.get("about", "")
    split(about)
    user = signed_in(request)
    if request.POST.get("stop") == "1":
        Watch.objects.filter(user=user, about=about).delete()
    else:
        Watch.objects.get_or_create(user=user, about=about, defaults={"at": timezone.now()})
    return _back(request, about)


def _back(request: HttpRequest, about: str) -> HttpResponse:
    url = address_of(about, chosen_estate(request))
    return redirect(f"{url}#talk" if url else "home")


urlpatterns = [
    path("comments/", write, name="comment"),
    re_path(r"^comments/(?P<comment_id>[0-9a-f]{32})/erase/$", take_back, name="comment_erase"),
    path("watch/", watch, name="watch"),
]

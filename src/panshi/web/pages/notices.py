"""What I was told, what I want to be told of; and what could not be delivered."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError
from panshi.node.notify import Occasion, register_of, requeue
from panshi.node.notify.recipients import OCCASIONS
from panshi.store.notices import DeliveryState
from panshi.web.asked import position
from panshi.web.desk.models import Preference
from panshi.web.frame import chosen_estate
from panshi.web.gate import action, may
from panshi.web.identity.views import signed_in
from panshi.web.nodes import node
from panshi.web.objects import address_of
from panshi.web.words import chinese, say

PER_PAGE = 50


@action("home.view")
def show(request: HttpRequest) -> HttpResponse:
    """List what whoever asks was told, newest first."""
    user = signed_in(request)
    register = register_of(node())
    before = position(request.GET.get("before", ""))
    found = register.notices(user.get_username(), before=before, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    estate_id = chosen_estate(request)
    context = {
        "rows": [(each, address_of(each.about, estate_id)) for each in shown],
        "following": shown[-1].id if len(found) > PER_PAGE else "",
        "unread": register.unread(user.get_username()),
        "newest": shown[0].id if shown else 0,
        "occasions": OCCASIONS,
        "wanted": getattr(user, "preference", None) or Preference(),
    }
    if may(request, "account.manage"):
        stuck = (DeliveryState.DEAD, DeliveryState.SENDING)
        context["stuck"] = [each for state in stuck for each in register.deliveries(state, 20)]
    return render(request, "pages/notices.html", context)


@require_POST
@action("account.self", audited=False)
def read(request: HttpRequest) -> HttpResponse:
    """Note that everything up to a notice was read."""
    user = signed_in(request)
    upto = position(request.POST.get("upto", ""))
    register_of(node()).read(user.get_username(), node().clock(), upto)
    return redirect("notices")


@require_POST
@action("account.self", audited=False)
def prefer(request: HttpRequest) -> HttpResponse:
    """Keep what somebody wants to be told of."""
    user = signed_in(request)
    email = request.POST.get("email", "").strip()
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise BadInputError(
                say("不是電子郵件地址", "not a mail address"),
                place=email[:64],
                remedy=say("例如 name@example.org", "for example name@example.org"),
            ) from error
    wanted = set(request.POST.getlist("occasion"))
    Preference.objects.update_or_create(
        user=user,
        defaults={
            "email": email,
            "muted": [each.value for each in Occasion if each.value not in wanted],
            "digest": request.POST.get("digest") == "1",
            "language": "zh-hant" if chinese() else "en",
        },
    )
    messages.success(request, say("已儲存。", "Saved."))
    return redirect("notices")


@require_POST
@action("account.manage")
def again(request: HttpRequest) -> HttpResponse:
    """Queue what could not be delivered again."""
    wanted = position(request.POST.get("id", ""))
    count = requeue(node(), lambda each: wanted in {None, each.id})
    messages.success(request, say("{} 則重新排入。", "{} queued again.").format(count))
    return redirect("notices")


urlpatterns = [
    path("notices/", show, name="notices"),
    path("notices/read/", read, name="notices_read"),
    path("notices/preferences/", prefer, name="notices_prefer"),
    path("notices/retry/", again, name="notices_retry"),
]

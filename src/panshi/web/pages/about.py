"""Help with the legend, the choice of light or dark, and whether the console is up."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from panshi.web.bars import Bar, Tone
from panshi.web.frame import THEMES
from panshi.web.gate import action, open_to_all
from panshi.web.words import say

YEAR = 365 * 86_400


@action("help.view")
def about(request: HttpRequest) -> HttpResponse:
    """Explain the evidence bar, the stages, and how a grade comes about."""
    example = Bar(
        tone=Tone.EVIDENCE,
        word=say("範例", "example"),
        evidenced=0.62,
        possible=0.86,
        claimed=0.95,
        target=0.9,
    )
    attested = Bar(tone=Tone.ATTESTED, word=say("已聲明", "attested"))
    unattested = Bar(tone=Tone.ATTESTED, word=say("未聲明", "not attested"), held=False)
    empty = Bar(tone=Tone.EMPTY, word=say("尚未判定", "not yet judged"))
    context = {"example": example, "attested": attested, "unattested": unattested, "empty": empty}
    return render(request, "pages/about.html", context)


@require_POST
@open_to_all
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or as the browser says."""
    wanted = request.POST.get("theme", "auto")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        back, {request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = redirect(back)
    response.set_cookie(
        "panshi_theme",
        wanted if wanted in THEMES else "auto",
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@open_to_all
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Say that the console answers, and nothing else."""
    return JsonResponse({"status": "ok"})

"""Governed thresholds: the value in force, its limits, its history, and changing it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError
from panshi.model.parameter import ParameterSpec
from panshi.web.gate import action
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.words import say

PER_PAGE = 20


@action("parameter.view")
def parameters(request: HttpRequest) -> HttpResponse:
    """List the thresholds with their history, those that were changed first."""
    specs = {each.name: each for each in node().library.parameters}
    every = [
        (specs[setting.name], setting, tuple(reversed(past)))
        for setting, past in node().parameters()
        if setting.name in specs
    ]
    every.sort(key=lambda row: row[1].since is None)
    text = request.GET.get("q", "").strip().casefold()
    rows = [row for row in every if text in _text(row[0])]
    shown, following = page_after(
        rows, request.GET.get("after", ""), PER_PAGE, lambda row: row[0].name
    )
    context = {
        "rows": shown,
        "total": len(every),
        "count": len(rows),
        "changed": sum(setting.since is not None for _, setting, _ in every),
        "following": following,
    }
    return render(request, "pages/parameters.html", context)


def _text(spec: ParameterSpec) -> str:
    return f"{spec.name} {spec.title_zh} {spec.title_en}".casefold()


@require_POST
@action("parameter.change")
def change(request: HttpRequest, name: str) -> HttpResponse:
    """Change one threshold from now on."""
    try:
        value = float(request.POST.get("value", ""))
    except ValueError as error:
        raise BadInputError(
            say("不是數字", "not a number"), place=name, remedy=say("請輸入數字", "write a number")
        ) from error
    why = request.POST.get("why", "").strip()
    node().set_parameter(name, value, actor=request.user.get_username(), why=why)
    messages.success(request, say("參數已變更並封存。", "The parameter was changed and sealed."))
    return redirect("parameters")

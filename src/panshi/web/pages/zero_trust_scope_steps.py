"""Steps people take in the zero-trust wizard: answer, take back, decide, label; and the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from panshi.errors import UsageError
from panshi.model.bodies.zero_trust_scope import Choice
from panshi.node.reporting import MEDIA_TYPES, Form
from panshi.node.zero_trust.scope import ScopeDesk, scoped
from panshi.node.zero_trust.scope_paper import paper
from panshi.protection.zero_trust.scope.scoping import SystemScope
from panshi.report.zero_trust_scope.people import without_people
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.refusing import tried
from panshi.web.words import chinese, say

FORMS = (Form.PDF, Form.XLSX, Form.DOCX)


@require_POST
@action("scope.answer", audited=False)
def answer(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Seal one answer about the systems ticked, or about all that fit the filter."""
    fact = request.POST.get("fact", "")
    systems = tuple(request.POST.getlist("system"))

    def seal() -> str:
        value = ",".join(request.POST.getlist("value"))
        if not value:
            raise UsageError(say("沒有選擇答案", "no answer was chosen"))
        named = systems
        if request.POST.get("every") == "1":
            seen = scoped(node(), estate_id)
            missing = set(seen.scope.asks.get(fact, ()))
            fits = fitting(
                seen.scope.systems,
                request.POST.get("q", ""),
                request.POST.get("criticality", ""),
            )
            named = tuple(each.system.id for each in fits if each.system.id in missing)
        if not named:
            raise UsageError(say("沒有勾選系統", "no system was ticked"))
        return _desk(request, estate_id).answer(
            named,
            {fact: value},
            in_field=request.POST.get("field", ""),
            why=request.POST.get("why", ""),
        )

    tried(
        request,
        seal,
        say("回答已封存；可在「近期的回答」收回。", "The answer is sealed; it can be taken back."),
    )
    return redirect(_back(request, estate_id))


@require_POST
@action("scope.answer", audited=False)
def withdraw(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Take an answer back."""
    number = request.POST.get("number", "")
    tried(
        request,
        lambda: _desk(request, estate_id).withdraw(number, why=request.POST.get("why", "")),
        say(
            "{} 已收回，先前所知恢復有效。", "{} was taken back; what was known before counts."
        ).format(number[:40]),
    )
    return redirect(_back(request, estate_id))


@require_POST
@action("scope.decide", audited=False)
def decide(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Seal a decision."""

    def seal() -> object:
        word = request.POST.get("choice", "")
        if word not in set(Choice):
            raise UsageError(say("沒有選擇", "nothing was chosen"))
        return _desk(request, estate_id).decide(
            request.POST.get("field", ""),
            Choice(word),
            why=request.POST.get("why", ""),
            system=request.POST.get("system", ""),
        )

    tried(request, seal, say("決定已封存。", "The decision is sealed."))
    return redirect(_back(request, estate_id))


@require_POST
@action("estate.change", audited=False)
def label(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Write the fields into the estate as labels."""
    tried(
        request,
        _desk(request, estate_id).label,
        say("場域已寫入資產清冊，評估隨之更新。", "The estate carries the fields; grades follow."),
    )
    return redirect("zt_scope_roadmap", estate_id)


@action("scope.view")
def sheet(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Give the sheet as a file; that somebody took it is sealed."""
    looking(request, estate_id)
    form = request.GET.get("form", Form.PDF)
    if form not in FORMS:
        raise Http404(form)
    seen = scoped(node(), estate_id)
    in_chinese = request.GET.get("lang", "zh-TW" if chinese() else "en") != "en"
    if not may(request, "evidence.personal"):
        seen = replace(seen, scope=without_people(seen.scope))
    made = paper(node(), seen, form, chinese=in_chinese)
    node().audit(request.user.get_username(), "report.zt_scope", estate_id, detail=made.sha256)
    return HttpResponse(
        made.content,
        content_type=MEDIA_TYPES[Form(form)],
        headers={"Content-Disposition": f'attachment; filename="{made.name}"'},
    )


def fitting(systems: Sequence[SystemScope], q: str, criticality: str) -> list[SystemScope]:
    """Give the systems whose name and importance fit what was asked for."""
    text = q.strip().casefold()[:200]
    return [
        each
        for each in systems
        if text in f"{each.system.id} {each.system.name}".casefold()
        and (not criticality or each.facts.word("criticality") == criticality)
    ]


def _desk(request: HttpRequest, estate_id: str) -> ScopeDesk:
    return ScopeDesk(node(), actor=request.user.get_username(), estate_id=estate_id)


def _back(request: HttpRequest, estate_id: str) -> str:
    """Give the step of the wizard a form was on; its filter rests in hidden fields."""
    back = request.POST.get("back", "")
    if back == "system":
        system_id = request.POST.get("system", "")
        return reverse("zt_scope_system", args=[estate_id, system_id or "-"])
    view = "zt_scope_choice" if back == "choice" else "zt_scope_facts"
    url = reverse(view, args=[estate_id])
    fact = request.POST.get("fact", "")
    return f"{url}?fact={fact}" if view == "zt_scope_facts" and fact.isidentifier() else url


_ESTATE = "e/<str:estate_id>/scope/"
urlpatterns = [
    path(f"{_ESTATE}facts/answer/", answer, name="zt_scope_answer"),
    path(f"{_ESTATE}facts/withdraw/", withdraw, name="zt_scope_withdraw"),
    path(f"{_ESTATE}choice/decide/", decide, name="zt_scope_decide"),
    path(f"{_ESTATE}label/", label, name="zt_scope_label"),
    path(f"{_ESTATE}file/", sheet, name="zt_scope_file"),
]

"""Attestations 聲明: the register, one of them, making one, countersigning, and the draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, PanshiError, UsageError
from panshi.governance.attestations.story import AttestationFlaw, AttestationState
from panshi.governance.attestations.views import AttestationView
from panshi.governance.persons import pair_defect, same_person
from panshi.model.control import Basis, Control
from panshi.node.attestations import AttestationDesk, Attesting, register, shown
from panshi.report.attestation_answers import without_signers
from panshi.report.attestation_words import attestation_flaw_words, attestations_words
from panshi.store.attachments import MOST_BYTES, Attachments
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.words import chinese, say

PER_PAGE = 30
USUAL_DAYS = 365


@action("attestation.view")
def attestations(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show the register."""
    look = looking(request, estate_id)
    found = register(node(), estate_id)
    state, drawn = request.GET.get("state", ""), request.GET.get("drawn", "")
    replaced = AttestationState.REPLACED
    rows = [
        each
        for each in (found.drawn if drawn else found.attestations)
        if (each.state == state if state else drawn or each.state is not replaced)
    ]
    page, following = page_after(rows, request.GET.get("after", ""), PER_PAGE, lambda row: row.id)
    counts = Counter(each.state for each in found.attestations)
    context = look.context | {
        "register": found,
        "sentence": attestations_words(found, chinese=chinese()),
        "rows": [_shown(request, each) for each in page],
        "following": following,
        "states": [(each, counts[each]) for each in AttestationState if counts[each]],
        "current": sum(counts[each] for each in AttestationState if each is not replaced),
        "state": state,
        "drawn": drawn,
        "sees_people": may(request, "evidence.personal"),
    }
    return render(request, "pages/attestations.html", context)


@action("attestation.view")
def attestation(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Show one attestation."""
    look = looking(request, estate_id)
    found = shown(node(), number, estate_id)
    person = request.user.get_username()
    open_ = found.state in {
        AttestationState.PENDING,
        AttestationState.STANDING,
        AttestationState.ACKNOWLEDGED,
    }
    apart = not pair_defect(person, found.attested_by)
    second = not found.countersigned_by or not pair_defect(person, found.countersigned_by)
    context = look.context | {
        "view": _shown(request, found),
        "name": number,
        "control": node().library.control(found.control),
        "sees_people": may(request, "evidence.personal"),
        "kept": Attachments(node().home.path).holds(found.attachment_sha256),
        "own": same_person(person, found.attested_by),
        "may_countersign": found.state is AttestationState.PENDING
        and apart
        and may(request, "attestation.countersign"),
        "may_withdraw": open_
        and same_person(person, found.attested_by)
        and may(request, "attestation.make"),
        "may_reexamine": found.drawn
        and found.reexamined is None
        and found.counts
        and apart
        and second
        and may(request, "attestation.reexamine"),
    }
    return render(request, "pages/attestation.html", context)


@action("attestation.make")
def make(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show the form, or take the attestation with its attachment."""
    look = looking(request, estate_id)
    control = node().library.control(
        request.POST.get("control", request.GET.get("control", "")) or _first(estate_id).key
    )
    status = 200
    if request.method == "POST":
        desk = AttestationDesk(node(), actor=request.user.get_username(), estate_id=estate_id)
        try:
            number = desk.make(*_asked(request, control))
        except PanshiError as error:
            messages.error(request, _refusal(error))
            status = 400
        else:
            messages.success(request, say("{} 已封存。", "{} is sealed.").format(number))
            return redirect("attestation", estate_id, number)
    today = _today(estate_id)
    needs = control.attesting
    days = min(needs.valid_days if needs else USUAL_DAYS, USUAL_DAYS)
    context = look.context | {
        "control": control,
        "controls": _attested(),
        "documents": [node().library.documents.get(each) for each in needs.evidence]
        if needs
        else [],
        "second": control.strength.binding or (needs is not None and needs.countersigned),
        "today": today,
        "usual_start": today - timedelta(days=90),
        "usual_end": today + timedelta(days=days),
        "most": MOST_BYTES // 2**20,
    }
    return render(request, "pages/attestation_make.html", context, status=status)


@action("evidence.personal")
def attachment(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Give what was attested on, hashed anew; that somebody took it is sealed."""
    found = shown(node(), number, estate_id)
    content = Attachments(node().home.path).read(found.attachment_sha256)
    node().audit(request.user.get_username(), "attestation.attachment", found.number)
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=found.attachment
    )
    return response


@require_POST
@action("attestation.countersign", fresh=True)
def countersign(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Sign what another person attested."""
    return _taken(
        request,
        estate_id,
        number,
        lambda desk: desk.countersign(number, note=request.POST.get("note", "")),
        say("{} 已會簽。", "{} is countersigned."),
    )


@require_POST
@action("attestation.make", audited=False)
def withdraw(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Take one's own attestation back."""
    return _taken(
        request,
        estate_id,
        number,
        lambda desk: desk.withdraw(number, why=request.POST.get("why", "")),
        say("{} 已撤回。", "{} was withdrawn."),
    )


@require_POST
@action("attestation.reexamine", audited=False)
def reexamine(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Seal what a second look found."""
    upheld = request.POST.get("upheld") == "1"
    return _taken(
        request,
        estate_id,
        number,
        lambda desk: desk.reexamine(number, upheld=upheld, finding=request.POST.get("finding", "")),
        say("{} 的抽查結果已封存。", "What the second look at {} found is sealed."),
    )


# -- what the pages are made of --------------------------------------------------------------


def _taken(
    request: HttpRequest,
    estate_id: str,
    number: str,
    step: Callable[[AttestationDesk], object],
    done: str,
) -> HttpResponse:
    """Take a step, and lead to the attestation; what the rules refuse is said there."""
    desk = AttestationDesk(node(), actor=request.user.get_username(), estate_id=estate_id)
    try:
        step(desk)
    except PanshiError as error:
        messages.error(request, _refusal(error))
    else:
        messages.success(request, done.format(number))
    return redirect("attestation", estate_id, number)


def _refusal(error: PanshiError) -> str:
    """Say what the rules refused; what is no refusal of theirs goes on to the page of errors."""
    notes = getattr(error, "__notes__", ())
    flaw = next((each for each in notes if each in set(AttestationFlaw)), "")
    if not flaw and not isinstance(error, UsageError | BadInputError):
        raise error
    said = error.problem
    if flaw:
        said = attestation_flaw_words(AttestationFlaw(flaw), chinese=chinese())
    return say(f"未成立：{said}。", f"Refused: {said}.")


def _asked(request: HttpRequest, control: Control) -> tuple[Attesting, bytes]:
    uploaded = request.FILES.get("attachment")
    if not isinstance(uploaded, UploadedFile) or not uploaded.name:
        raise BadInputError(say("沒有附件", "there is no attachment"), place="attachment")
    if (uploaded.size or 0) > MOST_BYTES:
        raise BadInputError(say("附件過大", "the attachment is too large"), place=uploaded.name)
    post = request.POST
    asked = Attesting(
        control=control.key,
        scope=post.get("scope", ""),
        period_start=_day(request, "period_start"),
        period_end=_day(request, "period_end"),
        expires=_day(request, "expires"),
        statement=post.get("statement", ""),
        attachment=uploaded.name,
        fulfilled=post.get("fulfilled", "1") == "1",
    )
    return asked, uploaded.read()


def _day(request: HttpRequest, name: str) -> date:
    text = request.POST.get(name, "")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(
            say("不是日期", "not a date"), place=name, remedy="2026-12-31"
        ) from error


def _today(estate_id: str) -> date:
    return node().judging.ask(lambda each: each.judge.grounds.signing_day, estate_id)


def _attested() -> list[Control]:
    """Give the controls people answer for."""
    return [
        control
        for framework in node().library.frameworks.values()
        for control in framework.controls
        if control.basis is Basis.ATTESTED
    ]


def _first(estate_id: str) -> Control:
    """Give the first control that nobody attests yet."""
    standing = {each.control for each in register(node(), estate_id).counting}
    every = _attested()
    return next((each for each in every if each.key not in standing), every[0])


def _shown(request: HttpRequest, view: AttestationView) -> AttestationView:
    return view if may(request, "evidence.personal") else without_signers(view)


_ONE = "e/<str:estate_id>/attestations/<path:number>/"
urlpatterns = [
    path("e/<str:estate_id>/attestations/", attestations, name="attestations"),
    path("e/<str:estate_id>/attestations/make/", make, name="attestation_make"),
    path(f"{_ONE}countersign/", countersign, name="attestation_countersign"),
    path(f"{_ONE}withdraw/", withdraw, name="attestation_withdraw"),
    path(f"{_ONE}reexamine/", reexamine, name="attestation_reexamine"),
    path(f"{_ONE}attachment/", attachment, name="attestation_attachment"),
    path(_ONE, attestation, name="attestation"),
]

"""The disclosure desk: the queue, a case with its clocks, every step, addresses of members."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.alliance.disclosure.case import STATE_WORDS, STEPS_OF, CaseState
from panshi.alliance.disclosure.exposure import ADDRESS_WORDS, EXPOSURE_WORDS, AddressState
from panshi.errors import BadInputError, MissingError, PanshiError
from panshi.governance.persons import pair_defect
from panshi.model.alliance.member import MemberState
from panshi.model.bodies.disclosure import CaseStep
from panshi.model.bodies.exposure import ProofWay
from panshi.node.alliance.disclosure import exposures
from panshi.node.alliance.disclosure.cases import (
    CaseDetail,
    DisclosureDesk,
    answers,
    case_named,
    detail,
)
from panshi.node.alliance.disclosure.channel import channel_answer
from panshi.node.alliance.disclosure.drafting import Drafted, drafted_of
from panshi.node.alliance.disclosure.forwarding import forward as forward_to
from panshi.node.alliance.disclosure.intake import quarantined, write
from panshi.node.alliance.disclosure.publishing import preview
from panshi.node.alliance.hub import is_hub
from panshi.node.alliance.members import members
from panshi.web.gate import action, may
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.words import Pair, pick, say

PER_PAGE = 50
MARKS = {
    CaseState.RECEIVED: "stale_pass",
    CaseState.REJECTED: "unseen",
    CaseState.PUBLISHED: "passing",
    CaseState.CLOSED: "unseen",
    CaseState.FIXED: "passing",
}
INTAKES: dict[str, Pair] = {
    "form": ("公開表單", "public form"),
    "mail": ("郵件", "mail"),
    "staff": ("人工登錄", "noted by staff"),
}
ADDRESS_MARKS = {AddressState.APPROVED: "passing", AddressState.LAPSED: "stale_pass"}
STEP_WORDS: dict[CaseStep, Pair] = {
    CaseStep.VALIDATE: ("確認成立", "Validate"),
    CaseStep.REJECT: ("不受理", "Reject"),
    CaseStep.FORWARD: ("轉介會員", "Forward"),
    CaseStep.ACKNOWLEDGE: ("機構已受理", "Taken up"),
    CaseStep.FIX: ("已修補", "Fixed"),
    CaseStep.EMBARGO: ("調整協調期限", "Move the embargo"),
    CaseStep.PUBLISH: ("公布", "Publish"),
    CaseStep.CLOSE: ("結案", "Close"),
    CaseStep.REOPEN: ("重新開啟", "Reopen"),
}
DRAFT_FIELDS: tuple[tuple[str, Pair, bool], ...] = (
    ("headline", ("標題", "Title"), True),
    ("vendor", ("廠商", "Vendor"), True),
    ("product", ("產品", "Product"), True),
    ("affected_version", ("受影響版本", "Affected version"), True),
    ("fixed_version", ("已修補版本", "Fixed version"), False),
    ("purl", ("套件識別（purl）", "Package URL"), False),
    ("cve", ("CVE 編號", "CVE"), False),
    ("cwe", ("CWE 編號", "CWE"), False),
    ("cwe_name", ("CWE 名稱", "Name of the CWE"), False),
    ("cvss", ("CVSS 向量", "CVSS vector"), False),
    ("language", ("語言", "Language"), True),
    ("change", ("修訂說明", "What changed"), False),
)


@action("disclosure.view")
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases, the newest first."""
    state = request.GET.get("state", "")
    every = answers(node())
    chosen = [each for each in every if state in {"", each.state.value}]
    shown, following = page_after(chosen, request.GET.get("after", ""), PER_PAGE, _number)
    context = {
        "rows": [
            (each, pick(STATE_WORDS[each.state]), MARKS.get(each.state, "")) for each in shown
        ],
        "following": following,
        "state": state,
        "states": [(each.value, pick(STATE_WORDS[each])) for each in CaseState],
        "open": sum(each.state.open for each in every),
        "late": sum(each.overdue for each in every),
        "any": bool(every),
        "channel": channel_answer(node()),
    }
    return render(request, "pages/disclosure_cases.html", context)


@action("disclosure.view")
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Show one case."""
    try:
        found = detail(node(), number, people=may(request, "evidence.personal"))
    except MissingError as error:
        raise Http404(number) from error
    return render(request, "pages/disclosure_case.html", _context(request, found))


@require_POST
@action("disclosure.handle")
def step(request: HttpRequest, number: str) -> HttpResponse:
    """Take a step that is not publication."""
    name = request.POST.get("step", "")
    if name not in set(CaseStep) or name == CaseStep.PUBLISH:
        raise BadInputError(say("沒有這個步驟", "there is no such step"), place=name[:40])
    actor = request.user.get_username()

    def take() -> None:
        if name == CaseStep.FORWARD:
            forward_to(
                node(),
                number,
                request.POST.get("member", ""),
                actor=actor,
                why=request.POST.get("why", ""),
            )
        else:
            DisclosureDesk(node(), actor=actor).take(
                number,
                CaseStep(name),
                why=request.POST.get("why", ""),
                member=request.POST.get("member", ""),
                day=_day(request),
                cvss=request.POST.get("cvss", ""),
                duplicate_of=request.POST.get("duplicate_of", ""),
            )

    return _done(request, number, take)


@require_POST
@action("disclosure.handle")
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Write to the reporter."""
    actor, text = request.user.get_username(), request.POST.get("text", "")
    return _done(request, number, lambda: write(node(), number, text, actor=actor))


@require_POST
@action("disclosure.handle")
def draft(request: HttpRequest, number: str) -> HttpResponse:
    """Seal an advisory or a revision of it."""
    names = (*(name for name, _, _ in DRAFT_FIELDS), "summary", "remediation")

    def seal() -> None:
        try:
            wanted = msgspec.convert(
                {name: request.POST.get(name, "").strip() for name in names}, Drafted
            )
        except msgspec.ValidationError as error:
            raise BadInputError(str(error), place=number) from error
        desk = DisclosureDesk(node(), actor=request.user.get_username())
        desk.draft(number, wanted.body(desk.person))

    return _done(request, number, seal)


@require_POST
@action("disclosure.publish", fresh=True)
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """Publish what another person wrote."""
    desk = DisclosureDesk(node(), actor=request.user.get_username())
    wanted = request.POST.get("advisory", "")
    return _done(
        request, number, lambda: desk.take(number, CaseStep.PUBLISH, advisory=wanted) and None
    )


@action("disclosure.view")
def document(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001 -- a view's signature
    """Give the advisory as it would be published, to be looked at first."""
    found = HttpResponse(preview(node(), number), content_type="application/json")
    found["Content-Disposition"] = f'attachment; filename="{number.lower()}-preview.json"'
    return found


@action("disclosure.handle", audited=True)
def file(request: HttpRequest, number: str, sha256: str) -> HttpResponse:
    """Give a file out of quarantine: to keep, never to be shown in place."""
    held, content = quarantined(node(), number, sha256)
    node().audit(request.user.get_username(), "disclosure.file", f"{number} {sha256[:16]}")
    found = HttpResponse(content, content_type="application/octet-stream")
    found["Content-Disposition"] = f'attachment; filename="{number}-{held.sha256[:12]}.quarantine"'
    found["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return found


@action("disclosure.view")
def addresses(request: HttpRequest) -> HttpResponse:
    """List the addresses members declared."""
    every = exposures.address_answers(node())
    shown, following = page_after(
        sorted(every, key=_key), request.GET.get("after", ""), PER_PAGE, _key
    )
    context = {
        "rows": [
            {
                "one": each,
                "state": pick(ADDRESS_WORDS[each.state]),
                "mark": ADDRESS_MARKS.get(each.state, "unseen"),
                "found": [
                    (pick(EXPOSURE_WORDS[name]), severity, told)
                    for name, severity, told in each.exposures
                ],
            }
            for each in shown
        ],
        "following": following,
        "approved": sum(each.state is AddressState.APPROVED for each in every),
        "exposed": sum(bool(each.exposures) for each in every),
        "total": len(every),
        "members": _members(),
    }
    return render(request, "pages/disclosure_addresses.html", context)


@require_POST
@action("exposure.handle")
def address_step(request: HttpRequest) -> HttpResponse:
    """Declare, prove, withdraw or look."""
    actor, key = request.user.get_username(), request.POST.get("key", "")

    def take() -> None:
        match request.POST.get("step"):
            case "declare":
                port = request.POST.get("port", "")
                if not port.isdecimal():
                    raise BadInputError(say("不是連接埠", "not a port"), place=port[:20])
                exposures.declare(
                    node(),
                    request.POST.get("member", ""),
                    request.POST.get("host", ""),
                    int(port[:6]),
                    actor=actor,
                )
            case "dns" | "file" as way:
                exposures.prove(node(), key, ProofWay(way), actor=actor)
            case "withdraw":
                exposures.withdraw(node(), key, actor=actor, why=request.POST.get("why", ""))
            case "check":
                exposures.check(node(), key, actor=actor)
            case _:
                raise BadInputError(say("沒有這個步驟", "there is no such step"))

    return _told(request, take, "disclosure_addresses")


@require_POST
@action("exposure.approve")
def address_approve(request: HttpRequest) -> HttpResponse:
    """Let an address another person declared be looked at."""
    actor, key = request.user.get_username(), request.POST.get("key", "")
    return _told(
        request,
        lambda: exposures.approve(node(), key, actor=actor) and None,
        "disclosure_addresses",
    )


def _context(request: HttpRequest, found: CaseDetail) -> dict[str, object]:
    person, draft_body = request.user.get_username(), found.draft
    held = case_named(node(), found.case.number)
    steps = [each for each in STEPS_OF[found.case.state] if each is not CaseStep.PUBLISH]
    written = drafted_of(draft_body) if draft_body else None
    last = held.drafts[-1][1] if held.drafts else None
    base = written or (drafted_of(last) if last else None)
    handles = may(request, "disclosure.handle")
    return {
        "detail": found,
        "one": found.case,
        "state": pick(STATE_WORDS[found.case.state]),
        "intake": pick(INTAKES.get(found.case.intake, ("—", "—"))),
        "mark": MARKS.get(found.case.state, ""),
        "people": may(request, "evidence.personal"),
        "steps": [(each.value, pick(STEP_WORDS[each])) for each in steps] if handles else [],
        "happened": [
            (each, pick(STEP_WORDS[CaseStep(each.step)]) if each.step else "")
            for each in found.happened
        ],
        "clocks": [(pick((zh, en)), due, done, late) for zh, en, due, done, late in found.clocks],
        "fields": [
            (name, pick(words), must, getattr(base, name) if base else _usual(name, found))
            for name, words, must in DRAFT_FIELDS
        ],
        "summary": base.summary if base else "",
        "remediation": base.remediation if base else "",
        "handles": handles,
        "may_publish": bool(draft_body)
        and may(request, "disclosure.publish")
        and not pair_defect(person, draft_body.written_by if draft_body else ""),
        "members": _members(),
    }


def _usual(name: str, found: CaseDetail) -> str:
    return {"headline": found.case.headline, "language": "zh-TW", "cvss": found.case.cvss}.get(
        name, ""
    )


def _members() -> list[tuple[str, str]]:
    if not is_hub(node()):
        return []
    return [(each.id, each.name) for each in members(node()) if each.state is MemberState.ACTIVE]


def _done(request: HttpRequest, number: str, work: Callable[[], object]) -> HttpResponse:
    try:
        work()
    except PanshiError as error:
        messages.error(request, say(f"未成立：{error}", f"Refused: {error}"))
    else:
        messages.success(request, say("已記錄。", "Recorded."))
    return redirect("disclosure_case", number=number)


def _told(request: HttpRequest, work: Callable[[], object], to: str) -> HttpResponse:
    try:
        work()
    except PanshiError as error:
        messages.error(request, say(f"未成立：{error}", f"Refused: {error}"))
    else:
        messages.success(request, say("已記錄。", "Recorded."))
    return redirect(to)


def _day(request: HttpRequest) -> date | None:
    text = request.POST.get("day", "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(say("不是日期", "not a date"), place=text[:20]) from error


def _number(each: object) -> str:
    return str(getattr(each, "number", ""))


def _key(each: object) -> str:
    return str(getattr(each, "key", ""))


urlpatterns = [
    path("disclosure/", cases, name="disclosure_cases"),
    path("disclosure/addresses/", addresses, name="disclosure_addresses"),
    path("disclosure/addresses/step/", address_step, name="disclosure_address_step"),
    path("disclosure/addresses/approve/", address_approve, name="disclosure_address_approve"),
    path("disclosure/<str:number>/", case, name="disclosure_case"),
    path("disclosure/<str:number>/step/", step, name="disclosure_step"),
    path("disclosure/<str:number>/answer/", answer, name="disclosure_answer"),
    path("disclosure/<str:number>/draft/", draft, name="disclosure_draft"),
    path("disclosure/<str:number>/publish/", publish, name="disclosure_publish"),
    path("disclosure/<str:number>/preview/", document, name="disclosure_preview"),
    path("disclosure/<str:number>/file/<str:sha256>/", file, name="disclosure_file"),
]

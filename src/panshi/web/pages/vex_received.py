"""Statements received from suppliers, and whose statements two people trust."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.errors import PanshiError
from panshi.governance.persons import pair_defect, same_person
from panshi.model.asset import AssetId, AssetKind
from panshi.model.bodies.vex import SignatureState
from panshi.node.supply_chain.vex import Received, Trusted, document_of, received, trusts
from panshi.node.supply_chain.vex_answers import statement_answers
from panshi.node.supply_chain.vex_desk import TrustProposed, VexDesk
from panshi.node.supply_chain.vex_receiving import receive
from panshi.protection.supply_chain.vex.proposals import HIGHEST_RANK
from panshi.protection.supply_chain.vex.steps import AffairState
from panshi.report.vex.words import barred_word, justification_word, state_word, status_word
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.pages.norms import uploaded
from panshi.web.pages.vex import MARKS, day, taken, today_here, who
from panshi.web.paging import page_after
from panshi.web.words import Pair, chinese, pick, say

PER_PAGE = 50
MOST = 500
"Statements of one document the page lists."
SIGNATURES: dict[SignatureState, Pair] = {
    SignatureState.NONE: ("無簽章", "not signed"),
    SignatureState.VALID: ("簽章有效", "signature holds"),
    SignatureState.INVALID: ("簽章不符", "signature does not hold"),
    SignatureState.UNCHECKED: ("有簽章，無金鑰可驗", "signed, no key to check with"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRow:
    """Trust in one author as the page shows it."""

    one: Trusted
    word: str
    mark: str
    proposed_by: str
    approved_by: str
    may_approve: bool
    may_withdraw: bool


@action("vex.view")
def documents(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Answer how many documents count; then each, whom we trust, and the forms."""
    look = looking(request, estate_id)
    found = received(node(), estate_id)
    shown, following = page_after(
        found, request.GET.get("after", ""), PER_PAGE, lambda each: each.body.sha256
    )
    suppliers = look.estate.by_kind.get(AssetKind.SUPPLIER, ())
    context = look.context | {
        "rows": [_document(estate_id, each) for each in shown],
        "following": following,
        "total": len(found),
        "counting": sum(not each.barred for each in found),
        "trusts": [_trust(request, each, today_here()) for each in trusts(node(), estate_id)],
        "suppliers": sorted(suppliers, key=lambda each: each.name),
        "may_import": may(request, "vex.import"),
        "may_propose": may(request, "vex.propose"),
        "highest": HIGHEST_RANK,
    }
    return render(request, "pages/vex_received.html", context)


@action("vex.view")
def document(request: HttpRequest, estate_id: str, sha256: str) -> HttpResponse:
    """Show one document: what it states, what could not be taken, and whether it counts."""
    look = looking(request, estate_id)
    found = next((each for each in received(node(), estate_id) if each.body.sha256 == sha256), None)
    if found is None:
        raise Http404(sha256)
    read = document_of(node(), found)
    statements = read.statements if read else ()
    context = look.context | {
        "row": _document(estate_id, found),
        "one": found,
        "lost": read is None,
        "statements": [
            (
                each,
                status_word(each.status, chinese=chinese()),
                justification_word(each.justification, chinese=chinese()),
            )
            for each in statement_answers(statements[:MOST])
        ],
        "more": max(len(statements) - MOST, 0),
        "defects": read.defects if read else (),
        "received_by": who(request, found.body.by),
    }
    return render(request, "pages/vex_document.html", context)


@require_POST
@action("vex.import", audited=False)
def take(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Receive one document."""
    try:
        raw, name = uploaded(request)
        got = receive(
            node(),
            raw,
            name=name,
            supplier=request.POST.get("supplier", ""),
            actor=request.user.get_username(),
            estate_id=estate_id,
        )
    except PanshiError as error:
        messages.error(request, say(f"未收下：{error}", f"Not received: {error}"))
        return redirect("vex_received", estate_id)
    said = say(
        f"已收下 {got.format}，{got.statements} 項聲明。",
        f"{got.format} received, statements: {got.statements}.",
    )
    messages.success(request, said)
    return redirect("vex_document", estate_id, got.sha256)


@require_POST
@action("vex.propose", audited=False)
def trust(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Propose to trust an author."""
    post = request.POST

    def step(desk: VexDesk) -> object:
        precedence = post.get("precedence", "1")
        wanted = TrustProposed(
            author=post.get("author", "")[:500],
            why=post.get("why", "")[:4000],
            expires=day(post.get("expires", "")),
            supplier=post.get("supplier", ""),
            precedence=int(precedence) if precedence.isascii() and precedence.isdigit() else 0,
            packages=tuple(post.get("packages", "")[:10_000].split()),
            keys=tuple(filter(None, (post.get("key", "")[:20_000].strip(),))),
        )
        return desk.trust(wanted)

    return taken(request, estate_id, "", step)


@require_POST
@action("vex.approve", fresh=True)
def decide(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Approve or refuse trust another person proposed."""
    why = request.POST.get("why", "")[:4000]

    def step(desk: VexDesk) -> object:
        if request.POST.get("ruling") == "approve":
            return desk.approve(number, why=why)
        return desk.refuse(number, why=why)

    return taken(request, estate_id, number, step)


@require_POST
@action("vex.propose", audited=False)
def withdraw(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Trust an author no longer."""
    why = request.POST.get("why", "")[:4000]
    return taken(request, estate_id, number, lambda desk: desk.withdraw(number, why=why))


def _document(estate_id: str, each: Received) -> dict[str, object]:
    supplier = node().estate(estate_id).by_id.get(AssetId(each.body.supplier))
    return {
        "one": each,
        "body": each.body,
        "format": f"{each.body.format} {each.body.spec_version}".strip(),
        "supplier": supplier.name if supplier else each.body.supplier,
        "signature": pick(SIGNATURES[each.body.signature]),
        "barred": barred_word(each.barred, chinese=chinese()) if each.barred else "",
    }


def _trust(request: HttpRequest, each: Trusted, today: date) -> TrustRow:
    state = each.state(today)
    person = request.user.get_username()
    return TrustRow(
        one=each,
        word=state_word(state, chinese=chinese()),
        mark=MARKS[state],
        proposed_by=who(request, each.said.by),
        approved_by=who(request, each.approved_by),
        may_approve=state is AffairState.PROPOSED
        and may(request, "vex.approve")
        and not pair_defect(person, each.said.by),
        may_withdraw=(state is AffairState.IN_FORCE and may(request, "vex.propose"))
        or (state is AffairState.PROPOSED and same_person(person, each.said.by)),
    )


_HERE = "e/<str:estate_id>/supply-chain/vex/received/"
urlpatterns = [
    path(_HERE, documents, name="vex_received"),
    path(f"{_HERE}take/", take, name="vex_take"),
    path(f"{_HERE}trust/", trust, name="vex_trust"),
    path(f"{_HERE}trust/<str:number>/decide/", decide, name="vex_trust_decide"),
    path(f"{_HERE}trust/<str:number>/withdraw/", withdraw, name="vex_trust_withdraw"),
    path(f"{_HERE}<str:sha256>/", document, name="vex_document"),
]

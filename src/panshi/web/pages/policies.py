"""Zero-trust policies: what is in force, proposals with their proof, drafts and their editor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.errors import PanshiError
from panshi.governance.persons import pair_defect, same_person
from panshi.node.zero_trust import policies as desk
from panshi.node.zero_trust import publishing
from panshi.node.zero_trust.policies import Draft
from panshi.protection.zero_trust.policies.checking import Report
from panshi.protection.zero_trust.policies.difference import PolicyChange
from panshi.protection.zero_trust.policies.issue import Issue
from panshi.protection.zero_trust.policies.policy_set import PolicySet
from panshi.protection.zero_trust.policies.statements import Statement, statements
from panshi.protection.zero_trust.policies.versions import Proposal, State
from panshi.report.zero_trust_policy_words import (
    STATES,
    change_word,
    history_words,
    state_word,
    step_word,
    tally_words,
)
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.words import chinese, say

PER_PAGE = 25
HIDDEN = ("（依角色遮蔽）", "(hidden for your role)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCard:
    """One policy as people read it."""

    part: Statement
    reason: str
    obligation: str
    narrows: bool
    trial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One proposal in the register."""

    proposal: Proposal
    state: str
    author: str
    approved_by: str
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a text with what is said of it."""

    number: int
    text: str
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One line of a difference."""

    kind: str
    "`ins`, `del` or empty."
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One policy before and after."""

    word: str
    name: str
    marks: tuple[Mark, ...]


@action("zt_policy.view")
def policies(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show what is in force, what awaits, what was, and the drafts."""
    look = looking(request, estate_id)
    history = desk.history(node(), estate_id)
    wanted = request.GET.get("state", "")
    rows = [e for e in reversed(history.proposals) if not wanted or e.state == wanted]
    after = request.GET.get("after", "")
    start = next((i + 1 for i, e in enumerate(rows) if e.number == after), 0) if after else 0
    shown = rows[start : start + PER_PAGE]
    found = desk.policy_set(node(), desk.IN_FORCE, estate_id)
    context = look.context | {
        "history": history,
        "sentence": history_words(history, chinese=chinese()),
        "rows": [_row(request, each) for each in shown],
        "following": shown[-1].number if len(rows) > start + PER_PAGE else "",
        "states": [(each, state_word(each, chinese=chinese())) for each in STATES],
        "state": wanted,
        "drafts": desk.drafts(node()),
        "cards": [_card(each) for each in statements(found)],
        "set": found,
    }
    return render(request, "pages/zt_policies.html", context)


@action("zt_policy.view")
def proposal(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Show one proposal: its steps, what it changes, its checks, and what may be done with it."""
    look = looking(request, estate_id)
    found = desk.proposal(node(), number, estate_id)
    policies_ = desk.policy_set(node(), number, estate_id)
    base = _base(found, estate_id)
    person = request.user.get_username()
    apart = not any(pair_defect(each, person) for each in found.authors)
    waiting = found.state is State.WAITING
    context = look.context | {
        "row": _row(request, found),
        "one": found,
        "report": desk.check(policies_),
        "changes": _shown(desk.changes(base, policies_)) if base else [],
        "base_known": base is not None,
        "steps": [(each, step_word(each.body.step, chinese=chinese())) for each in found.steps],
        "sees_people": may(request, "evidence.personal"),
        "may_approve": waiting and apart and may(request, "zt_policy.approve"),
        "may_withdraw": waiting
        and same_person(found.author, person)
        and may(request, "zt_policy.draft"),
        "may_review": found.review_due is not None and apart and may(request, "zt_policy.approve"),
        "may_restore": found.state is State.REPLACED and may(request, "zt_policy.approve"),
        "may_hand_back": found.state is State.REPLACED and may(request, "zt_policy.draft"),
        "own": waiting and not apart,
        "overdue": found.overdue(node().clock()),
    }
    return render(request, "pages/zt_proposal.html", context)


@action("zt_policy.view")
def draft(request: HttpRequest, estate_id: str, name: str) -> HttpResponse:
    """Show the editor of a working copy with everything that is wrong with it."""
    look = looking(request, estate_id)
    found = desk.draft(node(), name)
    report = desk.check(found.policies)
    base = desk.policy_set(node(), found.base, estate_id)
    days = _days(request)
    tally = None
    if days and report.sound:
        until = node().clock()
        tally = publishing.shadow(
            node(), found.policies, until - timedelta(days=days), until, estate_id
        )
    context = look.context | {
        "draft": found,
        "report": report,
        "files": [(each.name, each.text) for each in found.policies.files],
        "listing": _listing(found.policies, report),
        "changes": _shown(desk.changes(base, found.policies)),
        "tally": tally,
        "tally_sentence": tally_words(tally, chinese=chinese()) if tally else "",
        "groups": _groups(tally.ordered) if tally else [],
        "behind": found.base != desk.history(node(), estate_id).version,
        "may_edit": may(request, "zt_policy.draft"),
        "sees_people": may(request, "access.view"),
    }
    return render(request, "pages/zt_draft.html", context)


@require_POST
@action("zt_policy.draft", audited=False)
def begin(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Begin a working copy."""
    name = request.POST.get("name", "").strip()
    source = request.POST.get("source", desk.IN_FORCE)
    actor = request.user.get_username()
    desk.begin_draft(node(), name, actor=actor, source=source, estate_id=estate_id)
    return redirect("zt_draft", estate_id, name)


@require_POST
@action("zt_policy.draft", audited=False)
def edit(request: HttpRequest, estate_id: str, name: str) -> HttpResponse:
    """Keep what was written, bring it up to what is in force, or throw it away."""
    actor = request.user.get_username()
    match request.POST.get("do", "save"):
        case "discard":
            desk.discard_draft(node(), name, actor=actor)
            messages.success(request, say("草稿已捨棄。", "The draft was discarded."))
            return redirect("zt_policies", estate_id)
        case "rebase":
            desk.rebase_draft(node(), name, actor=actor, estate_id=estate_id)
        case _:
            desk.save_draft(node(), name, _written(request, desk.draft(node(), name)), actor=actor)
            messages.success(request, say("草稿已儲存並檢查。", "The draft was kept and checked."))
    return redirect("zt_draft", estate_id, name)


@require_POST
@action("zt_policy.draft", audited=False)
def submit(request: HttpRequest, estate_id: str, name: str) -> HttpResponse:
    """Hand a draft in."""
    actor, why = request.user.get_username(), request.POST.get("why", "")
    try:
        number = publishing.hand_in(node(), name, why=why, actor=actor, estate_id=estate_id)
    except PanshiError as error:
        messages.error(request, say(f"未送件：{error}", f"Not handed in: {error}"))
        return redirect("zt_draft", estate_id, name)
    messages.success(request, say(f"已送件為 {number}，待另一人核准。", f"Handed in as {number}."))
    return redirect("zt_proposal", estate_id, number)


@require_POST
@action("zt_policy.draft", audited=False)
def hand_back(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Hand an older set in once more."""
    actor, why = request.user.get_username(), request.POST.get("why", "")
    return _taken(
        request,
        estate_id,
        number,
        lambda: publishing.hand_back(node(), number, why=why, actor=actor, estate_id=estate_id),
    )


@require_POST
@action("zt_policy.draft", audited=False)
def withdraw(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Take one's own proposal back."""
    actor, why = request.user.get_username(), request.POST.get("why", "")
    return _taken(
        request,
        estate_id,
        number,
        lambda: desk.withdraw(node(), number, why=why, actor=actor, estate_id=estate_id).number,
    )


@require_POST
@action("zt_policy.approve", fresh=True)
def rule(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Approve, reject, restore in an emergency, or look at a restoration afterwards."""
    actor, why = request.user.get_username(), request.POST.get("why", "")
    seen, ruling = request.POST.get("seen", ""), request.POST.get("ruling", "")

    def step() -> str:
        said = {"why": why, "actor": actor, "estate_id": estate_id}
        match ruling:
            case "approve":
                return publishing.approve(node(), number, seen=seen, **said).number
            case "restore":
                return publishing.restore(node(), number, **said).number
            case "review":
                return desk.review(node(), number, **said).number
            case _:
                return desk.reject(node(), number, **said).number

    return _taken(request, estate_id, number, step)


# -- what the pages are made of -----------------------------------------------------------------


def _taken(
    request: HttpRequest, estate_id: str, number: str, step: Callable[[], str]
) -> HttpResponse:
    """Take a step and lead to the proposal; what the rules refuse is said there."""
    try:
        number = step()
    except PanshiError as error:
        messages.error(request, say(f"未成立：{error}", f"Refused: {error}"))
    else:
        messages.success(request, say("已封存。", "It is sealed."))
    return redirect("zt_proposal", estate_id, number)


def _row(request: HttpRequest, found: Proposal) -> Row:
    sees = may(request, "evidence.personal")
    return Row(
        proposal=found,
        state=state_word(found.state, chinese=chinese()),
        author=found.author if sees else say(*HIDDEN),
        approved_by=(found.approved_by if sees else say(*HIDDEN)) if found.approved_by else "",
        overdue=found.overdue(node().clock()),
    )


def _card(part: Statement) -> PolicyCard:
    return PolicyCard(
        part=part,
        reason=part.annotation("reason_zh" if chinese() else "reason_en") or "",
        obligation=part.annotation("obligation") or "",
        narrows=part.annotation("narrow") is not None,
        trial=part.annotation("report_only") is not None,
    )


def _base(found: Proposal, estate_id: str) -> PolicySet | None:
    """Give the set a proposal was written against; None where it is kept no more."""
    try:
        return desk.policy_set(node(), found.base, estate_id)
    except PanshiError:
        return None


def _shown(changes: Sequence[PolicyChange]) -> list[Shown]:
    kinds = {"+": "ins", "-": "del"}
    return [
        Shown(
            word=change_word(each.kind, chinese=chinese()),
            name=each.name,
            marks=tuple(
                Mark(kind=kinds.get(line[:1], ""), text=line[1:] or " ") for line in each.lines
            ),
        )
        for each in changes
    ]


def _groups(groups: Sequence[object]) -> list[tuple[str, object]]:
    return [(change_word(each.change, chinese=chinese()), each) for each in groups]  # type: ignore[attr-defined]


def _listing(policies_: PolicySet, report: Report) -> list[tuple[str, list[Line]]]:
    """Give the lines around everything that is wrong, per file."""
    texts = [(each.name, each.text) for each in policies_.files]
    texts += [("schema", policies_.schema), ("tests", policies_.tests)]
    found = []
    for name, text in texts:
        mine = [each for each in report.issues if each.file == name and each.line]
        near = {at for each in mine for at in range(each.line - 1, each.line + 2)}
        lines = [
            Line(
                number=number,
                text=line,
                issues=tuple(each for each in mine if each.line == number),
            )
            for number, line in enumerate(text.splitlines(), 1)
            if number in near
        ]
        if lines:
            found.append((name, lines))
    return found


def _written(request: HttpRequest, there: Draft) -> PolicySet:
    """Read the editor's fields; a file left empty is removed, a new one may be named."""
    post = request.POST
    files = {each.name: post.get(f"file:{each.name}", each.text) for each in there.policies.files}
    new = post.get("new_name", "").strip()
    if new:
        files[new if new.endswith(".cedar") else f"{new}.cedar"] = post.get("new_text", "")
    kept = {name: text for name, text in files.items() if text.strip()}
    return PolicySet.of(
        kept,
        post.get("schema", there.policies.schema),
        post.get("tests", there.policies.tests),
        fail_secure=there.policies.fail_secure,
    )


def _days(request: HttpRequest) -> int:
    text = request.GET.get("days", "")
    return int(text) if text in {"1", "7", "31"} else 0


_HERE = "e/<str:estate_id>/zero-trust/policies/"
urlpatterns = [
    path(_HERE, policies, name="zt_policies"),
    path(f"{_HERE}drafts/", begin, name="zt_draft_begin"),
    path(f"{_HERE}drafts/<str:name>/", draft, name="zt_draft"),
    path(f"{_HERE}drafts/<str:name>/edit/", edit, name="zt_draft_edit"),
    path(f"{_HERE}drafts/<str:name>/submit/", submit, name="zt_draft_submit"),
    path(f"{_HERE}<str:number>/", proposal, name="zt_proposal"),
    path(f"{_HERE}<str:number>/rule/", rule, name="zt_proposal_rule"),
    path(f"{_HERE}<str:number>/withdraw/", withdraw, name="zt_proposal_withdraw"),
    path(f"{_HERE}<str:number>/hand-back/", hand_back, name="zt_proposal_hand_back"),
]

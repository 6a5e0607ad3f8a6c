"""The yearly statement and the CISO's report: drafting, signing, the way to the board."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, PanshiError
from panshi.governance.accountability.statement import Form, Remedy, StatementState
from panshi.governance.persons import same_person
from panshi.model.zone import day_of
from panshi.node import board_reports, statements
from panshi.node.accountability import appointments
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.pages.offices import day
from panshi.web.refusing import tried
from panshi.web.words import say

GOING = {StatementState.DRAFT, StatementState.PARTLY_SIGNED}
YEARS = (2000, 2200)


@action("statement.view")
def every(request: HttpRequest, estate_id: str) -> HttpResponse:
    """List the statements, and say what last year allows."""
    look = looking(request, estate_id)
    last = day_of(node().clock()).year - 1
    known = tuple(reversed(statements.every_statement(node(), estate_id)))
    context = look.context | {
        "statements": known,
        "year": last,
        "stated": any(each.body.year == last for each in known),
        "going": any(each.state in GOING for each in known),
        "newest": known[0] if known else None,
        "known_then": node().estates.at(estate_id, statements.year_end(last)) is not None,
        "can_draft": may(request, "statement.draft"),
    }
    return render(request, "pages/statements.html", context)


@action("statement.view")
def statement(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Show one statement, who must still sign, and what changed since."""
    look = looking(request, estate_id)
    found = statements.since(node(), number, estate_id)
    stated = found.stated
    me = request.user.get_username()
    mine = appointments(node(), estate_id).offices_of(me, node().clock())
    signed = any(same_person(me, each.person) for each in stated.signatures)
    waiting = {office for group in stated.missing for office in group}
    context = look.context | {
        "stated": stated,
        "statement": stated.body,
        "since": found,
        "met_now": sum(each.met_now for each in found.clauses),
        "overdue": sum(each.overdue for each in found.clauses),
        "sign_as": sorted(mine & waiting)
        if may(request, "statement.sign") and stated.state in GOING and not signed
        else [],
        "can_submit": may(request, "statement.submit"),
        "steps": _steps(stated.state),
        "control_names": _names(tuple(each.control for each in stated.body.unmet)),
    }
    return render(request, "pages/statement.html", context)


@action("statement.view")
def verification(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Judge the moment of a statement again and compare; answered into its place on the page."""
    found = statements.verify(node(), number, estate_id)
    return render(request, "parts/statement_verified.html", {"found": found})


@action("statement.draft")
def draft(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show what a year allows with a remedy to name for each unmet clause, or take the draft."""
    look = looking(request, estate_id)
    year = _year(request.POST.get("year") or request.GET.get("year", ""))
    found = statements.outlook(node(), year, estate_id)
    if request.method == "POST":
        numbers: list[str] = []
        remedies = _remedies(request, [each.control for each in found.binding.unmet])
        actor = request.user.get_username()
        done = tried(
            request,
            lambda: numbers.append(
                statements.draft(
                    node(), year, found.form, remedies, actor=actor, estate_id=estate_id
                )
            ),
            say("已擬稿並封存，待簽署。", "Drafted and sealed; it awaits its signatures."),
        )
        if done:
            return redirect("statement", estate_id, numbers[0])
    names = _names(tuple(each.control for each in found.binding.unmet))
    context = look.context | {
        "outlook": found,
        "acknowledges": found.form is Form.ACKNOWLEDGEMENT,
        "unmet": [
            (each, names.get(each.control, ""), request.POST) for each in found.binding.unmet
        ],
        "offices": tuple(node().library.offices.offices.values()),
        "usual_due": date(day_of(node().clock()).year, 12, 31),
        "given": request.POST,
    }
    return render(request, "pages/statement_draft.html", context)


@require_POST
@action("statement.sign", audited=False)
def sign(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Sign under an office one holds."""
    office, actor = request.POST.get("office", ""), request.user.get_username()
    tried(
        request,
        lambda: statements.sign(node(), number, office, actor=actor, estate_id=estate_id),
        say("已簽署並封存。", "Signed and sealed."),
    )
    return redirect("statement", estate_id, number)


@require_POST
@action("statement.submit", audited=False)
def step(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Submit, receive, publish or withdraw."""
    actor = request.user.get_username()
    tried(
        request,
        lambda: statements.take_step(
            node(),
            number,
            request.POST.get("step", ""),
            actor=actor,
            minute=request.POST.get("minute", "")[:200],
            why=request.POST.get("why", "")[:2000],
            estate_id=estate_id,
        ),
        say("已更新並封存。", "Updated and sealed."),
    )
    return redirect("statement", estate_id, number)


# -- the report of the CISO -----------------------------------------------------------------


@action("statement.view")
def reports(request: HttpRequest, estate_id: str) -> HttpResponse:
    """List the reports to the board."""
    look = looking(request, estate_id)
    last = day_of(node().clock()).year - 1
    known = tuple(reversed(board_reports.every_report(node(), estate_id)))
    context = look.context | {
        "reports": known,
        "waiting": [each for each in known if each.state != "received"],
        "begins": date(last, 1, 1),
        "ends": date(last, 12, 31),
        "can_draft": may(request, "statement.draft"),
    }
    return render(request, "pages/board_reports.html", context)


@action("statement.view")
def report(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Show one report."""
    look = looking(request, estate_id)
    found = board_reports.report(node(), number, estate_id)
    held = appointments(node(), estate_id)
    me = request.user.get_username()
    is_draft = found.state == "draft"
    context = look.context | {
        "report": found,
        "body": found.body,
        "is_draft": is_draft,
        "can_comment": is_draft and may(request, "statement.draft"),
        "can_submit": is_draft
        and may(request, "statement.submit")
        and held.holds(me, "ciso", node().clock()),
        "can_receive": found.state == "submitted" and may(request, "statement.submit"),
    }
    return render(request, "pages/board_report.html", context)


@require_POST
@action("statement.draft", audited=False)
def report_draft(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Put a report together."""
    begins, ends = day(request.POST.get("begins", "")), day(request.POST.get("ends", ""))
    actor, numbers = request.user.get_username(), list[str]()
    done = tried(
        request,
        lambda: numbers.append(
            board_reports.draft(
                node(),
                begins,
                ends,
                actor=actor,
                subject=request.POST.get("subject", "")[:200],
                estate_id=estate_id,
            )
        ),
        say("報告已依證據彙編為草稿。", "The report was put together from evidence, as a draft."),
    )
    if done:
        return redirect("board_report", estate_id, numbers[0])
    return redirect("board_reports", estate_id)


@require_POST
@action("statement.draft", audited=False)
def report_comment(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Add to a section."""
    actor = request.user.get_username()
    tried(
        request,
        lambda: board_reports.comment(
            node(),
            number,
            request.POST.get("section", ""),
            request.POST.get("text", ""),
            actor=actor,
            estate_id=estate_id,
        ),
        say("說明已封存。", "The comment was sealed."),
    )
    return redirect("board_report", estate_id, number)


@require_POST
@action("statement.submit", audited=False)
def report_step(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Submit, or record that the board received it."""
    actor = request.user.get_username()
    tried(
        request,
        lambda: board_reports.take_step(
            node(),
            number,
            request.POST.get("step", ""),
            actor=actor,
            minute=request.POST.get("minute", "")[:200],
            estate_id=estate_id,
        ),
        say("已更新並封存。", "Updated and sealed."),
    )
    return redirect("board_report", estate_id, number)


def _steps(state: StatementState) -> tuple[str, ...]:
    """Give the steps that may follow."""
    match state:
        case StatementState.DRAFT | StatementState.PARTLY_SIGNED:
            return ("withdraw",)
        case StatementState.SIGNED:
            return ("submit",)
        case StatementState.SUBMITTED:
            return ("receive",)
        case StatementState.RECEIVED:
            return ("publish",)
        case _:
            return ()


def _remedies(request: HttpRequest, controls: list[str]) -> list[Remedy]:
    """Read a remedy per clause; where one is empty, that for all others counts."""
    found = []
    for control in controls:
        text, owner, due = (
            (request.POST.get(f"{name}:{control}") or request.POST.get(name, "")).strip()
            for name in ("text", "owner", "due")
        )
        if text and owner and due:
            found.append(Remedy(control=control, text=text[:2000], owner=owner, due=day(due)))
    return found


def _year(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not YEARS[0] <= int(text[:5]) <= YEARS[1]:
        raise BadInputError(say("不是年度", "not a year"), place=text[:20])
    return int(text)


def _names(keys: tuple[str, ...]) -> dict[str, object]:
    """Give the controls of keys that are known; a framework may have changed since."""
    found: dict[str, object] = {}
    for key in keys:
        try:
            found[key] = node().library.control(key)
        except PanshiError:
            continue
    return found


urlpatterns = [
    path("e/<str:estate_id>/statements/", every, name="statements"),
    path("e/<str:estate_id>/statements/draft/", draft, name="statement_draft"),
    path("e/<str:estate_id>/statements/<str:number>/", statement, name="statement"),
    path("e/<str:estate_id>/statements/<str:number>/sign/", sign, name="statement_sign"),
    path("e/<str:estate_id>/statements/<str:number>/step/", step, name="statement_step"),
    path(
        "e/<str:estate_id>/statements/<str:number>/verify/", verification, name="statement_verify"
    ),
    path("e/<str:estate_id>/board-reports/", reports, name="board_reports"),
    path("e/<str:estate_id>/board-reports/draft/", report_draft, name="board_report_draft"),
    path("e/<str:estate_id>/board-reports/<str:number>/", report, name="board_report"),
    path(
        "e/<str:estate_id>/board-reports/<str:number>/comment/",
        report_comment,
        name="board_report_comment",
    ),
    path(
        "e/<str:estate_id>/board-reports/<str:number>/step/", report_step, name="board_report_step"
    ),
]

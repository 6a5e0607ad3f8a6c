"""Who answers for which control: the list with its filter, and assigning many at once, undoable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError
from panshi.model.bodies.ownership import Ownership
from panshi.model.control import Basis, Control
from panshi.model.verdict import Status, Verdict
from panshi.node.ownership import MOST, assign, owners
from panshi.web import people
from panshi.web.desk import undo
from panshi.web.exporting import csv_lines
from panshi.web.frame import ESTATE_KEY
from panshi.web.gate import action, may
from panshi.web.looking import Looking, looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.words import say

PER_PAGE = 50
DOING = "owners"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One control with its verdict and who answers for it."""

    control: Control
    verdict: Verdict
    ownership: Ownership | None


@action("verdict.view")
def show(request: HttpRequest, estate_id: str) -> HttpResponse:
    """List controls with their owners."""
    look = looking(request, estate_id)
    known = owners(node(), estate_id)
    rows = _fitting(look, known, request.GET, request.user.get_username())
    shown, following = page_after(
        rows, request.GET.get("after", ""), PER_PAGE, lambda row: row.control.key
    )
    unmet = sum(not row.verdict.met for row in rows)
    context = look.context | {
        "rows": shown,
        "count": len(rows),
        "unmet": unmet,
        "unowned": sum(row.ownership is None for row in rows),
        "most": MOST,
        "following": following,
        "frameworks": tuple(node().library.frameworks.values()),
        "statuses": tuple(each for each in Status if each is not Status.NOT_JUDGED),
        "mine": request.GET.get("mine") == "1",
        "filtered": any(request.GET.get(n) for n in ("q", "framework", "status", "owner", "mine")),
    }
    return render(request, "pages/owners.html", context)


@action("verdict.view")
def export(request: HttpRequest, estate_id: str) -> StreamingHttpResponse:
    """Give the filtered list as CSV; owners for those who may see them."""
    look = looking(request, estate_id)
    sees = may(request, "comment.view")
    rows = _fitting(look, owners(node(), estate_id), request.GET, request.user.get_username())
    return csv_lines(
        "panshi-owners.csv",
        ("control", "title_zh", "title_en", "status", "owner", "since"),
        (
            (
                row.control.key,
                row.control.title_zh,
                row.control.title_en,
                row.verdict.status.value,
                row.ownership.owner if row.ownership and sees else "",
                row.ownership.since.isoformat() if row.ownership else "",
            )
            for row in rows
        ),
    )


@require_POST
@action("ownership.assign", audited=False)
def give(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Make somebody answer for the chosen controls, or for all that fit the filter."""
    look = looking(request, estate_id)
    owner = request.POST.get("owner", "").strip()
    if owner and not people.known(owner):
        raise BadInputError(
            say("沒有這個帳號", "there is no such account"),
            place=owner[:64],
            remedy=say("從建議的名單選一位", "choose one of those offered"),
        )
    back = QueryDict(request.POST.get("filter", ""))
    keys = request.POST.getlist("key")
    if request.POST.get("all") == "1":
        known = owners(node(), estate_id)
        fitting = _fitting(look, known, back, request.user.get_username())
        keys = [row.control.key for row in fitting]
    return _assigned(request, look, [(key, owner) for key in keys], back)


@require_POST
@action("ownership.assign", audited=False)
def take_back(request: HttpRequest) -> HttpResponse:
    """Give the controls back to those who answered for them before."""
    actor = request.user.get_username()
    estate_id, *pairs = undo.read(request.POST.get("token", ""), actor, DOING)
    wanted = [(str(key), str(owner)) for key, owner in _pairs(pairs)]
    assign(node(), wanted, actor=actor, estate_id=str(estate_id))
    request.session[ESTATE_KEY] = str(estate_id)
    return redirect("owners", str(estate_id))


@action("ownership.assign", audited=False)
def offered(request: HttpRequest) -> HttpResponse:
    """Offer the accounts whose names hold what is typed."""
    names = people.beginning_with(request.GET.get("owner", ""))
    return render(request, "parts/people.html", {"names": names})


def _assigned(
    request: HttpRequest, look: Looking, wanted: list[tuple[str, str]], back: QueryDict
) -> HttpResponse:
    actor = request.user.get_username()
    done = assign(node(), wanted, actor=actor, estate_id=look.estate.id)
    if done.changed:
        request.session["undo"] = {
            "text": say("已指派 {} 項控制措施。", "{} controls assigned.").format(done.changed),
            "token": undo.note(actor, DOING, [look.estate.id, *map(list, done.before)]),
            "view": "owners_undo",
        }
    url = reverse("owners", args=[look.estate.id])
    return redirect(f"{url}?{back.urlencode()}" if back else url)


def _fitting(look: Looking, known: Mapping[str, Ownership], asked: QueryDict, me: str) -> list[Row]:
    text = asked.get("q", "").strip().casefold()
    owner = me if asked.get("mine") == "1" else asked.get("owner", "").strip()
    rows = []
    for framework in node().library.frameworks.values():
        if asked.get("framework") and framework.id != asked["framework"]:
            continue
        verdicts = {each.control: each for each in look.assess(framework.id).verdicts}
        for control in framework.controls:
            verdict = verdicts[control.key]
            held = known.get(control.key)
            if (
                control.basis is Basis.NOT_JUDGED
                or (asked.get("status") and verdict.status != asked["status"])
                or not _is_owned(held, owner)
                or (text and text not in _text(control))
            ):
                continue
            rows.append(Row(control=control, verdict=verdict, ownership=held))
    return rows


def _is_owned(held: Ownership | None, owner: str) -> bool:
    if not owner:
        return True
    return held is None if owner == "-" else held is not None and held.owner == owner


def _text(control: Control) -> str:
    return f"{control.key} {control.title_zh} {control.title_en}".casefold()


def _pairs(found: list[object]) -> list[tuple[object, object]]:
    return [(each[0], each[1]) for each in found if isinstance(each, list) and len(each) == 2]  # noqa: PLR2004 -- a pair


urlpatterns = [
    path("e/<str:estate_id>/owners/", show, name="owners"),
    path("e/<str:estate_id>/owners/export/", export, name="owners_export"),
    path("e/<str:estate_id>/owners/assign/", give, name="owners_assign"),
    path("owners/undo/", take_back, name="owners_undo"),
    path("people/", offered, name="people"),
]

"""Intelligence (情資): what touches us, what was found here, what is new, what we told back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.alliance.intelligence.allowed_steps import AllowedState
from panshi.alliance.intelligence.touching import Meeting
from panshi.alliance.intelligence.worth import Said
from panshi.errors import MissingError, PanshiError
from panshi.governance.persons import pair_defect
from panshi.model.alliance.pulled import Reported, Sight
from panshi.model.bodies.intelligence import AllowStep
from panshi.model.zone import day_of
from panshi.node.alliance.intelligence.allowing import PATHS, allowed, propose, rule
from panshi.node.alliance.intelligence.answers import open_to
from panshi.node.alliance.intelligence.content import worths
from panshi.node.alliance.intelligence.known import Known, shown
from panshi.node.alliance.intelligence.matching import match
from panshi.node.alliance.intelligence.pulling import pull
from panshi.node.alliance.intelligence.reporting import report
from panshi.node.alliance.intelligence.sources import pulled, sources
from panshi.node.alliance.intelligence.touching import Touch, touches
from panshi.node.notify.shared_news import MEETINGS
from panshi.web.decay_pictures import decay_of
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.pages.vex import who
from panshi.web.words import Pair, pick, say

PER_PAGE = 50
MOST_BESIDE = 50
"Rows of what stands beside the list that is paged."
MOST_MIB = 256
NEW = timedelta(days=7)
MARKS: dict[Meeting, str] = {
    Meeting.OURS: "failing",
    Meeting.VULNERABILITY: "failing",
    Meeting.SUPPLIER: "expiring",
    Meeting.PRODUCT: "expiring",
}
SAYS: dict[Said, Pair] = {
    Said.REPORT: ("通報", "reports"),
    Said.SIGHTING: ("目擊", "saw it"),
    Said.DENIAL: ("指為誤報", "calls it harmless"),
}
STATES: dict[AllowedState, tuple[Pair, str]] = {
    AllowedState.PROPOSED: (("待另一人核准", "awaits another person"), "expiring"),
    AllowedState.IN_FORCE: (("生效中", "in force"), "passing"),
    AllowedState.REFUSED: (("不核准", "refused"), "unseen"),
    AllowedState.WITHDRAWN: (("已撤回", "withdrawn"), "unseen"),
    AllowedState.EXPIRED: (("已到期", "over"), "unseen"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchRow:
    """One meeting as the page shows it."""

    one: Touch
    word: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SightRow:
    """One finding as the page shows it."""

    one: Sight
    told: tuple[Reported, ...]


@action("intel.view")
def every(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Answer how much touches us; then each, what was found, what is new, what we told."""
    look, red = looking(request, estate_id), may(request, "intel.red")
    met = touches(node(), estate_id)
    before = request.GET.get("before", "")
    with pulled(node()) as store:
        number = int(before) if before.isascii() and before.isdecimal() else 0
        kept = store.pieces(before=number, limit=PER_PAGE + 1, links=False)
        sights = [one for _n, one in store.sights(limit=MOST_BESIDE)]
        rows = [
            SightRow(one=one, told=store.reported_of(one.id))
            for one in sights
            if open_to(one.marking, red=red)
        ]
        told = [one for _n, one in store.reported(limit=MOST_BESIDE)]
        counts = store.counts()
    since = node().clock() - NEW
    seen = [each for each in met if open_to(each.known.marking, red=red)]
    context = look.context | {
        "touches": [_touch(each) for each in seen[:MOST_BESIDE]],
        "touching": len(met),
        "ours": sum(each.met.meeting is Meeting.OURS for each in met),
        "withheld": len(met) - len(seen),
        "sights": rows,
        "pieces": [each for each in kept[:PER_PAGE] if open_to(each.piece.marking, red=red)],
        "following": str(kept[PER_PAGE - 1].seq) if len(kept) > PER_PAGE else "",
        "key": "before",
        "fresh": sum(each.came_at >= since for each in kept[:PER_PAGE]),
        "told": [(each, who(request, each.by)) for each in told],
        "counts": counts,
        "sources": [(each, worths().letters[each.reliability]) for each in sources(node())],
        "allowed": _allowed(request),
        "kinds": tuple(PATHS),
        "may_work": may(request, "intel.work"),
        "may_allow": may(request, "intel.allow"),
    }
    return render(request, "pages/intelligence.html", context)


@action("intel.view")
def one(request: HttpRequest, estate_id: str, object_id: str) -> HttpResponse:
    """Show one object: what it asks for, who says so, and how long it will count."""
    look, red = looking(request, estate_id), may(request, "intel.red")
    try:
        found = shown(node(), object_id)
    except MissingError as error:
        raise Http404(object_id) from error
    kept = [each for each in found.kept if open_to(each.piece.marking, red=red)]
    if not kept:
        raise Http404(object_id)
    names = {each.piece.source for each in kept}
    context = look.context | {
        "kept": kept,
        "first": kept[0],
        "known": [_known(each) for each in found.known if open_to(each.marking, red=red)],
        "bodies": [
            (source, body.decode("utf-8", "replace"))
            for source, body in found.bodies
            if source in names
        ],
        "looked_for": worths().looked_for,
    }
    return render(request, "pages/intelligence_object.html", context)


@require_POST
@action("intel.work")
def fetch(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Pull what is new."""

    def step() -> str:
        found = list(pull(node(), actor=request.user.get_username()))
        failed = [f"{each.source}: {each.problem}" for each in found if each.problem]
        if failed:
            messages.error(request, "; ".join(failed)[:1_000])
        new = sum(each.new + each.newer for each in found)
        return say(f"取得 {new} 個新的或較新的物件。", f"New or newer objects: {new}.")

    return _taken(request, estate_id, step)


@require_POST
@action("intel.work")
def search(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Look for intelligence in an extract."""

    def step() -> str:
        file = request.FILES.get("file")
        if not isinstance(file, UploadedFile) or (file.size or 0) > MOST_MIB * 1024 * 1024:
            return say("沒有檔案，或檔案過大。", "No file, or too large a one.")
        with tempfile.TemporaryDirectory(prefix="panshi-") as folder:
            place = Path(folder) / ("extract.gz" if str(file.name).endswith(".gz") else "extract")
            with place.open("wb") as to:
                for chunk in file.chunks():
                    to.write(chunk)
            name = Path(str(file.name)).name[:200]
            found = next(match(node(), (place,), actor=request.user.get_username(), name=name))
        return say(
            f"已比對 {found.lines} 行，命中 {len(found.sights)} 項，其中 {found.new} 項是新的。",
            f"Lines searched: {found.lines}; findings: {len(found.sights)}, new: {found.new}.",
        )

    return _taken(request, estate_id, step)


@require_POST
@action("intel.work")
def tell(request: HttpRequest, estate_id: str, sight: str) -> HttpResponse:
    """Tell a finding back, anonymous unless asked otherwise."""

    def step() -> str:
        made = report(
            node(),
            sight,
            actor=request.user.get_username(),
            named=request.POST.get("named") == "yes",
            denial=request.POST.get("harmless") == "yes",
        )
        return say(f"已回報 {len(made)} 個來源。", f"Sources told: {len(made)}.")

    return _taken(request, estate_id, step)


@require_POST
@action("intel.allow")
def allow(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Propose a value that is to bind nothing."""
    post = request.POST

    def step() -> str:
        number = propose(
            node(),
            post.get("kind", ""),
            post.get("value", "")[:4_000].strip(),
            why=post.get("why", ""),
            expires=_day(post.get("expires", "")),
            actor=request.user.get_username(),
        )
        return say(f"已提出 {number}，待另一人核准。", f"{number} awaits another person.")

    return _taken(request, estate_id, step)


@require_POST
@action("intel.allow")
def decide(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Approve, refuse or withdraw."""

    def step() -> str:
        words = {each.value: each for each in AllowStep}
        taken = words.get(request.POST.get("step", ""), AllowStep.WITHDRAWN)
        why = request.POST.get("why", "")
        rule(node(), number, taken, why=why, actor=request.user.get_username())
        return say(f"已辦理 {number}。", f"{number} decided.")

    return _taken(request, estate_id, step)


def _taken(request: HttpRequest, estate_id: str, step: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, step())
    except PanshiError as error:
        messages.error(request, say(f"未辦理：{error}", f"Not done: {error}"))
    return redirect("intelligence", estate_id)


def _touch(each: Touch) -> TouchRow:
    word, mark = MEETINGS[each.met.meeting], MARKS[each.met.meeting]
    return TouchRow(one=each, word=pick(word), mark=mark)


def _known(each: Known) -> dict[str, object]:
    return {
        "one": each,
        "decay": decay_of(each, node().clock()),
        "ground": pick((each.allowed.zh, each.allowed.en)) if each.allowed else "",
        "curve": pick((worths().curve(each.kind).zh, worths().curve(each.kind).en)),
        "voices": [
            (one, pick(SAYS[one.voice.said]), int(100 * one.left)) for one in each.worth.weighed
        ],
    }


def _allowed(request: HttpRequest) -> list[dict[str, object]]:
    today = day_of(node().clock())
    rows: list[dict[str, object]] = []
    for each in allowed(node())[:MOST_BESIDE]:
        state = each.state(today)
        word, mark = STATES[state]
        rows.append(
            {
                "one": each,
                "word": pick(word),
                "mark": mark,
                "by": who(request, each.said.by),
                "approved_by": who(request, each.approved_by),
                "may_decide": state is AllowedState.PROPOSED
                and not pair_defect(request.user.get_username(), each.said.by),
                "may_end": state in {AllowedState.PROPOSED, AllowedState.IN_FORCE},
            }
        )
    return rows


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


_HERE = "e/<str:estate_id>/intelligence/"
urlpatterns = [
    path(_HERE, every, name="intelligence"),
    path(f"{_HERE}pull/", fetch, name="intelligence_pull"),
    path(f"{_HERE}match/", search, name="intelligence_match"),
    path(f"{_HERE}allow/", allow, name="intelligence_allow"),
    path(f"{_HERE}allow/<str:number>/", decide, name="intelligence_decide"),
    path(f"{_HERE}sightings/<str:sight>/", tell, name="intelligence_tell"),
    path(f"{_HERE}objects/<str:object_id>/", one, name="intelligence_object"),
]

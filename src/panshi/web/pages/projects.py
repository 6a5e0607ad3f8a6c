"""The register of projects: the list, one of them, changing it, files in and out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, PanshiError
from panshi.model.bodies.projects import Lift, Project, ProjectStatus, RoleHours
from panshi.model.verdict import Verdict
from panshi.node.planning import plan
from panshi.node.projects import import_file, projects, put, registered, work_roles
from panshi.report.project_files import projects_xlsx, projects_yaml
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.refusing import tried
from panshi.web.uploads import keep, throw_away
from panshi.web.words import say

PER_PAGE = 40
BLANK_LIFTS = 3
NEW = "new"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftRow:
    """A lift with how its control stands today."""

    lift: Lift
    verdict: Verdict | None


@action("plan.view")
def listed(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show the projects that fit what the address says."""
    look = looking(request, estate_id)
    every = projects(node(), estate_id)
    chosen = _in_path(estate_id)
    status, control = request.GET.get("status", ""), request.GET.get("control", "")
    text = request.GET.get("q", "").strip().casefold()
    rows = [
        each
        for each in every.values()
        if (not status or each.status == status)
        and (not control or any(lift.control == control for lift in each.lifts))
        and text in f"{each.id} {each.title_zh} {each.title_en}".casefold()
    ]
    after = request.GET.get("after", "")
    names = [each.id for each in rows]
    start = names.index(after) + 1 if after in names else 0
    shown = rows[start : start + PER_PAGE]
    counts = Counter(each.status for each in every.values())
    open_ = [each for each in every.values() if each.status.open]
    context = look.context | {
        "rows": shown,
        "count": len(rows),
        "total": len(every),
        "open": len(open_),
        "sum": sum(each.cost_likely for each in open_),
        "chosen": chosen,
        "following": shown[-1].id if len(rows) > start + PER_PAGE else "",
        "statuses": [(each, counts[each]) for each in ProjectStatus if counts[each]],
        "controls": sorted({lift.control for each in every.values() for lift in each.lifts}),
        "can_change": may(request, "project.change"),
        "sees_people": may(request, "evidence.personal"),
    }
    return render(request, "pages/projects.html", context)


def _in_path(estate_id: str) -> frozenset[str]:
    """Give the projects of the cheapest path to the usual target."""
    return frozenset(each.id for each in plan(node(), "zt36", "", estate_id).projects)


@action("plan.view")
def one(request: HttpRequest, estate_id: str, name: str) -> HttpResponse:
    """Show one project with how the controls it lifts stand, and the form to change it."""
    look = looking(request, estate_id)
    known = registered(node(), estate_id)
    if name not in known:
        raise Http404(name)
    found = known[name].project
    chosen = _in_path(estate_id)
    context = look.context | {
        "project": found,
        "record": known[name].sealed,
        "lifts": [
            LiftRow(lift=lift, verdict=node().verdict(lift.control, estate_id))
            for lift in found.lifts
        ],
        "needs": [known[each].project for each in found.requires if each in known],
        "needed_by": [each.project for each in known.values() if found.id in each.project.requires],
        "instead": [known[each].project for each in found.excludes if each in known],
        "in_path": found.id in chosen,
        "roles": work_roles(),
        "sees_people": may(request, "evidence.personal"),
        "can_change": may(request, "project.change"),
        **_form(found),
    }
    return render(request, "pages/project.html", context)


@action("project.change", audited=False)
def new(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show the empty form."""
    look = looking(request, estate_id)
    context = look.context | {"project": None, "roles": work_roles(), **_form(None)}
    return render(request, "pages/project_new.html", context)


def _form(found: Project | None) -> dict[str, object]:
    lifts = list(found.lifts) if found else []
    hours = "; ".join(f"{each.role}: {each.hours}" for each in found.hours) if found else ""
    return {
        "lift_rows": [*lifts, *[None] * BLANK_LIFTS],
        "hours": hours,
        "requires": "; ".join(found.requires) if found else "",
        "excludes": "; ".join(found.excludes) if found else "",
        "statuses": tuple(ProjectStatus),
    }


@require_POST
@action("project.change", audited=False)
def change(request: HttpRequest, estate_id: str, name: str) -> HttpResponse:
    """Record a project anew."""
    wanted = request.POST.get("id", "").strip() if name == NEW else name
    actor = request.user.get_username()
    known = projects(node(), estate_id).get(wanted)
    owner = known.owner if known else ""
    done = tried(
        request,
        lambda: put(
            node(), _given(request, wanted, actor, owner), actor=actor, estate_id=estate_id
        ),
        say(f"專案 {wanted} 已記錄並封存。", f"Project {wanted} was recorded and sealed."),
    )
    if name == NEW and not done:
        return redirect("project_new", estate_id)
    return redirect("project", estate_id, wanted)


def _given(request: HttpRequest, name: str, actor: str, owner: str) -> Project:
    return Project(
        id=name,
        title_zh=_text(request, "title_zh"),
        title_en=_text(request, "title_en"),
        owner=_text(request, "owner") or owner,
        asserted_by=actor,
        status=_status(request),
        cost_low=_whole(request, "cost_low"),
        cost_likely=_whole(request, "cost_likely"),
        cost_high=_whole(request, "cost_high"),
        quarters=_whole(request, "quarters"),
        hours=tuple(_hours(_text(request, "hours"))),
        requires=_names(_text(request, "requires")),
        excludes=_names(_text(request, "excludes")),
        lifts=tuple(_lifts(request)),
        note=_text(request, "note"),
    )


def _status(request: HttpRequest) -> ProjectStatus:
    try:
        return ProjectStatus(_text(request, "status"))
    except ValueError as error:
        raise BadInputError(say("沒有這個狀態", "no such status"), place="status") from error


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()


def _whole(request: HttpRequest, name: str) -> int:
    return _number(_text(request, name), name)


def _number(text: str, name: str) -> int:
    plain = text.replace(",", "").replace("_", "")
    if not plain.isascii() or not plain.isdecimal():
        raise BadInputError(
            say(f"{text[:40]!r} 不是整數", f"{text[:40]!r} is not a whole number"), place=name
        )
    return int(plain[:18])


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace(",", ";").split(";") if part.strip())


def _hours(text: str) -> Iterator[RoleHours]:
    for part in _names(text):
        role, _, hours = part.partition(":")
        yield RoleHours(role=role.strip(), hours=_number(hours.strip(), "hours"))


def _lifts(request: HttpRequest) -> Iterator[Lift]:
    columns = ("control", "fixes", "sees", "passing", "retests", "attests")
    given = [request.POST.getlist(f"lift_{each}") for each in columns]
    for control, fixes, sees, passing, retests, attests in zip(*given, strict=False):
        if control.strip():
            yield Lift(
                control=control.strip(),
                fixes=_number(fixes.strip() or "0", "fixes"),
                sees=_number(sees.strip() or "0", "sees"),
                passing=_number(passing.strip() or "100", "passing"),
                retests=_names(retests),
                attests=attests == "yes",
            )


@require_POST
@action("project.change", audited=False)
def taken_in(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Preview a file of projects, or record what it holds; all or nothing."""
    uploaded = request.FILES.get("file")
    if uploaded is None or isinstance(uploaded, list):
        messages.error(request, say("請選擇檔案。", "Choose a file."))
        return redirect("projects", estate_id)
    commit = request.POST.get("commit") == "yes"
    file = keep(uploaded, request.session.session_key or "")
    try:
        found = import_file(
            node(),
            file.path,
            actor=request.user.get_username(),
            estate_id=estate_id,
            commit=commit,
        )
    except PanshiError as error:
        place = error.place.removeprefix(f"{file.path.parent}/")
        messages.error(request, f"{place}: {error.problem}" if place else error.problem)
    else:
        told = say(
            "{}新增 {} 個、變更 {} 個、不變 {} 個專案：{}",
            "{}{} projects added, {} changed, {} unchanged: {}",
        ).format(
            "" if commit else say("預覽，尚未記錄。將", "Preview, nothing recorded: "),
            len(found.added),
            len(found.changed),
            found.unchanged,
            say("、", ", ").join((*found.added, *found.changed)[:20]) or "–",
        )
        messages.success(request, told)
    finally:
        throw_away(file)
    return redirect("projects", estate_id)


@action("plan.view")
def written(request: HttpRequest, estate_id: str, ending: str) -> HttpResponse:
    """Give every project as a file."""
    looking(request, estate_id)
    known = tuple(projects(node(), estate_id).values())
    if ending == "xlsx":
        content, kind = projects_xlsx(known), SHEET
    elif ending == "yaml":
        content, kind = projects_yaml(known), "application/yaml"
    else:
        raise Http404(ending)
    name = f'attachment; filename="projects.{ending}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": name})


urlpatterns = [
    path("e/<str:estate_id>/projects/", listed, name="projects"),
    path("e/<str:estate_id>/projects/import/", taken_in, name="projects_import"),
    path("e/<str:estate_id>/projects/new/", new, name="project_new"),
    path("e/<str:estate_id>/projects/file.<str:ending>", written, name="projects_file"),
    path("e/<str:estate_id>/projects/<str:name>/", one, name="project"),
    path("e/<str:estate_id>/projects/<str:name>/change/", change, name="project_change"),
]

"""Frameworks: which there are, their controls with filters, and how each is judged today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from panshi.model.control import Basis, Control, Framework, Group, Strength
from panshi.model.verdict import Status, Verdict
from panshi.report.words import headline_words
from panshi.web.figures import together
from panshi.web.gate import action
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.words import chinese

PER_PAGE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One control of the list."""

    control: Control
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The controls of one group."""

    group: Group
    rows: tuple[Row, ...]


@action("framework.view")
def frameworks(request: HttpRequest, estate_id: str) -> HttpResponse:
    """List the frameworks with where the estate stands in each."""
    look = looking(request, estate_id)
    listed = [
        (
            each,
            Counter(control.basis for control in each.controls),
            together(look.assess(each.id).verdicts),
        )
        for each in node().library.frameworks.values()
    ]
    context = look.context | {"frameworks": listed, "bases": tuple(Basis)}
    return render(request, "pages/frameworks.html", context)


@action("framework.view")
def framework(request: HttpRequest, estate_id: str, framework_id: str) -> HttpResponse:
    """Show a framework's controls by group, filtered by what the address says."""
    look = looking(request, estate_id)
    found = _found(framework_id)
    assessment = look.assess(found.id)
    verdicts = {each.control: each for each in assessment.verdicts}
    rows = [
        Row(control=control, verdict=verdicts[control.key])
        for control in found.controls
        if control.key in verdicts
    ]
    fitting = _fitting(request, found, rows)
    after = request.GET.get("after", "")
    shown, following = page_after(fitting, after, PER_PAGE, lambda row: row.control.id)
    context = look.context | {
        "framework": found,
        "headline": headline_words(assessment, found, chinese=chinese()),
        "figures": together(row.verdict for row in fitting),
        "sections": _sections(found, shown),
        "total": len(rows),
        "nothing": sum(row.control.basis is Basis.NOT_JUDGED for row in rows),
        "count": len(fitting),
        "following": following,
        "after": after,
        "groups": [each for each in found.groups if not each.parent],
        "bases": tuple(Basis),
        "statuses": tuple(Status),
        "strengths": tuple(each for each in Strength if each is not Strength.NONE),
        "stages": (1, 2, 3, 4),
        "filtered": any(
            request.GET.get(name) for name in ("q", "basis", "status", "strength", "stage", "group")
        ),
    }
    return render(request, "pages/framework.html", context)


@action("framework.view")
def coverage(request: HttpRequest, estate_id: str, framework_id: str) -> HttpResponse:
    """Tell for every control how it is judged today; made from the content, never by hand."""
    look = looking(request, estate_id)
    found = _found(framework_id)
    judged = [each for each in found.controls if each.basis is not Basis.NOT_JUDGED]
    counts = Counter(each.basis for each in judged)
    wanted = request.GET.get("basis", "")
    listed = [each for each in found.controls if not wanted or each.basis == wanted]
    shown, following = page_after(
        listed, request.GET.get("after", ""), PER_PAGE, lambda control: control.id
    )
    context = look.context | {
        "framework": found,
        "judged": len(judged),
        "counts": counts,
        "shares": [
            (basis, counts[basis], counts[basis] / len(judged) if judged else 0.0)
            for basis in Basis
            if basis is not Basis.NOT_JUDGED
        ],
        "nothing": len(found.controls) - len(judged),
        "listed": shown,
        "following": following,
        "bases": tuple(Basis),
        "group_titles": {group.id: group for group in found.groups},
    }
    return render(request, "pages/coverage.html", context)


def _found(framework_id: str) -> Framework:
    found = node().library.frameworks.get(framework_id)
    if found is None:
        raise Http404(framework_id)
    return found


def _fitting(request: HttpRequest, framework: Framework, rows: Sequence[Row]) -> list[Row]:
    asked = request.GET
    group = asked.get("group", "")
    inside = {each.id for each in framework.groups if group in {each.id, each.parent}}
    text = asked.get("q", "").strip().casefold()
    return [
        row
        for row in rows
        if (not group or row.control.group in inside)
        and _is(row.control.basis, asked.get("basis"))
        and (asked.get("basis") or row.control.basis is not Basis.NOT_JUDGED)
        and _is(row.verdict.status, asked.get("status"))
        and _is(row.control.strength, asked.get("strength"))
        and _is(str(row.control.stage), asked.get("stage"))
        and (not text or text in _text(row.control))
    ]


def _is(value: str, wanted: str | None) -> bool:
    return not wanted or value == wanted


def _text(control: Control) -> str:
    parts = (control.id, control.reference, control.title_zh, control.title_en, control.gist_zh)
    return " ".join((*parts, control.gist_en)).casefold()


def _sections(framework: Framework, rows: Sequence[Row]) -> list[Section]:
    by_group: dict[str, list[Row]] = {}
    for row in rows:
        by_group.setdefault(row.control.group, []).append(row)
    return [
        Section(group=group, rows=tuple(by_group[group.id]))
        for group in framework.groups
        if group.id in by_group
    ]

"""Norms: the library with its versions, taking one in, and what changed between two versions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, UsageError
from panshi.governance.norms.changes import Change, Kind
from panshi.governance.norms.library_file import MOST_BYTES
from panshi.node import norms
from panshi.node.norms import NormEntry
from panshi.web.gate import action
from panshi.web.nodes import node
from panshi.web.norm_words import KINDS, Number, Shown, number, shown, title_of
from panshi.web.paging import page_after
from panshi.web.words import pick, say

PER_PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One change as the page shows it."""

    key: str
    kinds: tuple[tuple[Kind, str], ...]
    old: Shown | None
    new: Shown | None
    numbers: tuple[Number, ...]


@action("framework.view")
def library(request: HttpRequest) -> HttpResponse:
    """List every version of every norm."""
    known = norms.norms(node())
    wanted = request.GET.get("q", "").strip().casefold()
    rows = [(each, title_of(each)) for each in known if wanted in _searched(each)]
    page, following = page_after(
        rows, request.GET.get("after", ""), PER_PAGE, lambda row: row[0].key
    )
    context = {
        "rows": page,
        "total": len(known),
        "count": len(rows),
        "imported": sum(each.imported for each in known),
        "following": following,
        "choices": choices(),
    }
    return render(request, "pages/norms.html", context)


@require_POST
@action("norm.import", audited=False)
def take_in(request: HttpRequest) -> HttpResponse:
    """Take an uploaded norm into the library."""
    raw, name = uploaded(request)
    found = norms.import_norm(
        node(),
        raw,
        file=name,
        actor=request.user.get_username(),
        name=request.POST.get("name", "").strip(),
        version=request.POST.get("version", "").strip(),
        valid_from=_day(request.POST.get("valid_from", "")),
        valid_until=_day(request.POST.get("valid_until", "")),
    )
    messages.success(
        request,
        say(
            f"已收入 {found.key}，{found.clauses:,} 條，並封存其雜湊值。",
            f"{found.key} was taken in, {found.clauses:,} clauses, its digest sealed.",
        ),
    )
    return redirect("norms")


@action("framework.view")
def changes(request: HttpRequest) -> HttpResponse:
    """Show what changed between two versions."""
    known = norms.norms(node())
    old, new = _two(request, known)
    found = norms.changes(node(), old, new)
    counts = Counter(kind for change in found.changes for kind in change.kinds)
    wanted = request.GET.get("kind", "")
    fitting = [each for each in found.changes if not wanted or wanted in each.kinds]
    rows = [_change(each) for each in fitting]
    page, following = page_after(rows, request.GET.get("after", ""), PER_PAGE, lambda row: row.key)
    context = {
        "old": old,
        "new": new,
        "old_title": title_of(found.old),
        "new_title": title_of(found.new),
        "rows": page,
        "count": len(rows),
        "changed": len(found.changes),
        "unchanged": found.unchanged,
        "counts": [(kind, pick(KINDS[kind]), counts[kind]) for kind in Kind],
        "following": following,
        "choices": choices(),
    }
    return render(request, "pages/norm_changes.html", context)


def choices() -> list[tuple[str, str]]:
    """Give what a page may compare: key and title of every version."""
    return [(each.key, title_of(each)) for each in norms.norms(node())]


def uploaded(request: HttpRequest) -> tuple[bytes, str]:
    """Give the bytes and the name of the one file that was sent."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.name:
        raise UsageError(
            say("沒有選擇檔案", "no file was chosen"), remedy=say("請選擇檔案", "choose a file")
        )
    if (file.size or 0) > MOST_BYTES:
        raise BadInputError(say("檔案過大", "the file is too large"), place=file.name)
    return file.read(), file.name


def _searched(each: NormEntry) -> str:
    return f"{each.key} {each.title_zh} {each.title_en}".casefold()


def _two(request: HttpRequest, known: tuple[NormEntry, ...]) -> tuple[str, str]:
    """Give the two versions asked for; by default the last two of the norm with most versions."""
    old, new = request.GET.get("old", ""), request.GET.get("new", "")
    if old and new:
        return old, new
    many = Counter(each.id for each in known)
    most = max(many, key=lambda name: many[name])
    versions = [each.key for each in known if each.id == most]
    return versions[max(len(versions) - 2, 0)], versions[-1]


def _change(change: Change) -> ChangeRow:
    old, new = shown(change.old), shown(change.new)
    return ChangeRow(
        key=f"{old.id if old else ''} {new.id if new else ''}",
        kinds=tuple((kind, pick(KINDS[kind])) for kind in change.kinds),
        old=old,
        new=new,
        numbers=tuple(map(number, change.numbers)),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInputError(
            say(f"{text[:20]} 不是日期", f"{text[:20]!r} is not a date"), remedy="2026-09-30"
        ) from error


urlpatterns = [
    path("norms/", library, name="norms"),
    path("norms/import/", take_in, name="norm_import"),
    path("norms/changes/", changes, name="norm_changes"),
]

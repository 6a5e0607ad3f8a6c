"""Observers: what can be read, what was read last, and reading more from here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, PanshiError, UsageError
from panshi.model.bodies import KINDS
from panshi.model.bodies.records import ObserverRun
from panshi.model.observation import Observation, Sealed
from panshi.node.node import THIS_MACHINE
from panshi.observe.port import Look, Observer
from panshi.web.gate import action
from panshi.web.nodes import node
from panshi.web.pages.watching import watched_context
from panshi.web.uploads import Kept, keep, kept, throw_away
from panshi.web.words import say

PREVIEWED = 20
COUNTED = 200_000
RUNS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One observer with its last run."""

    observer: Observer
    kinds: tuple[tuple[str, str], ...]
    "Title in zh-TW and English of each kind it yields."
    last: Sealed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an observer read from a file, before anything is sealed."""

    observations: int
    inconclusive: int
    counts: tuple[tuple[str, str, int], ...]
    first: tuple[Observation, ...]
    unresolved: tuple[str, ...]
    warnings: tuple[str, ...]


@action("observer.view")
def observers(request: HttpRequest) -> HttpResponse:
    """List the observers and their last runs."""
    runs = node().runs(RUNS)
    last: dict[str, Sealed] = {}
    for run in runs:
        last.setdefault(run.observation.subject.removeprefix("observer:"), run)
    sources = [
        Source(
            observer=each,
            kinds=tuple((KINDS[k].title_zh, KINDS[k].title_en) for k in each.kinds if k in KINDS),
            last=last.get(each.name),
        )
        for each in sorted(node().observers(), key=lambda each: each.needs_path)
    ]
    failing = [
        run
        for run in runs
        if isinstance(run.observation.body, ObserverRun) and run.observation.body.inconclusive
    ]
    context = {
        "sources": sources,
        "runs": runs,
        "failing": len(failing),
        "this_machine": THIS_MACHINE,
        **watched_context(),
    }
    return render(request, "pages/observers.html", context)


@require_POST
@action("observer.run", audited=False)
def run(request: HttpRequest) -> HttpResponse:
    """Observe this machine now."""
    report = node().observe(THIS_MACHINE, actor=request.user.get_username())
    messages.success(request, _done(report.new, report.known, report.inconclusive))
    return redirect("observers")


@require_POST
@action("observer.run")
def preview(request: HttpRequest, source: str) -> HttpResponse:
    """Read an uploaded file without sealing anything, and show what was read."""
    observer = _observer(source)
    uploaded = request.FILES.get("file")
    if not isinstance(uploaded, UploadedFile) or not uploaded.name:
        raise UsageError(
            say("沒有選擇檔案", "no file was chosen"), remedy=say("請選擇檔案", "choose a file")
        )
    if (uploaded.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise BadInputError(
            say("檔案過大", "the file is too large"),
            place=uploaded.name,
            remedy="panshi observe",
        )
    subject = request.POST.get("subject", "").strip()
    file = keep(uploaded, request.session.session_key or "")
    context: dict[str, object] = {"observer": observer, "file": file, "subject": subject}
    try:
        context["preview"] = _read(observer, file, subject)
    except PanshiError as error:
        throw_away(file)
        context["error"] = error
        return render(request, "pages/preview.html", context, status=400)
    return render(request, "pages/preview.html", context)


@require_POST
@action("observer.run", audited=False)
def commit(request: HttpRequest, source: str) -> HttpResponse:
    """Seal what the previewed file says."""
    observer = _observer(source)
    file = kept(request.POST.get("file", ""), request.session.session_key or "")
    if file is None:
        raise Http404(source)
    if "seal" not in request.POST:
        throw_away(file)
        messages.info(request, say("已取消，沒有留下任何內容。", "Cancelled; nothing was kept."))
        return redirect("observers")
    try:
        report = node().observe(
            observer.name,
            file.path,
            subject=request.POST.get("subject", "").strip(),
            actor=request.user.get_username(),
        )
    finally:
        throw_away(file)
    messages.success(request, _done(report.new, report.known, report.inconclusive))
    return redirect("observers")


def _observer(source: str) -> Observer:
    found = next((each for each in node().observers() if each.name == source), None)
    if found is None or not found.needs_path:
        raise Http404(source)
    return found


def _read(observer: Observer, file: Kept, subject: str) -> Preview:
    warnings: list[str] = []
    look = Look(path=file.path, now=node().clock(), subject=subject, warn=warnings.append)
    counts: Counter[str] = Counter()
    first: list[Observation] = []
    unresolved: dict[str, None] = {}
    inconclusive = 0
    estates = [node().judging.estate(each) for each in node().estate_ids()]
    for seen in observer.observe(look):
        counts[seen.kind] += 1
        inconclusive += not seen.outcome.conclusive
        if len(first) < PREVIEWED:
            first.append(seen)
        if len(unresolved) < PREVIEWED and not any(each.resolve(seen.subject) for each in estates):
            unresolved.setdefault(seen.subject)
    return Preview(
        observations=counts.total(),
        inconclusive=inconclusive,
        counts=tuple((KINDS[k].title_zh, KINDS[k].title_en, n) for k, n in sorted(counts.items())),
        first=tuple(first),
        unresolved=tuple(unresolved),
        warnings=tuple(dict.fromkeys(warnings))[:PREVIEWED],
    )


def _done(new: int, known: int, inconclusive: int) -> str:
    return say(
        "已封存 {:,} 筆新觀測；{:,} 筆先前已有；{:,} 筆沒有結論。",
        "{:,} new observations sealed; {:,} were known; {:,} were not conclusive.",
    ).format(new, known, inconclusive)

"""Bringing an estate in: upload, preview with every error at its row, then commit."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, PanshiError, UsageError
from panshi.node.estate_import import ESTATE_ID, import_estate, preview_estate
from panshi.node.node import THIS_MACHINE
from panshi.observe.estate_files import Mode
from panshi.report.estate_files import template_xlsx
from panshi.web.gate import action
from panshi.web.nodes import node
from panshi.web.uploads import keep, kept, throw_away
from panshi.web.words import say

SHOWN = 30
"So many assets of each change are named."


@action("estate.change", audited=False)
def bring_in(request: HttpRequest) -> HttpResponse:
    """Ask for a file."""
    own = [each for each in node().estate_ids() if each != THIS_MACHINE]
    context = {"own": own, "modes": tuple(Mode), "pattern": ESTATE_ID.pattern}
    return render(request, "pages/estate_import.html", context)


@action("estate.change", audited=False)
def template(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Give the empty template."""
    return HttpResponse(
        template_xlsx(),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": 'attachment; filename="panshi-estate.xlsx"'},
    )


@require_POST
@action("estate.change")
def preview(request: HttpRequest) -> HttpResponse:
    """Read the file without writing anything, and show what it would change."""
    uploaded = request.FILES.get("file")
    if not isinstance(uploaded, UploadedFile) or not uploaded.name:
        raise UsageError(
            say("沒有選擇檔案", "no file was chosen"), remedy=say("請選擇檔案", "choose a file")
        )
    if (uploaded.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise BadInputError(
            say("檔案過大", "the file is too large"),
            place=uploaded.name,
            remedy="panshi estate import",
        )
    estate_id = request.POST.get("estate", "").strip()
    mode = _mode(request)
    file = keep(uploaded, request.session.session_key or "")
    context: dict[str, object] = {"file": file, "estate_to": estate_id, "mode": mode}
    try:
        found = preview_estate(node(), file.path, estate_id, mode)
    except PanshiError as error:
        throw_away(file)
        return render(request, "pages/estate_preview.html", context | {"error": error}, status=400)
    if found.errors:
        throw_away(file)
    context |= {
        "preview": found,
        "added": found.added[:SHOWN],
        "changed": found.changed[:SHOWN],
        "removed": found.removed[:SHOWN],
        "wrong": len(found.errors) + found.more_errors,
    }
    return render(
        request, "pages/estate_preview.html", context, status=400 if found.errors else 200
    )


@require_POST
@action("estate.change")
def commit(request: HttpRequest) -> HttpResponse:
    """Make the previewed file the next version of the estate."""
    file = kept(request.POST.get("file", ""), request.session.session_key or "")
    if file is None:
        raise Http404(request.path)
    if "commit" not in request.POST:
        throw_away(file)
        messages.info(request, say("已取消，沒有留下任何內容。", "Cancelled; nothing was kept."))
        return redirect("estate_import")
    try:
        estate = import_estate(
            node(),
            file.path,
            request.POST.get("estate", "").strip(),
            _mode(request),
            actor=request.user.get_username(),
        )
    finally:
        throw_away(file)
    messages.success(
        request,
        say("已成為第 {} 版，摘要已封存。", "This is version {} now; its digest is sealed.").format(
            estate.version
        ),
    )
    return redirect("assets", estate.id)


def _mode(request: HttpRequest) -> Mode:
    wanted = request.POST.get("mode", "")
    return Mode(wanted) if wanted in set(Mode) else Mode.REPLACE


urlpatterns = [
    path("estates/import/", bring_in, name="estate_import"),
    path("estates/import/template/", template, name="estate_template"),
    path("estates/import/preview/", preview, name="estate_preview"),
    path("estates/import/commit/", commit, name="estate_commit"),
]

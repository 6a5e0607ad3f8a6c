"""What anybody may read and send without signing in: security.txt, advisories, the report form.

Nothing here exists while the channel is closed. A form is bounded before it is read, carries its
own token against forgery, and shows a reporter nothing but their own case, by a secret link, which
no other site is told of (referrers stay within the console).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.account.adapter import get_adapter
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from panshi.alliance.disclosure.case import STATE_WORDS, Case
from panshi.errors import BadInputError, MissingError
from panshi.model.bodies.disclosure import Intake
from panshi.node.alliance.disclosure import publishing
from panshi.node.alliance.disclosure.cases import parameters_of
from panshi.node.alliance.disclosure.channel import offered, open_channel, served_security_text
from panshi.node.alliance.disclosure.intake import (
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_FILE_BYTES,
    MOST_FILES,
    Told,
    TooManyError,
    followed,
    receive,
    write,
)
from panshi.web.gate import open_to_all
from panshi.web.nodes import node
from panshi.web.words import pick, say

MOST_BYTES = MOST_FILES * MOST_FILE_BYTES + 1024 * 1024
"Of a whole form."
TEXT = "text/plain; charset=utf-8"
PLAIN = "default-src 'none'; frame-ancestors 'none'; sandbox"
LINES = ("headline", "target", "institution", "reporter", "contact", "cvss")

type View = Callable[..., HttpResponse]


def _bounded(view: View) -> View:
    """Refuse what is too large before any of it is taken apart; then ask for the form's token."""
    protected = csrf_protect(view)

    @wraps(view)
    def guarded(request: HttpRequest, **names: str) -> HttpResponse:
        _open()
        length = request.headers.get("content-length", "")
        if request.method == "POST" and not (length.isdecimal() and int(length) <= MOST_BYTES):
            told = say("內容過大", "too much at once")
            context = {"problem": told, "most": MOST_BYTES // 2**20}
            return render(request, "pages/disclosure_refused.html", context, status=413)
        return protected(request, **names)

    return csrf_exempt(guarded)


@require_safe
@open_to_all
def security_txt(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- a view's signature
    """Tell where to report (RFC 9116)."""
    _open()
    return _plain(served_security_text(node()).encode(), TEXT)


@require_safe
@open_to_all
def key(request: HttpRequest, kind: str) -> HttpResponse:  # noqa: ARG001 -- a view's signature
    """Give a key to which reporters write; an expired one is gone."""
    _open()
    found = next((each for each in offered(node()) if each.kind == kind), None)
    if found is None:
        raise Http404(kind)
    media = "application/pgp-keys" if kind == "openpgp" else TEXT
    return _plain(found.public.encode(), media)


@require_safe
@open_to_all
def provider(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- a view's signature
    """Tell where advisories are listed (CSAF 2.1, 7.1.7)."""
    _open()
    return _plain(publishing.metadata(node()), publishing.JSON)


@require_safe
@open_to_all
def advisory(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 -- a view's signature
    """Give one file of the provider's directory."""
    _open()
    try:
        content, media = publishing.served(node(), name)
    except MissingError as error:
        raise Http404(name) from error
    return _plain(content, media)


@open_to_all
@_bounded
def report(request: HttpRequest) -> HttpResponse:
    """Take a report, or show the form."""
    channel = open_channel(node())
    context: dict[str, object] = {"channel": channel, "keys": offered(node())}
    context["contacts"] = [each.removeprefix("mailto:") for each in channel.contacts]
    if request.method != "POST":
        return _form(request, context)
    try:
        taken = receive(node(), _told(request), intake=Intake.FORM, sender=_sender(request))
    except TooManyError as error:
        context |= {"problem": error, "said": request.POST}
        return _form(request, context, status=429)
    except BadInputError as error:
        context |= {"problem": error, "said": request.POST}
        return _form(request, context, status=400)
    link = request.build_absolute_uri(taken.path)
    days = round(parameters_of(node())["disclosure_answer_days"])
    context |= {"taken": taken, "link": link, "days": days}
    return render(request, "pages/disclosure_taken.html", context)


@open_to_all
@_bounded
def follow(request: HttpRequest, number: str, secret: str) -> HttpResponse:
    """Show a reporter their case, and take what they add."""
    try:
        held = followed(node(), number, secret)
    except MissingError as error:
        raise Http404("no case") from error
    context: dict[str, object] = {"case": held, "channel": open_channel(node())}
    status = 200
    if request.method == "POST":
        try:
            write(node(), number, request.POST.get("text", "")[:LONGEST_TEXT], secret=secret)
            return redirect("disclosure_follow", number=number, secret=secret)
        except (BadInputError, TooManyError) as error:
            context["problem"] = error
            status = 429 if isinstance(error, TooManyError) else 400
    context |= {
        "state": pick(STATE_WORDS[held.state]),
        "advisories": _advisories(held),
        "most": LONGEST_TEXT,
    }
    return render(request, "pages/disclosure_follow.html", context, status=status)


def _form(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    shown = {
        "most_text": LONGEST_TEXT,
        "most_line": LONGEST_LINE,
        "most_files": MOST_FILES,
        "most_megabytes": MOST_FILE_BYTES // 2**20,
    }
    return render(request, "pages/disclosure_form.html", context | shown, status=status)


def _told(request: HttpRequest) -> Told:
    files = request.FILES.getlist("file")
    if len(files) > MOST_FILES or any((each.size or 0) > MOST_FILE_BYTES for each in files):
        raise BadInputError(
            say("附件過多或過大", "too many files, or one too large"),
            remedy=say("先送出說明，再以案號補件", "send the text first, files follow"),
        )
    lines = {name: request.POST.get(name, "")[: LONGEST_LINE + 1] for name in LINES}
    return Told(
        text=request.POST.get("text", "")[: LONGEST_TEXT + 1],
        credit=request.POST.get("credit") == "1",
        files=tuple((each.name or "file", _content(each)) for each in files),
        **lines,
    )


def _content(file: UploadedFile[bytes]) -> bytes:
    return bytes(file.read(MOST_FILE_BYTES + 1))


def _sender(request: HttpRequest) -> str:
    """Give the address it came from, the one a trusted proxy names; counted, never kept."""
    return str(get_adapter(request).get_client_ip(request) or "")


def _advisories(held: Case) -> list[str]:
    return [
        each.path for each in publishing.documents(node()) if each.id.endswith(held.number.lower())
    ]


def _open() -> None:
    try:
        open_channel(node())
    except MissingError as error:
        raise Http404("closed") from error


def _plain(content: bytes, media: str) -> HttpResponse:
    found = HttpResponse(content, content_type=media)
    found["Content-Security-Policy"] = PLAIN
    found["Access-Control-Allow-Origin"] = "*"
    found["Cache-Control"] = "public, max-age=300"
    return found


urlpatterns = [
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path(".well-known/csaf/provider-metadata.json", provider, name="csaf_provider"),
    re_path(r"^csaf/clear/(?P<name>[A-Za-z0-9._/-]{1,200})$", advisory, name="csaf_file"),
    path("disclose/", report, name="disclose"),
    path("disclose/openpgp.asc", key, {"kind": "openpgp"}, name="disclosure_openpgp"),
    path("disclose/age.txt", key, {"kind": "age"}, name="disclosure_age"),
    path("disclose/<str:number>/<str:secret>/", follow, name="disclosure_follow"),
]

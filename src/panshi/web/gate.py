"""The gate every request passes: no view is answered that does not name its action.

A view says `@action("evidence.view")` or `@open_to_all`; what says neither is refused, so a
forgotten decorator closes a page instead of opening it. Who asks is matched against the Cedar
policies through `protection.access`. Refusals and changes are sealed as audit events; reading
is not, except where a view asks for it (personal data, downloads of proofs).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from panshi.errors import PanshiError
from panshi.node.authority import console_policies, decided
from panshi.protection.access import Decision, Request, decide
from panshi.protection.access.roles import ROLES
from panshi.web import problems
from panshi.web.fresh import ask_again, is_fresh
from panshi.web.nodes import node

type View = Callable[..., HttpResponseBase]

READING = {"GET", "HEAD", "OPTIONS"}
OPEN = ""


def action(name: str, *, audited: bool = True, fresh: bool = False) -> Callable[[View], View]:
    """Name the action a view performs; changes are audited unless the view does so itself.

    A decision of weight says `fresh=True`: it wants a passkey used within the last minutes.
    """

    def mark(view: View) -> View:
        marked = _wanting_a_fresh_passkey(view, name) if fresh else view
        marked.panshi_action = name  # type: ignore[attr-defined]
        marked.panshi_audited = audited and not fresh  # type: ignore[attr-defined]
        marked.panshi_fresh = fresh  # type: ignore[attr-defined]
        return marked

    return mark


def _wanting_a_fresh_passkey(view: View, name: str) -> View:
    """Ask policies and passkey where the view runs, because a kept form does not pass the gate."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **names: Any) -> HttpResponseBase:  # noqa: ANN401 -- a view's
        if not may(request, name):
            return problems.forbidden(request, name)
        if not is_fresh(request):
            return ask_again(request)
        if request.method not in READING:
            node().audit(request.user.get_username(), name, request.path)
        return view(request, *args, **names)

    return guarded


def open_to_all(view: View) -> View:
    """Let a view be answered without sign-in."""
    return action(OPEN, audited=False)(view)


def roles_of(request: HttpRequest) -> tuple[str, ...]:
    """Roles of whoever asks, in the order of the policies; read once per request."""
    known: tuple[str, ...] | None = getattr(request, "panshi_roles", None)
    if known is None:
        names = set(request.user.groups.values_list("name", flat=True))
        known = tuple(role for role in ROLES if role in names)
        request.panshi_roles = known  # type: ignore[attr-defined]
    return known


def decision(request: HttpRequest, name: str, resource: str = "console") -> Decision:
    """Ask whether whoever sent the request may do this."""
    signed_in = request.user.is_authenticated
    asked = Request(
        principal=request.user.get_username() if signed_in else "",
        roles=roles_of(request) if signed_in else (),
        action=name,
        resource=resource,
    )
    return decide(console_policies(), asked)


def may(request: HttpRequest, name: str) -> bool:
    """Whether whoever sent the request may do this; decided once per set of roles."""
    if not request.user.is_authenticated:
        return decided((), name, signed_in=False).allowed
    return decided(roles_of(request), name).allowed


class Gate:
    """Middleware: authorise, then answer; turn our own errors into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and forbid caches to keep pages."""
        response = self._answer(request)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers["Permissions-Policy"] = (
                "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
                "publickey-credentials-create=(self), publickey-credentials-get=(self)"
            )
        return response

    def process_view(
        self, request: HttpRequest, view: View, _args: tuple[Any, ...], _names: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse, ask to sign in, or let through."""
        name: str | None = getattr(view, "panshi_action", None)
        if name is None:
            return problems.forbidden(request, "unnamed")
        if name == OPEN:
            return None
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):
                return HttpResponse(status=204, headers={"HX-Redirect": reverse("account_login")})
            return redirect_to_login(request.get_full_path())
        actor = request.user.get_username()
        made = decision(request, name)
        if not made.allowed:
            why = ", ".join(made.reasons or made.errors) or "no policy permits it"
            node().audit(actor, name, request.path, allowed=False, detail=why)
            return problems.forbidden(request, name)
        if request.method not in READING and getattr(view, "panshi_audited", True):
            node().audit(actor, name, request.path)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show an error raised on purpose as a page with problem, place and remedy."""
        return problems.told(request, error) if isinstance(error, PanshiError) else None

"""Django middleware: every request is asked about before a view sees it.

    MIDDLEWARE = ["panshi.pep.django.ZeroTrustMiddleware", …]
    ZERO_TRUST = {
        "name": "shop",
        "decision_point": "http://127.0.0.1:8421",
        "token": os.environ["ZERO_TRUST_TOKEN"],
        "question": "shop.access.question",
    }

`question` is a function of the request that gives system and action, or None for what nobody may
do. A view finds who was let in under `request.zero_trust`.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from panshi.pep.asking import Unanswered
from panshi.pep.client import KEEP_S, Doorman, credential_in
from panshi.pep.streaming.enforcer import Claim, Grant

type View = Callable[[HttpRequest], HttpResponse]

_STATUS = {"sign-in": 401, "step-up": 401}
_CLAIMS = "HTTP_X_PANSHI_"


class ZeroTrustMiddleware:
    """The middleware."""

    def __init__(self, get_response: View) -> None:
        """Read the settings and start asking."""
        set_here = getattr(settings, "ZERO_TRUST", None)
        if not isinstance(set_here, dict) or "question" not in set_here:
            raise ImproperlyConfigured("ZERO_TRUST names decision_point, name and question")
        self._get_response = get_response
        self._question: Callable[[HttpRequest], tuple[str, str] | None] = import_string(
            set_here["question"]
        )
        self.doorman = Doorman(
            set_here["name"],
            set_here["decision_point"],
            token=set_here.get("token", ""),
            keep_s=set_here.get("keep_s", KEEP_S),
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Ask, then let in or refuse."""
        for name in [each for each in request.META if each.startswith(_CLAIMS)]:
            del request.META[name]
        asked = self._question(request)
        if asked is None:
            return _refused(403, Grant(allowed=False, outcome="denied"))
        try:
            grant = self.doorman.ask(self._claim(request, *asked))
        except Unanswered:
            return _refused(503, Grant(allowed=False, outcome="denied"))
        if not grant.allowed:
            return _refused(_STATUS.get(grant.outcome, 403), grant)
        for name, value in grant.headers:
            request.META["HTTP_" + name.upper().replace("-", "_")] = value
        request.zero_trust = grant  # type: ignore[attr-defined]
        return self._get_response(request)

    def _claim(self, request: HttpRequest, system: str, action: str) -> Claim:
        meta = request.META
        return Claim(
            system=system,
            action=action,
            session=credential_in(meta.get("HTTP_COOKIE", ""), meta.get("HTTP_AUTHORIZATION", "")),
            address=str(meta.get("REMOTE_ADDR", "")),
        )


def _refused(status: int, grant: Grant) -> HttpResponse:
    text = f"{grant.reason_zh or '未獲許可。'}\n{grant.reason_en or 'Not allowed.'}\n"
    answer = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    for name, value in grant.headers:
        answer[name] = value
    return answer

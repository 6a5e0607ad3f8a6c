"""The push endpoint: `POST /ssf/v1/events/<feed>` (RFC 8935).

202 with no body where a token was taken or was here before; else 400 with the registered code and a
sentence in the language the sender reads. Where the disk fails the answer is 503, so that it is
sent again: an event is never acknowledged that did not take effect.
"""

from __future__ import annotations

import hmac
from http import HTTPStatus

from panshi.errors import PanshiError
from panshi.pdp.http import HttpAnswer, HttpRequest, json_answer
from panshi.pdp.point import DecisionPoint
from panshi.pdp.shared_signals.access import digest
from panshi.pdp.shared_signals.hub import hub_of
from panshi.pdp.shared_signals.taking import take
from panshi.protection.zero_trust.signals.metadata import BASE
from panshi.protection.zero_trust.signals.refusal import Refusal, SetError
from panshi.protection.zero_trust.signals.tokens import TYPE

PREFIX = f"{BASE}/events/"
PUSH = "push"


async def push(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Take one pushed token."""
    hub = hub_of(point)
    feed = hub.feeds.get(request.path.removeprefix(PREFIX)) if hub is not None else None
    if hub is None or feed is None or feed.row.method != PUSH:
        return HttpAnswer(status=HTTPStatus.NOT_FOUND)
    said = request.headers.get("authorization", "")
    if feed.row.push_digest and not hmac.compare_digest(digest(said), feed.row.push_digest):
        return refused(request, _UNKNOWN)
    if feed.row.status != "enabled" and feed.row.paused_by == "operator":
        return refused(request, _PAUSED)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != f"application/{TYPE}":
        return refused(request, _KIND)
    try:
        answer = await take(hub, feed, request.body.decode("latin-1").strip())
    except PanshiError:
        return HttpAnswer(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=(("Retry-After", "30"),))
    if isinstance(answer, Refusal):
        return refused(request, answer)
    return HttpAnswer(status=HTTPStatus.ACCEPTED)


def refused(request: HttpRequest, refusal: Refusal) -> HttpAnswer:
    """Answer with a refusal (RFC 8935 section 2.3)."""
    chinese = _reads_chinese(request.headers.get("accept-language", ""))
    body = {"err": refusal.code.value, "description": refusal.description(chinese=chinese)}
    return HttpAnswer(
        status=HTTPStatus.BAD_REQUEST,
        body=json_answer(body).body,
        headers=(("Content-Language", "zh-TW" if chinese else "en"),),
    )


def _reads_chinese(accept: str) -> bool:
    """Whether Chinese is asked for before English."""
    first = accept.split(",", maxsplit=1)[0].strip().lower()
    return first.startswith("zh")


_UNKNOWN = Refusal(
    code=SetError.AUTHENTICATION_FAILED,
    english="the transmitter did not prove who it is",
    chinese="傳送端未能證明其身分",
)
_PAUSED = Refusal(
    code=SetError.ACCESS_DENIED,
    english="this feed was paused by its operator",
    chinese="此來源已由管理者暫停",
)
_KIND = Refusal(
    code=SetError.INVALID_REQUEST,
    english=f"the content type is not application/{TYPE}",
    chinese=f"內容類型不是 application/{TYPE}",
)

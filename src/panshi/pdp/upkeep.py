"""What keeps a decision point running: is it well, and load anew.

GET /zt/v1/health       open to all: it decides, and its log can be written
POST /zt/v1/reload      read policies and entities again; a bad set leaves the old one in force
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from panshi.pdp.gate import ADMIN
from panshi.pdp.http import HttpAnswer, HttpRequest, PdpRoute, json_answer, refusal

if TYPE_CHECKING:
    from panshi.pdp.point import DecisionPoint


def health(point: DecisionPoint, _request: HttpRequest) -> HttpAnswer:
    """Say whether it decides; 503 where what it decides cannot be remembered."""
    if getattr(point.log, "cannot_write", None) is not None:
        return refusal(HTTPStatus.SERVICE_UNAVAILABLE, "the log of decisions cannot be written")
    return json_answer({"status": "ok"})


def reload(point: DecisionPoint, _request: HttpRequest) -> HttpAnswer:
    """Load anew."""
    if not point.reload():
        return refusal(HTTPStatus.CONFLICT, "not reloaded; the set before stays in force")
    return json_answer({"version": point.version, "epoch": point.epoch})


ROUTES = (
    PdpRoute(method="GET", path="/zt/v1/health", handler=health, scope=""),
    PdpRoute(method="POST", path="/zt/v1/reload", handler=reload, scope=ADMIN),
)

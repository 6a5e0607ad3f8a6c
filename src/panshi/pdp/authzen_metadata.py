"""AuthZEN PDP metadata (section 9): where the endpoints are and which obligations may come.

    GET /.well-known/authzen-configuration      GET /zt/v1/jwks.json

`policy_decision_point` is the address the decision point was told it has; where it was told none,
the address it was asked under. Only an address it was told is signed (`signed_metadata`): an
address taken from the request is nobody's to vouch for.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from panshi.pdp.http import HttpAnswer, HttpRequest, PdpRoute, json_answer, refusal
from panshi.protection.zero_trust.decisions.obligations import SUPPORTED

if TYPE_CHECKING:
    from panshi.pdp.point import DecisionPoint

PATH = "/.well-known/authzen-configuration"
KEYS = "/zt/v1/jwks.json"
ENDPOINTS = {
    "access_evaluation_endpoint": "/access/v1/evaluation",
    "access_evaluations_endpoint": "/access/v1/evaluations",
    "search_subject_endpoint": "/access/v1/search/subject",
    "search_resource_endpoint": "/access/v1/search/resource",
    "search_action_endpoint": "/access/v1/search/action",
}
FRESH_S = 3600
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?")


def metadata(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Describe this decision point."""
    address = point.address
    base = address.base
    if not base:
        host = request.headers.get("host", "")
        if not _HOST.fullmatch(host):
            return refusal(HTTPStatus.BAD_REQUEST, "header host is no host")
        base = f"{'https' if address.secure else 'http'}://{host}"
    told: dict[str, object] = {"policy_decision_point": base}
    told |= {name: base + path for name, path in ENDPOINTS.items()}
    told["obligations_supported"] = list(SUPPORTED)
    if address.sign is not None and address.base:
        told["jwks_uri"] = base + KEYS
        told["signed_metadata"] = address.sign(told | {"iss": base})
    answer = json_answer(told)
    fresh = ("cache-control", f"max-age={FRESH_S}")
    return HttpAnswer(body=answer.body, headers=(fresh,) if address.base else ())


def key_set(point: DecisionPoint, _request: HttpRequest) -> HttpAnswer:
    """Give the keys signed metadata is checked with."""
    if point.address.keys is None:
        return refusal(HTTPStatus.NOT_FOUND, "this decision point signs nothing")
    return json_answer(point.address.keys)


ROUTES = (
    PdpRoute(method="GET", path=PATH, handler=metadata, scope=""),
    PdpRoute(method="GET", path=KEYS, handler=key_set, scope=""),
)

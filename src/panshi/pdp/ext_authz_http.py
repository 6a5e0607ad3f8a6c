"""Envoy's ext_authz over HTTP: the request itself, with a prefix before its path and no body.

Envoy's `http_service` keeps method, path and host of the original request and sends the headers it
was told to; `path_prefix` is `/zt/v1/ext-authz`. Answers are those of forward auth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from panshi.pdp.forward_auth import NOT_MAPPED, SCOPE, Asked, credential_in, denied, told, way_back
from panshi.pdp.http import HttpAnswer, HttpRequest, PdpRoute
from panshi.pdp.inquiry import Inquiry, inquire
from panshi.pdp.original import certificate_told, mapped
from panshi.pdp.settings import settings_of
from panshi.protection.zero_trust.enforcement.target import Refused, target_of

if TYPE_CHECKING:
    from panshi.pdp.point import DecisionPoint

PREFIX = "/zt/v1/ext-authz"


def ext_authz(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Answer Envoy."""
    headers, path = request.headers, request.path.removeprefix(PREFIX)
    uri = f"{path}?{request.query}" if request.query else path
    host = headers.get("host", "")
    target = target_of(request.method, host, uri, headers=headers)
    found = mapped(settings_of(point).table, target)
    if isinstance(found, Refused):
        return denied(request, NOT_MAPPED)
    inquiry = Inquiry(
        system=found.system,
        action=found.action,
        credential=credential_in(request),
        certificate=forwarded_certificate(headers.get("x-forwarded-client-cert", "")),
        address=headers.get("x-envoy-external-address", ""),
        pep=request.caller,
        request_id=headers.get("x-request-id", ""),
    )
    finding = inquire(point, inquiry, settings_of(point))
    asked = Asked(method=request.method, back=way_back(headers, host, uri), redirect=True)
    return told(request, finding, settings_of(point), asked)


def forwarded_certificate(value: str) -> str | None:
    """Give the certificate in Envoy's X-Forwarded-Client-Cert; only that of the last hop counts."""
    last = value.rpartition(",")[2]
    for part in last.split(";"):
        name, _, text = part.strip().partition("=")
        if name.lower() == "cert":
            return certificate_told(text.strip('"'))
    return None


ROUTES = (PdpRoute(method="*", path=PREFIX + "/", handler=ext_authz, scope=SCOPE),)

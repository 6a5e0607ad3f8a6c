"""Envoy's ext_authz over gRPC: `envoy.service.auth.v3.Authorization/Check`.

Envoy verifies the client's certificate and hands it over (`include_peer_certificate: true`), or its
principal; a SPIFFE id there is the workload's identity. Whoever asks shows a token of an
enforcement point in the call's metadata, as over HTTP. What fails here is a gRPC error, and Envoy
with `failure_mode_allow: false` refuses the request.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc

from panshi.errors import StoreError
from panshi.pdp.ext_authz_messages import METHOD, OVERWRITE, SERVICE, CheckRequest, CheckResponse
from panshi.pdp.forward_auth import (
    NOT_MAPPED,
    SCOPE,
    Asked,
    credential_in,
    denied,
    identity,
    told,
    way_back,
)
from panshi.pdp.http import HttpAnswer, HttpRequest
from panshi.pdp.inquiry import Finding, Inquiry, Outcome, inquire
from panshi.pdp.original import certificate_told, mapped
from panshi.pdp.settings import settings_of
from panshi.protection.zero_trust.enforcement.target import Refused, target_of

if TYPE_CHECKING:
    from panshi.pdp.gate import Gate, OpenGate
    from panshi.pdp.point import DecisionPoint

OK, PERMISSION_DENIED, UNAUTHENTICATED = 0, 7, 16
"Codes of google.rpc.Status."
LONGEST_MESSAGE = 1 << 20
STOP_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What the service shows, and whose certificates it demands."""

    certificate: Path
    key: Path
    client_ca: Path | None = None

    def credentials(self) -> grpc.ServerCredentials:
        """Read the files."""
        ca = None if self.client_ca is None else self.client_ca.read_bytes()
        pair = (self.key.read_bytes(), self.certificate.read_bytes())
        return grpc.ssl_server_credentials([pair], ca, ca is not None)


def check(point: DecisionPoint, attributes: Any) -> Any:  # noqa: ANN401 -- made at run time
    """Answer for the request Envoy holds."""
    http, source = attributes.request.http, attributes.source
    headers = {name: value for name, value in http.headers.items() if not name.startswith(":")}
    request = HttpRequest(method=http.method, path=http.path, headers=headers)
    target = target_of(http.method, http.host, http.path, headers=headers)
    found = mapped(settings_of(point).table, target)
    if isinstance(found, Refused):
        return refused(denied(request, NOT_MAPPED))
    inquiry = Inquiry(
        system=found.system,
        action=found.action,
        credential=credential_in(request),
        certificate=certificate_told(source.certificate),
        principal=source.principal or None,
        address=source.address.socket_address.address,
        request_id=http.id,
    )
    finding = inquire(point, inquiry, settings_of(point))
    if finding.outcome is Outcome.ALLOWED:
        return let_in(finding, headers)
    back = way_back(headers, http.host, http.path)
    asked = Asked(method=http.method, back=back, redirect=True)
    return refused(told(request, finding, settings_of(point), asked))


def let_in(finding: Finding, headers: Mapping[str, str]) -> Any:  # noqa: ANN401
    """Tell the application who it is, whatever the client claimed; and Envoy's own filters."""
    answer = CheckResponse()
    answer.status.code = OK
    pairs = identity(finding)
    _put(answer.ok_response.headers, pairs)
    given = {name for name, _ in pairs}
    answer.ok_response.headers_to_remove.extend(
        name for name in headers if name.startswith("x-panshi-") and name not in given
    )
    known = {"user": finding.user, "assurance": finding.assurance, "epoch": finding.epoch}
    trust = {} if finding.trust is None else {"trust": finding.trust}
    answer.dynamic_metadata.update({**known, **trust, "decision": finding.decision})
    return answer


def refused(told_so: HttpAnswer) -> Any:  # noqa: ANN401
    """Put a refusal into Envoy's words."""
    answer = CheckResponse()
    forbidden = told_so.status == HTTPStatus.FORBIDDEN
    answer.status.code = PERMISSION_DENIED if forbidden else UNAUTHENTICATED
    answer.denied_response.status.code = int(told_so.status)
    answer.denied_response.body = told_so.body.decode()
    _put(answer.denied_response.headers, (("content-type", told_so.content_type), *told_so.headers))
    return answer


def _put(options: Any, pairs: tuple[tuple[str, str], ...]) -> None:  # noqa: ANN401
    for name, value in pairs:
        option = options.add(append_action=OVERWRITE)
        option.header.key, option.header.value = name, value


class ExtAuthz:
    """The service."""

    def __init__(self, point: DecisionPoint, gate: Gate | OpenGate) -> None:
        """Answer for a decision point to those a gate lets in."""
        self._point = point
        self._gate = gate

    async def check(self, request: Any, context: Any) -> Any:  # noqa: ANN401 -- grpc's types
        """Answer one call."""
        shown = dict(context.invocation_metadata() or ()).get("authorization", "")
        if not self._gate.caller(str(shown).encode("latin-1"), None).may(SCOPE):
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, "no token of an enforcement point")
        return check(self._point, request.attributes)


async def listen(
    point: DecisionPoint,
    gate: Gate | OpenGate,
    address: str,
    credentials: grpc.ServerCredentials | None = None,
) -> tuple[grpc.aio.Server, int]:
    """Listen beside the HTTP server, in the same loop; gives the server and its port."""
    server = grpc.aio.server(
        options=(
            ("grpc.max_receive_message_length", LONGEST_MESSAGE),
            ("grpc.so_reuseport", 0),
        )
    )
    handler = grpc.unary_unary_rpc_method_handler(
        ExtAuthz(point, gate).check,
        request_deserializer=CheckRequest.FromString,
        response_serializer=lambda message: message.SerializeToString(),
    )
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(SERVICE, {METHOD: handler}),)
    )
    try:
        if credentials is None:
            port = server.add_insecure_port(address)
        else:
            port = server.add_secure_port(address, credentials)
    except RuntimeError as error:
        raise StoreError(
            "cannot listen for ext_authz", place=address, remedy="choose another --ext-authz-port"
        ) from error
    await server.start()
    return server, port


@asynccontextmanager
async def serving(
    point: DecisionPoint, gate: Gate | OpenGate, host: str, port: int, tls: Tls | None = None
) -> AsyncIterator[int]:
    """Answer Envoy while the decision point runs; gives the port."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    server, bound = await listen(point, gate, address, None if tls is None else tls.credentials())
    try:
        yield bound
    finally:
        await server.stop(STOP_S)

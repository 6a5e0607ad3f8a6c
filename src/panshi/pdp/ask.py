"""What enforcement points of our own ask: one question in JSON, with or without something to open.

    POST /zt/v1/ask {"system", "action", "session" | "certificate", "pep", "access", "kind", …}
        → {"outcome", "session", "user", "headers", "ttl", "epoch", "reason_zh", "reason_en", …}

Every decision is a 200, also a denial; anything else is no answer, and no answer allows nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from panshi.errors import BadInputError
from panshi.pdp.forward_auth import SCOPE, challenge, identity
from panshi.pdp.http import HttpAnswer, HttpRequest, PdpRoute, json_answer
from panshi.pdp.inquiry import Finding, Inquiry, Outcome, inquire
from panshi.pdp.settings import settings_of
from panshi.protection.zero_trust.sessions.nouns import AccessKind

if TYPE_CHECKING:
    from panshi.pdp.point import DecisionPoint

PATH = "/zt/v1/ask"


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a question."""

    system: str
    action: str
    session: str | None = None
    certificate: str | None = None
    pep: str = ""
    access: str = ""
    kind: AccessKind = AccessKind.REQUEST
    address: str = ""
    path: str = ""


_decode = msgspec.json.Decoder(Asked).decode


def ask(point: DecisionPoint, request: HttpRequest) -> HttpAnswer:
    """Answer an enforcement point of ours."""
    try:
        asked = _decode(request.body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInputError(f"not a question: {error}", place=PATH) from error
    if asked.access and not asked.pep:
        raise BadInputError("something is opened by nobody", place=PATH, remedy="name the pep")
    inquiry = Inquiry(
        system=asked.system,
        action=asked.action,
        credential=asked.session,
        certificate=asked.certificate,
        address=asked.address,
        pep=asked.pep or request.caller,
        access=asked.access,
        kind=asked.kind,
        request_id=request.headers.get("x-request-id", ""),
    )
    return json_answer(_told(inquire(point, inquiry, settings_of(point))))


def _told(finding: Finding) -> dict[str, object]:
    headers = dict(identity(finding)) if finding.outcome is Outcome.ALLOWED else {}
    if finding.outcome in {Outcome.SIGN_IN, Outcome.STEP_UP}:
        headers["www-authenticate"] = challenge(finding)
    return {
        "outcome": finding.outcome.value,
        "session": finding.session,
        "user": finding.user,
        "assurance": finding.assurance,
        "trust": finding.trust,
        "decision": finding.decision,
        "acr": finding.acr,
        "epoch": finding.epoch,
        "ttl": finding.ttl,
        "headers": headers,
        "reason_zh": finding.reason_zh,
        "reason_en": finding.reason_en,
    }


ROUTES = (PdpRoute(method="POST", path=PATH, handler=ask, scope=SCOPE),)

"""One question of an enforcement point: may whoever holds this credential do this to this system.

    credential → live session → decision → allowed, sign in, step up, or denied

Every proxy's dialect (forward auth, ext_authz, our own points) is translated into this question and
its answer back, so that all of them decide alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING

from cryptography import x509

from panshi.pdp.live.registry import Live
from panshi.pdp.point import Question
from panshi.pdp.settings import Network, Settings
from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.enforcement.credential import (
    THUMBPRINT,
    session_id_of,
    thumbprint_of,
    workload_of,
    workload_session_id,
)
from panshi.protection.zero_trust.sessions.nouns import Access, AccessKind, Session
from panshi.protection.zero_trust.trust.signal import Subject, SubjectKind

if TYPE_CHECKING:
    from panshi.pdp.point import Answer, DecisionPoint

WORKLOAD_S = 3600
"How long a workload's session lasts before its certificate is looked at again."
WORKLOAD_ASSURANCE = 2
"Possession of a key proven by TLS; more would need to know where the key rests."


class Outcome(StrEnum):
    """What an enforcement point is to do."""

    ALLOWED = "allowed"
    SIGN_IN = "sign-in"
    STEP_UP = "step-up"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """The question."""

    system: str
    action: str
    credential: str | None = None
    "What a cookie or a bearer token carries."
    certificate: str | None = None
    "PEM of a client certificate that was verified."
    principal: str | None = None
    "SPIFFE id a proxy read from a certificate that it verified and does not pass on."
    address: str = ""
    pep: str = ""
    access: str = ""
    "Id under which a stream stays open; empty: asked once."
    kind: AccessKind = AccessKind.REQUEST
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The answer."""

    outcome: Outcome
    session: str = ""
    user: str = ""
    assurance: int = 0
    trust: int | None = None
    decision: str = ""
    epoch: int = 0
    ttl: int = 0
    acr: str = ""
    "Which stronger sign-in is asked."
    reason_zh: str = ""
    reason_en: str = ""


NO_SESSION = Finding(
    outcome=Outcome.SIGN_IN,
    reason_zh="請先登入。",
    reason_en="Sign in first.",
)


def inquire(point: DecisionPoint, inquiry: Inquiry, settings: Settings) -> Finding:
    """Answer; without a live session nothing is allowed."""
    live = point.live
    if not isinstance(live, Live):
        return NO_SESSION
    session = _session(live, inquiry, settings, point.clock())
    if session is None:
        return NO_SESSION
    if inquiry.access:
        return _opened(point, live, session, inquiry)
    live.held[session.id].used_at = point.clock()
    question = Question(
        session.user,
        Uid("Action", inquiry.action),
        Uid("System", inquiry.system),
        session_id=session.id,
        request_id=inquiry.request_id,
    )
    return _finding(point, live, session, point.decide(question))


def _opened(point: DecisionPoint, live: Live, session: Session, inquiry: Inquiry) -> Finding:
    """Decide something that stays open, and hold it as open where it is allowed."""
    access = Access(
        id=inquiry.access,
        session=session.id,
        action=Uid("Action", inquiry.action),
        resource=Uid("System", inquiry.system),
        pep=inquiry.pep,
        opened_at=point.clock(),
        kind=inquiry.kind,
    )
    ruling = live.open(access)
    outcome = Outcome.ALLOWED if ruling.allowed and not ruling.terminate else Outcome.DENIED
    if ruling.step_up and not ruling.terminate:
        live.closed(access.id)
        outcome = Outcome.STEP_UP
    allowed = outcome is Outcome.ALLOWED
    return Finding(
        outcome=outcome,
        session=session.id,
        user=session.user.id,
        assurance=session.assurance,
        trust=_trust(live, session.id, point.clock()),
        epoch=point.epoch,
        acr=ruling.step_up,
        reason_zh="" if allowed else ruling.reason_zh,
        reason_en="" if allowed else ruling.reason_en,
    )


def _finding(point: DecisionPoint, live: Live, session: Session, answer: Answer) -> Finding:
    steps = [each for each in answer.obligations if each.type == "step-up"]
    ends = any(each.type == "session_termination" for each in answer.obligations)
    if ends:
        outcome = Outcome.DENIED
    elif steps:  # also beside a permit: an obligation that is not met is no permission
        outcome = Outcome.STEP_UP
    else:
        outcome = Outcome.ALLOWED if answer.allowed else Outcome.DENIED
    zh, en = _reasons(point, answer)
    return Finding(
        outcome=outcome,
        session=session.id,
        user=session.user.id,
        assurance=session.assurance,
        trust=_trust(live, session.id, point.clock()),
        decision=answer.decision_id,
        epoch=answer.epoch,
        ttl=answer.ttl,
        acr=str(steps[0].members.get("acr_value", "")) if steps else "",
        reason_zh=zh,
        reason_en=en,
    )


def _trust(live: Live, session_id: str, now: float) -> int | None:
    held = live.held.get(session_id)
    return None if held is None else held.standing.level(now)


def _reasons(point: DecisionPoint, answer: Answer) -> tuple[str, str]:
    """Give the sentences the policies hold ready for the person at the screen."""
    if answer.allowed:
        return "", ""
    for policy in answer.reasons:
        zh = point.policies.annotation(policy, "reason_zh")
        en = point.policies.annotation(policy, "reason_en")
        if zh or en:
            return zh or "", en or ""
    return "目前的政策不允許此存取。", "The policies in force do not allow this access."


def _session(live: Live, inquiry: Inquiry, settings: Settings, now: float) -> Session | None:
    shown = _certificate(inquiry.certificate)
    thumbprint = None if shown is None else thumbprint_of(shown)
    if inquiry.credential is not None:
        name = session_id_of(inquiry.credential)
        session = None if name is None else live.register.sessions.get(name)
        return session if session is not None and _bound(session, thumbprint) else None
    if thumbprint is not None:
        for name in live.register.about((Subject(SubjectKind.CREDENTIAL, thumbprint),)):
            return live.register.sessions[name]
    workload = inquiry.principal if shown is None else workload_of(shown)
    if workload is None or not workload.startswith("spiffe://"):
        return None
    return _workload(live, workload, shown, inquiry.address, settings, now)


def _bound(session: Session, thumbprint: str | None) -> bool:
    """Whether a session bound to a certificate is shown with it: a stolen cookie is not enough."""
    bound = session.credential or ""
    return not bound.startswith(THUMBPRINT) or bound == thumbprint


def _certificate(pem: str | None) -> x509.Certificate | None:
    if not pem:
        return None
    try:
        return x509.load_pem_x509_certificate(pem.encode("ascii", "replace"))
    except ValueError:
        return None


def _workload(
    live: Live,
    workload: str,
    shown: x509.Certificate | None,
    address: str,
    settings: Settings,
    now: float,
) -> Session | None:
    """Give a workload's session, made when it is first seen; it lasts as its certificate does."""
    ends = now + WORKLOAD_S
    if shown is not None:
        ends = min(ends, shown.not_valid_after_utc.timestamp())
    credential = workload if shown is None else thumbprint_of(shown)
    network = "internal" if any(_within(address, each) for each in settings.internal) else ""
    name = workload_session_id(workload, credential, network)
    held = live.register.sessions.get(name)
    if held is not None and now < held.expires_at:
        return held
    if not now < ends:
        return None
    session = Session(
        id=name,
        user=Uid("User", workload),
        credential=credential,
        assurance=WORKLOAD_ASSURANCE,
        authenticators=("mtls",),
        established_at=now,
        expires_at=ends,
        address=address,
        attributes={"network": network} if network else {},
    )
    live.establish(session)
    return session


def _within(address: str, network: Network) -> bool:
    try:
        return ip_address(address) in network
    except ValueError:
        return False

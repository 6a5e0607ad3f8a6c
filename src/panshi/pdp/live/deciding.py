"""How the decision point rules on an access: its answer, read as what becomes of the access."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from panshi.pdp.point import Answer, DecisionPoint, Question
from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.sessions.ruling import Ruling

if TYPE_CHECKING:
    from panshi.pdp.live.keeping import Decide
    from panshi.pdp.live.registry import Live
    from panshi.protection.zero_trust.sessions.nouns import Access, Session

STEP_UP, NOTIFICATION, TERMINATION = "step-up", "notification", "session_termination"
_SILENT = ("目前的政策不允許此存取。", "The policies in force do not allow this access.")


def attach(live: Live, point: DecisionPoint) -> None:
    """Let a decision point decide for live sessions, and ask it which devices are known."""

    def decide(session: Session, access: Access) -> Ruling:
        context = live.context_of(
            session.id,
            point.clock(),
            subject=session.user,
            action=access.action,
            resource=access.resource,
        )
        answer = point.decide(Question(session.user, access.action, access.resource, context))
        return ruling_of(answer, point)

    deciding: Decide = decide
    live.attach(
        deciding,
        device_known=lambda device: point.entities.get(Uid("Device", device)) is not None,
    )


def ruling_of(answer: Answer, point: DecisionPoint) -> Ruling:
    """Read an answer with its obligations."""
    reason_zh, reason_en = "", ""
    for policy in answer.reasons:
        reason_zh = point.policies.annotation(policy, "reason_zh") or ""
        reason_en = point.policies.annotation(policy, "reason_en") or ""
        if reason_zh or reason_en:
            break
    if not answer.allowed and not (reason_zh or reason_en):
        reason_zh, reason_en = _SILENT
    types = {each.type: each.members for each in answer.obligations}
    return Ruling(
        allowed=answer.allowed,
        reason_zh=reason_zh,
        reason_en=reason_en,
        narrowed=_member(types.get("narrow"), "to") if answer.allowed else "",
        step_up=_member(types.get(STEP_UP), "acr_value"),
        notify=NOTIFICATION in types,
        terminate=TERMINATION in types,
    )


def _member(members: Mapping[str, object] | None, name: str) -> str:
    if members is None:
        return ""
    value = members.get(name)
    return value if isinstance(value, str) and value else "required"

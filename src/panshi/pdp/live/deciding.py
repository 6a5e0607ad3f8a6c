"""How the decision point rules on an access: its answer, read as what becomes of the access."""

from __future__ import annotations

from typing import TYPE_CHECKING

from panshi.pdp.point import Answer, DecisionPoint, Question
from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.sessions.ruling import Ruling
from panshi.protection.zero_trust.sessions.watched import watched

if TYPE_CHECKING:
    from panshi.pdp.live.registry import Live
    from panshi.protection.zero_trust.sessions.nouns import Access, Session

NARROW = "narrow."
"A `custom` obligation of this name on a permit says what is left: `custom:narrow.read-only`."


def attach(live: Live, point: DecisionPoint) -> None:
    """Let a decision point decide for live sessions, and follow what its policies compare with."""

    def decide(session: Session, access: Access) -> Ruling:
        question = Question(session.user, access.action, access.resource, session_id=session.id)
        return ruling_of(point.decide(question))

    def device_known(device: str) -> bool:
        return point.entities.get(Uid("Device", device)) is not None

    point.live = live
    live.attach(decide, device_known=device_known, watched=lambda: watched(point.policies))


def ruling_of(answer: Answer) -> Ruling:
    """Read an answer with its obligations."""
    said = answer.verdict
    reason_zh, reason_en = (said.user_zh, said.user_en) if said is not None else ("", "")
    if not answer.obligations:
        return Ruling(allowed=answer.allowed, reason_zh=reason_zh, reason_en=reason_en)
    types = {each.type: each.members for each in answer.obligations}
    custom = str(types.get("custom", {}).get("name", ""))
    return Ruling(
        allowed=answer.allowed,
        reason_zh=reason_zh,
        reason_en=reason_en,
        narrowed=custom.removeprefix(NARROW) if custom.startswith(NARROW) else "",
        step_up=str(types["step-up"].get("acr_value", "")) if "step-up" in types else "",
        notify="notification" in types,
        terminate="session_termination" in types,
    )

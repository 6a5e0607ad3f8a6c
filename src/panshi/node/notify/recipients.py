"""Who is told of what: occasions, and what each person wants to hear of and how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panshi.node.inbox import Call


class Occasion(StrEnum):
    """Why somebody is told."""

    DECISION = "decision"
    "A decision or a countersignature is awaited."
    LAPSING = "lapsing"
    "An exception lapses in 30, 7 or 1 days."
    FELL = "fell"
    "A control the person answers for fell."
    MENTION = "mention"
    DUE = "due"
    "An action or a step of a plan is due."
    SILENT = "silent"
    "A source went silent."
    WATCHED = "watched"
    "Something was recorded of an object the person watches."
    INTELLIGENCE = "intelligence"
    "Intelligence touches the institution's estate or was found in its telemetry."
    FEED = "feed"
    "At a hub: the feed of a member's subscription got something."


OCCASIONS: dict[Occasion, tuple[str, str]] = {
    Occasion.DECISION: ("有事等您決定", "A decision awaits you"),
    Occasion.LAPSING: ("例外即將失效", "An exception lapses soon"),
    Occasion.FELL: ("控制措施下降", "A control fell"),
    Occasion.MENTION: ("有人提到您", "Somebody mentioned you"),
    Occasion.DUE: ("事項到期", "Something is due"),
    Occasion.SILENT: ("觀測來源沉默", "A source went silent"),
    Occasion.WATCHED: ("關注的對象有新紀錄", "Something new on what you watch"),
    Occasion.INTELLIGENCE: ("情資觸及本機構", "Intelligence touches us"),
    Occasion.FEED: ("會員的訂閱有新情資", "A member's subscription has new intelligence"),
}
"Each occasion in zh-TW and English."

OF_CALL: dict[Call, Occasion] = {
    Call.DECIDE: Occasion.DECISION,
    Call.COUNTERSIGN: Occasion.DECISION,
    Call.RENEW: Occasion.LAPSING,
    Call.ACT: Occasion.DUE,
    Call.STEP: Occasion.DUE,
    Call.ANSWER: Occasion.MENTION,
    Call.RESTORE: Occasion.FELL,
    Call.OBSERVE: Occasion.SILENT,
}
"Occasion of each call of the inbox."


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who may be told things."""

    name: str
    "Account name."
    roles: tuple[str, ...]
    email: str = ""
    "Empty: no mail."
    muted: tuple[str, ...] = ()
    "Occasions the person does not want to hear of."
    digest: bool = False
    "Mail once a day instead of at once."
    chinese: bool = True
    watched: tuple[str, ...] = ()
    "References of the objects the person watches."

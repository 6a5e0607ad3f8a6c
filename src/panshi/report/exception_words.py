"""Exceptions in words, zh-TW and English: states, and why a step counts for nothing."""

from __future__ import annotations

from panshi.governance.exceptions.flaws import Flaw
from panshi.governance.exceptions.story import ExceptionState
from panshi.governance.exceptions.views import Effect, ExceptionRegister
from panshi.report.words import stage_name

STATES: dict[ExceptionState, tuple[str, str]] = {
    ExceptionState.REQUESTED: ("已申請", "requested"),
    ExceptionState.UNDER_REVIEW: ("審查中", "under review"),
    ExceptionState.APPROVED: ("已核准，尚未生效", "approved, not yet effective"),
    ExceptionState.ACTIVE: ("生效中", "active"),
    ExceptionState.LAPSED: ("已失效", "lapsed"),
    ExceptionState.CLOSED: ("已終止", "closed"),
    ExceptionState.REJECTED: ("已駁回", "rejected"),
    ExceptionState.WITHDRAWN: ("已撤回", "withdrawn"),
    ExceptionState.VOID: ("不成立", "void"),
}

FLAWS: dict[Flaw, tuple[str, str]] = {
    Flaw.LEGACY: (
        "舊版的單筆核准紀錄：沒有職位、審查與決定所依據的狀態，請重新申請",
        "one record of an earlier version, without office, review and basis; request it anew",
    ),
    Flaw.NO_REQUEST: ("沒有這個編號的申請", "nobody requested an exception of this number"),
    Flaw.NUMBER_TAKEN: ("編號已被使用", "the number is taken"),
    Flaw.DATED_APART: (
        "紀錄所載時間與收到的時間不符",
        "it is dated otherwise than when it was received",
    ),
    Flaw.ERASED: ("內容無法讀取", "its content cannot be read"),
    Flaw.UNKNOWN_CONTROL: ("沒有這項控制措施", "there is no such control"),
    Flaw.NOBODY: ("姓名不能代表一個人", "a name stands for no person"),
    Flaw.NO_REASON: ("未敘明理由", "no reason is given"),
    Flaw.NO_RISK: ("未敘明殘餘風險", "the risk that stays is not stated"),
    Flaw.NO_COMPENSATION: ("未指定補償性措施", "no compensating control is named"),
    Flaw.COMPENSATES_ITSELF: (
        "控制措施不能補償自己",
        "a control cannot compensate for itself",
    ),
    Flaw.BACKWARDS: ("到期日早於生效日", "it would end before it begins"),
    Flaw.TOO_LONG: ("期間超過上限天數", "it lasts longer than the days allowed"),
    Flaw.STARTS_LATE: ("生效日距申請日過久", "it begins too long after it is requested"),
    Flaw.NOT_WHOLE: (
        "此控制措施沒有個別項目，例外須涵蓋全部",
        "the control has no items: only the whole of it can be excepted",
    ),
    Flaw.RENEWS_NOTHING: (
        "所展延的例外不存在、未曾核准或屬其他控制措施",
        "what it renews does not exist, was never approved or is of another control",
    ),
    Flaw.SAME_PERSON: (
        "申請人與審查或決定者不能是同一人",
        "requester and reviewer or decider are not surely two people",
    ),
    Flaw.ENDED: ("例外已經結束", "the exception has ended"),
    Flaw.PAST: ("已過申請的到期日", "the day it was to end has come"),
    Flaw.REVIEWED_ALREADY: ("審查已經開始", "the review is open already"),
    Flaw.NOT_REVIEWED: ("尚未開始審查", "nobody opened the review"),
    Flaw.DECIDED_ALREADY: (
        "此職位或此人已經決定過",
        "this office, or this person, decided already",
    ),
    Flaw.OFFICE_WITHOUT_AUTHORITY: (
        "此職位不在授權表內",
        "the authority table does not know this office",
    ),
    Flaw.NO_OFFICE: (
        "決定當日未擔任此職位",
        "who decides does not hold this office on the day",
    ),
    Flaw.NO_BASIS: (
        "決定前未封存所依據的狀態",
        "what is decided on was not sealed before",
    ),
    Flaw.ANOTHER_BASIS: (
        "所依據的狀態屬於另一件申請",
        "what it is decided on was sealed of another request",
    ),
    Flaw.UNCOMPENSATED: (
        "補償性措施未經證據證明達成",
        "a compensating control is not met by evidence",
    ),
    Flaw.NO_WHY: ("未敘明決定理由", "no reason is given for the decision"),
    Flaw.NOT_THE_REQUESTER: ("只有申請人可以撤回", "only the requester can withdraw it"),
    Flaw.APPROVED_ALREADY: ("已經核准", "it is approved already"),
    Flaw.NOT_APPROVED: ("尚未核准，無從終止", "it is not approved, so there is nothing to end"),
    Flaw.OVER_AUTHORITY: (
        "範圍超出核准職位的權限",
        "it covers more than those who approved it may let pass",
    ),
}


def state_word(state: ExceptionState, *, chinese: bool) -> str:
    """One word for a state."""
    return STATES[state][0 if chinese else 1]


def flaw_words(flaw: Flaw, detail: str = "", *, chinese: bool) -> str:
    """Say why something counts for nothing."""
    said = FLAWS[flaw][0 if chinese else 1]
    if not detail:
        return said
    return f"{said}（{detail}）" if chinese else f"{said} ({detail})"


def register_words(register: ExceptionRegister, *, chinese: bool) -> str:
    """First sentence of the register: how many live, how many lapse, the grade without them."""
    live, lapsing = len(register.live), len(register.lapsing)
    if not register.exceptions:
        return "沒有任何例外。" if chinese else "There is no exception."
    staged = next((each for each in register.effects if each.staged), None)
    if chinese:
        said = f"有效例外 {live} 件，其中 {lapsing} 件將於本季失效"
        return f"{said}；{_without_zh(staged)}。" if staged is not None else f"{said}。"
    said = f"{live} exceptions are alive, {lapsing} of them lapse this quarter"
    return f"{said}; {_without_en(staged)}." if staged is not None else f"{said}."


def _without_zh(effect: Effect) -> str:
    bare = stage_name(effect.stage_without_exceptions, chinese=True)
    fewer = effect.met - effect.met_without_exceptions
    if effect.stage == effect.stage_without_exceptions:
        return f"不計例外，級別同為{bare}，少 {fewer} 項控制措施達成"
    return f"不計例外，級別為{bare}，而非{stage_name(effect.stage, chinese=True)}"


def _without_en(effect: Effect) -> str:
    bare = stage_name(effect.stage_without_exceptions, chinese=False)
    fewer = effect.met - effect.met_without_exceptions
    if effect.stage == effect.stage_without_exceptions:
        return f"without them the grade is the same, {bare}, with {fewer} fewer controls met"
    return f"without them the grade would be {bare}, not {stage_name(effect.stage, chinese=False)}"

"""Attestations in words, zh-TW and English: states, and why something counts for nothing."""

from __future__ import annotations

from panshi.governance.attestations.story import AttestationFlaw, AttestationState
from panshi.governance.attestations.views import AttestationRegister

STATES: dict[AttestationState, tuple[str, str]] = {
    AttestationState.PENDING: ("待會簽", "awaits a countersignature"),
    AttestationState.STANDING: ("有效", "stands"),
    AttestationState.ACKNOWLEDGED: ("承認未符合", "acknowledges non-compliance"),
    AttestationState.INCOMPLETE: ("不完整", "incomplete"),
    AttestationState.EXPIRED: ("已逾期", "expired"),
    AttestationState.WITHDRAWN: ("已撤回", "withdrawn"),
    AttestationState.REFUTED: ("抽查不成立", "not upheld"),
    AttestationState.REPLACED: ("已由新聲明取代", "replaced"),
    AttestationState.VOID: ("不成立", "void"),
}

FLAWS: dict[AttestationFlaw, tuple[str, str]] = {
    AttestationFlaw.NOBODY: ("姓名不能代表一個人", "a name stands for no person"),
    AttestationFlaw.DATED_APART: (
        "紀錄所載時間與收到的時間不符",
        "it is dated otherwise than when it was received",
    ),
    AttestationFlaw.UNKNOWN_CONTROL: ("沒有這項控制措施", "there is no such control"),
    AttestationFlaw.NOT_ATTESTED: (
        "此控制措施依證據判定，不以聲明為據",
        "the control is judged from evidence, not by a signature",
    ),
    AttestationFlaw.NO_SCOPE: ("未載明範圍", "no scope is stated"),
    AttestationFlaw.NO_STATEMENT: ("未載明內容", "nothing is stated"),
    AttestationFlaw.NO_ATTACHMENT: ("沒有附件", "there is no attachment"),
    AttestationFlaw.BACKWARDS: (
        "期間或到期日的先後不合",
        "its period or its end is in the wrong order",
    ),
    AttestationFlaw.TOO_LONG: ("有效期超過上限天數", "it would stand longer than the days allowed"),
    AttestationFlaw.NUMBER_TAKEN: ("編號已被使用", "the number is taken"),
    AttestationFlaw.NOTHING: ("沒有對應的聲明", "there is no such attestation before it"),
    AttestationFlaw.SAME_PERSON: (
        "簽署人之間不能是同一人",
        "those who sign are not surely different people",
    ),
    AttestationFlaw.COUNTERSIGNED_ALREADY: ("已經會簽", "it is countersigned already"),
    AttestationFlaw.ENDED: ("聲明已經結束或不成立", "the attestation has ended or is void"),
    AttestationFlaw.EXPIRED: ("聲明已逾期", "the attestation has expired"),
    AttestationFlaw.NOT_THE_OWNER: ("只有聲明人可以撤回", "only who attested can withdraw it"),
    AttestationFlaw.NO_WHY: ("未敘明理由或發現", "no reason or finding is given"),
}


def attestation_state_word(state: AttestationState, *, chinese: bool) -> str:
    """One word for a state."""
    return STATES[state][0 if chinese else 1]


def attestation_flaw_words(flaw: AttestationFlaw, detail: str = "", *, chinese: bool) -> str:
    """Say why something counts for nothing."""
    said = FLAWS[flaw][0 if chinese else 1]
    if not detail:
        return said
    return f"{said}（{detail}）" if chinese else f"{said} ({detail})"


def attestations_words(register: AttestationRegister, *, chinese: bool) -> str:
    """First sentence of the register."""
    standing, waiting = len(register.counting), len(register.waiting)
    controls, drawn = register.attested_controls, len(register.drawn)
    left = len(register.unexamined)
    if chinese:
        return (
            f"{controls} 項須聲明的控制措施中，{standing} 項有有效聲明，{waiting} 件待會簽；"
            f"本季抽查 {drawn} 件，尚有 {left} 件未複核。"
        )
    return (
        f"Of {controls} controls that people answer for, {standing} have a standing attestation"
        f" and {waiting} attestations await a second person; of {drawn} drawn this quarter, {left}"
        " are not looked at again yet."
    )

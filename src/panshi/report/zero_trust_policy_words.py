"""Words for sets of zero-trust policies, in both languages."""

from __future__ import annotations

from panshi.protection.zero_trust.policies.comparing import Change, Tally
from panshi.protection.zero_trust.policies.policy_set import SHORT
from panshi.protection.zero_trust.policies.versions import History, State, Step

STATES: dict[str, tuple[str, str]] = {
    State.WAITING: ("待另一人核准", "awaits another person"),
    State.IN_FORCE: ("生效中", "in force"),
    State.REPLACED: ("已被取代", "replaced"),
    State.REJECTED: ("已退回", "rejected"),
    State.WITHDRAWN: ("已撤回", "withdrawn"),
    State.OVERTAKEN: ("已落後，須重新送件", "overtaken, to be handed in anew"),
    State.VOID: ("不成立", "void"),
}
STEPS: dict[str, tuple[str, str]] = {
    Step.SUBMIT: ("送件", "handed in"),
    Step.APPROVE: ("核准並生效", "approved, in force"),
    Step.REJECT: ("退回", "rejected"),
    Step.WITHDRAW: ("撤回", "withdrawn"),
    Step.RESTORE: ("緊急回復", "restored in an emergency"),
    Step.REVIEW: ("事後檢視", "reviewed afterwards"),
}
CHANGES: dict[str, tuple[str, str]] = {
    "added": ("新增", "added"),
    "removed": ("刪除", "removed"),
    "changed": ("變更", "changed"),
    Change.ALLOWED: ("新准許", "newly allowed"),
    Change.DENIED: ("新拒絕", "newly denied"),
    Change.REASONS: ("理由改變", "other reasons"),
}


def state_word(state: str, *, chinese: bool) -> str:
    """Name the state of a proposal."""
    return STATES[state][0 if chinese else 1]


def step_word(step: str, *, chinese: bool) -> str:
    """Name a step; what is none is given as it was sealed."""
    return STEPS.get(step, (step, step))[0 if chinese else 1]


def change_word(change: str, *, chinese: bool) -> str:
    """Name a change."""
    return CHANGES[change][0 if chinese else 1]


def history_words(history: History, *, chinese: bool) -> str:
    """Say in a sentence what is in force and what awaits."""
    version, waiting = history.version[:SHORT], len(history.waiting)
    if chinese:
        which = "隨附政策集" if history.version == history.shipped else "政策集"
        tail = f"，{waiting} 件待另一人核准" if waiting else "，沒有待核准的提案"
        return f"{which} {version} 生效中{tail}。"
    which = "the shipped set" if history.version == history.shipped else "set"
    tail = f"{waiting} await another person" if waiting else "nothing awaits approval"
    return f"In force: {which} {version}; {tail}."


def tally_words(tally: Tally, *, chinese: bool) -> str:
    """Say in a sentence what another set would have changed."""
    allowed, denied = tally.count(Change.ALLOWED), tally.count(Change.DENIED)
    other = tally.count(Change.REASONS)
    if not tally.compared:
        return "此期間沒有任何紀錄的請求。" if chinese else "No request was recorded in this time."
    if chinese:
        return (
            f"回放 {tally.compared:,} 筆請求：新准許 {allowed:,} 筆、新拒絕 {denied:,} 筆、"
            f"理由改變 {other:,} 筆。"
        )
    return (
        f"{tally.compared:,} recorded requests: {allowed:,} newly allowed, {denied:,} newly "
        f"denied, {other:,} for other reasons."
    )

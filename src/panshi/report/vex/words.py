"""States, statuses and justifications in words."""

from __future__ import annotations

from panshi.model.supply_chain.vex import VexStatus
from panshi.protection.supply_chain.vex.proposals import JUSTIFICATIONS
from panshi.protection.supply_chain.vex.steps import AffairState

STATES = {
    AffairState.PROPOSED: ("待核准", "waits for approval"),
    AffairState.LAPSED: ("逾期未核准", "lapsed unapproved"),
    AffairState.REFUSED: ("未核准", "refused"),
    AffairState.IN_FORCE: ("有效", "in force"),
    AffairState.EXPIRED: ("已到期", "expired"),
    AffairState.WITHDRAWN: ("已撤回", "withdrawn"),
    AffairState.VOID: ("不採計", "void"),
}
STATUSES = {
    VexStatus.AFFECTED: ("受影響", "affected"),
    VexStatus.NOT_AFFECTED: ("不受影響", "not affected"),
    VexStatus.FIXED: ("已修補", "fixed"),
    VexStatus.UNDER_INVESTIGATION: ("調查中", "under investigation"),
}
BARRED = {
    "untrusted": ("發布者未經信任", "nobody trusts its author"),
    "unsigned": ("未以受信任的金鑰簽章", "no trusted key signed it"),
    "embedded": ("內嵌於物料清單，未經核准", "embedded in a bill, approved by nobody"),
    "expired": ("已過有效日，或尚未發布", "past its last day, or not issued yet"),
    "outside what its author is trusted with": (
        "超出其受信任的套件範圍",
        "outside what its author is trusted with",
    ),
    "the document is a draft": ("文件仍為草稿", "the document is a draft"),
    **{str(state): words for state, words in STATES.items()},
}


def state_word(state: AffairState, *, chinese: bool) -> str:
    """Name how far a decision has come."""
    return STATES[state][0 if chinese else 1]


def status_word(status: VexStatus, *, chinese: bool) -> str:
    """Name what a statement says."""
    return STATUSES[status][0 if chinese else 1]


def barred_word(reason: str, *, chinese: bool) -> str:
    """Say why a statement does not count; a rule of a format is said as its test says it."""
    if reason in BARRED:
        return BARRED[reason][0 if chinese else 1]
    return f"文件未依規範完成（{reason}）" if chinese and reason else reason


def justification_word(name: str, *, chinese: bool) -> str:
    """Say a justification in words."""
    return JUSTIFICATIONS[name][0 if chinese else 1] if name in JUSTIFICATIONS else name

"""Words and marks of the software supply chain: states of bills, decisions, statuses."""

from __future__ import annotations

from panshi.protection.supply_chain.findings.counting import BillState
from panshi.protection.supply_chain.findings.finding import Sort, Ssvc, State, Status
from panshi.web.words import Pair

BILL_STATES: dict[BillState, tuple[Pair, str]] = {
    BillState.FRESH: (("有效", "fresh"), "passing"),
    BillState.STALE: (("逾期", "stale"), "stale_pass"),
    BillState.NEVER: (("從未交付", "never delivered"), "unseen"),
}
"Words, and the class of the mark."
DECISIONS: dict[Ssvc, tuple[Pair, str]] = {
    Ssvc.ACT: (("立即處理", "act"), "failing"),
    Ssvc.ATTEND: (("優先處理", "attend"), "within"),
    Ssvc.TRACK_CLOSELY: (("密切追蹤", "track closely"), ""),
    Ssvc.TRACK: (("例行追蹤", "track"), ""),
}
STATUSES: dict[Status, tuple[Pair, str]] = {
    Status.AFFECTED: (("受影響", "affected"), "failing"),
    Status.UNKNOWN: (("無法判定", "cannot be told"), "unseen"),
    Status.UNDER_INVESTIGATION: (("調查中", "under investigation"), "stale_pass"),
    Status.FIXED: (("聲明已修", "stated fixed"), "within"),
    Status.NOT_AFFECTED: (("聲明不受影響", "stated not affected"), "within"),
}
GONE: tuple[Pair, str] = (("已修復並驗證", "fixed, proven"), "passing")
STATES: dict[State, Pair] = {
    State.OPEN: ("未結", "open"),
    State.QUIET: ("聲明不受害", "stated harmless"),
    State.GONE: ("已修復", "fixed"),
    State.ALL: ("全部", "all"),
}
SORTS: dict[Sort, Pair] = {
    Sort.SSVC: ("優先序", "decision"),
    Sort.DUE: ("期限", "due date"),
    Sort.EPSS: ("EPSS", "EPSS"),
    Sort.SEVERITY: ("CVSS", "CVSS"),
    Sort.FIRST_SEEN: ("發現日", "first seen"),
    Sort.PACKAGE: ("元件", "component"),
}

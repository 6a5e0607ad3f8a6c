"""Proof trees in words: rules, what each does, conclusions and parameters."""

from __future__ import annotations

from collections.abc import Mapping

from panshi.governance.exceptions.flaws import Flaw
from panshi.governance.exceptions.story import ExceptionState
from panshi.model.control import Basis
from panshi.model.verdict import Proof, Reason, ReasonCode, Status
from panshi.report.exception_words import flaw_words, state_word
from panshi.report.paper.figures import percent
from panshi.report.words import basis_word, reason_words, stage_name, status_word
from panshi.web.words import Pair, asset_kind, chinese, field_name, pick, say

RULES: Mapping[str, Pair] = {
    "control": ("控制措施", "Control"),
    "stage": ("分級", "Stage"),
    "gate": ("基準閘門", "Baseline gate"),
    "population": ("母體", "Population"),
    "population_shrank": ("離開母體", "Left the population"),
    "freshness": ("有效期間", "Freshness"),
    "beta_binomial": ("統計", "Statistics"),
    "attestation": ("聲明", "Attestation"),
    "derived": ("推得", "Derived"),
    "contradiction": ("牴觸", "Contradiction"),
    "exception": ("例外", "Exception"),
    "not_applicable": ("不適用", "Not applicable"),
}

WHY: Mapping[str, Pair] = {
    "population": (
        "先列出應有哪些項目；不在清單上的不算，清單上沒看到的是未知。",
        "First the list of what there should be; what is on it and was not seen is unknown.",
    ),
    "population_shrank": (
        "上次未通過、之後離開母體的項目；數字不因此改變，但必須看得到。",
        "Items that failed and then left the population; no figure changes, yet it is shown.",
    ),
    "freshness": (
        "觀測超過有效天數即視為未看到；但上次未通過的，仍算未通過。",
        "A look older than the period counts as unseen; what failed then keeps failing.",
    ),
    "beta_binomial": (
        "由看到的項目推估整個母體達到目標的機率；全部看過時只有 0 或 1。",
        "From what was seen, how probably the whole reaches its target; all seen, it is 0 or 1.",
    ),
    "contradiction": (
        "演練、重放或事件顯示失敗，在新的測試通過前壓過其他證據。",
        "A failed drill, replay or incident overrides other evidence until a newer one passes.",
    ),
    "gate": (
        "具拘束力的條文須成立或有有效例外，閘門才開。",
        "Binding clauses must hold, or be excepted, for the gate to open.",
    ),
}

PARAMETERS: Mapping[str, Pair] = {
    "as_of": ("判定時點", "As of"),
    "day": ("判定日", "Day"),
    "basis": ("判定方式", "Basis"),
    "in_field": ("場域", "Field"),
    "estate": ("資產範圍", "Estate"),
    "estate_version": ("資產版本", "Estate version"),
    "log_size": ("紀錄筆數", "Log size"),
    "log_root": ("紀錄樹根", "Log root"),
    "met": ("達成", "Met"),
    "met_without_exceptions": ("不計例外亦達成", "Met without exceptions"),
    "claimed": ("自評", "Claimed"),
    "claimed_by": ("自評者", "Claimed by"),
    "claimed_stage": ("自評級別", "Claimed stage"),
    "possible_stage": ("可能級別", "Possible stage"),
    "without_exceptions": ("不計例外的級別", "Without exceptions"),
    "to_lift": ("升級尚缺", "To lift"),
    "clauses": ("條文數", "Clauses"),
    "blockers": ("未成立條文", "Blockers"),
    "kind": ("資產種類", "Kind of asset"),
    "where": ("條件", "Where"),
    "related": ("關聯條件", "Related"),
    "inventories": ("應有清冊", "Inventories expected"),
    "not_in_every_inventory": ("未見於全部清冊", "Not in every inventory"),
    "population_before": ("先前母體", "Population before"),
    "whole_estate": ("全部場域項數", "In the whole estate"),
    "observation": ("觀測種類", "Observation"),
    "passes": ("通過條件", "Passes when"),
    "about": ("僅計", "Only about"),
    "across": ("多面向合併", "Across facets"),
    "fresh_days": ("有效天數", "Fresh for days"),
    "passing": ("通過", "Passing"),
    "failing": ("未通過", "Failing"),
    "stale_fail": ("逾期（仍未通過）", "Stale, still failing"),
    "stale_pass": ("逾期（曾通過）", "Stale, passed"),
    "never_seen": ("從未觀測", "Never seen"),
    "population": ("母體 N", "Population N"),
    "seen": ("已觀測 n", "Seen n"),
    "target_permille": ("目標占比", "Target share"),
    "wanted": ("須通過項數", "Needed to pass"),
    "confidence": ("所需信心", "Confidence asked"),
    "excepted": ("例外項數", "Excepted"),
    "probability": ("達標機率", "Probability"),
    "evidenced_count": ("有證據通過", "Evidenced to pass"),
    "evidenced": ("有證據占比", "Evidenced share"),
    "possible": ("可能占比", "Possible share"),
    "level": ("權限層級", "Level of authority"),
    "number": ("編號", "Number"),
    "offices_missing": ("尚缺核准的職位", "Offices yet to approve"),
    "probability_with_exceptions": ("計入例外的機率", "Probability with exceptions"),
    "looks_needed": ("再觀測項數即可達成", "More clean looks needed"),
    "valid_days": ("聲明有效天數", "Valid for days"),
    "countersigned": ("須會簽", "Needs countersignature"),
    "lacking": ("欠缺", "Lacking"),
    "owner": ("負責人", "Owner"),
    "scope": ("範圍", "Scope"),
    "expires": ("到期日", "Expires"),
    "attachment": ("附件", "Attachment"),
    "attachment_sha256": ("附件摘要", "Attachment digest"),
    "countersigned_by": ("會簽人", "Countersigned by"),
    "fulfilled": ("聲明符合", "Fulfilled"),
    "parts": ("組成控制", "Parts"),
    "unknown_parts": ("無法判定的組成", "Unknown parts"),
    "facet": ("面向", "Facet"),
    "observed_at": ("觀測於", "Observed at"),
    "why": ("理由", "Why"),
    "reason": ("理由", "Reason"),
    "effective": ("生效日", "Effective"),
    "requested_by": ("申請人", "Requested by"),
    "approved_by": ("核准人", "Approved by"),
    "compensating": ("補償性措施", "Compensating controls"),
    "compensating_unmet": ("未達成的補償性措施", "Compensating, not met"),
    "failing_items_in_scope": ("範圍內未通過", "Failing in scope"),
    "stage": ("級", "Stage"),
}

SHARES = {
    "claimed",
    "confidence",
    "probability",
    "evidenced",
    "possible",
    "probability_with_exceptions",
}
STAGED = {"stage", "claimed_stage", "possible_stage", "without_exceptions"}
LISTS = {"to_lift", "blockers", "inventories", "compensating", "compensating_unmet"}
YES_NO = {"met", "met_without_exceptions", "countersigned", "fulfilled"}
QUIET = {"fields_known", "circular", "absent_passes", "across"}
"Said only where they are out of the ordinary; the API gives them always."
PEOPLE = {"owner", "claimed_by", "countersigned_by", "requested_by", "approved_by"}
"Names of people, shown to those whose duty it is."

STATES: Mapping[str, Pair] = {
    "open": ("開啟", "open"),
    "closed": ("關閉", "closed"),
    "lifted": ("已解除", "lifted"),
    "live": ("有效", "live"),
    "expired": ("已失效", "expired"),
    "signed": ("已簽署", "signed"),
    "unknown": ("未知", "unknown"),
    "over_authority": ("超出核准權限", "over the authority"),
    "unsupported": ("補償性措施未達成", "compensating controls not met"),
    "invalid": ("無效", "invalid"),
    "revoked": ("已撤銷", "revoked"),
    "pending": ("尚未生效", "not yet effective"),
}


def parameter(name: str) -> str:
    """Name of a parameter; its own where nobody named it."""
    pair = PARAMETERS.get(name)
    return pick(pair) if pair else name.replace("_", " ")


def parameters(proof: Proof) -> list[tuple[str, object]]:
    """Parameters that say something, with their values in words."""
    return [
        (name, _value(name, value))
        for name, value in proof.parameters.items()
        if value != "" and name not in QUIET and name not in PEOPLE
    ]


def conclusion(proof: Proof) -> str:
    """Conclusion of a node in words."""
    said = proof.conclusion
    match proof.rule:
        case "control" | "derived":
            return status_word(Status(said), chinese=chinese()) if said in set(Status) else said
        case "stage":
            return stage_name(int(said), chinese=chinese())
        case "population":
            return say("{} 項", "{} items").format(f"{int(said):,}")
        case "freshness":
            return say("已觀測 {} 項", "{} seen").format(f"{int(said):,}")
        case "beta_binomial" if said != "unknown":
            return say("達標機率 {}", "probability {}").format(percent(float(said)))
        case "attestation" if said in set(ReasonCode):
            return reason_words(Reason(code=ReasonCode(said)), chinese=chinese())
        case "contradiction" if said == "open":
            return say("尚未解除", "standing")
    return _state(proof.rule, said)


def _state(rule: str, said: str) -> str:
    if rule == "exception" and said in set(ExceptionState):
        return state_word(ExceptionState(said), chinese=chinese())
    return pick(STATES[said]) if said in STATES else said


def _value(name: str, value: str | float) -> object:
    if isinstance(value, str):
        return _text(name, value)
    if name in SHARES:
        return percent(float(value))
    if name == "target_permille":
        return percent(value / 1000)
    if name in YES_NO:
        return say("是", "yes") if value else say("否", "no")
    if name in STAGED:
        return stage_name(int(value), chinese=chinese())
    return value


def _text(name: str, value: str) -> str:
    match name:
        case "in_field":
            return field_name(value)
        case "why" if value in set(Flaw):
            return flaw_words(Flaw(value), chinese=chinese())
        case "kind":
            return asset_kind(value)
        case "basis":
            return basis_word(Basis(value), chinese=chinese())
        case "as_of" | "observed_at":
            return value[:16].replace("T", " ") + " UTC"
        case _ if name in LISTS:
            return say("、", ", ").join(value.split())
    return value

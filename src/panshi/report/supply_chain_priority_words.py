"""Words of urgency and follow-up in zh-TW and English: decisions, standings, reasons."""

from __future__ import annotations

from collections.abc import Mapping

from panshi.protection.supply_chain.findings.finding import Ssvc
from panshi.protection.supply_chain.priority.board import Standing
from panshi.protection.supply_chain.priority.points import Reason

type Pair = tuple[str, str]

DECISIONS: Mapping[Ssvc, Pair] = {
    Ssvc.ACT: ("立即處理", "act"),
    Ssvc.ATTEND: ("優先處理", "attend"),
    Ssvc.TRACK_CLOSELY: ("密切追蹤", "track closely"),
    Ssvc.TRACK: ("例行追蹤", "track"),
}
STANDINGS: Mapping[Standing, Pair] = {
    Standing.UNOWNED: ("無人負責", "nobody has it"),
    Standing.OWNED: ("已指派", "assigned"),
    Standing.PLANNED: ("已排程", "planned"),
    Standing.EXCEPTED: ("例外生效中", "an exception counts"),
    Standing.CLAIMED: ("宣稱完成，待新清單驗證", "said to be done, awaiting the next bill"),
    Standing.CONTRADICTED: (
        "矛盾：宣稱完成但仍在清單",
        "contradiction: said to be done, still there",
    ),
    Standing.FIXED: ("已由新清單驗證", "verified by a newer bill"),
}
ALERTS: Mapping[str, Pair] = {
    "opened": ("新弱點", "opened"),
    "raised": ("升級", "more urgent"),
    "digest": ("每日彙整", "digest of the day"),
    "baseline": ("開始監看時已存在", "there when watching began"),
}
CHANNELS: Mapping[str, Pair] = {
    "console": ("主控台", "console"),
    "mail": ("電子郵件", "mail"),
    "webhook": ("Webhook", "webhook"),
    "stix": ("STIX", "STIX"),
}
REASONS: Mapping[str, Pair] = {
    "kev": ("列入 KEV，自 {}", "listed in KEV since {}"),
    "malicious": ("惡意套件 {}", "malicious package {}"),
    "epss_none": ("不在 KEV，EPSS {}", "not in KEV, EPSS {}"),
    "epss_poc": ("EPSS {}，視同已有攻擊程式", "EPSS {}, an attack is taken to exist"),
    "epss_active": ("EPSS {}，視同遭利用", "EPSS {}, taken to be exploited"),
    "epss_jump": ("EPSS 驟升 {}", "EPSS jumped {}"),
    "no_epss": (
        "不在 KEV；EPSS 無 {} 的分數，利用情形未知",
        "not in KEV; no EPSS of {}, so not known",
    ),
    "no_cve": (
        "{} 沒有 CVE 編號，KEV 與 EPSS 無從得知",
        "{} has no CVE, so KEV and EPSS cannot tell",
    ),
    "no_kev_catalogue": (
        "從未匯入 KEV，利用情形未知 {}",
        "KEV was never imported, so not known {}",
    ),
    "no_cvss": ("公告無 CVSS 向量，未知", "no CVSS vector, so not known"),
    "automatable_yes": ("可自動化（{}）", "can be automated ({})"),
    "automatable_no": ("無法自動化（{}）", "cannot be automated ({})"),
    "automatable_no_or_yes": ("公告的向量不一致（{}）", "vectors disagree ({})"),
    "technical_total": ("完全控制元件（{}）", "wins all of the component ({})"),
    "technical_partial": ("部分控制元件（{}）", "wins part of the component ({})"),
    "technical_partial_or_total": ("公告的向量不一致（{}）", "vectors disagree ({})"),
    "internet_facing": ("{} 網際網路可達", "{} is reachable from the internet"),
    "open_zone": ("{} 位於對外區域", "{} stands in an open zone"),
    "small_zone": ("{} 的主機都在管制區域", "all machines of {} stand in zones few reach"),
    "not_facing": ("{} 非網際網路可達", "{} is not reachable from the internet"),
    "estate_silent": ("資產資料未載明 {}，未知", "the estate says nothing of {}, so not known"),
    "not_in_estate": ("資產資料沒有這個系統，未知", "no estate has this system, so not known"),
    "core": ("{} 為核心系統", "{} is a core system"),
    "critical_service": ("關鍵服務 {} 仰賴它", "critical service {} rests on it"),
    "service_unsaid": ("服務 {} 未載明是否關鍵", "service {} is not said to be critical or not"),
    "service": ("服務 {} 仰賴它", "service {} rests on it"),
    "criticality": ("重要性 {}", "criticality {}"),
    "tier": ("供應商第 {} 級", "supplier of tier {}"),
    "no_tier": ("供應商 {} 未分級，以第 1 級計", "supplier {} has no tier and counts as tier 1"),
}
"What each reason of a decision says; `{}` is what it rests on."


def reason_words(reason: Reason) -> Pair:
    """Put one reason into words."""
    zh, en = REASONS[reason.because]
    return zh.format(reason.said).strip(), en.format(reason.said).strip()

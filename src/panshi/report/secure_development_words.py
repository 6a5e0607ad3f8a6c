"""How software is made, in sentences: zh-TW first, English complete."""

from __future__ import annotations

from collections.abc import Mapping

from panshi.protection.secure_development.facts import FactState
from panshi.protection.secure_development.judging import ItemState
from panshi.protection.secure_development.provenance import State
from panshi.protection.secure_development.trust import TrustState
from panshi.report.paper.figures import cut
from panshi.report.secure_development_answers import (
    OverviewAnswer,
    StatementOfBuild,
    SystemAnswer,
)

_STATES: Mapping[State, tuple[str, str]] = {
    State.VERIFIED: ("驗證通過", "verified"),
    State.UNSIGNED: ("未簽章，無法證明任何事", "not signed, so it proves nothing"),
    State.UNTRUSTED: ("簽章者不在信任之列", "signed by no key that is trusted"),
    State.INVALID: ("簽章不成立：內容遭更動，或非該金鑰所簽", "the signature does not hold"),
    State.UNCHECKED: (
        "sigstore 封裝：憑證與透明日誌已讀取、未驗證",
        "a sigstore bundle: certificate and log are read, not verified",
    ),
    State.WRONG_BUILDER: (
        "簽章成立，但該金鑰不得代表此建置者",
        "signed, but the key may not speak for this builder",
    ),
    State.OTHER_ARTIFACT: (
        "簽章成立，但說的是別的成品",
        "signed, but it speaks of other artefacts",
    ),
    State.REPLAYED: (
        "簽章成立，但同一份證明已用於先前的版本",
        "signed, but delivered for an earlier release already",
    ),
    State.NO_PROVENANCE: (
        "簽章成立，但不是建置來源證明",
        "signed, but it is no build provenance",
    ),
}
_FACTS: Mapping[FactState, tuple[str, str]] = {
    FactState.SHOWN: ("✓ 已證實", "✓ shown"),
    FactState.FAILING: ("✗ 不符", "✗ fails"),
    FactState.UNKNOWN: ("? 未知", "? unknown"),
}
_ITEMS: Mapping[ItemState, tuple[str, str]] = {
    ItemState.SHOWN: ("✓ 已證實", "✓ shown"),
    ItemState.PARTLY: ("◐ 部分證實", "◐ partly shown"),
    ItemState.FAILING: ("✗ 不符", "✗ fails"),
    ItemState.ATTESTED: ("✍ 聲明", "✍ attested"),
    ItemState.UNKNOWN: ("? 未知", "? unknown"),
}
_TRUST: Mapping[TrustState, tuple[str, str]] = {
    TrustState.PROPOSED: ("待核准", "proposed"),
    TrustState.TRUSTED: ("信任", "trusted"),
    TrustState.REVOKED: ("已撤銷", "revoked"),
}


def state_words(state: State, *, chinese: bool) -> str:
    """Say how far a statement of provenance holds."""
    return _STATES[state][not chinese]


def fact_state_word(state: FactState, *, chinese: bool) -> str:
    """Say how a fact stands."""
    return _FACTS[state][not chinese]


def item_state_word(state: ItemState, *, chinese: bool) -> str:
    """Say how a practice stands."""
    return _ITEMS[state][not chinese]


def trust_state_word(state: TrustState, *, chinese: bool) -> str:
    """Say how a key stands."""
    return _TRUST[state][not chinese]


def provenance_words(each: StatementOfBuild, *, chinese: bool) -> str:
    """Say what became of one statement."""
    told = state_words(each["state"], chinese=chinese)
    builder = each["builder"] or "–"
    return f"建置來源證明：{told}（{builder}）" if chinese else f"provenance: {told} ({builder})"


def overview_words(answer: OverviewAnswer, *, chinese: bool) -> str:
    """Say in one sentence how software is made here."""
    known, systems = answer["known"], answer["systems"]
    if chinese:
        told = f"{systems} 個系統中有 {known} 個系統或產品留有開發過程的證據"
        told += f"；{answer['proven']} 個的最新版本由驗證過的建置產出"
        refused = f"，{answer['refused']} 個的來源證明不成立" if answer["refused"] else ""
        return f"{told}{refused}。"
    told = f"{known} systems or products leave evidence of how they are made, of {systems} systems"
    told += f"; the newest release of {answer['proven']} came from a verified build"
    refused = f", the provenance of {answer['refused']} does not hold" if answer["refused"] else ""
    return f"{told}{refused}."


def system_words(answer: SystemAnswer, *, chinese: bool) -> str:
    """Say in one sentence how one system is made."""
    newest = answer["releases"][-1]
    share = _share(newest["ssdf"]["evidenced"])
    possible = _share(newest["ssdf"]["possible"])
    level = newest["asvs"]["reached"]
    if chinese:
        named = f"版本 {newest['release']}：" if newest["release"] else "目前（沒有版本紀錄）："
        asvs = f"ASVS 第 {level} 級" if level else "未達 ASVS 第 1 級"
        told = f"{answer['name']} {named}SSDF 做法已證實 {share}，最多可能 {possible}"
        return f"{told}；SAMM {newest['samm']['score']:.2f}／3；{asvs}。"
    named = (
        f"release {newest['release']}" if newest["release"] else "as it stands, no release known"
    )
    asvs = f"ASVS level {level}" if level else "ASVS level 1 not reached"
    told = f"{answer['name']}, {named}: {share} of the SSDF tasks are shown, at most {possible}"
    return f"{told}; SAMM {newest['samm']['score']:.2f} of 3; {asvs}."


def _share(value: float) -> str:
    shown = cut(value)
    return "–" if shown is None else f"{shown * 100:.1f}%"

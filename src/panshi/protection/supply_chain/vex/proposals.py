"""What a proposal must say before anybody can approve it, and the statement it becomes.

A decision names one vulnerability, one package and which versions: its purl's own, or a vers range
that says how far it carries over. Neither is ever left to be understood.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from panshi.model.bodies.vex import VexDecision, VexTrust
from panshi.model.supply_chain.vex import VexProduct, VexStatement, VexStatus
from panshi.protection.supply_chain.vex.fitting import reading, span_of

JUSTIFICATIONS = MappingProxyType(
    {
        "component_not_present": ("元件不存在", "the component is not present"),
        "vulnerable_code_not_present": ("不含有弱點的程式碼", "the vulnerable code is not present"),
        "vulnerable_code_not_in_execute_path": (
            "有弱點的程式碼不在執行路徑上",
            "the vulnerable code is never executed",
        ),
        "vulnerable_code_cannot_be_controlled_by_adversary": (
            "攻擊者無法控制有弱點的程式碼",
            "an adversary cannot control the vulnerable code",
        ),
        "inline_mitigations_already_exist": (
            "已有內建的緩解措施",
            "built-in mitigations already exist",
        ),
    }
)
"""The justifications CSAF, OpenVEX and CISA share, in words."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{2,119}")
LONGEST_TEXT = 4_000
HIGHEST_RANK = 9
MOST = 50
"Aliases, keys or packages of one proposal."


def defect_of(body: VexDecision | VexTrust) -> str:
    """Say why a proposal cannot stand, its dates apart; empty where it can."""
    if len(body.why) > LONGEST_TEXT:
        return f"a text is longer than {LONGEST_TEXT:,} characters"
    return _decision(body) if isinstance(body, VexDecision) else _trust(body)


def _decision(body: VexDecision) -> str:
    names = (body.vulnerability, *body.aliases)
    unnamed = next((each for each in names if not NAME.fullmatch(each)), None)
    if unnamed is not None or len(names) > MOST:
        return f"{(unnamed or '')[:60]!r} names no vulnerability"
    return _versions(body) or _reasons(body)


def _versions(body: VexDecision) -> str:
    purl = reading(body.purl)
    if purl is None:
        return f"{body.purl[:80]!r} is no package URL"
    if body.versions:
        if purl.version:
            return "either the purl has a version, or a range says which versions; not both"
        span = span_of(body.versions)
        if span is None:
            return f"{body.versions[:80]!r} is no vers range"
        if body.status is VexStatus.FIXED and span.everything:
            return "not every version can be the fixed one"
        return ""
    return "" if purl.version else "which versions is not said: give one, or a vers range"


def _reasons(body: VexDecision) -> str:
    if max(map(len, (body.impact, body.advice))) > LONGEST_TEXT:
        return f"a text is longer than {LONGEST_TEXT:,} characters"
    match body.status:
        case None:
            return "it has no status"
        case VexStatus.NOT_AFFECTED:
            if body.justification not in JUSTIFICATIONS:
                return "not_affected takes one of: " + ", ".join(JUSTIFICATIONS)
            return "" if body.impact.strip() else "not_affected says why, in words"
        case VexStatus.AFFECTED:
            return "" if body.advice.strip() else "affected says what is to be done"
        case VexStatus.FIXED:
            return "" if body.impact.strip() else "fixed says how, in words"
        case VexStatus.UNDER_INVESTIGATION:
            return ""


def _trust(body: VexTrust) -> str:
    if not body.author.strip():
        return "nobody is named who is to be trusted"
    if not 1 <= body.precedence <= HIGHEST_RANK:
        return f"a rank is from 1 to {HIGHEST_RANK}"
    if not body.why.strip():
        return "trust says what it rests on"
    if max(len(body.keys), len(body.packages)) > MOST:
        return f"more than {MOST} keys or packages"
    wrong = next((each for each in body.packages if not each.startswith("pkg:")), "")
    return f"{wrong[:80]!r} begins no package URL" if wrong else ""


def statement_of(body: VexDecision, *, author: str, document: str, issued: str) -> VexStatement:
    """Give the statement an approved proposal is."""
    product = VexProduct(purl=body.purl, versions=body.versions, system=body.system)
    return VexStatement(
        vulnerability=body.vulnerability,
        status=body.status or VexStatus.UNDER_INVESTIGATION,
        aliases=body.aliases,
        products=(product,),
        justification=body.justification,
        impact=body.impact,
        action=body.advice,
        author=author,
        document=document,
        issued=issued,
        expires=body.expires,
    )

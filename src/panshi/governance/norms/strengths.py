"""How strongly a clause binds: read from its words, and set beside that of another clause."""

from __future__ import annotations

import re
from enum import StrEnum

from panshi.governance.norms.clauses import Clause
from panshi.governance.norms.words import folded
from panshi.model.control import Strength

_MUST_NOT = re.compile(r"不得|不可|不應|禁止|\b(?:must|shall|may) not\b|\bprohibited\b")
_MUST = re.compile(r"應|須|必須|\b(?:must|shall|is required to|are required to)\b")
_SHOULD = re.compile(r"宜|建議|\b(?:should|recommended|encouraged)\b")
_MAY = re.compile(
    r"得(?!知|以|出|到|宜)|可(?!能|用|靠|視|攜|信|歸|執|行)|\bmay\b|\bcan\b|\boptional\b"
)
_NOT_A_DUTY = re.compile(
    r"對應|因應|應用|應變|反應|供應|回應|適應|響應|應急|事宜|適宜|便宜|不得已|取得|獲得|所得"
)
RANK: dict[Strength, int] = {
    Strength.NONE: 0,
    Strength.MAY: 1,
    Strength.SHOULD: 2,
    Strength.MUST: 3,
    Strength.MUST_NOT: 3,
}


class Force(StrEnum):
    """How the strengths of two clauses stand to each other."""

    SAME = "same"
    FIRST_STRONGER = "first_stronger"
    SECOND_STRONGER = "second_stronger"
    OPPOSED = "opposed"
    "One demands what the other forbids."
    UNKNOWN = "unknown"


def strength_of(text: str) -> Strength:
    """Read the modal verb of a clause: the strongest one decides."""
    plain = _NOT_A_DUTY.sub(" ", folded(text))
    for pattern, strength in (
        (_MUST_NOT, Strength.MUST_NOT),
        (_MUST, Strength.MUST),
        (_SHOULD, Strength.SHOULD),
        (_MAY, Strength.MAY),
    ):
        if pattern.search(plain):
            return strength
    return Strength.NONE


def force(first: Clause, second: Clause) -> Force:
    """Compare the strengths of two clauses."""
    one, two = first.strength, second.strength
    if Strength.NONE in {one, two}:
        return Force.SAME if one is two else Force.UNKNOWN
    if {one, two} == {Strength.MUST, Strength.MUST_NOT}:
        return Force.OPPOSED
    if RANK[one] == RANK[two]:
        return Force.SAME
    return Force.FIRST_STRONGER if RANK[one] > RANK[two] else Force.SECOND_STRONGER

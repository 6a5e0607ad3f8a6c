"""Words of norms side by side: states of a pair, kinds of change, effects, numbers."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.governance.norms.changes import Kind
from panshi.governance.norms.clauses import Clause, Norm
from panshi.governance.norms.confirming import PairState
from panshi.governance.norms.impact import Effect
from panshi.governance.norms.pairs import Rationale
from panshi.governance.norms.quantities import Contrast, Standing
from panshi.governance.norms.strengths import Force
from panshi.model.control import Strength
from panshi.node.norms import NormEntry
from panshi.web.words import STRENGTHS, Pair, chinese, pick, say

STATES: dict[PairState, Pair] = {
    PairState.CANDIDATE: ("候選", "candidate"),
    PairState.AWAITING: ("待第二人", "awaits a second person"),
    PairState.CONFIRMED: ("已確認", "confirmed"),
    PairState.REJECTED: ("已否決", "rejected"),
}
KINDS: dict[Kind, Pair] = {
    Kind.ADDED: ("新增", "added"),
    Kind.REMOVED: ("刪除", "removed"),
    Kind.STRENGTHENED: ("加嚴", "strengthened"),
    Kind.WEAKENED: ("放寬", "weakened"),
    Kind.REVERSED: ("由應轉為不得，或相反", "reversed"),
    Kind.RENUMBERED: ("改號", "re-numbered"),
    Kind.MOVED: ("移位", "moved"),
    Kind.REWORDED: ("改寫", "reworded"),
}
EFFECTS: dict[Effect, Pair] = {
    Effect.FAILS: ("將不符", "would fail"),
    Effect.UNKNOWN: ("將未知", "would be unknown"),
    Effect.MET: ("將達成", "would be met"),
    Effect.NO_CHECK: ("無檢核", "has no check"),
    Effect.DROPPED: ("不再要求", "falls away"),
    Effect.SAME: ("不變", "stays"),
}
RATIONALES: dict[Rationale, Pair] = {
    Rationale.SYNTACTIC: ("用語", "words"),
    Rationale.SEMANTIC: ("意義", "meaning"),
    Rationale.FUNCTIONAL: ("同樣的證據", "same evidence"),
}
FORCES: dict[Force, Pair] = {
    Force.SAME: ("", ""),
    Force.UNKNOWN: ("", ""),
    Force.FIRST_STRONGER: ("甲的用語較強", "the first binds more"),
    Force.SECOND_STRONGER: ("乙的用語較強", "the second binds more"),
    Force.OPPOSED: ("一要求、一禁止", "one demands what the other forbids"),
}
STANDINGS: dict[Standing, Pair] = {
    Standing.SAME: ("相同", "same"),
    Standing.FIRST_STRICTER: ("甲較嚴", "first stricter"),
    Standing.SECOND_STRICTER: ("乙較嚴", "second stricter"),
    Standing.DIFFERENT: ("不同", "different"),
    Standing.CONFLICT: ("無法同時遵守", "cannot both be kept"),
    Standing.ONLY_FIRST: ("僅甲訂定", "first only"),
    Standing.ONLY_SECOND: ("僅乙訂定", "second only"),
}
DIMENSIONS: dict[str, Pair] = {
    "duration": ("期間", "period"),
    "length": ("長度", "length"),
    "percent": ("比例", "share"),
    "count": ("次數", "count"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A clause as a page shows it."""

    id: str
    title: str
    text: str
    strength: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of two clauses as a page shows it."""

    name: str
    first: str
    second: str
    standing: str
    conflict: bool


def shown(clause: Clause | None) -> Shown | None:
    """Give a clause in the language of the page, else in the one it has."""
    if clause is None:
        return None
    side = 0 if chinese() else 1
    title = clause.title[side] or clause.title[1 - side]
    text = clause.text[side] or clause.text[1 - side]
    strength = "" if clause.strength is Strength.NONE else pick(STRENGTHS[clause.strength])
    return Shown(id=clause.id, title=title, text="" if text == title else text, strength=strength)


def number(contrast: Contrast) -> Number:
    """Give a number in words."""
    return Number(
        name=pick(DIMENSIONS.get(contrast.dimension, (contrast.dimension, contrast.dimension))),
        first=contrast.first.text if contrast.first else "—",
        second=contrast.second.text if contrast.second else "—",
        standing=pick(STANDINGS[contrast.standing]),
        conflict=contrast.standing is Standing.CONFLICT,
    )


def title_of(text: Norm | NormEntry) -> str:
    """Name a norm with its version."""
    zh, en = text.title if isinstance(text, Norm) else (text.title_zh, text.title_en)
    return say(f"{zh or en}（{text.version}）", f"{en or zh} ({text.version})")

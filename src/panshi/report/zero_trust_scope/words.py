"""Fields, factors, questions and reasons of the scope in words, zh-TW and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from panshi.model.asset import AssetKind, AttributeValue
from panshi.model.attributes import ATTRIBUTES, FIELDS
from panshi.model.bodies.zero_trust_scope import Choice
from panshi.protection.zero_trust.scope.facts import Known, Source
from panshi.protection.zero_trust.scope.fields import Reason, Standing
from panshi.protection.zero_trust.scope.scoping import Scope
from panshi.protection.zero_trust.scope.scores import Score

NAMES = {each.value: (each.zh, each.en) for each in FIELDS}
STANDINGS = {
    Standing.IN: ("屬於", "in"),
    Standing.OUT: ("不屬於", "not in"),
    Standing.UNKNOWN: ("未知", "unknown"),
}
SOURCES = {
    Source.STATED: ("資產清冊", "estate"),
    Source.RELATED: ("相關資產", "related assets"),
    Source.INFERRED: ("推得", "inferred"),
    Source.ANSWERED: ("人員回答", "answered"),
}
CHOICES = {
    Choice.CHOSEN: ("決定納入", "decided in"),
    Choice.LEFT_OUT: ("決定不納入", "decided out"),
    Choice.COMPUTED: ("依計算", "as computed"),
}
STEPS = (
    ("適用場域", "applicable"),
    ("高風險", "high risk"),
    ("低衝擊", "low impact"),
)
_TOLD = {
    (False, True): ("", ""),
    (False, False): ("否：", "no: "),
    (False, None): ("未知：", "not known: "),
    (True, True): ("排除，因", "exempt: "),
    (True, False): ("不排除，並非", "not exempt, it is not so that "),
    (True, None): ("可能排除，未知是否", "might be exempt, not known whether "),
}
"What stands before a rule: whether it puts in or takes out, and whether it holds."
_YES = {True: ("是", "yes"), False: ("否", "no"), None: ("未知", "unknown")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text in both languages."""

    zh: str
    en: str

    def said(self, *, chinese: bool) -> str:
        """Give it in one language."""
        return self.zh if chinese else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorWords:
    """A factor with its anchors."""

    title: Text
    anchors: Mapping[int, Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldWords:
    """A field with its code and definition."""

    code: str
    definition: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeWords:
    """Everything the scope is told in, from `content/zero_trust/scope.yaml`."""

    fields: Mapping[str, FieldWords]
    factors: Mapping[str, FactorWords]
    questions: Mapping[str, Text]
    rules: Mapping[str, Text]
    tests: Mapping[str, Text]

    def reason(self, reason: Reason) -> Text:
        """Say why a system is in a field or not."""
        said = self.rules[reason.rule]
        zh, en = _TOLD[(reason.exempts, reason.holds)]
        return Text(zh=f"{zh}{said.zh}", en=f"{en}{said.en}")

    def score(self, score: Score) -> Text:
        """Say why a factor scores so."""
        if score.value is None:
            missing = [fact_words(name) for name in score.asks]
            zh, en = "、".join(each.zh for each in missing), ", ".join(e.en for e in missing)
            return Text(
                zh=f"介於 {score.low} 至 {score.high}：尚未知 {zh}",
                en=f"from {score.low} to {score.high}: not known: {en}",
            )
        anchor = self.factors[score.factor].anchors[score.value]
        rule = self.rules.get(score.rule)
        if rule is not None:
            return Text(zh=f"{anchor.zh}（{rule.zh}）", en=f"{anchor.en} ({rule.en})")
        word = word_of(score)
        return (
            Text(zh=f"{anchor.zh}（{word.zh}）", en=f"{anchor.en} ({word.en})") if word else anchor
        )


def field_name(field: str, *, chinese: bool) -> str:
    """Name a field."""
    return NAMES[field][0 if chinese else 1]


def fact_words(name: str) -> Text:
    """Name a fact as the estate's schema does."""
    attribute = ATTRIBUTES[AssetKind.SYSTEM][name]
    return Text(zh=attribute.zh, en=attribute.en)


def value_words(name: str, value: AttributeValue) -> Text:
    """Say the value of a fact."""
    if isinstance(value, bool):
        return Text(zh=_YES[value][0], en=_YES[value][1])
    choices = {each.value: each for each in ATTRIBUTES[AssetKind.SYSTEM][name].choices}
    parts = value if isinstance(value, tuple) else (value,)
    texts = [str(part) for part in parts]
    zh = "、".join(choices[each].zh if each in choices else each for each in texts)
    en = ", ".join(choices[each].en if each in choices else each for each in texts)
    return Text(zh=zh, en=en)


def source_words(known: Known) -> Text:
    """Say where a fact comes from."""
    zh, en = SOURCES[known.source]
    told = ", ".join(known.assets[:3]) + ("…" if len(known.assets) > 3 else "")  # noqa: PLR2004
    if known.source is Source.ANSWERED:
        return Text(zh=f"{zh}：{known.by}", en=f"{en}: {known.by}")
    return Text(zh=f"{zh}：{told} {known.attribute}", en=f"{en}: {told} {known.attribute}")


def word_of(score: Score) -> Text | None:
    """Name the choice that decided a score, where it was one of a fact's words."""
    word = score.rule.partition(".")[2]
    for name in score.facts:
        for each in ATTRIBUTES[AssetKind.SYSTEM][name].choices:
            if each.value == word:
                return Text(zh=each.zh, en=each.en)
    for each in ATTRIBUTES[AssetKind.SYSTEM]["devices"].choices:
        if score.factor == "R4" and each.value == word:
            return Text(zh=each.zh, en=each.en)
    return None


def yes_no(value: bool | None, *, chinese: bool) -> str:  # noqa: FBT001 -- the value itself
    """Say yes, no or unknown."""
    return _YES[value][0 if chinese else 1]


def headline(scope: Scope, *, chinese: bool) -> str:
    """Say the scope in one sentence."""
    fields = scope.chosen_fields
    systems = len(scope.chosen_systems)
    total = len(scope.systems)
    asked = sum(bool(each.asks) for each in scope.systems)
    names = [field_name(each, chinese=chinese) for each in fields]
    if chinese:
        tail = f"；{asked} 個系統仍有事實待答" if asked else "，所需事實均已知"
        if not fields:
            return f"{total} 個系統中尚無場域可先行{tail}。"
        if len(fields) == len(NAMES):
            return f"六個場域均可先行，自 {total} 個系統選出 {systems} 個{tail}。"
        return f"先行場域為{'、'.join(names)}，自 {total} 個系統選出 {systems} 個{tail}。"
    tail = f"; facts are missing of {asked} systems" if asked else "; every fact it takes is known"
    if not fields:
        return f"No field of the {total} systems qualifies to begin with{tail}."
    return f"Begin with {', '.join(names)}: {systems} of {total} systems are chosen{tail}."

"""The scope on paper: the printable sheet and the workbook, one document of values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from panshi.model.parameter import ParameterSpec
from panshi.protection.zero_trust.scope.facts import Field
from panshi.protection.zero_trust.scope.fields import Standing
from panshi.protection.zero_trust.scope.readings import values_of
from panshi.protection.zero_trust.scope.scoping import InField, Scope, SystemScope
from panshi.protection.zero_trust.scope.scores import Score, Total
from panshi.report.annex import annex
from panshi.report.paper.document import (
    Cell,
    Column,
    Count,
    Document,
    Figure,
    Mark,
    Ref,
    Say,
    Section,
    Source,
    Table,
    Tone,
)
from panshi.report.zero_trust_scope.gaps import FieldGap, Milestone
from panshi.report.zero_trust_scope.paper_gap import gap_section, roadmap_section
from panshi.report.zero_trust_scope.words import (
    CHOICES,
    ScopeWords,
    field_name,
    headline,
    source_words,
    value_words,
    yes_no,
)

PRINTED = 40
FEW_ASKED = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopePaper:
    """What the sheet tells."""

    scope: Scope
    gaps: tuple[FieldGap, ...]
    steps: tuple[Milestone, ...]
    words: ScopeWords
    parameters: tuple[ParameterSpec, ...]
    source: Source
    as_of: datetime
    institution_zh: str
    institution_en: str
    demo: bool


def scope_paper(told: ScopePaper, *, chinese: bool) -> Document:
    """Lay the scope out in one language."""
    say = Say(chinese=chinese)
    return Document(
        id="zero-trust-scope",
        chinese=chinese,
        title=say("零信任場域盤點表", "Zero trust: scope"),
        subtitle=say(
            "六大場域、風險與衝擊、先行場域與系統、差距與路線。",
            "Six fields, risk and impact, where to begin, gaps and roadmap.",
        ),
        institution=told.institution_zh if chinese else told.institution_en,
        as_of=told.as_of,
        demo=told.demo,
        source=told.source,
        sections=(
            _funnel(told, say),
            _chosen(told, say),
            _fields(told, say),
            _scores(told, say),
            gap_section(told.gaps, say),
            roadmap_section(told.steps, say),
            _unknown(told, say),
            _readings(told, say),
            annex(told.source, say, title=say("附：如何查驗", "Annex: how to check")),
        ),
    )


def _funnel(told: ScopePaper, say: Say) -> Section:
    scope = told.scope
    rows: list[tuple[Cell, ...]] = []
    for each in scope.funnel:
        decided = scope.said.decisions.get((each.field, ""))
        why = f"{CHOICES[each.choice][0 if say.chinese else 1]}" + (
            say("：", ": ") + decided.body.why if decided else ""
        )
        rows.append(
            (
                Ref(told.words.fields[each.field].code),
                field_name(each.field, chinese=say.chinese),
                Count(each.applicable),
                Count(each.high_risk),
                Count(each.low_impact),
                Count(sum(each.unknown)),
                Mark(
                    say("先行", "begin") if each.chosen else say("暫不", "later"),
                    Tone.GOOD if each.chosen else Tone.PLAIN,
                ),
                why,
            )
        )
    table = Table(
        id="funnel",
        title=say("三步驟篩選", "Three steps"),
        columns=(
            Column(key="code", title=say("代號", "code"), width=0.6),
            Column(key="field", title=say("場域", "field"), width=2),
            Column(key="applicable", title=say("一、適用", "1 applicable")),
            Column(key="high_risk", title=say("二、高風險", "2 high risk")),
            Column(key="low_impact", title=say("三、低衝擊", "3 low impact")),
            Column(key="unknown", title=say("未知", "unknown")),
            Column(key="chosen", title=say("選擇", "choice")),
            Column(key="why", title=say("依據", "by"), width=2),
        ),
        rows=tuple(rows),
        note=say(
            "場域於第三步驟尚有系統者先行；一個系統可屬多個場域，因此各列不可相加為系統數。",
            "A field with a system left after step 3 begins; a system may be in several fields, "
            "so rows do not add up to systems.",
        ),
    )
    return Section(
        id="funnel",
        title=say("一、先行場域", "1. Where to begin"),
        lead=headline(scope, chinese=say.chinese),
        blocks=(table,),
    )


def _chosen(told: ScopePaper, say: Say) -> Section:
    pairs = [
        (each, field, found)
        for each in told.scope.systems
        for field, found in each.fields.items()
        if found.chosen
    ]
    pairs.sort(key=lambda pair: (list(Field).index(pair[1]), -pair[2].risk.low, pair[0].system.id))
    table = Table(
        id="chosen",
        title=say("先行系統", "Systems to begin with"),
        columns=(
            Column(key="system", title=say("系統", "system"), width=1.6),
            Column(key="name", title=say("名稱", "name"), width=2),
            Column(key="field", title=say("場域", "field"), width=1.4),
            Column(key="risk", title=say("風險 6–18", "risk 6–18")),
            Column(key="impact", title=say("衝擊 5–15", "impact 5–15")),
            Column(key="by", title=say("依據", "by"), width=1.4),
        ),
        rows=tuple(
            (
                Ref(each.system.id),
                each.system.name,
                field_name(field, chinese=say.chinese),
                _sum(found.risk),
                _sum(found.impact),
                CHOICES[found.choice][0 if say.chinese else 1],
            )
            for each, field, found in pairs
        ),
        empty=say("尚無。", "None yet."),
        limit=PRINTED,
    )
    count = len(told.scope.chosen_systems)
    return Section(
        id="chosen",
        title=say("二、先行系統", "2. Systems"),
        lead=say(
            f"{count} 個系統在先行場域中為高風險且低衝擊，或經人決定納入。",
            f"{count} systems are high risk and low impact in a chosen field, or were decided in.",
        ),
        blocks=(table,),
    )


def _fields(told: ScopePaper, say: Say) -> Section:
    rows = [
        (
            Ref(each.system.id),
            each.system.name,
            field_name(field, chinese=say.chinese),
            _standing(found, say),
            _reasons(found, told.words, say),
            yes_no(found.steps.high_risk, chinese=say.chinese),
            yes_no(found.steps.low_impact, chinese=say.chinese),
        )
        for each in sorted(told.scope.systems, key=lambda each: not each.chosen_in)
        for field, found in each.fields.items()
        if found.finding.standing is not Standing.OUT
    ]
    inside = sum(bool(each.in_fields) for each in told.scope.systems)
    return Section(
        id="fields",
        title=say("三、各系統所屬場域", "3. Fields of each system"),
        lead=say(
            f"{len(told.scope.systems)} 個系統中 {inside} 個至少屬於一個場域；理由列於各列。",
            f"{inside} of {len(told.scope.systems)} systems are in a field; each row says why.",
        ),
        blocks=(
            Table(
                id="fields",
                title=say("場域與理由", "Fields and reasons"),
                columns=(
                    Column(key="system", title=say("系統", "system"), width=1.6),
                    Column(key="name", title=say("名稱", "name"), width=1.8),
                    Column(key="field", title=say("場域", "field"), width=1.3),
                    Column(key="standing", title=say("判定", "standing")),
                    Column(key="why", title=say("理由", "why"), width=3),
                    Column(key="high_risk", title=say("高風險", "high risk"), width=0.8),
                    Column(key="low_impact", title=say("低衝擊", "low impact"), width=0.8),
                ),
                rows=tuple(rows),
                empty=say("沒有系統屬於任何場域。", "No system is in any field."),
                limit=PRINTED,
            ),
        ),
        breaks=True,
    )


def _scores(told: ScopePaper, say: Say) -> Section:
    factors = ("R1", "R2", "R3", "R4", "R5", "R6", "I1", "I2", "I3", "I4", "I5")
    rows: list[tuple[Cell, ...]] = []
    for each in sorted(told.scope.systems, key=lambda each: not each.chosen_in):
        for field in each.in_fields:
            found = each.fields[field]
            rows.append(
                (
                    Ref(each.system.id),
                    field_name(field, chinese=say.chinese),
                    *(_score(score) for score in found.risk.scores),
                    _sum(found.risk),
                    *(_score(score) for score in found.impact.scores),
                    _sum(found.impact),
                )
            )
    titles = "、".join(f"{name} {told.words.factors[name].title.zh}" for name in factors)
    english = ", ".join(f"{name} {told.words.factors[name].title.en}" for name in factors)
    columns = [Column(key="system", title=say("系統", "system"), width=2)]
    columns.append(Column(key="field", title=say("場域", "field"), width=1.4))
    columns += [Column(key=name, title=name, width=0.5) for name in factors[:6]]
    columns.append(Column(key="risk", title=say("風險", "risk"), width=0.7))
    columns += [Column(key=name, title=name, width=0.5) for name in factors[6:]]
    columns.append(Column(key="impact", title=say("衝擊", "impact"), width=0.7))
    return Section(
        id="scores",
        title=say("四、因子評分", "4. Factor scores"),
        lead=say(f"{titles}。", f"{english}."),
        blocks=(
            Table(
                id="scores",
                title=say("風險六項與衝擊五項", "Six risk and five impact factors"),
                columns=tuple(columns),
                rows=tuple(rows),
                note=say("區間表示尚有事實未知。", "A range: facts are missing."),
                empty=say("沒有系統屬於任何場域。", "No system is in any field."),
                limit=PRINTED,
            ),
        ),
        breaks=True,
    )


def _unknown(told: ScopePaper, say: Say) -> Section:
    asks = told.scope.asks
    return Section(
        id="unknown",
        title=say("七、尚未知的事實", "7. Facts not known"),
        lead=say(
            f"{len(asks)} 種事實尚待回答；未答即未知，不當作「否」。",
            f"{len(asks)} kinds of fact are missing; what is not answered is never a no.",
        )
        if asks
        else say("判定所需的事實均已知。", "Every fact the steps take is known."),
        blocks=(
            Table(
                id="unknown",
                title=say("待答", "To be answered"),
                columns=(
                    Column(key="fact", title=say("屬性", "attribute"), width=1.6),
                    Column(key="question", title=say("問題", "question"), width=4),
                    Column(key="systems", title=say("系統數", "systems")),
                ),
                rows=tuple(
                    (
                        Ref(fact),
                        told.words.questions[fact].said(chinese=say.chinese),
                        Count(len(systems)),
                    )
                    for fact, systems in asks.items()
                ),
                empty=say("無。", "None."),
                limit=FEW_ASKED,
            ),
            Table(
                id="facts",
                title=say("已知事實與來源", "Facts known, with sources"),
                columns=(
                    Column(key="system", title=say("系統", "system"), width=1.6),
                    Column(key="fact", title=say("屬性", "attribute"), width=1.6),
                    Column(key="value", title=say("值", "value"), width=2),
                    Column(key="source", title=say("來源", "source"), width=3),
                ),
                rows=tuple(_facts(told.scope.systems, say)),
                empty=say("無。", "None."),
                limit=FEW_ASKED,
            ),
        ),
    )


def _facts(systems: tuple[SystemScope, ...], say: Say) -> Iterator[tuple[Cell, ...]]:
    for each in systems:
        for known in (*each.facts.known.values(), *each.facts.special.values()):
            yield (
                Ref(each.system.id),
                known.name,
                value_words(known.name, known.value).said(chinese=say.chinese),
                source_words(known).said(chinese=say.chinese),
            )


def _readings(told: ScopePaper, say: Say) -> Section:
    values = values_of(told.scope.readings)
    rows = tuple(
        (
            Ref(spec.name),
            say(spec.title_zh, spec.title_en),
            Figure(values[spec.name], f"{values[spec.name]:g}"),
            Figure(spec.default, f"{spec.default:g}"),
            say(spec.why_zh, spec.why_en),
        )
        for spec in told.parameters
        if spec.name in values
    )
    tables = tuple(
        (str(each.model), Count(len(each.applicable)), ", ".join(each.not_applicable) or "—")
        for each in told.scope.applicability
    )
    return Section(
        id="readings",
        title=say("八、採用的解讀", "8. Readings chosen"),
        lead=say(
            "來源未說或前後不一之處，由下列受治理參數決定；變更須留紀錄。",
            "Where the source is silent or contradicts itself, these governed parameters decide.",
        ),
        blocks=(
            Table(
                id="readings",
                title=say("參數", "Parameters"),
                columns=(
                    Column(key="name", title=say("名稱", "name"), width=1.8),
                    Column(key="title", title=say("意義", "meaning"), width=2),
                    Column(key="value", title=say("現值", "now"), width=0.6),
                    Column(key="default", title=say("預設", "default"), width=0.6),
                    Column(key="why", title=say("理由", "why"), width=5),
                ),
                rows=rows,
            ),
            Table(
                id="cloud",
                title=say("雲端適用", "Applicability in the cloud"),
                columns=(
                    Column(key="model", title=say("模式", "model")),
                    Column(key="count", title=say("適用項數", "controls")),
                    Column(key="without", title=say("不適用", "not applicable"), width=3),
                ),
                rows=tables,
                note=say(
                    "第 IV 級五項未載於雲端適用表，除參數另有決定外視為尚未決定。",
                    "The five controls of stage IV are not in the cloud table: undecided unless a "
                    "parameter says otherwise.",
                ),
            ),
        ),
        breaks=True,
    )


def _score(score: Score) -> Cell:
    value = score.value
    return f"{score.low}–{score.high}" if value is None else Figure(value, str(value))


def _sum(total: Total) -> Cell:
    value = total.value
    return f"{total.low}–{total.high}" if value is None else Figure(value, str(value))


def _standing(found: InField, say: Say) -> Cell:
    if found.finding.standing is Standing.IN:
        return Mark(say("屬於", "in"), Tone.GOOD)
    return Mark(say("未知", "unknown"), Tone.UNKNOWN)


def _reasons(found: InField, words: ScopeWords, say: Say) -> str:
    shown = [each for each in found.finding.reasons if each.holds is not False] or list(
        found.finding.reasons
    )
    return say("；", "; ").join(words.reason(each).said(chinese=say.chinese) for each in shown)

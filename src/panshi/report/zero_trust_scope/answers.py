"""The scope in its documented JSON form, the same from command line and API.

The keys are kept stable: other programs read them. `null` is "not known", never "no".
"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from panshi.model.estate import Estate
from panshi.protection.zero_trust.scope.facts import Clash, Field, Known
from panshi.protection.zero_trust.scope.fields import Standing
from panshi.protection.zero_trust.scope.quick import QuickTest
from panshi.protection.zero_trust.scope.readings import values_of
from panshi.protection.zero_trust.scope.scoping import InField, Scope, SystemScope
from panshi.protection.zero_trust.scope.scores import Total
from panshi.report.zero_trust_scope.people import without_people
from panshi.report.zero_trust_scope.words import (
    NAMES,
    ScopeWords,
    Text,
    headline,
)


class Pair(TypedDict):
    """One text in both languages."""

    zh: str
    en: str


class KnownAnswer(TypedDict):
    """One fact of a system, with its source."""

    fact: str
    "Name of the attribute of systems."
    value: str | int | float | bool | tuple[str, ...]
    source: str
    "`stated`, `related`, `inferred` or `answered`."
    assets: tuple[str, ...]
    attribute: str
    by: str
    "Who answered."
    since: datetime | None
    evidence_id: str
    in_field: str
    "The field it is about; empty: all."


class ReasonAnswer(TypedDict):
    """One rule of a field."""

    rule: str
    holds: bool | None
    exempts: bool
    facts: tuple[str, ...]
    zh: str
    en: str


class ScoreAnswer(TypedDict):
    """One factor."""

    factor: str
    title_zh: str
    title_en: str
    score: int | None
    "3, 2 or 1; null where a fact is missing."
    at_least: int
    at_most: int
    rule: str
    facts: tuple[str, ...]
    asks: tuple[str, ...]
    why_zh: str
    why_en: str


class TotalAnswer(TypedDict):
    """The sum of factors."""

    total: int | None
    at_least: int
    at_most: int
    factors: list[ScoreAnswer]


class ClassificationAnswer(TypedDict):
    """One system in one field."""

    field: str
    field_zh: str
    field_en: str
    standing: str
    "`in`, `out` or `unknown`."
    reasons: list[ReasonAnswer]
    asks: tuple[str, ...]
    "Facts that would decide."
    could_exempt: tuple[str, ...]
    "Facts not known that could take it out."
    stated: bool | None
    "Whether the estate labels it with the field; null where it labels none."
    clashes: bool
    applicable: bool | None
    high_risk: bool | None
    low_impact: bool | None
    risk: TotalAnswer | None
    "Null where it is out of the field."
    impact: TotalAnswer | None
    chosen: bool
    choice: str
    "`computed`, or what a person decided: `chosen`, `left_out`."


class TestAnswer(TypedDict):
    """One yes/no test."""

    test: str
    result: bool | None
    facts: tuple[str, ...]
    zh: str
    en: str


class QuickAnswer(TypedDict):
    """Tests of which one suffices."""

    result: bool | None
    tests: list[TestAnswer]


class ClashAnswer(TypedDict):
    """Two sources that disagree."""

    fact: str
    counts: KnownAnswer
    other: KnownAnswer


class SystemAnswer(TypedDict):
    """One system."""

    system: str
    name: str
    fields: list[str]
    "The fields it is in."
    fields_zh: list[str]
    unknown_fields: list[str]
    cloud_model: str | None
    facts: list[KnownAnswer]
    clashes: list[ClashAnswer]
    quick_tests: dict[str, QuickAnswer]
    "`high_risk` and `low_impact`."
    classification: list[ClassificationAnswer]
    chosen_in: list[str]
    unknowns: list[str]
    "Facts that a step hangs on."
    refining: list[str]
    "Facts that would only settle scores."


class FunnelAnswer(TypedDict):
    """The funnel of one field."""

    applicable: int
    high_risk: int
    low_impact: int
    unknown: dict[str, int]
    "Systems of which it is not known whether they pass the step."
    chosen: bool
    computed: bool
    choice: str
    could_change: bool
    zh: str
    en: str


class CloudAnswer(TypedDict):
    """Controls for one cloud model."""

    applicable: tuple[str, ...]
    not_applicable: tuple[str, ...]
    undecided: tuple[str, ...]
    count: int


class ChosenAnswer(TypedDict):
    """What to begin with."""

    fields: list[str]
    fields_zh: list[str]
    systems: list[str]


class UnknownAnswer(TypedDict):
    """One fact that is missing of systems."""

    fact: str
    question: Pair
    systems: tuple[str, ...]


class DecisionAnswer(TypedDict):
    """What a person decided."""

    field: str
    system: str
    choice: str
    decided_by: str
    why: str
    at: datetime
    evidence_id: str


class GivenAnswer(TypedDict):
    """What a person answered."""

    number: str
    systems: tuple[str, ...]
    in_field: str
    answers: dict[str, str]
    answered_by: str
    why: str
    at: datetime
    withdrawn_by: str
    evidence_id: str


class ScopeAnswerShape(TypedDict):
    """The scope of an estate."""

    estate: str
    estate_version: int
    as_of: datetime
    framework: str
    framework_version: str
    demo: bool
    summary: Pair
    parameters: dict[str, float]
    systems: list[SystemAnswer]
    funnel: dict[str, FunnelAnswer]
    "By field."
    chosen: ChosenAnswer
    applicability: dict[str, CloudAnswer]
    "By cloud model."
    unknowns: list[UnknownAnswer]
    decisions: list[DecisionAnswer]
    answers: list[GivenAnswer]
    log_size: int
    log_root: str


def scope_answer(
    scope: Scope,
    estate: Estate,
    words: ScopeWords,
    *,
    as_of: datetime,
    framework: tuple[str, str],
    log: tuple[int, str],
    people: bool = True,
) -> ScopeAnswerShape:
    """Lay the scope out; without people, nobody is named."""
    scope = scope if people else without_people(scope)
    return {
        "estate": estate.id,
        "estate_version": estate.version,
        "as_of": as_of,
        "framework": framework[0],
        "framework_version": framework[1],
        "demo": estate.demo,
        "summary": {
            "zh": headline(scope, chinese=True),
            "en": headline(scope, chinese=False),
        },
        "parameters": values_of(scope.readings),
        "systems": [system_answer(each, words) for each in scope.systems],
        "funnel": _funnel(scope),
        "chosen": {
            "fields": [str(each) for each in scope.chosen_fields],
            "fields_zh": [NAMES[each][0] for each in scope.chosen_fields],
            "systems": [each.system.id for each in scope.chosen_systems],
        },
        "applicability": {
            str(each.model): {
                "applicable": each.applicable,
                "not_applicable": each.not_applicable,
                "undecided": each.undecided,
                "count": len(each.applicable),
            }
            for each in scope.applicability
        },
        "unknowns": [
            {"fact": fact, "question": _pair(words.questions[fact]), "systems": systems}
            for fact, systems in scope.asks.items()
        ],
        "decisions": _decisions(scope),
        "answers": _given(scope),
        "log_size": log[0],
        "log_root": log[1],
    }


def system_answer(each: SystemScope, words: ScopeWords) -> SystemAnswer:
    """Lay one system out."""
    inside = each.in_fields
    return {
        "system": each.system.id,
        "name": each.system.name,
        "fields": [str(field) for field in inside],
        "fields_zh": [NAMES[field][0] for field in inside],
        "unknown_fields": [
            str(field)
            for field, found in each.fields.items()
            if found.finding.standing is Standing.UNKNOWN
        ],
        "cloud_model": each.model,
        "facts": [known_answer(known) for known in _every_fact(each)],
        "clashes": [_clash(clash) for clash in each.facts.clashes],
        "quick_tests": {test.name: _quick(test, words) for test in each.quick},
        "classification": [
            _classification(field, found, words) for field, found in each.fields.items()
        ],
        "chosen_in": [str(field) for field in each.chosen_in],
        "unknowns": list(each.asks),
        "refining": list(each.refines),
    }


def known_answer(known: Known) -> KnownAnswer:
    """Lay one fact out."""
    value = known.value
    return {
        "fact": known.name,
        "value": value if isinstance(value, str | bool | int | float | tuple) else str(value),
        "source": known.source,
        "assets": known.assets,
        "attribute": known.attribute,
        "by": known.by,
        "since": known.since,
        "evidence_id": known.evidence_id,
        "in_field": known.in_field,
    }


def _every_fact(each: SystemScope) -> list[Known]:
    return [*each.facts.known.values(), *each.facts.special.values()]


def _classification(field: Field, found: InField, words: ScopeWords) -> ClassificationAnswer:
    finding, passed = found.finding, found.steps
    standing = {Standing.IN: True, Standing.OUT: False, Standing.UNKNOWN: None}[finding.standing]
    return {
        "field": field,
        "field_zh": NAMES[field][0],
        "field_en": NAMES[field][1],
        "standing": finding.standing,
        "reasons": [
            {
                "rule": reason.rule,
                "holds": reason.holds,
                "exempts": reason.exempts,
                "facts": reason.facts,
                **_pair(words.reason(reason)),
            }
            for reason in finding.reasons
        ],
        "asks": finding.asks,
        "could_exempt": finding.could_exempt,
        "stated": finding.stated,
        "clashes": finding.clashes,
        "applicable": standing,
        "high_risk": passed.high_risk,
        "low_impact": passed.low_impact,
        "risk": None if standing is False else _total(found.risk, words),
        "impact": None if standing is False else _total(found.impact, words),
        "chosen": found.chosen,
        "choice": found.choice,
    }


def _total(total: Total, words: ScopeWords) -> TotalAnswer:
    factors: list[ScoreAnswer] = []
    for score in total.scores:
        title, why = words.factors[score.factor].title, words.score(score)
        factors.append(
            {
                "factor": score.factor,
                "title_zh": title.zh,
                "title_en": title.en,
                "score": score.value,
                "at_least": score.low,
                "at_most": score.high,
                "rule": score.rule,
                "facts": score.facts,
                "asks": score.asks,
                "why_zh": why.zh,
                "why_en": why.en,
            }
        )
    return {
        "total": total.value,
        "at_least": total.low,
        "at_most": total.high,
        "factors": factors,
    }


def _quick(test: QuickTest, words: ScopeWords) -> QuickAnswer:
    return {
        "result": test.result,
        "tests": [
            {
                "test": each.name,
                "result": each.result,
                "facts": each.facts,
                **_pair(words.tests[each.name]),
            }
            for each in test.tests
        ],
    }


def _funnel(scope: Scope) -> dict[str, FunnelAnswer]:
    return {
        str(each.field): {
            "applicable": each.applicable,
            "high_risk": each.high_risk,
            "low_impact": each.low_impact,
            "unknown": dict(
                zip(("applicable", "high_risk", "low_impact"), each.unknown, strict=True)
            ),
            "chosen": each.chosen,
            "computed": each.computed,
            "choice": each.choice,
            "could_change": each.could_change,
            "zh": NAMES[each.field][0],
            "en": NAMES[each.field][1],
        }
        for each in scope.funnel
    }


def _decisions(scope: Scope) -> list[DecisionAnswer]:
    return [
        {
            "field": field,
            "system": system,
            "choice": each.body.choice,
            "decided_by": each.body.decided_by,
            "why": each.body.why,
            "at": each.at,
            "evidence_id": each.evidence_id,
        }
        for (field, system), each in scope.said.decisions.items()
    ]


def _given(scope: Scope) -> list[GivenAnswer]:
    return [
        {
            "number": each.number,
            "systems": each.body.systems,
            "in_field": each.body.in_field,
            "answers": {fact.fact: fact.value for fact in each.body.answers},
            "answered_by": each.body.answered_by,
            "why": each.body.why,
            "at": each.at,
            "withdrawn_by": each.withdrawn_by,
            "evidence_id": each.evidence_id,
        }
        for each in scope.said.answers
    ]


def _clash(clash: Clash) -> ClashAnswer:
    return {
        "fact": clash.name,
        "counts": known_answer(clash.counts),
        "other": known_answer(clash.other),
    }


def _pair(text: Text) -> Pair:
    return {"zh": text.zh, "en": text.en}

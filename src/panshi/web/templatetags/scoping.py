"""What templates about the zero-trust scope say."""

from __future__ import annotations

from django import template

from panshi.errors import BadInputError
from panshi.model.bodies.zero_trust_scope import Choice, ScopeFact
from panshi.node.zero_trust.scope_content import scope_words
from panshi.protection.zero_trust.scope.answering import value_of
from panshi.protection.zero_trust.scope.facts import Known
from panshi.protection.zero_trust.scope.fields import Reason, Standing
from panshi.protection.zero_trust.scope.scores import Score, Total
from panshi.report.zero_trust_scope.words import (
    CHOICES,
    SOURCES,
    STANDINGS,
    fact_words,
    value_words,
)
from panshi.web.words import chinese, pick

register = template.Library()

MARKS = {Standing.IN: "●", Standing.OUT: "–", Standing.UNKNOWN: "?"}


@register.filter
def standing_word(standing: Standing) -> str:
    """Say how a system stands to a field."""
    return pick(STANDINGS[standing])


@register.filter
def standing_mark(standing: Standing) -> str:
    """Give the mark of a standing for a narrow cell; the word stands beside it for readers."""
    return MARKS[standing]


@register.filter
def fact_word(name: str) -> str:
    """Name a fact."""
    return fact_words(name).said(chinese=chinese())


@register.filter
def question(name: str) -> str:
    """Ask for a fact."""
    return scope_words().questions[name].said(chinese=chinese())


@register.filter
def fact_value(known: Known) -> str:
    """Say the value of a fact."""
    return value_words(known.name, known.value).said(chinese=chinese())


@register.filter
def source_word(known: Known) -> str:
    """Say where a fact comes from."""
    return pick(SOURCES[known.source])


@register.filter
def reason_words(reason: Reason) -> str:
    """Say a rule and whether it holds."""
    return scope_words().reason(reason).said(chinese=chinese())


@register.filter
def score_words(score: Score) -> str:
    """Say why a factor scores so."""
    return scope_words().score(score).said(chinese=chinese())


@register.filter
def factor_title(factor: str) -> str:
    """Name a factor."""
    return scope_words().factors[factor].title.said(chinese=chinese())


@register.filter
def bounds(scored: Score | Total) -> str:
    """Give a score or a sum, or its bounds."""
    value = scored.value
    return str(value) if value is not None else f"{scored.low}–{scored.high}"


@register.filter
def test_word(name: str) -> str:
    """Name a yes/no test."""
    return scope_words().tests[name].said(chinese=chinese())


@register.filter
def known_word(value: bool | None) -> str:  # noqa: FBT001 -- the value itself
    """Say yes, no or not known."""
    words = {True: ("是", "yes"), False: ("否", "no"), None: ("未知", "unknown")}
    return pick(words[value])


@register.filter
def known_state(value: bool | None) -> str:  # noqa: FBT001 -- the value itself
    """Give the class of a mark for yes, no or not known."""
    return {True: "passing", False: "", None: "unseen"}[value]


@register.filter
def choice_word(choice: Choice) -> str:
    """Say what was decided."""
    return pick(CHOICES[choice])


@register.filter
def definition(field: str) -> str:
    """Say what a field is."""
    return scope_words().fields[field].definition.said(chinese=chinese())


@register.filter
def code(field: str) -> str:
    """Give the code of a field."""
    return scope_words().fields[field].code


@register.filter
def answer_value(fact: ScopeFact) -> str:
    """Say the value of an answer."""
    try:
        value = value_of(fact.fact, fact.value)
    except BadInputError:
        return fact.value
    return value_words(fact.fact, value).said(chinese=chinese())


@register.filter
def criticality_word(value: str) -> str:
    """Say how important a system is."""
    return value_words("criticality", value).said(chinese=chinese())

"""What templates say of exceptions and attestations: states, flaws, offices, levels."""

from __future__ import annotations

from django import template

from panshi.governance.exceptions.authority import Level
from panshi.governance.exceptions.flaws import Flaw
from panshi.governance.exceptions.story import ExceptionState
from panshi.governance.exceptions.views import ExceptionView, StepView
from panshi.report.exception_words import flaw_words, state_word
from panshi.web.nodes import node
from panshi.web.words import chinese, say

register = template.Library()


@register.filter
def exception_state(view: ExceptionView | ExceptionState) -> str:
    """Say what an exception is, and where it counts for nothing why."""
    if isinstance(view, ExceptionState):
        return state_word(view, chinese=chinese())
    said = state_word(view.state, chinese=chinese())
    if view.state is not ExceptionState.ACTIVE or view.counts:
        return said
    why = say("補償性措施未達成", "not compensated")
    if not view.uncompensated:
        why = say("超出核准權限", "over the authority")
    return say(f"{said}，但{why}，目前不計", f"{said}, {why}, does not count")


@register.filter
def flaw(found: ExceptionView | StepView) -> str:
    """Say why it counts for nothing; empty where it counts."""
    if not isinstance(found.flaw, Flaw):
        return ""
    return flaw_words(found.flaw, found.detail, chinese=chinese())


@register.filter
def office(name: str) -> str:
    """Name an office."""
    known = node().library.offices.offices.get(name)
    return say(known.title_zh, known.title_en) if known is not None else name


@register.filter
def level(found: Level | None) -> str:
    """Name a level of authority."""
    return say(found.title_zh, found.title_en) if found is not None else "—"

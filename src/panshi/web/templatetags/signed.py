"""What templates say of exceptions and attestations: states, flaws, offices, levels."""

from __future__ import annotations

from dataclasses import fields

from django import template

from panshi.governance.attestations.story import AttestationState
from panshi.governance.attestations.views import AttestationStepView, AttestationView
from panshi.governance.exceptions.authority import Condition, Level
from panshi.governance.exceptions.basis import COORDINATES
from panshi.governance.exceptions.flaws import Flaw
from panshi.governance.exceptions.story import ExceptionState
from panshi.governance.exceptions.views import ExceptionView, StepView
from panshi.model.bodies.exceptions import ExceptionBasis
from panshi.model.verdict import Status
from panshi.report.attestation_words import attestation_flaw_words, attestation_state_word
from panshi.report.exception_words import flaw_words, state_word
from panshi.report.words import stage_name, status_word
from panshi.web.body_words import field_label, shown_value
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


@register.filter
def field_name(name: str) -> str:
    """Name a field of a record."""
    return field_label(name)


@register.filter
def basis_value(value: object, name: str) -> object:
    """Say one value of what a decision is made on."""
    match name:
        case "status":
            return status_word(Status(str(value)), chinese=chinese())
        case "stage" | "stage_without_exceptions":
            return stage_name(int(str(value)), chinese=chinese())
        case "level":
            return level_named(str(value))
        case "scope_permille":
            return permille(int(str(value)))
        case "failing_sha256":
            return str(value)[:10]
    return say("、", ", ").join(value) or "—" if isinstance(value, tuple) else shown_value(value)


@register.filter
def ruling(name: str) -> str:
    """Name a decision."""
    words = {"approve": ("核准", "approves"), "reject": ("駁回", "rejects")}
    return say(*words[name]) if name in words else name


@register.filter
def permille(share: int) -> str:
    """Give thousandths as a percentage."""
    return f"{share / 10:.1f}%"


@register.filter
def exception_sentence(view: ExceptionView) -> str:
    """Say what one exception is today, in a sentence."""
    state = exception_state(view)
    items, control = view.failing_in_scope, view.control
    if view.counts:
        return say(
            f"{control} 的例外{state}，寬免 {items} 項未通過，剩 {view.days_left} 天。",
            f"An exception of {control}, {state}: it forgives {items} failing items"
            f" for {view.days_left} more days.",
        )
    return say(f"{control} 的例外：{state}。", f"An exception of {control}: {state}.")


@register.filter
def conditions(when: Condition) -> str:
    """Say when a rule of the authority table fits."""
    named = ((each.name, getattr(when, each.name)) for each in fields(when))
    said = (
        say(*_CONDITIONS[name]).format(value if name != "permille_over" else f"{value / 10:g}%")
        for name, value in named
        if value is not None
    )
    return say("且", " and ").join(said)


@register.filter
def level_named(name: str) -> str:
    """Name a level of authority by its id."""
    return level(next((each for each in node().library.authority.levels if each.id == name), None))


@register.filter
def basis_rows(basis: ExceptionBasis) -> list[tuple[str, object]]:
    """Give what a decision is made on, without the places it was looked at."""
    hidden = COORDINATES | {"request", "failing_sha256", "estate"}
    return [
        (each.name, getattr(basis, each.name)) for each in fields(basis) if each.name not in hidden
    ]


_CONDITIONS: dict[str, tuple[str, str]] = {
    "binding": ("應或不得", "binding clause"),
    "gate": ("基準閘門條文", "clause of the gate"),
    "stage_at_most": ("控制措施在第 {} 級以下", "control at stage {} or below"),
    "items_over": ("超過 {} 項資產", "over {} assets"),
    "permille_over": ("超過母體 {}", "over {} of the population"),
    "days_over": ("超過 {} 天", "over {} days"),
    "same_control_over": ("同一控制措施超過 {} 件", "over {} of the same control"),
    "institution_over": ("全機構超過 {} 件", "over {} in the institution"),
    "renewals_over": ("展延超過 {} 次", "renewed over {} times"),
}


@register.filter
def attestation_state(state: AttestationState) -> str:
    """Say what an attestation is."""
    return attestation_state_word(AttestationState(state), chinese=chinese())


@register.filter
def attestation_flaw(found: AttestationView | AttestationStepView) -> str:
    """Say why it counts for nothing; empty where it counts."""
    if found.flaw is None:
        return ""
    return attestation_flaw_words(found.flaw, found.detail, chinese=chinese())


@register.filter
def attestation_sentence(view: AttestationView) -> str:
    """Say what one attestation is today, in a sentence."""
    state = attestation_state_word(view.state, chinese=chinese())
    if view.counts:
        return say(
            f"{view.control} 的聲明{state}，至 {view.due} 止。",
            f"The attestation of {view.control} {state} until {view.due}.",
        )
    return say(f"{view.control} 的聲明：{state}。", f"Attestation of {view.control}: {state}.")

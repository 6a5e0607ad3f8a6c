"""What templates about paths say: money, project states, targets, figures of a control."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from panshi.governance.path.plan import Figures
from panshi.model.bodies.projects import ProjectStatus
from panshi.report.path_words import PROJECT_STATES
from panshi.report.path_words import money as money_words
from panshi.web.words import chinese, pick, say

register = template.Library()


@register.filter
def money(amount: int) -> str:
    """Say an amount of TWD."""
    return money_words(amount, chinese=chinese())


@register.filter
def amount(twd: int) -> str:
    """Say an amount of TWD in a table, whose heading names the currency."""
    return money_words(twd, chinese=chinese()).removeprefix("新臺幣 ")


@register.filter
def listed(names: Iterable[str]) -> str:
    """Give names one after the other, parted as the language does."""
    return say("、", ", ").join(names)


@register.filter
def project_state(status: ProjectStatus) -> str:
    """Say how far a project is."""
    return pick(PROJECT_STATES[ProjectStatus(status)])


@register.filter
def target_word(name: str) -> str:
    """Say a target by its name."""
    words = {
        "baseline": say("應遵條文", "binding clauses"),
        "all": say("全部可判定者", "all that is judged"),
    }
    return words.get(name) or say("第 {} 級", "stage {}").format(name)


@register.filter
def told(figures: Figures) -> str:
    """Say how a control stands."""
    word = say("成立", "holds") if figures.met else say("未成立", "does not hold")
    if not figures.population:
        return word
    counts = say("通過 {}／已見 {}／母體 {}", "{} passing of {} seen of {}").format(
        f"{figures.passing:,}", f"{figures.seen:,}", f"{figures.population:,}"
    )
    return f"{word}{say('：', ': ')}{counts}"

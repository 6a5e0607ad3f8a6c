"""What templates say of offices, indicators, reviews and statements."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from panshi.governance.accountability.board_report import CONTENTS, Content, ReportState
from panshi.governance.accountability.register import OfficeFinding
from panshi.governance.accountability.statement import Form, StatementState
from panshi.governance.indicators.definition import Indicator
from panshi.governance.indicators.printing import printed
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.indicators.trend import Standing
from panshi.governance.reviews.actions import ActionState
from panshi.governance.reviews.agenda import TOPICS, Topic
from panshi.governance.reviews.meeting import ReviewState
from panshi.model.verdict import Status
from panshi.report.accountability_words import FORMS, finding_words, state_word
from panshi.report.indicator_words import STANDINGS
from panshi.report.words import status_word
from panshi.web.nodes import node
from panshi.web.objects import address_of
from panshi.web.trends import Dot
from panshi.web.words import chinese, pick, say

register = template.Library()

TONES: dict[Standing, str] = {
    Standing.ON_TARGET: "passing",
    Standing.WITHIN: "within",
    Standing.OFF: "failing",
    Standing.UNKNOWN: "unseen",
    Standing.NO_TARGET: "unseen",
}
"Class of the mark that stands before a word; the word says the same."
UNITS: dict[str, tuple[str, str]] = {
    "share": ("比例", "share"),
    "level": ("級別", "stage"),
    "count": ("件數", "count"),
    "days": ("天", "days"),
    "hours": ("小時", "hours"),
    "minutes": ("分鐘", "minutes"),
    "seconds": ("秒", "seconds"),
}
STEPS: dict[str, tuple[str, str]] = {
    "submit": ("提報董事會", "submitted to the board"),
    "receive": ("董事會受理", "received by the board"),
    "publish": ("公開", "published"),
    "withdraw": ("撤回", "withdrawn"),
    "set": ("設定", "set"),
    "extend": ("展延", "extended"),
    "done": ("完成", "done"),
    "drop": ("撤銷", "dropped"),
}


@register.filter
def standing(found: Standing) -> str:
    """Say how a value stands to its target."""
    zh, en, _tone = STANDINGS[found]
    return say(zh, en)


@register.filter
def tone(found: Standing) -> str:
    """Give the class of the mark of a standing."""
    return TONES[found]


@register.filter
def measured(value: float | None, indicator: Indicator) -> str:
    """Print a value in the unit of its indicator."""
    return printed(value, indicator.unit, chinese=chinese())


@register.filter
def unit(name: str) -> str:
    """Name a unit."""
    return pick(UNITS[name]) if name in UNITS else name


@register.filter
def quarter(found: Quarter | str) -> str:
    """Write a quarter, in Chinese as forms do."""
    made = Quarter.read(found) if isinstance(found, str) else found
    return f"{made}（{made.words_zh}）" if chinese() else str(made)


@register.filter
def finding(found: OfficeFinding) -> str:
    """Say a finding about an office."""
    return finding_words(found, node().library.offices, chinese=chinese())


@register.filter
def rank(name: str) -> str:
    """Name a rank."""
    for each in node().library.offices.ranks:
        if each.id == name:
            return pick((each.title_zh, each.title_en))
    return name


@register.filter
def state(found: StatementState | ReportState | ReviewState | ActionState) -> str:
    """Say a state."""
    return state_word(found, chinese=chinese())


@register.filter
def form(name: str) -> str:
    """Name a form of the yearly statement."""
    return pick(FORMS[Form(name)])


@register.filter
def step(name: str) -> str:
    """Name a step."""
    return pick(STEPS[name]) if name in STEPS else name


@register.filter
def topic(name: str) -> str:
    """Name a topic of an agenda."""
    return pick(TOPICS[Topic(name)])


@register.filter
def content(name: str) -> str:
    """Name a content of the report to the board."""
    return pick(CONTENTS[Content(name)][:2])


@register.filter
def content_source(name: str) -> str:
    """Say what asks for a content."""
    return CONTENTS[Content(name)][2]


@register.filter
def status_text(name: str) -> str:
    """Say a status that a record holds as a text."""
    return status_word(Status(name), chinese=chinese()) if name in set(Status) else name


@register.simple_tag(takes_context=True)
def about_url(context: Mapping[str, object], about: str) -> str:
    """Give the address of what a record speaks of; empty where it has no page."""
    return address_of(about, str(context.get("estate_id", ""))) if about else ""


@register.filter
def unlocalized(value: object) -> str:
    """Write a number as SVG and forms take it, whatever the language."""
    return f"{value:g}" if isinstance(value, float) else str(value)


@register.filter
def add_to(value: float, more: int) -> str:
    """Add to a coordinate."""
    return f"{value + more:g}"


@register.filter
def cross(dot: Dot) -> str:
    """Give the path of a cross about a point."""
    return f"M{dot.x - 4:g} {dot.y - 4:g}l8 8m0 -8l-8 8"

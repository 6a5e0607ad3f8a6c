"""The agenda of a review, made from state: what is off target, lapses, slipped or went unseen.

Each point names what it speaks of, so that the page links to it, and carries its sentence in both
languages, so that the minutes read the same years later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from panshi.governance.accountability.register import Register
from panshi.governance.indicators.definition import Indicator
from panshi.governance.indicators.printing import printed
from panshi.governance.indicators.trend import Standing
from panshi.governance.reviews.actions import Action, ActionState
from panshi.model.bodies.reviews import AgendaLine


class Topic(StrEnum):
    """Groups of the agenda, in the order of the meeting."""

    ACTION = "action"
    INDICATOR = "indicator"
    EXCEPTION = "exception"
    PLAN = "plan"
    CONTRADICTION = "contradiction"
    UNSEEN = "unseen"
    OFFICE = "office"


TOPICS: dict[Topic, tuple[str, str]] = {
    Topic.ACTION: ("前次決議與行動", "Actions set before"),
    Topic.INDICATOR: ("未達目標之指標", "Indicators off target"),
    Topic.EXCEPTION: ("到期與已失效之例外", "Exceptions that lapse"),
    Topic.PLAN: ("計畫進度", "Progress of the plan"),
    Topic.CONTRADICTION: ("遭推翻之控制措施", "Controls contradicted"),
    Topic.UNSEEN: ("無人觀測之處", "What nobody has looked at"),
    Topic.OFFICE: ("當責架構", "Offices"),
}
"Each topic in zh-TW and English."


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorPoint:
    """How an indicator stands at the end of the quarter under review."""

    indicator: Indicator
    value: float | None
    target: float | None
    standing: Standing
    "Of the frozen quarter, or of now where it is not frozen yet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Something another register puts on the agenda."""

    topic: Topic
    about: str
    zh: str
    en: str


def agenda(
    *,
    actions: Iterable[Action],
    indicators: Iterable[IndicatorPoint],
    offices: Register,
    others: Iterable[Point],
    day: date,
) -> tuple[AgendaLine, ...]:
    """Put the agenda together, topic by topic."""
    points = [*_actions(actions, day), *_indicators(indicators), *others, *_offices(offices)]
    order = list(Topic)
    points.sort(key=lambda each: order.index(each.topic))
    return tuple(
        AgendaLine(topic=each.topic, about=each.about, zh=each.zh, en=each.en) for each in points
    )


def _actions(actions: Iterable[Action], day: date) -> Iterator[Point]:
    for each in actions:
        if each.state is ActionState.OVERDUE:
            zh, en = f"逾期 {each.late_days} 天", f"{each.late_days} days overdue"
        elif each.state is ActionState.OPEN:
            left = (each.due - day).days
            zh, en = f"{each.due} 到期（尚餘 {left} 天）", f"due {each.due}, {left} days left"
        else:
            continue
        yield Point(
            topic=Topic.ACTION,
            about=f"action/{each.number}",
            zh=f"{each.number} {each.text}：{zh}",
            en=f"{each.number} {each.text}: {en}",
        )


def _indicators(points: Iterable[IndicatorPoint]) -> Iterator[Point]:
    words = {
        Standing.OFF: ("未達目標", "off target"),
        Standing.WITHIN: ("未達目標但在容許差內", "short of target, within tolerance"),
        Standing.UNKNOWN: ("未知，沒有可用的證據", "unknown: there is no evidence"),
    }
    for each in points:
        if each.standing in words:
            zh, en = words[each.standing]
            yield Point(
                topic=Topic.INDICATOR,
                about=f"indicator/{each.indicator.id}",
                zh=f"{each.indicator.title_zh}：{zh}（{_numbers(each, chinese=True)}）",
                en=f"{each.indicator.title_en}: {en} ({_numbers(each, chinese=False)})",
            )


def _numbers(point: IndicatorPoint, *, chinese: bool) -> str:
    value = printed(point.value, point.indicator.unit, chinese=chinese)
    if point.target is None:
        return value
    target = printed(point.target, point.indicator.unit, chinese=chinese)
    return f"{value}，目標 {target}" if chinese else f"{value}, target {target}"


def _offices(register: Register) -> Iterator[Point]:
    for standing in register.offices:
        if standing.findings:
            count = len(standing.findings)
            yield Point(
                topic=Topic.OFFICE,
                about=f"office/{standing.office.id}",
                zh=f"{standing.office.title_zh}：{count} 項缺失",
                en=f"{standing.office.title_en}: {count} findings",
            )

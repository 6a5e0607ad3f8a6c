"""The five questions every newcomer asks, each with its answer in a line and the page behind it.

Why are we where we are; what is the cheapest way up; what must the board decide this month; which
exceptions lapse this quarter; what has nobody looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from panshi.node.decisions import decisions
from panshi.node.exceptions import register
from panshi.node.planning import plan
from panshi.node.unseen import unseen
from panshi.report.path_words import headline
from panshi.report.words import STAGES, headline_words, stage_name
from panshi.web.looking import Looking
from panshi.web.nodes import node
from panshi.web.objects import address, may_open
from panshi.web.words import chinese, pick, say

ZT = "zt36"
LAST = 4
NAMED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, its answer, and where to read on."""

    ask: str
    answer: str
    url: str


def questions(request: HttpRequest, look: Looking) -> list[Question]:
    """Give the questions whoever asks may read the answers to."""
    found = []
    if ZT in node().library.frameworks:
        found += [_why(look), _cheapest(look)]
    found += [_board(look), _lapsing(look), _unseen(look)]
    return [each for each in found if each.url and may_open(request, each.url)]


def _stage(look: Looking) -> int:
    return next(
        (each.stage for each in look.assess(ZT).stages if not each.group and not each.in_field), 0
    )


def _why(look: Looking) -> Question:
    stage = _stage(look)
    framework = node().library.frameworks[ZT]
    ask = say("為什麼在{}", "Why we are at {}") if stage else say("為什麼還{}", "Why we are {}")
    return Question(
        ask=ask.format(stage_name(stage, chinese=chinese())),
        answer=headline_words(look.assess(ZT), framework, chinese=chinese()),
        url=reverse("posture", args=[look.estate.id]),
    )


def _cheapest(look: Looking) -> Question:
    target = STAGES[min(max(_stage(look) + 1, 3), LAST)]
    return Question(
        ask=say("到第 {} 級最省的路徑", "The cheapest way to stage {}").format(target),
        answer=headline(plan(node(), ZT, target, look.estate.id), chinese=chinese()),
        url=_path(look, target),
    )


def _path(look: Looking, target: str) -> str:
    base = address("plan", look.estate.id)
    return f"{base}?target={target}" if base else ""


def _board(look: Looking) -> Question:
    found = decisions(node(), look.estate.id)
    named = say("、", "; ").join(pick((each.title_zh, each.title_en)) for each in found[:NAMED])
    return Question(
        ask=say("董事會本月要決定的事", "What the board must decide this month"),
        answer=say("{} 件：{}。", "{}: {}.").format(len(found), named)
        if found
        else say("本月沒有要董事會決定的事。", "Nothing awaits the board this month."),
        url=address("decisions", look.estate.id),
    )


def _lapsing(look: Looking) -> Question:
    found = register(node(), look.estate.id).lapsing
    return Question(
        ask=say("本季到期的例外", "Exceptions that lapse this quarter"),
        answer=say("{} 件，最早的在 {}：{}。", "{}, the first on {}: {}.").format(
            len(found), found[0].expires, found[0].control
        )
        if found
        else say("本季沒有例外到期。", "No exception lapses this quarter."),
        url=address("exceptions", look.estate.id),
    )


def _unseen(look: Looking) -> Question:
    found = unseen(node(), look.estate.id, look.field)
    return Question(
        ask=say("沒有人看過的", "What nobody has looked at"),
        answer=say(
            "{} 項資產從未被觀測到；{} 項控制措施沒有觀測來源。",
            "{} assets were never seen; {} controls are fed by nothing.",
        ).format(f"{found.never:,}", len(found.unfed)),
        url=reverse("unseen", args=[look.estate.id]),
    )

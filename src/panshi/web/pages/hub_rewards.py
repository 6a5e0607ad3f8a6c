"""Points for shared intelligence: standing of a quarter, a member's statement, appeals."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.alliance.reward.decisions import APPEAL_WORDS, AppealState
from panshi.errors import BadInputError, MissingError, PanshiError, UsageError
from panshi.node.alliance.reward.statements import (
    RewardDesk,
    appeal_answers,
    close,
    standing,
    statement,
)
from panshi.web.gate import action, may
from panshi.web.nodes import node
from panshi.web.pages.hub_tickets import only_at_a_hub
from panshi.web.paging import page_after
from panshi.web.words import pick, say

PER_PAGE = 50
MARKS = {"earned": "passing", "helped": "passing", "wrong": "failing", "contested": "stale_pass"}


@action("reward.view")
def rewards(request: HttpRequest) -> HttpResponse:
    """Show every member's points in a quarter."""
    only_at_a_hub()
    found = _asked(lambda: standing(node(), request.GET.get("quarter", "")))
    shown, following = page_after(
        found.members, request.GET.get("after", ""), PER_PAGE, lambda each: each.member
    )
    most = max((each.points for each in found.members), default=0.0) or 1.0
    context = {
        "found": found,
        "rows": [(each, max(0, round(100 * each.points / most))) for each in shown],
        "following": following,
        "first": found.members[0] if found.members and found.members[0].points > 0 else None,
        "appeals": [
            (each, pick(APPEAL_WORDS[each.state]), each.state) for each in appeal_answers(node())
        ],
        "may_rule": may(request, "reward.rule"),
        "waiting": AppealState.PROPOSED,
        "settled": AppealState.SETTLED,
    }
    return render(request, "pages/hub_rewards.html", context)


@action("reward.view")
def member_statement(request: HttpRequest, member: str) -> HttpResponse:
    """Show one member's statement, each report with its reason."""
    only_at_a_hub()
    found = _asked(lambda: statement(node(), member, request.GET.get("quarter", "")))
    shown, following = page_after(
        found.awards, request.GET.get("after", ""), PER_PAGE, lambda each: each.contribution
    )
    context = {
        "found": found,
        "rows": [
            (each, pick((each.because_zh, each.because_en)), MARKS.get(each.why, "unseen"))
            for each in shown
        ],
        "following": following,
        "may_rule": may(request, "reward.rule"),
    }
    return render(request, "pages/hub_reward_statement.html", context)


@require_POST
@action("reward.rule")
def step(request: HttpRequest) -> HttpResponse:
    """Close a quarter, note an appeal, propose or confirm a correction."""
    only_at_a_hub()
    post, actor = request.POST, request.user.get_username()
    why, number = post.get("why", ""), post.get("number", "")
    desk = RewardDesk(node(), actor=actor)
    try:
        match post.get("step"):
            case "close":
                close(node(), post.get("quarter", ""), actor=actor)
            case "appeal":
                desk.raise_appeal(
                    post.get("member", ""),
                    post.get("quarter", ""),
                    why=why,
                    contribution=post.get("contribution", ""),
                )
            case "propose":
                desk.propose(number, _points(post.get("correction", "")), why=why)
            case "confirm":
                desk.confirm(number, why=why)
            case _:
                raise BadInputError(say("沒有這個步驟", "there is no such step"))
    except PanshiError as error:
        messages.error(request, say(f"未成立：{error}", f"Refused: {error}"))
    else:
        messages.success(request, say("已記錄。", "Recorded."))
    return redirect("hub_rewards")


def _points(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise BadInputError(say("不是數字", "not a number"), place=text[:20]) from error


def _asked[T](ask: Callable[[], T]) -> T:
    try:
        return ask()
    except (MissingError, UsageError) as error:
        raise Http404(error.problem) from error


urlpatterns = [
    path("rewards/", rewards, name="hub_rewards"),
    path("rewards/step/", step, name="hub_reward_step"),
    path("rewards/<str:member>/", member_statement, name="hub_reward_statement"),
]

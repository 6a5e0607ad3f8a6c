"""Paths in words, zh-TW and English: money, targets, why there is none, what would help."""

from __future__ import annotations

from panshi.governance.path.plan import (
    Comparison,
    Obstacle,
    ObstacleKind,
    Plan,
    Relaxation,
    RelaxationKind,
    Standing,
)
from panshi.governance.path.program import Outcome
from panshi.governance.path.targets import ALL, BASELINE, Target
from panshi.model.bodies.projects import ProjectStatus
from panshi.report.words import STAGE_NAMES, STAGES

PROJECT_STATES: dict[ProjectStatus, tuple[str, str]] = {
    ProjectStatus.PROPOSED: ("提案", "proposed"),
    ProjectStatus.APPROVED: ("已核准", "approved"),
    ProjectStatus.RUNNING: ("執行中", "running"),
    ProjectStatus.DONE: ("已完成", "done"),
    ProjectStatus.DROPPED: ("不採行", "dropped"),
}
RULES = {
    "greedy": ("逐步挑最划算", "the best bargain again and again"),
    "per_control": ("逐項控制措施各自挑最便宜", "the cheapest for each control on its own"),
}
_TARGETS = {
    BASELINE: ("具拘束力的條文全數成立", "every binding clause"),
    ALL: ("可判定的控制措施全數達成", "every control that can be judged"),
}
_MYRIAD, _MILLION = 10_000, 1_000_000


def money(amount: int, *, chinese: bool) -> str:
    """Say an amount of TWD to three figures or more, never rounded down to less than it is."""
    if chinese:
        if amount % _MYRIAD or amount < _MYRIAD:
            return f"新臺幣 {amount:,} 元"
        return f"新臺幣 {amount // _MYRIAD:,} 萬元"
    if amount >= _MILLION and amount % _MYRIAD == 0:
        return f"NT${amount / _MILLION:,.2f}".rstrip("0").rstrip(".") + " million"
    return f"NT${amount:,}"


def target_words(target: Target, *, chinese: bool) -> str:
    """Say what a path leads to."""
    if target.stage:
        zh, en = f"第 {STAGES[target.stage]} 級", f"stage {STAGES[target.stage]}"
    else:
        zh, en = _TARGETS[target.name]
    return zh if chinese else en


def standing_words(standing: Standing, target: Target, *, chinese: bool) -> str:
    """Say where the estate stands in what a target asks for."""
    counted = f"{standing.holding}/{standing.asked}"
    if not target.stage:
        return f"{counted} 項成立" if chinese else f"{counted} hold"
    stage = STAGE_NAMES[standing.stage][0 if chinese else 1]
    return f"{stage}（{counted} 項成立）" if chinese else f"{stage} ({counted} hold)"


def headline(plan: Plan, *, chinese: bool) -> str:
    """Say the path in one sentence."""
    goal = target_words(plan.target, chinese=chinese)
    if plan.before.reached and not plan.projects:
        return f"已達{goal}，不需要任何專案。" if chinese else f"{_upper(goal)} is reached already."
    if not plan.reachable:
        return _unreachable(plan, goal, chinese=chinese)
    saved = _saved(plan)
    sum_ = money(plan.cost, chinese=chinese)
    count = len(plan.projects)
    proof = _proof(plan, chinese=chinese)
    if chinese:
        text = f"到{goal}最省的路徑：{count} 個專案，{sum_}，{plan.ends} 完成"
        text += f"；比逐項控制措施分頭做省{money(saved, chinese=True)}" if saved else ""
        return f"{text}{proof}。"
    noun = "project" if count == 1 else "projects"
    text = f"The cheapest way to {goal}: {count} {noun}, {sum_}, done by {plan.ends}"
    text += f"; it saves {money(saved, chinese=False)} against doing it control by control"
    if not saved:
        text = text.partition("; it saves")[0]
    return f"{text}{proof}."


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _saved(plan: Plan) -> int:
    return next(
        (each.saved for each in plan.comparisons if each.rule == "per_control" and each.saved), 0
    )


def _proof(plan: Plan, *, chinese: bool) -> str:
    if plan.optimal:
        return ""
    gap = plan.cost - plan.bound
    if chinese:
        return f"（未及證明最省，至多可再省{money(gap, chinese=True)}）"
    return f" (not proved to be the least; at most {money(gap, chinese=False)} less is possible)"


def _unreachable(plan: Plan, goal: str, *, chinese: bool) -> str:
    if plan.outcome is Outcome.UNKNOWN:
        return (
            f"時限內找不到{goal}的路徑，也未能證明沒有。"
            if chinese
            else f"No path to {goal} was found within the effort allowed, nor proved not to exist."
        )
    count = sum(1 for each in plan.obstacles if each.control)
    if not count:
        return (
            f"在這些限制下到不了{goal}：預算、工時或期程不足。"
            if chinese
            else f"{_upper(goal)} is out of reach within these limits of money, hours and time."
        )
    return (
        f"到不了{goal}：{count} 項控制措施沒有足夠的專案。"
        if chinese
        else f"{_upper(goal)} is out of reach: {count} controls have no sufficient project."
    )


def obstacle_words(obstacle: Obstacle, *, chinese: bool) -> str:
    """Say what is in the way."""
    left = f"{obstacle.failing}", f"{obstacle.unseen}"
    flags = ", ".join(obstacle.flags)
    match obstacle.kind:
        case ObstacleKind.NO_PROJECT:
            return "沒有任何專案提升它" if chinese else "no project lifts it"
        case ObstacleKind.TOO_LITTLE if flags:
            return f"沒有專案處理：{flags}" if chinese else f"no project settles: {flags}"
        case ObstacleKind.TOO_LITTLE:
            return (
                f"所有專案做完仍有 {left[0]} 項未通過、{left[1]} 項未觀測"
                if chinese
                else f"with every project done, {left[0]} items fail and {left[1]} are unseen"
            )
        case ObstacleKind.NOT_JUDGED:
            return (
                "沒有母體或尚未判定，任何專案都無從證明"
                if chinese
                else "no population, or not judged: no project can show that it holds"
            )
        case ObstacleKind.TOO_LONG:
            return "所需專案超過期程" if chinese else "its projects take longer than there is time"
        case ObstacleKind.LIMITS:
            return "預算、工時或期程不足" if chinese else "money, hours or time do not suffice"


def relaxation_words(each: Relaxation, *, chinese: bool) -> str:
    """Say which limit would have to give, and by how much."""
    sum_ = money(each.by, chinese=chinese)
    match each.kind:
        case RelaxationKind.QUARTERS:
            return f"期程延長 {each.by} 季" if chinese else f"{each.by} more quarters"
        case RelaxationKind.BUDGET:
            return f"每季預算增加{sum_}" if chinese else f"{sum_} more per quarter"
        case RelaxationKind.TOTAL:
            return f"總預算增加{sum_}" if chinese else f"{sum_} more in all"
        case RelaxationKind.HOURS:
            return (
                f"{each.role} 每季增加 {each.by:,} 小時"
                if chinese
                else f"{each.by:,} more hours of {each.role} per quarter"
            )


def comparison_words(each: Comparison, *, chinese: bool) -> str:
    """Say what a simpler rule would cost."""
    rule = RULES[each.rule][0 if chinese else 1]
    if each.cost is None or each.saved is None:
        return f"{rule}：到不了目標" if chinese else f"{rule}: does not get there"
    cost, saved = money(each.cost, chinese=chinese), money(each.saved, chinese=chinese)
    if chinese:
        return f"{rule}：{cost}，多{saved}" + ("" if each.fits else "，且超出各季限制")
    unfit = "" if each.fits else ", and does not fit into the quarters"
    return f"{rule}: {cost}, {saved} more{unfit}"

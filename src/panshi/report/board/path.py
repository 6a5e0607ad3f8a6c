"""Page 4: the cheapest path: what is done when and for how much, and what each amount buys.

The path is the planner's, its figures the judge's; where there is none, what stands in the way.
"""

from __future__ import annotations

from panshi.governance.indicators.quarter import Quarter
from panshi.governance.path.plan import ObstacleKind, Plan, Rung
from panshi.report.board.facts import BoardFacts
from panshi.report.paper.document import (
    Bar,
    Block,
    Cell,
    Column,
    Count,
    Gantt,
    Money,
    Paragraph,
    Ref,
    Say,
    Section,
    Table,
    Task,
    Tone,
)
from panshi.report.paper.figures import shown
from panshi.report.words import STAGES, stage_name

RUNGS_PRINTED = 8
STEPS_PRINTED = 8
TASKS_DRAWN = 16
OBSTACLES_PRINTED = 12
_OBSTACLES: dict[ObstacleKind, tuple[str, str]] = {
    ObstacleKind.NO_PROJECT: ("沒有專案能改善", "no project lifts it"),
    ObstacleKind.TOO_LITTLE: ("全部專案合計仍不足", "all projects together do not lift it enough"),
    ObstacleKind.NOT_JUDGED: ("無從判定是否達成", "nothing can show that it holds"),
    ObstacleKind.TOO_LONG: ("所需季數超過期間", "its projects need more quarters than there are"),
    ObstacleKind.LIMITS: ("預算或人時不足", "budget or hours do not suffice"),
}


def path(facts: BoardFacts, say: Say) -> Section:
    """Give the page of the cheapest path."""
    plan = facts.plan
    title = say("四、最省的路", "4. The cheapest path")
    if plan is None:
        lead = say(
            "本報告回溯過去的一天；路徑只由現況算起。",
            "This report is of a past day; a path starts from now.",
        )
        return Section(id="path", title=title, lead=lead, breaks=True)
    blocks: tuple[Block, ...]
    if plan.before.reached:
        blocks = ()
    elif plan.reachable:
        blocks = (_gantt(plan, say), *_notes(plan, say), _curve(plan, say), _effects(plan, say))
    else:
        blocks = (_obstacles(plan, facts, say),)
    return Section(id="path", title=title, lead=_lead(plan, say), blocks=blocks, breaks=True)


def _lead(plan: Plan, say: Say) -> str:
    goal = _goal(plan, say)
    if plan.before.reached:
        return say(f"{goal}已達成，無須任何專案。", f"{goal} is reached; nothing needs doing.")
    if not plan.reachable:
        return say(
            f"以現有專案無法達到{goal}：{plan.before.asked} 項中 {len(plan.missing)} 項未達成，"
            f"{len(plan.obstacles)} 項沒有足夠的專案。",
            f"The projects known do not lead to {goal}: {len(plan.missing)} of "
            f"{plan.before.asked} do not hold, {len(plan.obstacles)} lack a project.",
        )
    count, cost = len(plan.projects), shown(Money(plan.cost))
    span = f"{shown(Money(plan.cost_low))}–{shown(Money(plan.cost_high))}"
    proved = say("，已證明沒有更省的做法", "; proved the cheapest") if plan.optimal else ""
    return say(
        f"{count} 個專案、NT$ {cost} 千元（估計 {span} 千元），{plan.ends} 前達到{goal}{proved}。",
        f"{count} projects for NT$ {cost} thousand (estimated {span}) lead to {goal} by "
        f"{plan.ends}{proved}.",
    )


def _goal(plan: Plan, say: Say) -> str:
    stage = plan.target.stage
    if stage:
        return stage_name(stage, chinese=say.chinese)
    return say("目標", "the target")


def _gantt(plan: Plan, say: Say) -> Gantt:
    begins = Quarter.read(plan.begins)
    count = Quarter.read(plan.ends).index - begins.index + 1 if plan.ends else 1

    def place(quarter: str) -> int:
        return Quarter.read(quarter).index - begins.index

    tasks = tuple(
        Task(
            ref=step.id,
            name=say(step.title_zh, step.title_en),
            starts=max(place(step.starts), 0),
            ends=place(step.ends) + 1,
            value=Money(step.cost),
        )
        for step in sorted(plan.projects, key=lambda each: (each.starts, each.ends, each.id))
    )
    return Gantt(
        id="gantt",
        title=say("何時做什麼", "What is done when"),
        periods=tuple(str(begins.after(number)) for number in range(count)),
        tasks=tasks,
        name_title=say("專案", "project"),
        value_title=say("千元", "NT$ thousand"),
        summed=True,
        limit=TASKS_DRAWN,
    )


def _notes(plan: Plan, say: Say) -> tuple[Paragraph, ...]:
    said: list[str] = []
    for each in plan.comparisons:
        if each.saved is not None and each.saved > 0:
            rule = (
                say("每次選單位效益最高者", "picking the best value again and again")
                if each.rule == "greedy"
                else say("各控制措施分別處理", "treating each control alone")
            )
            saved = shown(Money(each.saved))
            said.append(say(f"比「{rule}」省 {saved} 千元", f"{saved} less than {rule}"))
    if plan.pressed:
        named = say("、", ", ").join(plan.pressed)
        said.append(say(f"不倚賴例外：{named}", f"it leans on no exception: {named}"))
    if not said:
        return ()
    return (Paragraph(text=say("；", "; ").join(said) + say("。", "."), tone=Tone.GOOD),)


def _curve(plan: Plan, say: Say) -> Table:
    missing = len(plan.missing)
    before = 0
    rows: list[tuple[Cell, ...]] = []
    for rung in plan.curve:
        rows.append(
            (
                Money(rung.cost),
                Money(rung.cost - before),
                Count(rung.controls),
                _bar(rung, missing, say),
                STAGES[rung.stage],
                Count(len(rung.projects)),
            )
        )
        before = rung.cost
    return Table(
        id="curve",
        title=say("每一筆錢買到什麼", "What each amount buys"),
        columns=(
            Column(key="cost", title=say("累計千元", "NT$ thousand"), width=1),
            Column(key="more", title=say("再加千元", "more"), width=1),
            Column(key="controls", title=say("可達成", "then hold"), width=0.9),
            Column(
                key="bar", title=say(f"占未達成 {missing} 項", f"of {missing} missing"), width=3
            ),
            Column(key="stage", title=say("級別", "stage"), width=0.7),
            Column(key="projects", title=say("專案數", "projects"), width=0.8),
        ),
        rows=tuple(rows),
        limit=RUNGS_PRINTED,
        empty=say("沒有分段。", "There are no steps."),
    )


def _bar(rung: Rung, missing: int, say: Say) -> Bar:
    share = rung.controls / missing if missing else 1.0
    said = say(f"{rung.controls}／{missing} 項", f"{rung.controls} of {missing}")
    return Bar(evidenced=share, possible=1.0, spoken=said)


def _effects(plan: Plan, say: Say) -> Table:
    return Table(
        id="steps",
        title=say("每個專案撐起什麼", "What each project holds up"),
        columns=(
            Column(key="project", title=say("專案", "project"), width=1.2),
            Column(key="because", title=say("少了它就不達成", "would not hold without"), width=4),
            Column(key="changes", title=say("改變的判定", "verdicts changed"), width=1),
            Column(key="hours", title=say("人時", "hours"), width=0.8),
        ),
        rows=tuple(
            (
                Ref(step.id),
                say("、", ", ").join(step.because or step.enables) or "—",
                Count(len(step.changes)),
                Count(sum(step.hours.values())),
            )
            for step in plan.projects
        ),
        limit=STEPS_PRINTED,
    )


def _obstacles(plan: Plan, facts: BoardFacts, say: Say) -> Table:
    def title(key: str) -> str:
        for judged in (facts.main, *facts.others):
            framework, _, control_id = key.partition("/")
            control = judged.framework.by_id.get(control_id)
            if judged.framework.id == framework and control is not None:
                return say(control.title_zh, control.title_en)
        return ""

    return Table(
        id="obstacles",
        title=say("擋在路上的", "What stands in the way"),
        columns=(
            Column(key="control", title=say("控制措施", "control"), width=1.2),
            Column(key="title", title=say("名稱", "title"), width=3),
            Column(key="why", title=say("原因", "why"), width=2.2),
            Column(key="failing", title=say("仍未通過", "failing"), width=0.8),
            Column(key="unseen", title=say("仍未觀測", "unseen"), width=0.8),
        ),
        rows=tuple(
            (
                Ref(each.control),
                title(each.control),
                say(*_OBSTACLES[each.kind]),
                Count(each.failing),
                Count(each.unseen),
            )
            for each in plan.obstacles
        ),
        limit=OBSTACLES_PRINTED,
    )

"""Page 3: exceptions: how many, how old, how often renewed, what the grade is without them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from panshi.governance.exceptions.views import ExceptionRegister, ExceptionView
from panshi.governance.indicators.quarter import Quarter
from panshi.report.board.facts import BoardFacts, Judged
from panshi.report.exception_words import state_word
from panshi.report.paper.document import (
    Cell,
    Column,
    Count,
    Day,
    Gantt,
    Mark,
    Ref,
    Say,
    Section,
    Table,
    Task,
    Tone,
)
from panshi.report.words import STAGES

PRINTED = 14
DRAWN = 12


def exceptions(facts: BoardFacts, say: Say) -> Section:
    """Give the page of exceptions."""
    register = facts.exceptions
    live, counting, lapsing = register.live, register.counting, register.lapsing
    oldest = max((each.age_days for each in live), default=0)
    renewed = sum(each.renewals > 0 for each in live)
    return Section(
        id="exceptions",
        title=say("三、例外", "3. Exceptions"),
        lead=say(
            "目前沒有有效的例外，級別完全出自證據。",
            "No exception is live; the grade comes from evidence alone.",
        )
        if not live
        else say(
            f"{len(live)} 件例外有效，其中 {len(counting)} 件今日確實放寬判定；"
            f"最久 {oldest:,} 天，{renewed} 件曾展延；本季 {len(lapsing)} 件到期。",
            f"{len(live)} exceptions are live, {len(counting)} of them lift a verdict today. "
            f"Oldest: {oldest:,} days. Renewed: {renewed}. Lapsing this quarter: {len(lapsing)}.",
        ),
        blocks=(
            effects(register, (facts.main, *facts.others), say),
            *_lives(register, say),
            exception_table(register, say),
        ),
        breaks=True,
    )


def effects(register: ExceptionRegister, judged: Iterable[Judged], say: Say) -> Table:
    """Give each framework with and without exceptions."""
    titles = {each.framework.id: each.framework for each in judged}
    rows: list[tuple[Cell, ...]] = []
    for effect in register.effects:
        framework = titles.get(effect.framework)
        if framework is None:
            continue
        rows.append(
            (
                framework.title_zh if say.chinese else framework.title_en,
                STAGES[effect.stage] if effect.staged else "—",
                STAGES[effect.stage_without_exceptions] if effect.staged else "—",
                Count(effect.met),
                Count(effect.met_without_exceptions),
                Count(effect.met - effect.met_without_exceptions),
            )
        )
    return Table(
        id="effects",
        title=say("計入與不計入例外", "With and without exceptions"),
        columns=(
            Column(key="framework", title=say("框架", "framework"), width=3),
            Column(key="stage", title=say("級別（計入）", "stage with"), width=1),
            Column(key="stage_without", title=say("級別（不計入）", "stage without"), width=1),
            Column(key="met", title=say("達成（計入）", "met with"), width=1),
            Column(key="met_without", title=say("達成（不計入）", "met without"), width=1),
            Column(key="carried", title=say("靠例外達成", "met by exception"), width=1),
        ),
        rows=tuple(rows),
    )


def _lives(register: ExceptionRegister, say: Say) -> tuple[Gantt, ...]:
    """Draw from when until when each live or lapsed exception counts."""
    shown = [each for each in register.exceptions if each.state.live or _lost(each)]
    if not shown:
        return ()
    first = Quarter.of_day(min(register.day, *(each.effective for each in shown)))
    last = Quarter.of_day(max(register.day, *(each.expires for each in shown)))
    quarters = [first.after(count) for count in range(last.index - first.index + 1)]

    def place(day: date) -> float:
        quarter = Quarter.of_day(day)
        length = (quarter.after(1).first_day - quarter.first_day).days
        return quarter.index - first.index + (day - quarter.first_day).days / length

    tasks = tuple(
        Task(
            ref=each.number,
            name=each.control,
            starts=place(each.effective),
            ends=place(each.expires),
            value=Count(each.days_left, say(" 天", " days")),
            tone=Tone.GOOD if each.counts else Tone.FAIL if _lost(each) else Tone.UNKNOWN,
        )
        for each in sorted(shown, key=lambda each: (each.expires, each.number))
    )
    return (
        Gantt(
            id="lives",
            title=say(
                "從何時到何時（斜線：今日不計入；直線：今日）",
                "From when until when (hatched: does not count today; line: today)",
            ),
            periods=tuple(map(str, quarters)),
            tasks=tasks,
            name_title=say("控制措施", "control"),
            value_title=say("尚餘", "left"),
            now=place(register.day),
            limit=DRAWN,
        ),
    )


def exception_table(register: ExceptionRegister, say: Say) -> Table:
    """Give the exceptions that are live, awaited or lost."""
    lapsing = {each.number for each in register.lapsing}
    shown = sorted(
        (each for each in register.exceptions if each.state.live or each.state.open or _lost(each)),
        key=lambda each: (not each.state.live, each.expires, each.number),
    )
    return Table(
        id="exceptions",
        title=say("有效、待決與已失效的例外", "Exceptions live, awaiting and lapsed"),
        columns=(
            Column(key="number", title=say("編號", "number"), width=1.25),
            Column(key="control", title=say("控制措施", "control"), width=1.45),
            Column(key="state", title=say("狀態", "state"), width=1.2),
            Column(key="age", title=say("天數", "days old"), width=0.7),
            Column(key="renewals", title=say("展延", "renewals"), width=0.7),
            Column(key="expires", title=say("到期日", "ends on"), width=1.1),
            Column(key="compensated", title=say("補償性措施", "compensating"), width=1.5),
            Column(key="residual_risk", title=say("殘餘風險", "risk that stays"), width=2.2),
        ),
        rows=tuple(_row(each, say, lapses=each.number in lapsing) for each in shown),
        limit=PRINTED,
        empty=say("沒有例外。", "There are no exceptions."),
    )


def _row(each: ExceptionView, say: Say, *, lapses: bool) -> tuple[Cell, ...]:
    word = state_word(each.state, chinese=say.chinese)
    if lapses:
        word += say("，本季到期", ", ends this quarter")
    tone = Tone.FAIL if _lost(each) else Tone.WARN if lapses else Tone.PLAIN
    return (
        Ref(each.number),
        Ref(each.control),
        Mark(word, tone),
        Count(each.age_days),
        Count(each.renewals),
        Day(each.expires),
        _compensated(each, say),
        each.residual_risk,
    )


def _compensated(each: ExceptionView, say: Say) -> Cell:
    if not each.compensating:
        return "—"
    if each.uncompensated:
        unmet = [one.control for one in each.compensating if not one.met]
        return Mark(say(f"未達成 {unmet[0]}", f"not met {unmet[0]}"), Tone.FAIL)
    return say(f"{len(each.compensating)} 項均達成", f"all {len(each.compensating)} met")


def _lost(each: ExceptionView) -> bool:
    """Whether it ended by itself and nothing took its place."""
    return each.state.value == "lapsed" and not each.renewed_by

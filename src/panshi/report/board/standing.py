"""Page 1: where the institution stands, what it claims beyond that, what changed."""

from __future__ import annotations

from panshi.governance.assessment.aggregate import Bar as Means
from panshi.governance.assessment.aggregate import bars, whole
from panshi.model.verdict import Assessment, Status, Verdict
from panshi.report.board.facts import BoardFacts, Judged
from panshi.report.paper.document import (
    Answer,
    Bar,
    Cell,
    Column,
    Count,
    Gap,
    Ref,
    Say,
    Section,
    Share,
    Table,
    Trend,
)
from panshi.report.paper.figures import percent
from panshi.report.verdict_cells import control_id, means_bar, status_mark, why
from panshi.report.words import STAGES, headline_words, stage_name

CHANGES_PRINTED = 6
JUDGED = {Status.MET, Status.NOT_MET, Status.UNKNOWN, Status.ATTESTED, Status.NOT_ATTESTED}


def standing(facts: BoardFacts, say: Say) -> Section:
    """Give the one-page answer."""
    judged = facts.main
    return Section(
        id="standing",
        title=say("一、我們在哪裡", "1. Where we stand"),
        lead="",
        blocks=(
            answer_of(judged, say),
            _pillars(facts, say),
            *_axes(facts, say),
            _changes(facts, say),
        ),
    )


def stage_of(assessment: Assessment) -> int | None:
    """Give the stage reached over all groups; None where the framework has no stages."""
    return next((each.stage for each in assessment.stages if not each.group), None)


def answer_of(judged: Judged, say: Say) -> Answer:
    """Give the one answer about a framework, with its bar."""
    assessment, framework = judged.assessment, judged.framework
    means = whole((assessment,))
    shares, stage = means.shares, stage_of(assessment)
    bar = means_bar(means, say)
    met = f"{means.counts.get(Status.MET, 0)}／{means.controls}"
    return Answer(
        label=framework.title_zh if say.chinese else framework.title_en,
        word=met if stage is None else _stage_word(stage, say),
        sentence=headline_words(assessment, framework, chinese=say.chinese),
        bar=bar if isinstance(bar, Bar) else Bar(spoken=bar),
        figures=(
            (say("自評", "claimed"), Share(shares.claimed)),
            (say("佐證", "evidenced"), Share(shares.evidenced)),
            (say("可能", "possible"), Share(shares.possible)),
            (
                say("自評與佐證差距（百分點）", "claimed less evidenced (points)"),
                Gap(shares.claimed, shares.evidenced),
            ),
            (
                say("達成／全部", "met / all"),
                f"{means.counts.get(Status.MET, 0)} / {means.controls}",
            ),
        ),
    )


def _stage_word(stage: int, say: Say) -> str:
    if not stage:
        return say("未達第 I 級", "below I")
    return say(f"第 {STAGES[stage]} 級", f"Stage {STAGES[stage]}")


def _pillars(facts: BoardFacts, say: Say) -> Table:
    judged = facts.main
    stages = {each.group: each for each in judged.assessment.stages if not each.in_field}
    rows: list[tuple[Cell, ...]] = []
    for means in bars(judged.assessment, judged.framework):
        if _parent(judged, means.id):
            continue
        stage = stages.get(means.id)
        rows.append(
            (
                means.title_zh if say.chinese else means.title_en,
                "—" if stage is None else STAGES[stage.stage],
                "—" if stage is None else STAGES[stage.claimed_stage],
                means_bar(means, say),
                Share(means.shares.evidenced),
                Gap(means.shares.claimed, means.shares.evidenced),
                _trend(facts, means.id, say),
            )
        )
    return Table(
        id="pillars",
        title=say("各支柱", "By pillar"),
        columns=(
            Column(key="group", title=say("支柱", "pillar"), width=1.1),
            Column(key="stage", title=say("佐證級", "stage"), width=0.7),
            Column(key="claimed_stage", title=say("自評級", "claimed"), width=0.7),
            Column(key="bar", title=say("證據長條", "evidence bar"), width=3.2),
            Column(key="evidenced", title=say("佐證", "evidenced"), width=0.9),
            Column(key="gap", title=say("差距", "gap"), width=0.7),
            Column(key="trend", title=_quarters(facts, say), width=1.6),
        ),
        rows=tuple(rows),
    )


def _quarters(facts: BoardFacts, say: Say) -> str:
    return say(
        f"佐證，近 {len(facts.past)} 季至今", f"evidenced, {len(facts.past)} quarters to now"
    )


def _parent(judged: Judged, group: str) -> str:
    return next(each.parent for each in judged.framework.groups if each.id == group)


def _trend(facts: BoardFacts, group: str, say: Say) -> Trend:
    moments = [each.assessment for each in facts.past] + [facts.main.assessment]
    points = tuple(
        next(
            means.shares.evidenced
            for means in bars(assessment, facts.main.framework)
            if means.id == group
        )
        for assessment in moments
    )
    said = say("、", ", ").join(percent(each) for each in points)
    text = f"{percent(points[0])} → {percent(points[-1])}"
    return Trend(
        points=points, text=text, spoken=say(f"各季佐證 {said}", f"evidenced by quarter {said}")
    )


def _axes(facts: BoardFacts, say: Say) -> tuple[Table, ...]:
    judged = next((each for each in facts.others if each.framework.id == "blueprint"), None)
    if judged is None:
        return ()
    tops = [
        means
        for means in bars(judged.assessment, judged.framework)
        if not _parent(judged, means.id)
    ]
    return (
        Table(
            id="axes",
            title=say("藍圖四軸", "The four axes of the Blueprint"),
            columns=(
                Column(key="axis", title=say("軸", "axis"), width=1.8),
                Column(key="bar", title=say("證據長條", "evidence bar"), width=3.2),
                Column(key="evidenced", title=say("佐證", "evidenced"), width=0.9),
                Column(key="met", title=say("達成", "met"), width=0.7),
                Column(key="attested", title=say("僅聲明", "attested"), width=0.7),
                Column(key="open", title=say("未達或未知", "open"), width=0.95),
                Column(key="not_yet", title=say("尚未判定", "not judged"), width=0.8),
            ),
            rows=tuple(_axis(means, say) for means in tops),
        ),
    )


def _axis(means: Means, say: Say) -> tuple[Cell, ...]:
    def counted(*statuses: Status) -> Count:
        return Count(sum(means.counts.get(each, 0) for each in statuses))

    return (
        means.title_zh if say.chinese else means.title_en,
        means_bar(means, say),
        Share(means.shares.evidenced),
        counted(Status.MET),
        counted(Status.ATTESTED),
        counted(Status.NOT_MET, Status.UNKNOWN, Status.NOT_ATTESTED, Status.NO_POPULATION),
        counted(Status.NOT_JUDGED, Status.NOT_APPLICABLE),
    )


def _changes(facts: BoardFacts, say: Say) -> Table:
    since = facts.past[-1] if facts.past else None
    pairs = _changed(since.assessment, facts.main.assessment) if since else ()
    rows = tuple(
        (
            Ref(control_id(now)),
            facts.main.titled(now, say),
            status_mark(before, say),
            status_mark(now, say),
            why(now, say),
        )
        for before, now in pairs
    )
    title = say("與上季末相比", "Since the end of last quarter")
    if since is not None:
        title += say(f"（{since.day}）", f" ({since.day})")
    return Table(
        id="changes",
        title=title,
        columns=(
            Column(key="control", title=say("控制措施", "control"), width=0.7),
            Column(key="title", title=say("名稱", "title"), width=2.8),
            Column(key="before", title=say("上季末", "then"), width=0.9),
            Column(key="now", title=say("現在", "now"), width=0.9),
            Column(key="why", title=say("原因", "why"), width=3),
        ),
        rows=rows,
        limit=CHANGES_PRINTED,
        note=_stage_then(facts, say),
        empty=say("沒有控制措施改變判定。", "No control changed its verdict.")
        if since
        else say("尚無上一季的資料可比。", "There is no earlier quarter to compare with."),
    )


def _stage_then(facts: BoardFacts, say: Say) -> str:
    if not facts.past:
        return ""
    then, now = stage_of(facts.past[-1].assessment), stage_of(facts.main.assessment)
    if then is None or now is None:
        return ""
    before, after = (stage_name(each, chinese=say.chinese) for each in (then, now))
    if then == now:
        return say(f"整體仍為：{after}。", f"Over all still {after}.")
    return say(f"整體由「{before}」變為「{after}」。", f"Over all from {before} to {after}.")


def _changed(then: Assessment, now: Assessment) -> tuple[tuple[Verdict, Verdict], ...]:
    """Pair the verdicts whose status changed, what got worse first."""
    before = {each.control: each for each in then.verdicts}
    pairs = [
        (before[each.control], each)
        for each in now.verdicts
        if each.control in before and before[each.control].status is not each.status
    ]
    good = {Status.MET, Status.ATTESTED}
    return tuple(sorted(pairs, key=lambda pair: (pair[1].status in good, pair[1].control)))

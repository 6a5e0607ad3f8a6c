"""Gap and roadmap in sentences."""

from __future__ import annotations

from panshi.report.path_words import money
from panshi.report.words import stage_name
from panshi.report.zero_trust_scope.gaps import STAGES, FieldGap, Milestone
from panshi.report.zero_trust_scope.words import field_name


def gap_sentence(gap: FieldGap, *, chinese: bool) -> str:
    """Say where one field stands and what it lacks."""
    name = field_name(gap.field, chinese=chinese)
    stage = stage_name(gap.stage.stage, chinese=chinese)
    total, missing, empty = len(gap.lines), len(gap.missing), len(gap.empty)
    unseen = sum(each.verdict.tally.unseen > 0 for each in gap.missing)
    if chinese:
        told = (
            f"{total} 項控制措施中 {missing} 項未達成（{unseen} 項尚有未觀測者），"
            f"{empty} 項在此無母體"
        )
        whole = "" if gap.labelled else "（資產尚未標示此場域，以下為整體判定）"
        return f"{name}{whole}：{stage}；{told}。"
    told = (
        f"{missing} of {total} controls do not hold ({unseen} with items unseen), "
        f"{empty} have no population here"
    )
    whole = "" if gap.labelled else " (no asset carries its label; of the whole estate)"
    return f"{name}{whole}: {stage}; {told}."


def milestone_sentence(step: Milestone, *, chinese: bool) -> str:
    """Say what one stage of the roadmap takes."""
    stage = STAGES[step.stage - 1]
    if step.plan is None:
        why = _refused(step, chinese=chinese)
        return f"{step.by} 第 {stage} 級：{why}" if chinese else f"{step.by} stage {stage}: {why}"
    plan = step.plan
    if plan.before.reached:
        return (
            f"{step.by} 前達第 {stage} 級：已達成，無須專案。"
            if chinese
            else f"Stage {stage} by {step.by}: reached already."
        )
    if not plan.reachable:
        return (
            f"{step.by} 前達第 {stage} 級：現有專案到不了，{len(plan.obstacles)} 項受阻。"
            if chinese
            else f"Stage {stage} by {step.by}: out of reach, {len(plan.obstacles)} in the way."
        )
    cost = money(plan.cost, chinese=chinese)
    return (
        f"{step.by} 前達第 {stage} 級：{len(plan.projects)} 個專案、{cost}，{plan.ends} 完成。"
        if chinese
        else f"Stage {stage} by {step.by}: {len(plan.projects)} projects for {cost}, "
        f"done in {plan.ends}."
    )


def _refused(step: Milestone, *, chinese: bool) -> str:
    if step.refused == "past":
        return "期限已過。" if chinese else "the date has passed."
    return step.refused

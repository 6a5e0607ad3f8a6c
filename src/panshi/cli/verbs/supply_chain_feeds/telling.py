"""How `panshi feeds` tells people of feeds."""

from __future__ import annotations

from collections.abc import Iterator

from panshi.cli.output import Output, table
from panshi.node.supply_chain.feed_answers import STATES_ZH, FeedsAnswer, TakenAnswer

REFUSALS = 10


def told_taken(taken: TakenAnswer, out: Output) -> Iterator[str]:
    """Tell what one feed brought."""
    if taken.problem:
        yield out.pick(f"{taken.feed}：未取得。{taken.problem}", f"{taken.feed}: {taken.problem}")
        return
    if taken.known:
        yield out.pick(
            f"{taken.feed}：{taken.records:,} 筆，沒有變動",
            f"{taken.feed}: {taken.records:,} records, nothing changed",
        )
        return
    newest = taken.newest[:10] or "–"
    yield out.pick(
        f"{taken.feed}：{taken.records:,} 筆（新增 {taken.new:,}、變更 {taken.changed:,}、"
        f"撤回 {taken.withdrawn:,}、退件 {len(taken.refused):,}），最新 {newest}",
        f"{taken.feed}: {taken.records:,} records ({taken.new:,} new, {taken.changed:,} changed, "
        f"{taken.withdrawn:,} withdrawn, {len(taken.refused):,} refused), newest {newest}",
    )
    for each in taken.refused[:REFUSALS]:
        yield f"  {each.name}: {each.problem}"
    if len(taken.refused) > REFUSALS:
        more = len(taken.refused) - REFUSALS
        yield out.pick(f"  另 {more:,} 筆；--json 全列", f"  {more:,} more; --json names all")


def told_status(found: FeedsAnswer, out: Output) -> Iterator[str]:
    """Tell how feeds stand."""
    yield out.pick(f"{found.sentence_zh}。", f"{found.sentence_en}.")
    if not found.feeds:
        yield out.pick(
            "以 panshi feeds import 匯入檔案，或以 panshi feeds add 加入位置後同步。",
            "Bring files with `panshi feeds import`, or `panshi feeds add` a place and sync.",
        )
        return
    header = ("feed", "state", "records", "newest", "age", "limit", "refused", "next", "problem")
    rows = (
        (
            each.name,
            STATES_ZH[each.state] if out.chinese else each.state,
            f"{each.records:,}",
            each.newest[:10] or "–",
            "–" if each.age_hours is None else f"{each.age_hours} h",
            f"{each.stale_after_hours} h",
            f"{each.refused:,}",
            each.next_at[:16].replace("T", " ") or "–",
            each.problem[:60] or "–",
        )
        for each in found.feeds
    )
    if out.chinese:
        header = ("來源", "狀態", "筆數", "最新紀錄", "距今", "上限", "退件", "下次", "問題")
    yield from table(header, rows)

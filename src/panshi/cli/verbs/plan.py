"""`panshi plan`: the cheapest path to a target, why it is the one, and adopting it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, open_node
from panshi.errors import UsageError
from panshi.governance.path.adoption import Progress
from panshi.governance.path.plan import Figures, Plan, Step, Wishes
from panshi.governance.path.wishes import wishes_of
from panshi.node.node import Node
from panshi.node.planning import adopt, how_far, plan, withdraw
from panshi.report.path_words import (
    comparison_words,
    headline,
    money,
    obstacle_words,
    relaxation_words,
    standing_words,
)
from panshi.report.words import STAGES

WIDTH = 4
"Columns of a quarter in the picture."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Target, limits, what-if, and what to do with the path."""
    parser.add_argument("--framework", default="zt36", help="framework id (default zt36)")
    parser.add_argument(
        "--target", default="", help="I to IV; `baseline` or `all` of frameworks without stages"
    )
    parser.add_argument("--estate", default=None, help="estate id (default: the first one)")
    parser.add_argument("--group", default="", help="one pillar or chapter only")
    parser.add_argument(
        "--field",
        action="append",
        default=[],
        metavar="FIELD",
        help="reach it in this field; repeat, or `every` for the estate and all its fields",
    )
    limits = parser.add_argument_group("limits")
    limits.add_argument("--quarters", type=bounded(1, 40), default=8, help="default 8")
    limits.add_argument("--begins", default="", metavar="2027Q1", help="default: next quarter")
    limits.add_argument(
        "--budget", default="", metavar="TWD[,TWD…]", help="per quarter; one figure, or one each"
    )
    limits.add_argument("--total", default="", metavar="TWD", help="over all quarters")
    limits.add_argument(
        "--hours",
        action="append",
        default=[],
        metavar="ROLE=HOURS[,HOURS…]",
        help="of a NICE work role per quarter, e.g. PD-WRL-001=480; repeat",
    )
    what_if = parser.add_argument_group("what if")
    what_if.add_argument("--without", action="append", default=[], metavar="PROJECT")
    what_if.add_argument("--force", action="append", default=[], metavar="PROJECT")
    what_if.add_argument("--alternatives", type=bounded(0, 20), default=3, metavar="N")
    what_if.add_argument("--no-curve", action="store_true", help="leave out what money buys")
    after = parser.add_argument_group("afterwards")
    after.add_argument("--gate", action="store_true", help="exit 1 where it cannot be reached")
    after.add_argument("--adopt", action="store_true", help="seal the path as the one followed")
    after.add_argument("--note", default="", help="with --adopt: why")
    after.add_argument("--adopted", action="store_true", help="how far the adopted path has come")
    after.add_argument("--withdraw", action="store_true", help="end the adopted path")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Find the path and answer; or speak of the adopted one."""
    with open_node() as node:
        if args.withdraw:
            sealed = withdraw(node, args.framework, args.estate, group=args.group, actor=actor())
            out.answer({"id": sealed, "withdrawn": True}, lambda: (sealed,))
            return Exit.DONE
        if args.adopted:
            return _followed(node, args, out)
        with out.progress(out.pick("尋找路徑", "searching")):
            found = plan(
                node,
                args.framework,
                args.target,
                args.estate,
                group=args.group,
                fields=_fields(node, args.field, args.estate),
                wishes=_wishes(args),
            )
        sealed_as = adopt(node, found, actor=actor(), note=args.note) if args.adopt else None
    out.answer(found, lambda: _lines(found, out))
    if sealed_as is not None:
        out.note(out.pick(f"已採行並封存：{sealed_as}", f"adopted and sealed: {sealed_as}"))
    return Exit.DONE if found.reachable or not args.gate else Exit.NOT_GOOD_ENOUGH


def _fields(node: Node, wanted: list[str], estate: str | None) -> tuple[str, ...]:
    if not wanted:
        return ("",)
    known = node.judging.ask(lambda assessor: assessor.fields, node.estate(estate).id)
    if "every" in wanted:
        return ("", *known)
    for name in wanted:
        if name not in known:
            raise UsageError(f"there is no field {name!r}", remedy="fields: " + ", ".join(known))
    return tuple(dict.fromkeys(wanted))


def _wishes(args: argparse.Namespace) -> Wishes:
    return wishes_of(
        quarters=args.quarters,
        begins=args.begins,
        budget=args.budget,
        total=args.total,
        hours=args.hours,
        without=args.without,
        force=args.force,
        alternatives=args.alternatives,
        curve=not args.no_curve,
    )


# -- the path in lines -------------------------------------------------------------------------


def _lines(found: Plan, out: Output) -> Iterator[str]:
    zh = out.chinese
    yield headline(found, chinese=zh)
    yield out.pick("今日：", "today:  ") + standing_words(found.before, found.target, chinese=zh)
    if found.reachable:
        after = standing_words(found.after, found.target, chinese=zh)
        yield out.pick("完成後：", "after:  ") + after
    for each in found.obstacles:
        yield f"  {each.control or '·'}  {obstacle_words(each, chinese=zh)}"
    for relaxation in found.relaxations:
        yield out.pick(
            "  可行的最小放寬：", "  smallest change that would do: "
        ) + relaxation_words(relaxation, chinese=zh)
    if found.projects:
        yield ""
        yield from _picture(found, out)
        yield ""
        for step in found.projects:
            yield from _step(step, out)
        yield from _beside(found, out)
    if found.curve:
        yield ""
        yield out.pick("每一筆錢買到什麼", "what money buys")
        yield from _curve(found, out)
    if found.left_out:
        yield out.pick("未判定而不列入：", "not judged and left out: ") + ", ".join(found.left_out)


def _picture(found: Plan, out: Output) -> Iterator[str]:
    """Draw each project over the quarters it runs in."""
    names = [each.quarter for each in found.quarters]
    yield from table(
        (out.pick("專案", "project"), *(name[2:] for name in names), out.pick("費用", "cost"), ""),
        (
            (
                step.id,
                *(("█" * WIDTH if step.starts <= name <= step.ends else "·") for name in names),
                money(step.cost, chinese=out.chinese),
                out.pick(step.title_zh, step.title_en),
            )
            for step in found.projects
        ),
    )
    yield "  ".join(
        f"{each.quarter} {money(each.cost, chinese=out.chinese)}" for each in found.quarters
    )


def _step(step: Step, out: Output) -> Iterator[str]:
    why = ", ".join(step.because)
    enables = ", ".join(step.enables)
    yield out.pick(f"{step.id}：為了 {why or enables}", f"{step.id} for {why or enables}")
    for change in step.changes:
        if change.needed:
            yield f"    {change.before.control}  {_told(change.before, out)}"
            yield f"      → {_told(change.after, out)}"


def _told(told: Figures, out: Output) -> str:
    word = out.pick("成立", "holds") if told.met else out.pick("未成立", "does not hold")
    if not told.population:
        return word
    chance = "–" if told.probability is None else f"{told.probability:.3f}"
    return out.pick(
        f"{word}：通過 {told.passing}／已見 {told.seen}／母體 {told.population}，P={chance}",
        f"{word}: {told.passing} passing of {told.seen} seen of {told.population}, P={chance}",
    )


def _beside(found: Plan, out: Output) -> Iterator[str]:
    zh = out.chinese
    yield ""
    for each in found.comparisons:
        yield comparison_words(each, chinese=zh)
    for other in found.alternatives:
        swapped = f"+ {', '.join(other.added)}  − {', '.join(other.dropped)}"
        label = out.pick("次佳", "next best")
        yield f"{label}: {money(other.cost, chinese=zh)}  {other.ends}  {swapped}"


def _curve(found: Plan, out: Output) -> Iterable[str]:
    header = (
        out.pick("總費用", "total"),
        out.pick("成立", "hold"),
        out.pick("級", "stage"),
        out.pick("專案", "projects"),
    )
    return table(
        header,
        (
            (
                money(each.cost, chinese=out.chinese),
                f"{each.controls}/{len(found.missing)}",
                STAGES[each.stage],
                ", ".join(each.projects),
            )
            for each in found.curve
        ),
    )


def _followed(node: Node, args: argparse.Namespace, out: Output) -> Exit:
    found = how_far(node, args.framework, args.estate, group=args.group)
    if found is None:
        raise UsageError(
            f"no path is adopted for {args.framework}", remedy="`panshi plan --adopt` seals one"
        )
    out.answer(found, lambda: _progress(found, out))
    return Exit.NOT_GOOD_ENOUGH if args.gate and (found.late or found.hollow) else Exit.DONE


def _progress(found: Progress, out: Output) -> Iterator[str]:
    made, total = found.plan, len(found.plan.projects)
    yield out.pick(
        f"{made.adopted_on} 採行的路徑（目標 {made.target}）：{total} 個專案完成 "
        f"{len(found.done)} 個，{len(made.controls)} 項控制措施成立 {len(found.holding)} 項。",
        f"The path of {made.adopted_on} to {made.target}: {len(found.done)} of {total} projects "
        f"done, {len(found.holding)} of {len(made.controls)} controls hold.",
    )
    lines = (
        (out.pick("逾期", "late"), found.late),
        (out.pick("執行中", "running"), found.running),
        (out.pick("已不採行", "dropped"), found.dropped),
        (out.pick("尚未成立", "do not hold yet"), found.missing),
        (out.pick("專案全完成而未成立", "done, yet do not hold"), found.hollow),
    )
    for label, names in lines:
        if names:
            yield f"{label}: {', '.join(names)}"

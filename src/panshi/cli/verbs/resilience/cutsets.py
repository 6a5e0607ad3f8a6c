"""`panshi continuity cutsets FILE`: what must fail together for the top of a fault tree."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.node.resilience.cut_sets import solved_file
from panshi.resilience.faults.solution import Solution, Wishes

_SHOWN = 10
"Events whose importance is printed; JSON carries all."
_USUAL = Wishes()


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file, how much is asked, and what it may cost."""
    parser.add_argument("file", type=Path, metavar="FILE", help="fault tree, Open-PSA XML")
    parser.add_argument("--top", default="", metavar="GATE", help="where several stand above all")
    parser.add_argument("--order", type=int, metavar="K", help="only sets of at most K events")
    parser.add_argument(
        "--limit", type=int, default=_USUAL.limit, metavar="N", help="sets listed (default 20)"
    )
    parser.add_argument(
        "--mission-time", type=float, default=8_760.0, metavar="HOURS", help="default: one year"
    )
    parser.add_argument("--memory", type=int, default=_USUAL.memory_mib, metavar="MIB")
    parser.add_argument(
        "--seconds", type=int, default=_USUAL.seconds, metavar="S", help="of processor time"
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Solve the tree and answer."""
    wishes = Wishes(
        order=args.order, limit=args.limit, memory_mib=args.memory, seconds=args.seconds
    )
    found = solved_file(args.file, wishes, top=args.top, mission_hours=args.mission_time)
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: Solution, out: Output) -> Iterator[str]:
    yield _head(found, out)
    if found.probability is not None:
        yield out.pick(
            f"發生機率 {found.probability:.6e}（精確）。",
            f"Probability {found.probability:.6e}, exact.",
        )
    else:
        yield out.pick(f"機率未知：{found.unknown}。", f"Probability unknown: {found.unknown}.")
    if found.single_points:
        names = ", ".join(found.single_points[:_SHOWN])
        more = " …" if len(found.single_points) > _SHOWN else ""
        yield out.pick(
            f"單點失效 {len(found.single_points)} 個：{names}{more}",
            f"{len(found.single_points)} suffice alone: {names}{more}",
        )
    if found.by_order is not None:
        orders = ((size, many) for size, many in enumerate(found.by_order) if many)
        yield from table((out.pick("事件數", "events"), out.pick("割集數", "sets")), orders)
    if found.sets:
        yield ""
        sets = (
            ("–" if each.probability is None else f"{each.probability:.3e}", " ".join(each.events))
            for each in found.sets
        )
        yield from table((out.pick("機率", "probability"), out.pick("割集", "cut set")), sets)
    if found.importance:
        yield ""
        rows = (
            (each.event, f"{each.sets:,.0f}", f"{each.mif:.3e}", f"{each.cif:.3e}")
            for each in found.importance[:_SHOWN]
        )
        yield from table(
            (out.pick("事件", "event"), out.pick("割集數", "sets"), "MIF", "CIF"), rows
        )


def _head(found: Solution, out: Output) -> str:
    many, top = f"{found.minimal_cut_sets:,}", found.top
    upto = found.order
    if not found.coherent:
        zh, en = (
            "最小 p 割集（樹中有否定閘，割集不含「未發生」的條件）",
            ("minimal p-cuts (the tree negates; what must not happen is not part of them)"),
        )
    else:
        zh, en = "最小割集", "minimal cut sets"
    zh_bound = f"（至多 {upto} 個事件）" if upto else ""
    en_bound = f" of at most {upto} events" if upto else ""
    return out.pick(f"{top}：{many} 個{zh}{zh_bound}。", f"{top}: {many} {en}{en_bound}.")

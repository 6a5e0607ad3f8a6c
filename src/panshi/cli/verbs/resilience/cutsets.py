"""`panshi continuity cutsets`: what must fail together, of a fault tree or of our own services.

panshi continuity cutsets FILE.xml …                                 a fault tree (Open-PSA)
panshi continuity cutsets --service service:atm [--deadline 120]     a service of the estate
panshi continuity cutsets --service service:atm --export atm.xml     the same as a document
panshi continuity cutsets --order 2                                  every service, short sets
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from panshi.cli.exit_codes import Exit
from panshi.cli.files import write_whole
from panshi.cli.output import Output, table
from panshi.errors import UsageError
from panshi.node.resilience.cut_sets import solved_file
from panshi.resilience.faults.solution import Glance, Solution, Wishes

if TYPE_CHECKING:
    from panshi.node.resilience.service_cut_sets import Loss

_SHOWN = 10
"Events whose importance is printed; JSON carries all."
_USUAL = Wishes()
YEAR = 8_760.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file, how much is asked, and what it may cost."""
    parser.add_argument(
        "files", type=Path, nargs="*", metavar="FILE", help="fault tree, Open-PSA XML"
    )
    parser.add_argument("--service", default="", metavar="ID", help="a service of the estate")
    parser.add_argument("--estate", default=None)
    parser.add_argument(
        "--deadline", type=float, metavar="MIN", help="of a service: not back within so long"
    )
    parser.add_argument(
        "--export", type=Path, metavar="XML", help="of a service: write its tree, solve nothing"
    )
    parser.add_argument("--top", default="", metavar="GATE", help="where several stand above all")
    parser.add_argument("--order", type=int, metavar="K", help="only sets of at most K events")
    parser.add_argument(
        "--limit", type=int, default=_USUAL.limit, metavar="N", help="sets listed (default 20)"
    )
    parser.add_argument(
        "--mission-time", type=float, metavar="HOURS", help="default: one year, or the graph's"
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
    if args.files and (args.service or args.export or args.deadline is not None):
        raise UsageError("a file and a service", remedy="name one of them")
    if not args.files and not args.service:
        return _all(args, wishes, out)
    if args.export is not None:
        return _export(args, out)
    if args.files:
        hours = YEAR if args.mission_time is None else args.mission_time
        found = solved_file(*args.files, wishes=wishes, top=args.top, mission_hours=hours)
    else:
        from panshi.cli.verbs.opening import open_node
        from panshi.node.resilience.service_cut_sets import solved_service

        with open_node() as node:
            found = solved_service(node, _loss(args), wishes, estate_id=args.estate)
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _export(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.cli.verbs.opening import open_node
    from panshi.node.resilience.service_cut_sets import service_document

    with open_node() as node:
        raw = service_document(node, _loss(args), estate_id=args.estate)
    write_whole(args.export, raw)
    out.answer(
        {"written": str(args.export), "bytes": len(raw)},
        lambda: (out.pick(f"已寫入 {args.export}。", f"Written to {args.export}."),),
    )
    return Exit.DONE


def _loss(args: argparse.Namespace) -> Loss:
    from panshi.node.resilience.service_cut_sets import Loss

    return Loss(service=args.service, deadline=args.deadline, mission_hours=args.mission_time)


def _all(args: argparse.Namespace, wishes: Wishes, out: Output) -> Exit:
    """Answer for every service at once."""
    from panshi.cli.verbs.opening import open_node
    from panshi.node.resilience.service_cut_sets import services_at_a_glance

    with open_node() as node:
        found = services_at_a_glance(node, wishes, estate_id=args.estate)
    out.answer({"services": found}, lambda: _glance_lines(found, wishes, out))
    return Exit.DONE


def _glance_lines(found: tuple[Glance, ...], wishes: Wishes, out: Output) -> Iterator[str]:
    alone = sum(bool(each.single_points) for each in found)
    order = wishes.order or 3
    yield out.pick(
        f"{len(found)} 個服務中，{alone} 個有單點失效；以下割集至多 {order} 個事件。",
        f"{alone} of {len(found)} services have single points; sets of at most {order} events.",
    )
    cut = sum(each.cut_off for each in found)
    if cut:
        yield out.pick(
            f"其中 {cut} 個服務的割集過多，只計至括號所示的事件數；實際更多者以「以上」標示。",
            f"{cut} of them have so many that sets are told up to the events in brackets only; "
            "there may be more.",
        )
    rows = (
        (
            each.name,
            len(each.single_points),
            _many(each, out),
            " ".join(each.sets[0].events) if each.sets else "–",
        )
        for each in found
    )
    head = (
        out.pick("服務", "service"),
        out.pick("單點", "single points"),
        out.pick("割集", "sets"),
        out.pick("最可能的割集", "most probable set"),
    )
    yield from table(head, rows)


def _many(each: Glance, out: Output) -> str:
    many = each.minimal_cut_sets
    if not each.cut_off:
        return f"{many}"
    return out.pick(f"{many} 以上（≤{each.order}）", f"{many} or more (≤{each.order})")


def _lines(found: Solution, out: Output) -> Iterator[str]:
    yield _head(found, out)
    if found.probability is not None:
        yield out.pick(
            f"發生機率 {found.probability:.6e}（精確；{found.mission_hours:g} 小時內）。",
            f"Probability {found.probability:.6e}, exact, within {found.mission_hours:g} hours.",
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
    yield from _tables(found, out)


def _tables(found: Solution, out: Output) -> Iterator[str]:
    if found.sets:
        yield ""
        sets = ((_chance(each.probability), " ".join(each.events)) for each in found.sets)
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
    if found.common_causes:
        yield ""
        causes = (
            (
                each.event,
                f"{each.taken}/{each.members}",
                out.pick("是", "yes") if each.enough else "–",
                each.gate,
            )
            for each in found.common_causes[:_SHOWN]
        )
        head = (
            out.pick("共同原因", "common cause"),
            out.pick("同時帶走", "takes"),
            out.pick("備援失效", "defeats it"),
            out.pick("備援閘", "redundant gate"),
        )
        yield from table(head, causes)


def _chance(value: float | None) -> str:
    return "–" if value is None else f"{value:.3e}"


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

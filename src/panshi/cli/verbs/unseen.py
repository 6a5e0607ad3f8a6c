"""`panshi unseen`: what nobody has looked at, with names."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import bounded, open_node
from panshi.governance.unseen import Unseen
from panshi.model.bodies import KINDS
from panshi.node.unseen import observers_of, unseen

SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which estate, which field, how many names."""
    parser.add_argument("--estate", default=None)
    parser.add_argument("--field", default="", help="narrow to one field (場域)")
    parser.add_argument("--show", type=bounded(1, 100_000), default=SHOWN, help="names listed")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Tell it; not a gate, so always done."""
    with open_node() as node:
        found = unseen(node, args.estate, args.field)
        feeding = {each.kind: observers_of(node, each.kind) for each in found.unfed}
    out.answer(found, lambda: _lines(found, feeding, args.show, out))
    return Exit.DONE


def _lines(
    found: Unseen, feeding: dict[str, tuple[str, ...]], show: int, out: Output
) -> Iterator[str]:
    yield out.pick(
        f"{found.never:,} 項資產從未被任何控制措施觀測到；{len(found.silent)} 種觀測已沉默；"
        f"{len(found.unfed)} 項控制措施沒有觀測來源。",
        f"{found.never:,} assets no control has seen; {len(found.silent)} kinds of look are "
        f"silent; {len(found.unfed)} controls are fed by nothing.",
    )
    yield from table(
        (out.pick("資產", "asset"), out.pick("未被觀測", "missed by"), out.pick("計入", "of")),
        ((each.asset, len(each.controls), each.counted_by) for each in found.assets[:show]),
    )
    for each in found.silent:
        yield out.pick(
            f"! {_kind(each.kind, out)}：最後觀測於 {each.newest.date()}，"
            f"有效 {each.fresh_days} 天",
            f"! {_kind(each.kind, out)}: last on {each.newest.date()}, "
            f"fresh for {each.fresh_days} days",
        )
    for blind in found.unfed:
        ways = ", ".join(feeding[blind.kind]) or out.pick("尚無觀測來源", "no observer yet")
        yield f"? {blind.control}  {_kind(blind.kind, out)}  ← {ways}"


def _kind(kind: str, out: Output) -> str:
    spec = KINDS.get(kind)
    return out.pick(spec.title_zh, spec.title_en) if spec else kind

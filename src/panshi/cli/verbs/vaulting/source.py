"""`panshi vault source`: what goes into the vault by itself, sealed at an exact mark."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.cli.verbs.vaulting import asking

if TYPE_CHECKING:
    from panshi.node.resilience.marking import Taken


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb for each thing to do."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("list", help="sources of vault-sources.toml and their newest snapshot")
    sealed = verbs.add_parser("seal", help="bring a source to a mark and seal it")
    asking.clock(sealed)
    sealed.add_argument("name", nargs="+", help="as in vault-sources.toml")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the sub-verb."""
    return _seal(args, out) if args.action == "seal" else _list(out)


def _seal(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.node.resilience.marking import seal_source

    with open_node() as node:
        taken = [
            seal_source(node, name, actor=actor(), clock_is_right=args.clock_is_right)
            for name in args.name
        ]
    out.answer(taken, lambda: (line for each in taken for line in _told(each, out)))
    good = not any(each.quarantined or each.absent for each in taken)
    return Exit.DONE if good else Exit.NOT_GOOD_ENOUGH


def _told(each: Taken, out: Output) -> Iterator[str]:
    yield out.pick(
        f"{each.source}：快照 {each.snapshot}，{each.rows:,} 列、{each.files:,} 個檔案，"
        f"位置 {each.position}。",
        f"{each.source}: snapshot {each.snapshot}, {each.rows:,} rows, {each.files:,} files, "
        f"position {each.position}.",
    )
    for total in each.totals:
        yield f"  {total}"
    for reason in each.reasons:
        yield out.pick("  已隔離檢疫：", "  quarantined: ") + reason
    for place in each.absent:
        yield out.pick("  這個地點沒有收到：", "  this place missed it: ") + place


def _list(out: Output) -> Exit:
    from panshi.node.resilience.marking import sources_told

    with open_node() as node:
        found = sources_told(node)
    header = (
        out.pick("來源", "source"),
        out.pick("方式", "kind"),
        out.pick("資產", "asset"),
        out.pick("最近快照", "newest"),
        out.pick("標記時間", "marked at"),
        out.pick("隔離", "quarantined"),
    )
    rows = (
        (
            each.name,
            each.kind,
            each.asset,
            each.snapshot or "–",
            each.marked_at.isoformat(timespec="seconds") if each.marked_at else "–",
            out.pick("是", "yes") if each.quarantined else out.pick("否", "no"),
        )
        for each in found
    )
    none = out.pick(
        "沒有設定來源，請見 docs/how-to/restore-drills.md。",
        "No sources are set up; see docs/how-to/restore-drills.md.",
    )
    out.answer(found, lambda: table(header, rows) if found else [none])
    return Exit.DONE

"""`panshi sbom board`: who must repair what by when, and whether it is done; overdue first."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import bounded, open_node
from panshi.node.supply_chain.following import (
    BoardFilters,
    BoardPage,
    board,
)
from panshi.node.supply_chain.following_answers import board_answer
from panshi.node.supply_chain.standing import board_sentence, seal_summaries
from panshi.protection.supply_chain.findings.finding import Ssvc
from panshi.protection.supply_chain.priority.board import BoardRow, Standing
from panshi.report.supply_chain_priority_words import DECISIONS, STANDINGS


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which rows, and from where on."""
    parser.add_argument("--owner", default=None, help="account name; '' for what nobody has")
    parser.add_argument("--service", default="", help="only systems this service rests on")
    parser.add_argument("--system", default="")
    parser.add_argument(
        "--decision", type=Ssvc, action="append", choices=list(Ssvc), default=[], dest="ssvc"
    )
    parser.add_argument("--standing", type=Standing, choices=list(Standing), default=None)
    parser.add_argument("--overdue", action="store_true")
    parser.add_argument("--kev", action="store_true", help="only what is known to be exploited")
    parser.add_argument("--after", default="", help="`next` of the page before")
    parser.add_argument("--limit", type=bounded(1, 1_000), default=50)
    parser.add_argument("--sentence", action="store_true", help="one sentence for the board")
    parser.add_argument("--seal", action="store_true", help="seal how each system stands, now")
    parser.add_argument("--gate", action="store_true", help="exit 1 where something is overdue")
    parser.add_argument("--estate", default=None)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Show the board."""
    wanted = BoardFilters(
        owner=args.owner,
        service=args.service,
        system=args.system,
        ssvc=tuple(args.ssvc),
        overdue=args.overdue or args.gate,
        kev=True if args.kev else None,
        standing=args.standing,
    )
    with open_node() as node:
        if args.sentence:
            said = board_sentence(node, estate_id=args.estate)
            out.answer(said, lambda: (out.pick(said.zh, said.en),))
            return Exit.DONE
        if args.seal:
            sealed = seal_summaries(node, estate_id=args.estate, again=True)
            words = out.pick(
                f"已封存 {sealed} 個系統的處置情形", f"sealed how {sealed} systems stand"
            )
            out.answer({"sealed": sealed}, lambda: (words,))
            return Exit.DONE
        page = board(node, wanted, after=args.after, limit=args.limit, estate_id=args.estate)
    out.answer(board_answer(page), lambda: _shown(page, out))
    return Exit.NOT_GOOD_ENOUGH if args.gate and page.total else Exit.DONE


def _shown(page: BoardPage, out: Output) -> tuple[str, ...]:
    late = sum(each.overdue for each in page.rows)
    lead = out.pick(
        f"{page.total} 項待修復，本頁 {late} 項逾期（{page.on}）",
        f"{page.total} to be repaired, {late} of this page overdue ({page.on})",
    )
    heads = (
        ("期限", "逾期", "決定", "系統", "弱點", "元件", "負責人", "情形", "代號")
        if out.chinese
        else (
            "due",
            "late",
            "decision",
            "system",
            "vulnerability",
            "component",
            "owner",
            "state",
            "id",
        )
    )
    lines = [lead, *table(heads, [_cells(each, out) for each in page.rows])]
    if page.next:
        lines.append(f"--after {page.next}")
    return tuple(lines)


def _cells(each: BoardRow, out: Output) -> tuple[str, ...]:
    decision = out.pick(*DECISIONS[each.priority.ssvc])
    unsure = "" if each.priority.sure else "?"
    return (
        each.due.isoformat(),
        str(each.late) if each.overdue else "",
        f"{decision}{unsure}{' KEV' if each.finding.kev else ''}",
        each.finding.system,
        each.finding.vulnerability,
        each.finding.purl,
        each.owner or "—",
        out.pick(*STANDINGS[each.standing]),
        each.finding.id[:12],
    )

"""`panshi soc correlate FILE.jsonl`: which tickets of a file belong to one campaign, and why."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.node.alliance.correlating_file import CampaignAnswer, FileAnswer, correlate_file


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its arguments."""
    parser.add_argument("file", type=Path, help="tickets as JSON lines, of any shape")
    parser.add_argument("--least", type=int, default=2, help="only campaigns of so many tickets")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Correlate the file; nothing is kept."""
    with out.progress(out.pick("事件單", "tickets")) as progress:
        answer = correlate_file(args.file, least=args.least, progress=progress)
    out.answer(answer, lambda: _lines(answer, out))
    return Exit.DONE


def _lines(answer: FileAnswer, out: Output) -> Iterable[str]:
    yield out.pick(
        f"{answer.tickets:,} 張事件單中，{answer.joined:,} 張"
        f"屬於 {len(answer.campaigns):,} 個攻擊活動。",
        f"Of {answer.tickets:,} tickets, {answer.joined:,} belong to"
        f" {len(answer.campaigns):,} campaigns.",
    )
    header = (
        out.pick("攻擊活動", "campaign"),
        out.pick("事件單", "tickets"),
        out.pick("會員", "members"),
        out.pick("可信度", "chance"),
        out.pick("最有力的理由", "strongest reason"),
    )
    yield from table(
        header,
        (
            (each.id, len(each.tickets), len(each.members), f"{each.score:.2f}", _strongest(each))
            for each in answer.campaigns[:50]
        ),
    )


def _strongest(each: CampaignAnswer) -> str:
    parts = [part for edge in each.edges for part in edge.why if part.value]
    best = max(parts, key=lambda part: part.weight, default=None)
    return f"{best.kind} {best.value[:40]} (+{best.weight:.1f})" if best else "–"

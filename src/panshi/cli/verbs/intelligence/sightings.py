"""`panshi intel sightings`: what was found here; `--report` tells one back, without our name."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, open_node
from panshi.node.alliance.intelligence.answers import (
    ReportedAnswer,
    SightAnswer,
    reported_answer,
    sight_answer,
)
from panshi.node.alliance.intelligence.reporting import report
from panshi.node.alliance.intelligence.sources import pulled


def arguments(parser: argparse.ArgumentParser) -> None:
    """List, or report one."""
    parser.add_argument("--report", default="", metavar="FINDING", help="id, or its beginning")
    parser.add_argument("--named", action="store_true", help="say who we are; by default not")
    parser.add_argument("--harmless", action="store_true", help="a false alarm")
    parser.add_argument("--told", action="store_true", help="list what was told")
    parser.add_argument("--limit", type=bounded(1, 10_000), default=100)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Report or list."""
    with open_node() as node:
        if args.report:
            made = report(node, args.report, actor=actor(), named=args.named, denial=args.harmless)
            told = [reported_answer(each) for each in made]
            out.answer(told, lambda: _told(told, out))
            return Exit.DONE
        with pulled(node) as store:
            if args.told:
                told = [reported_answer(one) for _n, one in store.reported(limit=args.limit)]
                out.answer(told, lambda: _told(told, out))
                return Exit.DONE
            found = [sight_answer(one) for _n, one in store.sights(limit=args.limit)]
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: list[SightAnswer], out: Output) -> Iterator[str]:
    yield out.pick(f"{len(found)} 項命中。", f"{len(found)} findings.")
    header = out.pick(
        "編號,找到,分數,值,檔案,行數,標示", "finding,found,score,value,file,lines,marking"
    )
    yield from table(
        header.split(","),
        (
            (
                each.id[:8],
                f"{each.found_at:%Y-%m-%d}",
                each.score,
                " + ".join(one.value for one in each.values),
                each.file,
                f"{each.lines:,}",
                each.tlp,
            )
            for each in found
        ),
    )


def _told(found: list[ReportedAnswer], out: Output) -> Iterator[str]:
    yield out.pick(f"已回報 {len(found)} 項目擊。", f"{len(found)} sightings told.")
    header = out.pick("來源,目擊,關於,具名,狀態", "source,sighting,about,named,status")
    yield from table(
        header.split(","),
        (
            (
                each.source,
                each.id,
                each.about,
                out.pick("是", "yes") if each.named else out.pick("否", "no"),
                each.status,
            )
            for each in found
        ),
    )

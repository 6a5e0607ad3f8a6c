"""`panshi feeds import DIR|FILE…`: take feeds as they lie, and say what was left alone."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.cli.verbs.supply_chain_feeds.telling import told_taken
from panshi.node.alliance.learning import learn_from_found
from panshi.node.supply_chain.feed_answers import ImportAnswer, import_answer
from panshi.node.supply_chain.feeds import import_feeds
from panshi.node.supply_chain.own_advisories import bring_back

SHOWN = 30


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its arguments."""
    parser.add_argument(
        "path", nargs="+", type=Path, help="OSV, KEV, EPSS, CSAF, ATT&CK; or folders"
    )
    parser.add_argument(
        "--allow-removals",
        action="store_true",
        help="believe a whole that lacks more than a tenth of the records at hand",
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Import; exit 3 where a feed could not be taken or nothing was one."""
    with open_node() as node, out.progress("import") as progress:
        done = import_feeds(
            node,
            args.path,
            actor=actor(),
            allow_removals=args.allow_removals,
            progress=lambda _feed, count: progress(count),
        )
        bring_back(node, actor=actor())
        learned = learn_from_found(
            node,
            (each.path for each in done.left_alone),
            actor=actor(),
            progress=lambda step: out.note(f"ATT&CK: {step} …"),
        )
    left = [each for each in done.left_alone if learned is None or each.path != learned[0]]
    found = replace(
        import_answer(done.feeds, left), attack_version=learned[1].about.version if learned else ""
    )
    out.answer(found, lambda: _lines(found, out))
    return Exit.BAD_INPUT if done.failed or not (done.feeds or learned) else Exit.DONE


def _lines(found: ImportAnswer, out: Output) -> Iterator[str]:
    for each in found.feeds:
        yield from told_taken(each, out)
    if found.attack_version:
        yield out.pick(
            f"ATT&CK {found.attack_version}：已學習如何辨識攻擊技術。",
            f"ATT&CK {found.attack_version}: learned how techniques are told of.",
        )
    elif not found.feeds:
        yield out.pick("沒有任何情資來源。", "None of it is a feed.")
    if found.left_alone:
        count = len(found.left_alone)
        yield out.pick(f"未讀取 {count:,} 個檔案：", f"{count:,} files were left alone:")
        for left in found.left_alone[:SHOWN]:
            yield f"  {left.path}: {left.why}"
        if count > SHOWN:
            yield out.pick(f"  另 {count - SHOWN:,} 個", f"  {count - SHOWN:,} more")

"""`panshi zt log …`: verify and show the chained log of decisions."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import bounded, everywhere
from panshi.node.home import Home
from panshi.node.zero_trust.point_files import DECISIONS, FOLDER, records, verify_log
from panshi.protection.zero_trust.decisions.records import DecisionRecord

COLUMNS = ("number", "time", "decision", "subject", "action", "resource", "policies")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare one sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verifying = verbs.add_parser("verify", help="follow the whole chain; names what does not fit")
    showing = verbs.add_parser("show", help="decisions, newest first")
    showing.add_argument("--denied", action="store_true", help="denials only")
    showing.add_argument("--limit", type=bounded(1, 100_000), default=50)
    for each in (verifying, showing):
        each.add_argument(
            "--log", type=Path, metavar="DIR", help="folder of the log (default: the home's)"
        )
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Verify or show."""
    folder = args.log or Home.locate(os.environ).path / FOLDER / DECISIONS
    return _verify(folder, out) if args.action == "verify" else _show(args, folder, out)


def _verify(folder: Path, out: Output) -> Exit:
    found = verify_log(folder)
    zh = f"{found.records:,} 筆決策、{found.segments:,} 段，鏈結完整；末端 {found.head}"
    en = f"{found.records:,} decisions in {found.segments:,} segments hold; head {found.head}"
    out.answer(found, lambda: (out.pick(zh, en),))
    return Exit.DONE


def _show(args: argparse.Namespace, folder: Path, out: Output) -> Exit:
    found = list(islice(records(folder, denied_only=args.denied), args.limit))
    out.answer([each._asdict() for each in found], lambda: table(COLUMNS, _rows(found, out)))
    return Exit.DONE


def _rows(found: list[DecisionRecord], out: Output) -> Iterator[tuple[object, ...]]:
    for each in found:
        yield (
            each.number,
            datetime.fromtimestamp(each.time, UTC).isoformat(timespec="milliseconds"),
            out.pick("准許", "allowed") if each.allowed else out.pick("拒絕", "denied"),
            each.subject,
            each.action,
            each.resource,
            " ".join(each.policies),
        )

"""`panshi intel validate FILE…`: judge STIX 2.1 bundles, envelopes or single objects."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.node.alliance.validating import FileVerdict, judged_file

SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """Files, and whether a flaw fails the gate."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Judge every file; exit 1 where an object breaks a MUST of the standard."""
    verdicts = [judged_file(path) for path in args.files]
    out.answer(
        {"files": [asdict(each) for each in verdicts]},
        lambda: (line for each in verdicts for line in _lines(each, out)),
    )
    return Exit.DONE if all(each.valid for each in verdicts) else Exit.NOT_GOOD_ENOUGH


def _lines(verdict: FileVerdict, out: Output) -> tuple[str, ...]:
    head = out.pick(
        f"{verdict.file}：{verdict.objects:,} 個物件，{verdict.flawed:,} 個不符 STIX 2.1。",
        f"{verdict.file}: {verdict.objects:,} objects, {verdict.flawed:,} not right by STIX 2.1.",
    )
    shown = tuple(
        f"  {each.id or '?'}  {each.place}  {each.problem}" for each in verdict.flaws[:SHOWN]
    )
    return (head, *shown)

"""`panshi continuity cutsets FILE`: what must fail together for the top of a fault tree."""

from __future__ import annotations

import argparse
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output


def arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and how much is asked."""
    parser.add_argument("file", type=Path, metavar="FILE")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Solve the tree and answer."""
    out.note(f"{args.file}: not read yet")
    return Exit.INCOMPLETE

"""`panshi soc deidentify < TEXT`: persons, accounts and internal names become stand-ins.

Without `--reviewed-for` it only shows what would be replaced; with it the review is sealed and the
text that may be shared is answered. `--restore` undoes it in the home where it was done.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.joint_soc.extract import text_of
from panshi.cli.verbs.opening import actor, open_node
from panshi.errors import UsageError
from panshi.node.alliance.deidentification import (
    DeidentifiedAnswer,
    preview,
    restored,
    reviewed,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its arguments."""
    parser.add_argument("file", nargs="?", type=Path, help="UTF-8 text; standard input without it")
    parser.add_argument(
        "--keep", action="append", default=[], metavar="VALUE", help="let this value stand"
    )
    parser.add_argument(
        "--reviewed-for", metavar="PURPOSE", help="you looked at it: seal that, answer the text"
    )
    parser.add_argument("--restore", action="store_true", help="put back what stood there")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Show, share or restore."""
    if args.restore and (args.reviewed_for is not None or args.keep):
        raise UsageError("--restore goes alone", remedy="leave out --keep and --reviewed-for")
    text = text_of(args.file)
    with open_node() as node:
        if args.restore:
            back = restored(node, text, actor=actor())
            out.answer({"text": back}, lambda: [back])
            return Exit.DONE
        if args.reviewed_for is None:
            done = preview(node, text, keep=args.keep)
        else:
            done = reviewed(node, text, keep=args.keep, purpose=args.reviewed_for, actor=actor())
    out.answer(done, lambda: _lines(done, out))
    return Exit.DONE


def _lines(done: DeidentifiedAnswer, out: Output) -> Iterator[str]:
    yield done.text
    yield ""
    for each in done.replaced:
        yield f"  {each.kind:<16} {each.original}  →  {each.stand_in}  ({each.why})"
    if not done.evidence:
        yield out.pick(
            "以上為預覽；覆核後加上 --reviewed-for 用途，始可分享。",
            "This is a preview; add --reviewed-for PURPOSE once you have looked at it.",
        )

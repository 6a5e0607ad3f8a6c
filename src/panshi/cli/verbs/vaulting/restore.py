"""`panshi vault restore`: bring a snapshot back."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.vaulting import asking
from panshi.node.resilience.vault.restoring import restore


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    asking.places(parser)
    asking.shares(parser)
    parser.add_argument("--into", required=True, metavar="DIR", help="a new directory")
    parser.add_argument("--snapshot", default="latest", help="id or number (default latest)")
    parser.add_argument("--only", default="", metavar="PATH", help="one file or folder of it")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Restore, and say what was met on the way."""
    with asking.opened(args) as vault, out.progress(out.pick("已還原 MiB", "restored MiB")) as show:
        count = 0

        def advance(size: int) -> None:
            nonlocal count
            count += size
            show(count >> 20)

        done = restore(
            vault,
            asking.keys(vault, args),
            Path(args.into),
            snapshot=args.snapshot,
            only=args.only,
            advance=advance,
        )

    def lines() -> Iterator[str]:
        yield out.pick(
            f"快照 {done.snapshot} 已還原到 {args.into}：{done.files:,} 個檔案、"
            f"{done.bytes:,} 位元組，逐檔摘要相符。",
            f"Snapshot {done.snapshot} is restored to {args.into}: {done.files:,} files, "
            f"{done.bytes:,} bytes, every digest as sealed.",
        )
        yield from asking.told(done.damages, out)

    out.answer(done, lines)
    return Exit.DONE

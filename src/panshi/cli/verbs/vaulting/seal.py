"""`panshi vault seal`: seal files into a new snapshot."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import bounded
from panshi.cli.verbs.vaulting import asking
from panshi.errors import UsageError
from panshi.node.resilience.vault.sealing import Series, seal
from panshi.node.resilience.vault.sources import files


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("path", nargs="*", help="files and directories")
    parser.add_argument(
        "--from", dest="more", nargs="+", default=[], metavar="PATH", help="the same"
    )
    asking.places(parser)
    asking.clock(parser)
    parser.add_argument(
        "--mark", action="append", default=[], metavar="NAME=TEXT", help="what the source says"
    )
    parser.add_argument(
        "--series",
        metavar="NAME",
        help="what this snapshot is the newest of; by default the paths that were given",
    )
    parser.add_argument(
        "--need",
        type=bounded(2, 16),
        help="places that must take the snapshot (default and least: k + 1 and a majority)",
    )
    parser.add_argument(
        "--reread",
        action="store_true",
        help="read every file, also those that stand as they did at the last seal",
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Seal, and say what it cost."""
    paths = [Path(each) for each in (*args.path, *args.more)]
    if not paths:
        raise UsageError("there is nothing to seal", remedy="name files or directories")
    with asking.opened(args) as vault, out.progress(out.pick("已封存 MiB", "sealed MiB")) as show:
        count = 0

        def advance(size: int) -> None:
            nonlocal count
            count += size
            show(count >> 20)

        _, sealed = seal(
            vault,
            files(paths),
            now=asking.now(),
            marks=marks(args.mark),
            series=Series(name=args.series or "\n".join(str(each.absolute()) for each in paths)),
            need=args.need,
            reread=args.reread,
            clock_is_right=args.clock_is_right,
            advance=advance,
        )

    def lines() -> Iterator[str]:
        yield out.pick(
            f"快照 {sealed.snapshot}：{sealed.files:,} 個檔案、{sealed.source_bytes:,} 位元組；"
            f"新增 {sealed.new_bytes:,}，加密壓縮後 {sealed.stored_bytes:,}，"
            f"分散後 {sealed.dispersed_bytes:,}。",
            f"Snapshot {sealed.snapshot}: {sealed.files:,} files, {sealed.source_bytes:,} bytes; "
            f"{sealed.new_bytes:,} new, {sealed.stored_bytes:,} compressed and encrypted, "
            f"{sealed.dispersed_bytes:,} dispersed.",
        )
        for place in sealed.absent:
            yield out.pick(f"  這個地點沒有收到：{place}", f"  this place missed it: {place}")
        for path in sealed.changed:
            yield out.pick(f"  讀取期間有變動：{path}", f"  changed while it was read: {path}")

    out.answer(sealed, lines)
    return Exit.NOT_GOOD_ENOUGH if sealed.absent or sealed.changed else Exit.DONE


def marks(given: list[str]) -> dict[str, str]:
    """Read NAME=TEXT."""
    found = {}
    for each in given:
        name, sign, text = each.partition("=")
        if not (sign and name):
            raise UsageError(f"{each!r} is no mark", remedy="write NAME=TEXT")
        found[name] = text
    return found

"""`panshi backup FILE`: a whole home in one file, made while it runs."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.node.home import Home
from panshi.node.keeping.backup import back_up
from panshi.node.node import wall_clock


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and whether the private keys go with it."""
    parser.add_argument("file", type=Path, help="file to write, e.g. monday.panshi; must not exist")
    parser.add_argument(
        "--without-keys", action="store_true", help="leave the private keys out; keep them apart"
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Write the backup and say what is in it."""
    home = Home.locate(os.environ)
    with out.progress(out.pick("位元組", "bytes")) as progress:
        report = back_up(
            home, args.file, at=wall_clock(), with_keys=not args.without_keys, progress=progress
        )
    keys = out.pick("含私鑰，請加密保存", "with private keys: encrypt it")
    apart = out.pick("不含私鑰", "without private keys")
    out.answer(
        report,
        lambda: (
            f"{report.file}  {report.bytes:,} B  SHA-256 {report.sha256}",
            out.pick(f"{report.parts} 個檔案，", f"{report.parts} files, ")
            + (keys if report.keys else apart),
        ),
    )
    return Exit.DONE

"""`panshi restore FILE`: check a backup whole, then put it in the home's place."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.home import Home
from panshi.node.keeping.restore import restore


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the file, and what one consents to."""
    parser.add_argument("file", type=Path, help="file that `panshi backup` wrote")
    parser.add_argument("--replace", action="store_true", help="keep the home that is there aside")
    parser.add_argument(
        "--accept-loss", action="store_true", help="go back behind checkpoints given away since"
    )
    parser.add_argument("--keys", type=Path, help="folder of the keys a backup was made without")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Restore, record it in the log, and say what came back."""
    home = Home.locate(os.environ)
    with out.progress(out.pick("位元組", "bytes")) as progress:
        report = restore(
            args.file,
            home,
            keys=args.keys,
            replace=args.replace,
            accept_loss=args.accept_loss,
            progress=progress,
        )
    if not report.needs_upgrade:
        with open_node() as node:
            node.audit(actor(), "restore", args.file.name, detail=f"lost {report.lost}")
            node.checkpoint()
    made = f"{report.made_at:%Y-%m-%d %H:%M}"
    out.answer(
        report,
        lambda: (
            out.pick(
                f"已還原 {report.observations:,} 筆觀測（備份於 {made}）",
                f"{report.observations:,} observations restored, as backed up {made}",
            ),
            *(
                (out.pick(f"遺失 {report.lost:,} 筆", f"{report.lost:,} are lost"),)
                if report.lost
                else ()
            ),
            *(
                (
                    out.pick(
                        f"原狀態保留於 {report.kept_aside}",
                        f"what was there lies in {report.kept_aside}",
                    ),
                )
                if report.kept_aside
                else ()
            ),
            *(
                (out.pick("接著執行 panshi upgrade", "now run `panshi upgrade`"),)
                if report.needs_upgrade
                else ()
            ),
        ),
    )
    return Exit.DONE

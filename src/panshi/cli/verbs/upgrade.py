"""`panshi upgrade`: bring a home of an earlier release up to this one, after a backup."""

from __future__ import annotations

import argparse
import importlib
import os
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.home import Home
from panshi.node.keeping.upgrade import upgrade
from panshi.node.node import wall_clock

CONSOLE = "panshi.web.first_run"
"Named, not imported: entry points do not import each other."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where the backup goes."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--backup", type=Path, help="file of the backup (default: beside PANSHI_HOME)"
    )
    where.add_argument("--no-backup", action="store_true", help="there is a backup already")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Upgrade; running it again after an interruption goes on where it stopped."""
    home = Home.locate(os.environ)
    now = wall_clock()
    beside = home.path.with_name(f"{home.path.name}.before-upgrade-{now:%Y%m%dT%H%M%S}.panshi")
    with out.progress(out.pick("進度", "working")) as progress:
        report = upgrade(
            home,
            at=now,
            backup=None if args.no_backup else args.backup or beside,
            change_console=lambda: importlib.import_module(CONSOLE).bring_up_to_date(home.path),
            progress=progress,
        )
    with open_node() as node:
        detail = f"log {report.log_version_before} to {report.log_version}"
        node.audit(actor(), "upgrade", str(report.log_version), detail=detail)
    out.answer(
        report,
        lambda: (
            out.pick(
                f"證據日誌由第 {report.log_version_before} 版升級為第 {report.log_version} 版；"
                f"{report.observations:,} 筆觀測已重新驗證，根雜湊相同",
                f"evidence log: version {report.log_version_before} to {report.log_version}; "
                f"{report.observations:,} observations verified anew, the root is the same",
            ),
            *(
                (out.pick(f"備份：{report.backup}", f"backup: {report.backup}"),)
                if report.backup
                else ()
            ),
        ),
    )
    return Exit.DONE

"""`panshi move ADDRESS`: carry log and estates to another database and verify what arrived."""

from __future__ import annotations

import argparse
import os

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.node.home import DATABASE_VARIABLE, Home
from panshi.node.keeping.moving import move
from panshi.node.keeping.serving import alone


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument(
        "address", help="postgresql://… of an empty database, or `sqlite` for files below the home"
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Move, and say which setting names the new place."""
    home = Home.locate(os.environ)
    target = home._replace(database=None if args.address == "sqlite" else args.address)
    with (
        alone(home.path, doing="move"),
        out.progress(out.pick("筆觀測", "observations")) as progress,
    ):
        report = move(home, target, progress)
    setting = (
        f"{DATABASE_VARIABLE}={args.address}" if target.database else f"-u {DATABASE_VARIABLE}"
    )
    out.answer(
        report,
        lambda: (
            out.pick(
                f"已搬移並驗證 {report.observations:,} 筆觀測、{report.estate_versions} 個資產版本",
                f"{report.observations:,} observations and {report.estate_versions} estate versions"
                " moved and verified",
            ),
            out.pick(f"從現在起請設定：env {setting}", f"from now on: env {setting}"),
        ),
    )
    return Exit.DONE

"""`panshi zt token …`: tokens with which enforcement points ask the decision point."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import bounded, everywhere
from panshi.node.home import Home
from panshi.node.zero_trust.point_files import FOLDER, MOST_DAYS, SCOPES, PointTokens


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare one sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    adding = verbs.add_parser("add", help="add a token; it is shown once")
    adding.add_argument("name")
    adding.add_argument(
        "--scope",
        action="append",
        choices=SCOPES,
        help="what it may ask; repeat for several (default: zt.evaluate)",
    )
    adding.add_argument("--days", type=bounded(1, MOST_DAYS), default=90)
    listing = verbs.add_parser("list", help="tokens with scopes and expiry")
    revoking = verbs.add_parser("revoke", help="forget a token; it opens nothing within a second")
    revoking.add_argument("name")
    for each in (adding, listing, revoking):
        each.add_argument(
            "--tokens", type=Path, metavar="DIR", help="folder of the tokens (default: the home's)"
        )
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the sub-verb."""
    folder = args.tokens or Home.locate(os.environ).path / FOLDER
    tokens = PointTokens(folder)
    handlers: dict[str, Callable[[argparse.Namespace, Output, PointTokens], Exit]] = {
        "add": _add,
        "list": _list,
        "revoke": _revoke,
    }
    return handlers[args.action](args, out, tokens)


def _add(args: argparse.Namespace, out: Output, tokens: PointTokens) -> Exit:
    scopes = args.scope or ["zt.evaluate"]
    clear = tokens.add(args.name, scopes, days=args.days, now=time.time())
    out.answer({"name": args.name, "token": clear, "scopes": scopes}, lambda: (clear,))
    return Exit.DONE


def _list(_args: argparse.Namespace, out: Output, tokens: PointTokens) -> Exit:
    rows = [
        {
            "name": each.name,
            "scopes": each.scopes,
            "created": datetime.fromtimestamp(each.created, UTC),
            "expires": datetime.fromtimestamp(each.expires, UTC),
        }
        for each in tokens.list()
    ]
    out.answer(
        rows,
        lambda: table(
            ("name", "scopes", "expires"),
            ((row["name"], " ".join(row["scopes"]), row["expires"]) for row in rows),  # type: ignore[arg-type]
        ),
    )
    return Exit.DONE


def _revoke(args: argparse.Namespace, out: Output, tokens: PointTokens) -> Exit:
    tokens.revoke(args.name)
    out.answer({"revoked": args.name}, lambda: (args.name,))
    return Exit.DONE

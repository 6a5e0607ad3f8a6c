"""`panshi feeds …`: advisories, known exploitation and scores: bring them, ask for them, how old.

Each sub-verb is a module of `panshi.cli.verbs.supply_chain_feeds` with `arguments` and `run`,
imported only when it is called.
"""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.sub_verbs import call, declare

SUBVERBS = {
    "import": "take feeds from files and folders, as they lie",
    "sync": "ask the places that were added what changed",
    "status": "how old each feed is, what it holds, what it refused",
    "list": "official places and those that were added",
    "add": "let this node ask a place: an official one, or your own mirror",
    "remove": "ask a place no more; what it brought stays",
    "set": "how the network is reached: proxy, ca-file",
    "bundle": "write a signed snapshot or delta for a node without a network",
    "receive": "take such a bundle, once its signature and order are checked",
    "advisory": "advisories of your own: add, withdraw, list",
}
MODULES = "panshi.cli.verbs.supply_chain_feeds"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the sub-verbs; their own arguments are declared when one of them is called."""
    declare(parser, SUBVERBS, MODULES)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the sub-verb."""
    return call(args, out, MODULES)

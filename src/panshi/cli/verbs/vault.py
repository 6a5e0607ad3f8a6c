"""`panshi vault …`: core data encrypted, split and kept at several places, and got back.

Each sub-verb is a module of `panshi.cli.verbs.vaulting` with `arguments` and `run`, imported only
when it is called.
"""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.sub_verbs import call, declare

SUBVERBS = {
    "init": "found a vault over empty places; print the officers' shares once",
    "seal": "seal files into a new snapshot",
    "restore": "bring a snapshot back into a new directory, with the officers' shares",
    "verify": "check the chain; with shares, read a snapshot whole and check every digest",
    "scrub": "read every fragment, name each damage; --repair writes back what is wrong",
    "list": "name snapshots, places and what happened to the vault",
    "prune": "release snapshots whose retention is over",
    "source": "databases, files and extracts, sealed at an exact mark and judged by the gate",
    "drill": "restore in isolation, verify row by row, measure, seal; switch-over drills",
    "placement": "prove where shards and key shares lie, over every coalition",
    "keys": "new shares, recipients, another machine that may seal",
}
MODULES = "panshi.cli.verbs.vaulting"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the sub-verbs; their own arguments are declared when one of them is called."""
    declare(parser, SUBVERBS, MODULES)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the sub-verb."""
    return call(args, out, MODULES)

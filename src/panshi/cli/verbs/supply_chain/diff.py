"""`panshi sbom diff BEFORE AFTER`: added, removed, up, down, changed, another licence."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.node.supply_chain.documents import Compared, compare
from panshi.protection.supply_chain.bom.difference import Kind

WORDS = {
    Kind.ADDED: ("新增", "added"),
    Kind.REMOVED: ("移除", "removed"),
    Kind.UP: ("升版", "up"),
    Kind.DOWN: ("降版", "down"),
    Kind.CHANGED: ("變更", "changed"),
    Kind.LICENCE: ("授權變更", "licence"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the two files, the older first."""
    parser.add_argument("before", type=Path, metavar="BEFORE", help="the older document")
    parser.add_argument("after", type=Path, metavar="AFTER", help="the newer document")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Compare the documents and print the changes."""
    found = compare(args.before, args.after, names=(str(args.before), str(args.after)))
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: Compared, out: Output) -> Iterator[str]:
    told = [(out.pick(*WORDS[kind]), count) for kind, count in found.counts.items() if count]
    changes = out.pick("，", ", ").join(f"{word} {count:,}" for word, count in told)
    yield out.pick(
        f"{changes or '沒有變更'}；{found.unchanged:,} 項未變",
        f"{changes or 'no change'}; {found.unchanged:,} unchanged",
    )
    header = out.pick("變更,套件,之前,之後", "change,package,before,after").split(",")
    rows = ((out.pick(*WORDS[c.kind]), c.package, c.before, c.after) for c in found.changes)
    yield from table(header, rows)

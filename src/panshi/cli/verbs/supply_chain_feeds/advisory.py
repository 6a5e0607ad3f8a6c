"""`panshi feeds advisory add|withdraw|list`: advisories the institution writes itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.errors import BadInputError
from panshi.node.supply_chain.own_advisories import (
    LARGEST,
    OwnStanding,
    own_advisories,
    publish,
    withdraw,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """One action each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = verbs.add_parser("add", help="publish one, or a new edition of one: OSV as YAML or JSON")
    add.add_argument("file", type=Path)
    back = verbs.add_parser("withdraw", help="withdraw what another person published")
    back.add_argument("id")
    back.add_argument("--why", required=True)
    verbs.add_parser("list", help="those that stand and those withdrawn")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Do it and answer how they stand."""
    found: tuple[OwnStanding, ...]
    with open_node() as node:
        match args.action:
            case "add":
                raw = _read(args.file)
                found = (publish(node, raw, name=str(args.file), actor=actor()),)
            case "withdraw":
                found = (withdraw(node, args.id, why=args.why, actor=actor()),)
            case _:
                found = own_advisories(node)
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: tuple[OwnStanding, ...], out: Output) -> list[str]:
    if not found:
        return [out.pick("尚無自有公告。", "There is no own advisory.")]
    header = ("id", "state", "by", "at", "summary")
    rows = (
        (
            each.id,
            out.pick("已撤回", "withdrawn") if each.withdrawn else out.pick("有效", "stands"),
            each.published_by,
            f"{each.published_at:%Y-%m-%d}",
            each.summary,
        )
        for each in found
    )
    return list(table(header, rows))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", place=str(path)) from error

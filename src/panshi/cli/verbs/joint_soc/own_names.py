"""`panshi soc own-names show|set`: what the institution holds to be internal beside its estate."""

from __future__ import annotations

import argparse
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.joint_soc.extract import text_of
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.errors import BadInputError
from panshi.node.alliance.deidentification import declare_names, own_names


def arguments(parser: argparse.ArgumentParser) -> None:
    """One action each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("show", help="the list in force")
    new = verbs.add_parser("set", help="take the place of the list in force")
    new.add_argument(
        "file", type=Path, help='JSON: {"hosts": […], "users": […], "persons": […], "customers": '
        '[…], "organisation": […], "domains": […]}, each may be left out'
    )  # fmt: skip
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Show or set."""
    import msgspec

    from panshi.alliance.extraction.deidentification.finding import Declared

    with open_node() as node:
        if args.action == "set":
            try:
                declared = msgspec.json.decode(text_of(args.file), type=Declared)
            except msgspec.DecodeError as error:
                raise BadInputError(
                    f"is no list of names: {error}", place=str(args.file)
                ) from error
            declare_names(node, declared, actor=actor())
        found = own_names(node)
    lists = {
        "hosts": found.hosts,
        "users": found.users,
        "persons": found.persons,
        "customers": found.customers,
        "organisation": found.organisation,
        "domains": found.domains,
    }
    out.answer(lists, lambda: [f"{name}: {', '.join(names)}" for name, names in lists.items()])
    return Exit.DONE

"""`panshi disclosure draft NUMBER FILE`: write the advisory of a case from a YAML or JSON file."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.errors import BadInputError
from panshi.node.alliance.disclosure.cases import DisclosureDesk
from panshi.node.alliance.disclosure.drafting import Drafted
from panshi.node.alliance.disclosure.publishing import preview

MOST_BYTES = 256 * 1024


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take case and file."""
    parser.add_argument("number", help="e.g. VD-2026-001")
    parser.add_argument("file", type=Path)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Seal it and show the document as it would be published."""
    try:
        raw = args.file.read_bytes()[: MOST_BYTES + 1]
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", place=str(args.file)) from error
    if len(raw) > MOST_BYTES:
        raise BadInputError("the file is larger than an advisory", place=str(args.file))
    try:
        wanted = msgspec.yaml.decode(raw, type=Drafted)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadInputError(f"is no advisory: {error}", place=str(args.file)) from error
    with open_node() as node:
        desk = DisclosureDesk(node, actor=actor())
        sealed = desk.draft(args.number, wanted.body(desk.person))
        shown = preview(node, args.number)
    out.answer(
        {"advisory": sealed, "csaf": msgspec.Raw(shown)}, lambda: shown.decode().splitlines()
    )
    return Exit.DONE

"""`panshi feeds receive FILE --key KEY`: take a bundle once signature and order are checked."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.cli.verbs.supply_chain_feeds.telling import told_taken
from panshi.errors import BadInputError
from panshi.evidence.checkpoint import VerifierKey
from panshi.node.supply_chain.feed_answers import TakenAnswer, taken_answer
from panshi.node.supply_chain.feed_bundles import receive

LARGEST_KEY = 64 * 1024


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its arguments."""
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--key",
        action="append",
        required=True,
        metavar="KEY|FILE",
        help="key of the node that wrote it: name+id+key, or a file that holds it",
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take it."""
    keys = [_key(each) for each in args.key]
    with open_node() as node:
        done = receive(node, args.file, keys, actor=actor())
    feeds = tuple(map(taken_answer, done.feeds))
    found = {
        "origin": done.origin,
        "since": done.since,
        "upto": done.upto,
        "made_at": done.made_at,
        "feeds": feeds,
    }
    out.answer(found, lambda: _lines(feeds, done.upto, out))
    return Exit.DONE


def _lines(feeds: tuple[TakenAnswer, ...], upto: int, out: Output) -> Iterator[str]:
    for each in feeds:
        yield from told_taken(each, out)
    yield out.pick(f"已至第 {upto:,} 行", f"now at line {upto:,}")


def _key(said: str) -> VerifierKey:
    if said.count("+") >= 2:  # noqa: PLR2004 -- name+id+key
        return VerifierKey.parse(said)
    try:
        with Path(said).open("rb") as file:
            return VerifierKey.parse(file.read(LARGEST_KEY).decode("ascii").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            "holds no key", place=said, remedy="`panshi feeds bundle` prints it"
        ) from error

"""`panshi sbom order ECOSYSTEM`: which of two versions comes first.

Reads pairs of versions on standard input, one pair a line with a blank between them, and prints one
sign a line: `<` `=` `>` as the ecosystem's own tools order them, `?` where they cannot be ordered.
"""

from __future__ import annotations

import argparse
import sys

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.node.version_order import order_pairs


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the ecosystem's name."""
    parser.add_argument("ecosystem", metavar="ECOSYSTEM", help="PyPI, npm, Maven, Go, deb, …")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Answer each pair as it comes."""
    answered = order_pairs(args.ecosystem, sys.stdin.buffer)
    if out.json:
        out.answer(list(answered), lambda: ())
        return Exit.DONE
    for each in answered:
        out.stream.write(f"{each.order}\n")
    return Exit.DONE

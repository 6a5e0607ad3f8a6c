"""`panshi feeds list`: official places and those that were added."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import open_node
from panshi.node.supply_chain.feed_answers import PlaceAnswer, places_answer


def arguments(_parser: argparse.ArgumentParser) -> None:
    """Declare nothing."""


def run(_args: argparse.Namespace, out: Output) -> Exit:
    """Answer them."""
    with open_node() as node:
        found = places_answer(node)
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: tuple[PlaceAnswer, ...], out: Output) -> Iterator[str]:
    header = ("name", "added", "every", "licence", "what", "address")
    if out.chinese:
        header = ("名稱", "已加入", "間隔", "授權", "內容", "位址")
    yield from table(
        header,
        (
            (
                each.name,
                "✓" if each.added else "–",
                f"{each.every_seconds} s",
                each.licence or "–",
                out.pick(each.title_zh, each.title_en),
                each.url,
            )
            for each in found
        ),
    )

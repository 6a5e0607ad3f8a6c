"""`panshi sbom rebuild`: make the portfolio anew from evidence log, originals and advisories."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.supply_chain.portfolio import Rebuilt, rebuild


def arguments(_parser: argparse.ArgumentParser) -> None:
    """Take nothing."""


def run(_args: argparse.Namespace, out: Output) -> Exit:
    """Make it anew; originals that are missing are named."""
    with open_node() as node:
        made = rebuild(node, actor=actor())
    out.answer(made, lambda: _lines(made, out))
    return Exit.NOT_GOOD_ENOUGH if made.unreadable else Exit.DONE


def _lines(made: Rebuilt, out: Output) -> Iterator[str]:
    yield out.pick(
        f"{made.systems:,} 個系統，{made.documents:,} 份清單，{made.packages:,} 個套件",
        f"{made.systems:,} systems, {made.documents:,} bills, {made.packages:,} packages",
    )
    for each in made.unreadable:
        yield out.pick(f"原始檔遺失或遭變更：{each}", f"original missing or changed: {each}")
